// `parley serve`: a peer like others, which says how it is, takes over settings, and ends when told.

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeInvite, roomId, toBase32 } from '@parley/core';
import { createNodeSuite } from '@parley/crypto-node';
import { afterEach, describe, expect, it } from 'vitest';
import type { JsonObject } from './peer.ts';
import { Peer, endAll, newHome, startJson } from './peer.ts';

afterEach(endAll);

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs a command on a profile; returns what it prints. */
function parley(home: string, ...args: readonly string[]): string {
  const program = join(root, 'packages/cli/bin/parley');
  const env = { PATH: process.env['PATH'] ?? '', PARLEY_HOME: home };
  return execFileSync(program, args, { env, encoding: 'utf8', stdio: 'pipe' }).trim();
}

/** What it logged so far. */
function logged({ stderr }: Peer): JsonObject[] {
  const lines = stderr.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as JsonObject);
}

function says(peer: Peer, msg: string): Promise<JsonObject> {
  return peer.until(msg, () => logged(peer).find((object) => object['msg'] === msg));
}

async function startServe(home: string, ...more: readonly string[]): Promise<Peer> {
  const args = ['serve', '--no-discovery', '--listen', '127.0.0.1:0', ...more];
  const peer = new Peer({ args, home });
  await says(peer, 'ready');
  await says(peer, 'listening');
  return peer;
}

function addressOf(peer: Peer): string {
  const listening = logged(peer).findLast(({ msg }) => msg === 'listening');
  return String((listening?.['addresses'] as string[] | undefined)?.[0]);
}

async function monitorOf(peer: Peer): Promise<string> {
  return String((await says(peer, 'metrics'))['address']);
}

/** The value of a metric, which may have labels. */
async function metric(monitor: string, name: string): Promise<number> {
  const text = await (await fetch(`http://${monitor}/metrics`)).text();
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  return Number(line?.split(' ').at(-1));
}

/** The text of an invite, its secret and its room in every way that a log could write them. */
function namesOf(invite: string): readonly string[] {
  const suite = createNodeSuite();
  const read = decodeInvite(suite, invite, 0);
  if (!read.ok || read.value.room.kind !== 'secret') throw new Error('an invite to a secret room');
  const id = Buffer.from(roomId(suite, read.value.room), 'hex');
  const secret = Buffer.from(read.value.room.secret);
  const bytes = [id, secret].flatMap((each) => [
    each.toString('hex'),
    each.toString('base64').slice(0, 40),
    each.toString('base64url').slice(0, 40),
    toBase32(each).slice(0, 40),
    [...each.subarray(0, 12)].join(','),
  ]);
  return [invite.slice('parley:'.length), ...bytes];
}

describe('parley serve', () => {
  it('holds for others, introduces them, logs no word of theirs and ends at SIGTERM', async () => {
    const rock = await startServe(newHome(), '--name', 'rock');
    const anna = await startJson('anna', { args: ['--connect', addressOf(rock)] });
    await anna.object('peer', { event: 'connected', name: 'rock' });
    anna.say('hold this');
    const line = await anna.object('line', { text: 'hold this' });
    await anna.object('delivered', { id: line['id'], heldBy: 1 });
    await anna.end('SIGTERM');
    const bobby = await startJson('bobby', { args: ['--connect', addressOf(rock)] });
    await bobby.sees('hold this');
    expect(await rock.end('SIGTERM')).toMatchObject({ code: 0 });
    expect(rock.stdout).toBe('');
    expect(rock.stderr).not.toContain('hold this');
    expect(logged(rock).map(({ msg }) => msg)).toEqual(
      expect.arrayContaining(['ready', 'listening', 'connected', 'disconnected', 'stopping']),
    );
    for (const object of logged(rock)) {
      expect(Object.keys(object).slice(0, 3)).toEqual(['time', 'level', 'msg']);
    }
  });

  it('keeps a secret room that it was invited to, over restarts, and never names it', async () => {
    const [home, file] = [newHome(), join(newHome(), 'invite')];
    const anna = await startJson('anna');
    parley(anna.home, 'room', 'new', 'vault', '--secret');
    await anna.object('session', { event: 'opened', session: 'vault' });
    const invite = parley(anna.home, 'invite', 'vault');
    writeFileSync(file, invite);
    const wordy = ['--log-level', 'debug', '--metrics', '127.0.0.1:0'];
    const rooms = ['--room', 'lobby', '--room-file', file];
    const first = await startServe(home, '--name', 'rock', ...rooms, ...wordy);
    await anna.object('peer', { event: 'connected', name: 'rock' });
    anna.write(
      `${JSON.stringify({ type: 'say', session: 'vault', text: 'for who comes later' })}\n`,
    );
    const line = await anna.object('line', { text: 'for who comes later' });
    await anna.object('delivered', { id: line['id'], heldBy: 1 });
    const metrics = await (await fetch(`http://${await monitorOf(first)}/metrics`)).text();
    const report = parley(home, 'doctor');
    await anna.end('SIGTERM');
    await first.end('SIGTERM');
    const again = await startServe(home, ...wordy);
    const args = ['--connect', addressOf(again), '--room-file', file];
    const bobby = await startJson('bobby', { args });
    await bobby.sees('for who comes later');
    await again.end('SIGTERM');
    const told = [first.stderr, again.stderr, first.stdout, metrics, report].join('\n');
    for (const secret of ['vault', 'for who comes', ...namesOf(invite)])
      expect([secret, told.includes(secret)]).toEqual([secret, false]);
  });

  it('tells how it is, and what it has carried, to whoever asks there', async () => {
    const rock = await startServe(newHome(), '--name', 'rock', '--metrics', '127.0.0.1:0');
    const monitor = await monitorOf(rock);
    const health = await fetch(`http://${monitor}/healthz`);
    expect([health.status, await health.json()]).toEqual([200, { ok: true }]);
    expect(await metric(monitor, 'parley_peers{path="lan"}')).toBe(0);
    const anna = await startJson('anna', { args: ['--connect', addressOf(rock)] });
    anna.say('one for the counters');
    const line = await anna.object('line', { text: 'one for the counters' });
    await anna.object('delivered', { id: line['id'], heldBy: 1 });
    expect(await metric(monitor, 'parley_peers{path="lan"}')).toBe(1);
    expect(await metric(monitor, 'parley_entries_missing')).toBe(0);
    expect(await metric(monitor, 'parley_entries_held')).toBeGreaterThan(0);
    expect(await metric(monitor, 'parley_frames_total{direction="in"}')).toBeGreaterThan(0);
    expect(await metric(monitor, 'parley_frame_bytes_total{direction="out"}')).toBeGreaterThan(0);
    expect(await metric(monitor, 'parley_store_commit_seconds_count')).toBeGreaterThan(0);
    const text = await (await fetch(`http://${monitor}/metrics`)).text();
    const samples = text.replaceAll(/^#.*$/gmu, '');
    for (const told of ['anna', 'rock', 'lobby', anna.identity])
      expect(samples).not.toContain(told);
    expect(await rock.end('SIGTERM')).toMatchObject({ code: 0 });
  });

  it('ends within two seconds, however many hold on to its monitor', async () => {
    const rock = await startServe(newHome(), '--metrics', '127.0.0.1:0');
    const [host = '', port = ''] = (await monitorOf(rock)).split(':');
    const socket = connect(Number(port), host);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write('GET /metrics HTTP/1.1\r\n');
    const ended = await rock.end('SIGTERM');
    expect(ended.code).toBe(0);
    expect(ended.ms).toBeLessThan(2_000);
    socket.destroy();
  });

  it('takes over what changed in its settings at SIGHUP, and goes on', async () => {
    const home = newHome();
    const anna = await startJson('anna');
    const config = join(home, 'config.json');
    writeFileSync(config, '{ "name": "rock",\n "nmae": "grey" }');
    const rock = await startServe(home);
    expect(logged(rock)).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        msg: 'setting',
        text: `${config}:2: there is no setting nmae; the nearest is name`,
      }),
    );
    writeFileSync(
      config,
      `{ "name": "stone", "metrics": "127.0.0.1:0", "network": { "connect": "${anna.address}" } }`,
    );
    rock.signal('SIGHUP');
    expect(await says(rock, 'reloaded')).toMatchObject({ changed: ['name', 'network.connect'] });
    expect(await says(rock, 'restart needed')).toMatchObject({ settings: ['metrics'] });
    await anna.object('peer', { event: 'connected', name: 'stone' });
    writeFileSync(config, '{ "name": ');
    rock.signal('SIGHUP');
    await rock.until('the second reload', () =>
      logged(rock).some(({ text }) => String(text).startsWith(`${config}:1: `)),
    );
    anna.say('still there?');
    const line = await anna.object('line', { text: 'still there?' });
    await anna.object('delivered', { id: line['id'], heldBy: 1 });
    expect(await rock.end('SIGTERM')).toMatchObject({ code: 0 });
  });

  it('is reached by a WebSocket where its settings say', async () => {
    const home = newHome();
    writeFileSync(join(home, 'config.json'), '{ "network": { "websocket": "127.0.0.1:0" } }');
    const rock = await startServe(home, '--name', 'rock');
    const addresses = logged(rock).findLast(({ msg }) => msg === 'listening')?.['addresses'];
    const webSocket = (addresses as string[]).find((address) => address.endsWith('/ws')) ?? '';
    const anna = await startJson('anna', { args: ['--connect', webSocket] });
    await anna.object('peer', { event: 'connected', name: 'rock' });
    anna.say('through the web');
    const line = await anna.object('line', { text: 'through the web' });
    const delivered = await anna.object('delivered', { id: line['id'] });
    expect(delivered['heldBy']).toBe(1);
  });

  it('does not start where its metrics cannot be had, and says where', async () => {
    const rock = await startServe(newHome(), '--metrics', '127.0.0.1:0');
    const taken = await monitorOf(rock);
    const other = new Peer({ args: ['serve', '--metrics', taken], home: newHome() });
    expect((await other.end()).code).toBe(1);
    expect(other.stderr).toContain(`parley: cannot answer for metrics on ${taken}: `);
  });
});
