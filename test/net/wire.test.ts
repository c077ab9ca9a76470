// What an eavesdropper on the wire, and a third peer on its disk, have of a private session or a secret room: nothing.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { endAll } from '../e2e/peer.ts';
import { foundIn, foundOnDisk, hiddenOf, secretRoom } from '../e2e/secret-room.ts';
import { isOnDisk, meet, opened, sayIn, seesIn } from '../e2e/session.ts';

const sniffer = fileURLToPath(new URL('sniff.py', import.meta.url));
let folder: string;
let sniffing: ChildProcess | null = null;
let told: AsyncIterator<string>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-wire-'));
});

afterEach(async () => {
  sniffing?.kill('SIGKILL');
  sniffing = null;
  await endAll();
  rmSync(folder, { recursive: true, force: true });
});

/** Copies all that goes over the loopback interface. */
async function sniff(): Promise<string> {
  const file = join(folder, 'packets.bin');
  sniffing = spawn('python3', [sniffer, 'lo', file], { stdio: ['ignore', 'pipe', 'inherit'] });
  told = createInterface(sniffing.stdout!)[Symbol.asyncIterator]();
  expect((await told.next()).value).toBe('listening');
  return file;
}

/** Everything that was on the wire, in one piece. */
async function captured(file: string): Promise<Buffer> {
  sniffing?.kill('SIGTERM');
  expect((await told.next()).value).toBe('dropped 0');
  return readFileSync(file);
}

/** Says it in plain TCP, so that we know that the eavesdropper hears. */
async function sayOpenly(text: string): Promise<void> {
  const server = createServer((socket) => socket.resume());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  socket.end(text);
  await once(socket, 'close');
  server.close();
}

it("neither packets nor the third one's files hold a word of what two people say", async () => {
  const file = await sniff();
  await sayOpenly('said openly, for all who listen');
  const [anna, bobby, carmen] = await meet('anna', 'bobby', 'carmen');
  anna.command('\\fork bobby');
  const [here, there] = [await opened(anna, bobby), await opened(bobby, anna)];
  const secrets = ['the treasure lies under the oak', 'which of the seven oaks, anna?'];
  sayIn(anna, here, secrets[0]!);
  await seesIn(bobby, there, secrets[0]!);
  sayIn(bobby, there, secrets[1]!);
  await seesIn(anna, here, secrets[1]!);
  // She carries it: her disk must have grown by it.
  await anna.object('delivered', { session: here, heldBy: 2 });
  const wire = await captured(file);
  expect(wire.includes('said openly, for all who listen')).toBe(true);
  for (const secret of secrets) {
    expect(wire.includes(secret)).toBe(false);
    expect(isOnDisk(carmen.home, secret)).toBe(false);
    expect(carmen.stdout).not.toContain(secret);
    expect(isOnDisk(bobby.home, secret)).toBe(true);
  }
});

it('neither packets nor one who is linked to both members hold a trace of a secret room', async () => {
  const file = await sniff();
  await sayOpenly('said openly, for all who listen');
  const [anna, bobby, carmen] = await meet('anna', 'bobby', 'carmen');
  const text = await secretRoom(anna, 'gardenparty');
  bobby.command(`\\join ${text}`);
  await bobby.object('session', { event: 'opened', session: 'gardenparty' });
  const words = ['bring the strawberries', 'and cream for seven'];
  sayIn(anna, 'gardenparty', words[0]!);
  await seesIn(bobby, 'gardenparty', words[0]!);
  sayIn(bobby, 'gardenparty', words[1]!);
  await seesIn(anna, 'gardenparty', words[1]!);
  // What is said in the lobby goes the same ways, so whatever went to her of the room is there by now.
  for (const [name, peer] of Object.entries({ anna, bobby })) {
    sayIn(peer, 'lobby', `${name}, to all`);
    await seesIn(carmen, 'lobby', `${name}, to all`);
  }
  await carmen.end('SIGTERM');
  const wire = await captured(file);
  expect(wire.includes('said openly, for all who listen')).toBe(true);
  const hidden = hiddenOf(text, ...words);
  expect(foundIn(hidden, wire)).toEqual([]);
  expect(foundOnDisk(hidden, carmen.home)).toEqual([]);
  expect(foundIn(hidden, Buffer.from(carmen.stdout + carmen.stderr))).toEqual([]);
  expect(foundOnDisk(hidden, bobby.home)).toEqual(
    expect.arrayContaining([
      'the name',
      'the id as bytes',
      'the secret as bytes',
      ...words.map((word) => `'${word}'`),
    ]),
  );
});
