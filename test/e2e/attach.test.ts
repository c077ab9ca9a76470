// A second parley on a profile in use is a face of the first: lines reach each once, and no face harms another.

import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Peer, endAll, newHome, startJson } from './peer.ts';

afterEach(endAll);

/** A face of whoever runs on this profile, once it is ready. */
async function attachJson(home: string, ...args: readonly string[]): Promise<Peer> {
  const face = new Peer({ home, args: ['--json', ...args] });
  await face.object('ready');
  return face;
}

async function attachPlain(home: string, ...args: readonly string[]): Promise<Peer> {
  const face = new Peer({ home, args: ['--plain', ...args] });
  await face.until('attached', () => face.stderr.includes('attached to process'));
  return face;
}

async function rawSocket(home: string): Promise<Socket> {
  const socket = connect(join(home, 'socket'));
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket;
}

/** All that comes until the other side ends the connection. */
function heard(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    socket.once('close', () => resolve(text));
  });
}

describe('a second parley', () => {
  it('is the same peer in JSON mode: says, hears, and ends alone at the end of its input', async () => {
    const anna = await startJson('anna');
    const bobby = await startJson('bobby', { args: ['--connect', anna.address] });
    const face = await attachJson(anna.home);
    expect(face.identity).toBe(anna.identity);
    expect(face.address).toBe(anna.address);
    face.say('from the second');
    await Promise.all([anna, bobby, face].map((peer) => peer.sees('from the second')));
    bobby.say('to both');
    await Promise.all([anna, face].map((peer) => peer.sees('to both')));
    expect((await face.endInput()).code).toBe(0);
    expect(face.objects.find(({ type }) => type === 'settled')).toMatchObject({
      said: 1,
      acknowledged: 1,
    });
    anna.say('still here');
    await bobby.sees('still here');
  });

  it('in line mode prints the lines of others, and says who has what was said', async () => {
    const anna = await startJson('anna');
    const bobby = await startJson('bobby', { args: ['--connect', anna.address] });
    const face = await attachPlain(anna.home);
    expect(face.stderr).toContain(`attached to process ${anna.process.pid}`);
    bobby.say('one\ntwo');
    await face.until('line', () => face.stdout === 'bobby: one\n    two\n');
    face.write('from the pipe\n\\users\n');
    await bobby.sees('from the pipe');
    await face.until('answer', () => face.stderr.includes('bobby'));
    expect((await face.endInput()).code).toBe(0);
    expect(face.stderr).toContain('-- 1 line held by 1 peer\n');
  });

  it('hears every line once, however many there are', async () => {
    const anna = await startJson('anna');
    const faces = [await attachJson(anna.home), await attachJson(anna.home)];
    const bobby = await startJson('bobby', { args: ['--connect', anna.address] });
    const texts = Array.from({ length: 500 }, (_, number) => `line ${number}`);
    bobby.write(texts.map((text) => `${JSON.stringify({ type: 'say', text })}\n`).join(''));
    for (const face of [anna, ...faces]) {
      await face.sees('line 499');
      expect(face.texts('bobby')).toEqual(texts);
    }
  });

  it('has a current session of its own', async () => {
    const anna = await startJson('anna');
    const face = await attachJson(anna.home);
    const bobby = await startJson('bobby', { args: ['--connect', anna.address] });
    await anna.object('peer', { event: 'connected' });
    face.command('\\fork bobby');
    await bobby.object('session', { event: 'opened' });
    face.say('only for bobby');
    anna.say('for all');
    await bobby.sees('only for bobby', 'for all');
    const sessions = bobby.objects.filter(({ type }) => type === 'line');
    expect(sessions.map(({ text, session }) => `${String(session)} ${String(text)}`)).toEqual(
      expect.arrayContaining(['1 only for bobby', 'lobby for all']),
    );
  });

  it('that reads nothing slows nobody, and gets all of it later', async () => {
    const anna = await startJson('anna');
    const slow = await attachJson(anna.home);
    slow.signal('SIGSTOP');
    const other = await attachJson(anna.home);
    const text = 'x'.repeat(1_000);
    const count = 4_000;
    for (let number = 0; number < count; number += 1) anna.say(`${number} ${text}`);
    await other.sees(`${count - 1} ${text}`);
    await anna.sees(`${count - 1} ${text}`);
    slow.signal('SIGCONT');
    await slow.sees(`${count - 1} ${text}`);
    expect(slow.texts()).toHaveLength(count);
  });

  it('is told when the first ends, and exits', async () => {
    const anna = await startJson('anna');
    const plain = await attachPlain(anna.home);
    const json = await attachJson(anna.home);
    expect((await anna.end('SIGTERM')).code).toBe(0);
    expect((await plain.end()).code).toBe(1);
    expect((await json.end()).code).toBe(1);
    const text = `process ${anna.process.pid}, which had this profile, has ended`;
    expect(plain.stderr).toContain(`parley: ${text}\n`);
    expect(json.objects.at(-1)).toEqual({ type: 'error', code: 'ended', text });
  });

  it('is told when the first is killed, and exits with 1', async () => {
    const anna = await startJson('anna');
    const face = await attachPlain(anna.home);
    await anna.kill();
    const { code } = await face.end();
    expect([code, face.stderr.split('\n').at(-2)]).toEqual([
      1,
      expect.stringMatching(/^parley: the process that has this profile is gone: /u),
    ]);
    const again = await startJson('anna', { home: anna.home });
    expect((await attachJson(anna.home)).identity).toBe(again.identity);
  });

  it('leaves by \\quit and by a signal; the first goes on', async () => {
    const anna = await startJson('anna');
    const one = await attachPlain(anna.home);
    one.write('\\quit\n');
    expect((await one.end()).code).toBe(0);
    expect(one.stderr).toContain(`-- detached; process ${anna.process.pid} goes on\n`);
    const two = await attachPlain(anna.home);
    expect((await two.end('SIGINT')).code).toBe(0);
    anna.say('still here');
    await anna.sees('still here');
  });

  it('dials and renames as a first one would', async () => {
    const anna = await startJson('anna');
    const bobby = await startJson('bobby');
    const face = await attachJson(anna.home, '--name', 'zoe', '--connect', bobby.address);
    await face.object('peer', { event: 'connected', name: 'bobby' });
    face.say('hello');
    await bobby.object('line', { text: 'hello' });
    const line = bobby.objects.find(({ text }) => text === 'hello');
    expect(line?.['from']).toMatchObject({ name: 'zoe' });
  });

  it('attaches to serve, which can be no second one itself', async () => {
    const serve = new Peer({
      args: ['serve', '--name', 'rock', '--no-discovery', '--listen', '127.0.0.1:0'],
    });
    await serve.until('ready', () => serve.stderr.includes('"ready"'));
    const face = await attachJson(serve.home);
    face.say('from a face of it');
    await face.sees('from a face of it');
    const second = new Peer({ home: serve.home, args: ['serve', '--no-discovery'] });
    expect((await second.end()).code).toBe(1);
    expect(second.stderr).toMatch(/^parley: profile .* is in use by process \d+: .*\n$/u);
  });
});

describe('the local socket', () => {
  it('can be opened by its owner alone, and is gone at the end', async () => {
    const anna = await startJson('anna');
    const attached = await attachJson(anna.home);
    expect(statSync(join(anna.home, 'socket')).mode & 0o777).toBe(0o600);
    await attached.endInput();
    await anna.end('SIGTERM');
    expect(existsSync(join(anna.home, 'socket'))).toBe(false);
  });

  it('lies elsewhere where its path would be too long', async () => {
    const home = join(newHome(), 'a'.repeat(60), 'b'.repeat(60));
    const runtime = newHome();
    chmodSync(runtime, 0o700);
    const env = { XDG_RUNTIME_DIR: runtime };
    mkdirSync(home, { recursive: true });
    const anna = await startJson('anna', { home, env });
    const path = readFileSync(join(home, 'socket.path'), 'utf8').trim();
    expect(path.startsWith(`${runtime}/parley-`)).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect((await attachJson(home)).identity).toBe(anna.identity);
    await anna.kill();
    const again = await startJson('anna', { home, env });
    expect(existsSync(path)).toBe(false);
    await again.end('SIGTERM');
    expect(existsSync(join(home, 'socket.path'))).toBe(false);
  });

  it('takes JSON at once, and answers a request by its name', async () => {
    const anna = await startJson('anna');
    const socket = await rawSocket(anna.home);
    const all = heard(socket);
    socket.end('{"type":"say","text":"hi","re":"a"}\n{"type":"sessions","re":"b"}\n');
    const objects = (await all)
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(objects[0]).toMatchObject({ type: 'ready', identity: anna.identity });
    expect(objects.find(({ re }) => re === 'a')).toMatchObject({ type: 'done', session: 'lobby' });
    expect(objects.find(({ re }) => re === 'b')).toMatchObject({
      sessions: [{ session: 'lobby', number: 0 }],
    });
    await anna.sees('hi');
  });

  it('survives garbage, and what is far too long', async () => {
    const anna = await startJson('anna');
    for (const bytes of [
      Buffer.from([0, 255, 254, 10, 1, 2, 3, 10]),
      Buffer.from('{"type":"attach","frames":99}\n'),
      Buffer.from('{"type":"attach","frames":1,"face":"plain"}\n'),
      Buffer.from('{"type":"attach","face":"json","history":-1}\n'),
      Buffer.alloc(2_000_000, 0x61),
    ]) {
      const socket = await rawSocket(anna.home);
      socket.on('error', () => undefined);
      const all = heard(socket);
      socket.end(bytes);
      expect(await all).toContain('"error"');
    }
    anna.say('unharmed');
    await anna.sees('unharmed');
  });

  it('holds so many connections and no more', async () => {
    const anna = await startJson('anna');
    const sockets: Socket[] = [];
    for (let number = 0; number < 64; number += 1) sockets.push(await rawSocket(anna.home));
    const refused = await heard(await rawSocket(anna.home));
    expect(refused).toContain('"too-many"');
    for (const socket of sockets) socket.destroy();
    await attachJson(anna.home);
  });
});
