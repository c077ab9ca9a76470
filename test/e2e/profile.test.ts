// Profiles: who one is stays, nobody else reads it, and two processes never write it.

import { chmodSync, cpSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Peer, endAll, newHome, startJson } from './peer.ts';

afterEach(endAll);

const quiet = ['--no-discovery', '--listen', '127.0.0.1:0'];

/** Runs a command to its end. */
async function runParley(
  home: string,
  ...args: readonly string[]
): Promise<Peer & { code: number | null }> {
  const peer = new Peer({ home, args });
  const { code } = await peer.endInput();
  return Object.assign(peer, { code });
}

describe('a profile', () => {
  it('is private, and its key file is made private again', async () => {
    const anna = await startJson('anna');
    const modeOf = (name: string): number => statSync(join(anna.home, name)).mode & 0o777;
    expect(modeOf('.')).toBe(0o700);
    for (const name of ['keys.json', 'parley.db', 'run.json', 'addresses']) {
      expect([name, modeOf(name)]).toEqual([name, 0o600]);
    }
    await anna.end('SIGTERM');
    chmodSync(join(anna.home, 'keys.json'), 0o644);
    const again = await startJson('anna', { home: anna.home });
    const notice = await again.object('notice');
    expect(notice['text']).toContain('could be read by others (mode 644)');
    expect(modeOf('keys.json')).toBe(0o600);
  });

  it('is free again after kill -9', async () => {
    const anna = await startJson('anna');
    await anna.kill();
    const again = await startJson('anna', { home: anna.home });
    expect(again.identity).toBe(anna.identity);
  });

  it('makes a name from the key where none is given, and keeps the one that is', async () => {
    const home = newHome();
    const nameless = new Peer({ home, args: ['--json', ...quiet] });
    expect((await nameless.object('ready'))['name']).toMatch(/^peer-[0-9a-z]{5}$/u);
    await nameless.end('SIGTERM');
    const anna = await startJson('anna', { home });
    anna.command('\\nick zoe');
    anna.say('renamed');
    await anna.sees('renamed');
    await anna.end('SIGTERM');
    const again = new Peer({ home, args: ['--json', ...quiet] });
    expect((await again.object('ready'))['name']).toBe('zoe');
  });

  it('that is a copy goes on in a new chain, so that nobody sees one number twice', async () => {
    const anna = await startJson('anna');
    anna.say('before the copy');
    await anna.sees('before the copy');
    await anna.end('SIGTERM');
    const copy = newHome();
    cpSync(anna.home, copy, { recursive: true });
    const bobby = await startJson('bobby');
    const first = await startJson('anna', { home: anna.home, args: ['--connect', bobby.address] });
    first.say('from the first');
    await bobby.sees('before the copy', 'from the first');
    await first.end('SIGTERM');
    const second = await startJson('anna', { home: copy, args: ['--connect', bobby.address] });
    second.say('from the copy');
    await bobby.sees('from the copy');
    await second.sees('from the first');
    expect(bobby.stdout).not.toContain('two different things');
  });

  it('that is damaged is refused in one line', async () => {
    const home = newHome();
    const anna = await startJson('anna', { home });
    await anna.end('SIGTERM');
    const keys = readFileSync(join(home, 'keys.json'), 'utf8');
    writeFileSync(join(home, 'keys.json'), '{}');
    const damaged = await runParley(home, '--json', ...quiet);
    expect([damaged.code, damaged.stderr.split('\n').length]).toEqual([1, 2]);
    writeFileSync(join(home, 'keys.json'), keys);
    writeFileSync(join(home, 'parley.db'), 'not a database, but long enough to look like one');
    const broken = await runParley(home, '--json', ...quiet);
    expect([broken.code, broken.stderr.split('\n').length]).toEqual([1, 2]);
    expect(broken.stderr).toMatch(/^parley: .*parley\.db is damaged/u);
  });

  it('with --ephemeral is gone at the end', async () => {
    const anna = await startJson('anna', {
      args: ['--ephemeral'],
      env: { PARLEY_HOME: '/nonexistent' },
    });
    anna.say('for now');
    await anna.sees('for now');
    expect((await anna.end('SIGTERM')).code).toBe(0);
  });
});

describe('parley id', () => {
  it('tells who one is, also beside the running process', async () => {
    const anna = await startJson('anna');
    const running = await runParley(anna.home, 'id', '--json');
    const fields = JSON.parse(running.stdout) as Record<string, unknown>;
    expect(fields).toMatchObject({ identity: anna.identity, name: 'anna', listen: [anna.address] });
    expect(String(fields['safetyWords']).split(' ')).toHaveLength(6);
    await anna.end('SIGTERM');
    const ended = await runParley(anna.home, 'id');
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain(anna.identity);
    expect(ended.stdout).toContain('not running');
  });

  it('fails where there is no profile', async () => {
    const none = await runParley(newHome(), 'id');
    expect([none.code, none.stdout]).toEqual([1, '']);
    expect(none.stderr).toMatch(/^parley: there is no profile in .*\n$/u);
  });
});

describe('parley log', () => {
  it('prints what the store holds, also beside the running process', async () => {
    const anna = await startJson('anna');
    for (const text of ['one', 'two', 'three']) anna.say(text);
    await anna.sees('three');
    const all = await runParley(anna.home, 'log');
    expect(all.stdout).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d anna: one\n.*two\n.*three\n$/u);
    const some = await runParley(anna.home, 'log', '--since', '1h', '--limit', '2', '--json');
    expect(some.objects.map(({ text }) => text)).toEqual(['two', 'three']);
    const none = await runParley(anna.home, 'log', '--until', '2000-01-01');
    expect([none.code, none.stdout]).toEqual([0, '']);
    const where = await runParley(anna.home, 'log', '--session', 'nowhere');
    expect([where.code, where.stderr]).toEqual([
      1,
      'parley: there is no session nowhere; there are: 0 lobby\n',
    ]);
  });

  it('goes on with --follow, each line once', async () => {
    const anna = await startJson('anna');
    anna.say('one');
    await anna.sees('one');
    const follower = new Peer({ home: anna.home, args: ['log', '--follow', '--json'] });
    await follower.sees('one');
    const bobby = await startJson('bobby', { args: ['--connect', anna.address] });
    bobby.say('two');
    await follower.sees('two');
    await follower.object('line', { text: 'two', late: false });
    anna.say('three');
    await follower.sees('three');
    expect(follower.texts()).toEqual(['one', 'two', 'three']);
    expect(follower.texts('bobby')).toEqual(['two']);
    expect((await follower.end('SIGINT')).code).toBe(0);
  });
});

describe('an address', () => {
  it('that is taken is named with the cause, exit code 1', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as AddressInfo;
    const args = ['--json', '--no-discovery', '--listen', `127.0.0.1:${port}`];
    const anna = await runParley(newHome(), ...args);
    taken.close();
    expect([anna.code, anna.stdout]).toEqual([1, '']);
    expect(anna.stderr).toMatch(new RegExp(`^parley: .*127\\.0\\.0\\.1:${port}.*use.*\\n$`, 'u'));
  });

  it('to listen on may be given by --listen-addr too, and several times', async () => {
    const args = ['--listen-addr', '127.0.0.1:0', '--listen', '127.0.0.1:0'];
    const anna = await startJson('anna', { args });
    const ready = await anna.object('ready');
    expect(ready['listen']).toHaveLength(2);
  });
});

describe('wrong usage', () => {
  it.each([
    [['--nonsense'], 'unknown option'],
    [['nonsense'], "unknown command 'nonsense'"],
    [['--plain', '--json'], 'cannot be used with'],
    [['--name', 'two words'], 'spaces'],
    [['--connect', 'host:0'], 'port'],
    [['--listen', 'nowhere'], 'host:port'],
    [['--history', 'many'], 'whole number'],
    [['--log-level', 'loud'], 'Allowed choices'],
    [['log', '--since', 'yore'], 'date'],
    [['--home'], 'argument missing'],
  ])('%j is refused in one line with exit code 2', async (args, words) => {
    const peer = await runParley(newHome(), ...args);
    expect([peer.code, peer.stdout]).toEqual([2, '']);
    expect(peer.stderr).toMatch(/^parley: [^\n]*\n$/u);
    expect(peer.stderr).toContain(words);
  });

  it.each([
    ['--help'],
    ['chat', '--help'],
    ['serve', '--help'],
    ['id', '--help'],
    ['log', '--help'],
    ['send', '--help'],
    ['search', '--help'],
    ['export', '--help'],
    ['import', '--help'],
  ])('%s %s prints help with an example', async (...args) => {
    const peer = await runParley(newHome(), ...args.filter((arg) => typeof arg === 'string'));
    expect([peer.code, peer.stderr]).toEqual([0, '']);
    expect(peer.stdout).toContain('Example:');
  });
});
