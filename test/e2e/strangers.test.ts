// Whatever knocks at the port, the chat goes on undisturbed.

import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { endAll, startJson } from './peer.ts';

afterEach(endAll);

/** Noise that is the same in every run. */
function noise(bytes: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at * 32 < bytes; at += 1)
    parts.push(createHash('sha256').update(`${at}`).digest());
  return Buffer.concat(parts).subarray(0, bytes);
}

const http = 'GET / HTTP/1.1\r\nHost: parley\r\n\r\n';
const tls = Buffer.concat([Buffer.from('16030100c8010000c40303', 'hex'), noise(189)]);

/** Sends, and waits until the other end hangs up. */
function knock(address: string, bytes: string | Buffer): Promise<void> {
  const [host = '', port = ''] = address.split(':');
  const socket = connect(Number(port), host);
  return new Promise((resolve) => {
    // Being hung up on may look like an error; the close follows it.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve());
    socket.resume();
    socket.write(bytes);
  });
}

describe('the port', () => {
  it('is not impressed by HTTP, TLS or noise', async () => {
    const anna = await startJson('anna');
    const bobby = await startJson('bobby', { args: ['--connect', anna.address] });
    await bobby.object('peer', { event: 'connected', name: 'anna' });
    const strangers = [http, tls, noise(100_000), Buffer.alloc(1), '\n'];
    const knocks = Promise.all(strangers.map((bytes) => knock(anna.address, bytes)));
    anna.say('what was that?');
    await bobby.sees('what was that?');
    await knocks;
    bobby.say('nothing');
    await anna.sees('nothing');
    expect(anna.texts()).toEqual(['what was that?', 'nothing']);
    expect(anna.objects.filter(({ type }) => type === 'error')).toEqual([]);
    expect(anna.stderr).toBe('');
    expect((await anna.end('SIGTERM')).code).toBe(0);
  });
});
