// Two who want to do without their relay, and whoever is asked answers and hangs up, as where its part failed at once.

import { once } from 'node:events';
import type { Stream } from '@libp2p/interface';
import type * as WebRtc from '@libp2p/webrtc';
import { RecordedNetwork } from '@parley/testkit';
import { afterEach, expect, test, vi } from 'vitest';
import { harness, network } from './harness.ts';

const FINGERPRINT = Array.from({ length: 32 }, () => 'AB').join(':');
const ANSWER = [
  'v=0',
  'o=rtc 1 0 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0',
  'a=msid-semantic:WMS *',
  'a=ice-options:ice2,trickle',
  `a=fingerprint:sha-256 ${FINGERPRINT}`,
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
  'c=IN IP4 0.0.0.0',
  'a=mid:0',
  'a=sendrecv',
  'a=sctp-port:5000',
  'a=max-message-size:262144',
  'a=setup:active',
  'a=ice-ufrag:abcd',
  'a=ice-pwd:abcdefghijklmnopqrstuv',
  '',
].join('\r\n');

/** Of 128 to 16,383. */
function varint(length: number): Uint8Array {
  return Buffer.from([(length & 0x7f) | 0x80, length >> 7]);
}

/** A message of the signalling protocol, after its length: type 1 is an answer. */
function answer(): Uint8Array {
  const text = Buffer.from(ANSWER);
  const message = Buffer.concat([Buffer.from([0x08, 1, 0x12]), varint(text.length), text]);
  return Buffer.concat([varint(message.length), message]);
}

async function answerAndHangUp(stream: Stream): Promise<void> {
  await once(stream, 'message');
  stream.send(answer());
  await stream.close();
}

vi.mock('@libp2p/webrtc', async (importOriginal) => {
  const { webRTC } = await importOriginal<typeof WebRtc>();
  const hangingUp: typeof webRTC = (init) => (components) => {
    return Object.assign(webRTC(init)(components), { _onProtocol: answerAndHangUp });
  };
  return { webRTC: hangingUp };
});

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(cleanUps.splice(0).map((cleanUp) => cleanUp()));
});

test('an attempt ends soon after the other side hung up, and not when its time is over', async () => {
  const failures: string[] = [];
  const log = (_level: string, text: string): void => {
    if (text.includes('to punch did not succeed')) failures.push(text);
  };
  const limits = { punchMsMax: 600_000, punchLastMsMax: 20, punchAgainMs: 1 };
  const [a, b] = [0, 1].map(() => new RecordedNetwork(network(limits, [], { log }))) as [
    RecordedNetwork,
    RecordedNetwork,
  ];
  for (const one of [a, b]) {
    cleanUps.push(() => one.network.stop());
    await one.start();
  }
  await harness.linkOverRelay(a, b);
  await expect.poll(() => failures.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(2);
  expect(failures[0]).toBe('attempt 1 to punch did not succeed: Error: the other side hung up');
  expect(failures[1]).toBe('attempt 2 to punch did not succeed: Error: the other side hung up');
});
