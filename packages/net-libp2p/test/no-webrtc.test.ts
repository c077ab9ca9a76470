// A machine without the native part of WebRTC: links over a relay stay there, and the log says why.

import { randomBytes } from 'node:crypto';
import { createNetwork } from '@parley/net-libp2p';
import { RecordedNetwork } from '@parley/testkit';
import { afterEach, expect, test, vi } from 'vitest';
import { network } from './harness.ts';

vi.mock('@libp2p/webrtc', () => {
  throw new Error('Cannot find module node_datachannel.node');
});

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(cleanUps.splice(0).map((cleanUp) => cleanUp()));
});

test('a link over a relay works on, and one warning says what is missing', async () => {
  const warnings: string[] = [];
  const fixed = { discovery: false, userAgent: 'test', listen: [] };
  const log = (level: string, text: string): void => {
    if (level === 'warn') warnings.push(text);
  };
  const made = [
    network({}, ['127.0.0.1:0'], { relay: 'serve' }),
    createNetwork({ privateKey: randomBytes(32), ...fixed, log }),
    createNetwork({ privateKey: randomBytes(32), ...fixed }),
  ].map((one) => new RecordedNetwork(one));
  const [relay, a, b] = made as [RecordedNetwork, RecordedNetwork, RecordedNetwork];
  cleanUps.push(...made.map((one) => () => one.network.stop()));
  for (const one of made) await one.start();
  for (const one of [a, b]) await one.connect(relay);
  const over = (): string | undefined => b.addresses().find((way) => way.includes('/p2p-circuit'));
  await b.until('a reservation', () => over() !== undefined);
  a.network.dial({ addresses: [`${over() ?? ''}/p2p/${b.peer}`], peer: b.peer, record: null });
  await Promise.all([a.untilLinked(b), b.untilLinked(a)]);
  await expect.poll(() => warnings.length, { timeout: 5_000 }).toBe(1);
  expect(warnings[0]).toContain('WebRTC is not installed');
  a.network.send(b.peer, Buffer.from('still here'));
  await b.until('a frame', () => b.of('frame').length === 1);
  expect(a.of('path')).toEqual([]);
});
