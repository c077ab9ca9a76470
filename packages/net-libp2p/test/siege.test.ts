// 2,000 connections from one address: who is here notices nothing, and who comes from elsewhere gets in.

import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { RecordedNetwork } from '@parley/testkit';
import { afterEach, expect, test } from 'vitest';
import { network } from './harness.ts';

const CONNECTIONS = 2_000;
/** On loopback every machine has more than one. */
const ELSEWHERE = '127.0.0.2';
/**
 * What a connection may begin with: one byte and no more, our own handshake, others' words. Who says nothing at all may
 * be one that only its own side takes for a connection, since so many wait to be accepted.
 */
const BEGINNINGS = [
  '\x13',
  '\x13/multistream/1.0.0\n\x07/noise\n',
  'GET / HTTP/1.1\r\n\r\n',
  '\0\0',
];

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(cleanUps.splice(0).map((cleanUp) => cleanUp()));
});

async function started(): Promise<RecordedNetwork> {
  const recorded = new RecordedNetwork(network());
  cleanUps.push(() => recorded.network.stop());
  await recorded.start();
  return recorded;
}

/** Opens them all at once; each stays as long as it is let. */
async function besiege(address: string): Promise<Socket[]> {
  const port = Number(address.split(':')[1]);
  const sockets = Array.from({ length: CONNECTIONS }, (_, count) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress: ELSEWHERE });
    socket.on('error', () => socket.destroy());
    socket.resume();
    socket.write(BEGINNINGS[count % BEGINNINGS.length]!, 'latin1');
    return socket;
  });
  cleanUps.push(() => sockets.map((socket) => socket.destroy()));
  const tried = sockets.map((socket) => {
    const either = [once(socket, 'connect'), once(socket, 'close')];
    return Promise.race(either).catch(() => undefined);
  });
  await Promise.all(tried);
  return sockets;
}

test('2,000 connections from one address: every frame between those here arrives, newcomers get in, and it ends', {
  timeout: 30_000,
}, async () => {
  const [anna, bobby, carl] = [await started(), await started(), await started()];
  await bobby.connect(anna);
  const framesBefore = anna.of('frame').length;
  const siege = besiege(anna.addresses()[0] ?? '');
  let sent = 0;
  const talk = setInterval(() => {
    sent += 1;
    bobby.network.send(anna.peer, Uint8Array.of(sent & 255));
  }, 10);
  cleanUps.push(() => clearInterval(talk));
  const sockets = await siege;
  await carl.connect(anna);
  await anna.until('the end of them', () => sockets.every((socket) => socket.closed));
  clearInterval(talk);
  await anna.until('all frames', () => anna.of('frame').length - framesBefore === sent);
  expect(anna.of('frame').map(({ bytes }) => bytes[0])).toEqual(
    Array.from({ length: sent }, (_, count) => (count + 1) & 255),
  );
  for (const each of [anna, bobby, carl]) expect(each.of('disconnected')).toEqual([]);
  const strangers = anna.of('strangers').reduce((sum, { count }) => sum + count, 0);
  console.log(`${CONNECTIONS} connections: ${strangers} were looked at and ended, ${sent} frames`);
});
