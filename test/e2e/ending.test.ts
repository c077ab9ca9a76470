// However a peer is told to end, it ends within two seconds, cleanly, and leaves a profile that opens.

import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Peer, endAll, newHome, startJson } from './peer.ts';

afterEach(endAll);

const promisedMs = 2_000;

function checkDatabase(home: string): void {
  const database = new DatabaseSync(join(home, 'parley.db'), { readOnly: true });
  try {
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  } finally {
    database.close();
  }
}

describe.each(['SIGINT', 'SIGTERM', 'SIGHUP', '\\quit'] as const)('%s', (how) => {
  it.each([
    ['alone', false],
    ['beside a peer that is stopped', true],
  ])('ends the peer within two seconds with exit code 0, %s', async (_where, stopped) => {
    const anna = await startJson('anna', { args: stopped ? [] : ['--stay'] });
    const bobby = stopped ? await startJson('bobby', { args: ['--connect', anna.address] }) : null;
    if (bobby !== null) {
      await anna.object('peer', { event: 'connected', name: 'bobby' });
      bobby.signal('SIGSTOP');
    }
    anna.say('last words');
    await anna.sees('last words');
    if (how === '\\quit') anna.command(how);
    const ended = await anna.end(how === '\\quit' ? undefined : how);
    expect(ended).toMatchObject({ code: 0, signal: null });
    expect(ended.ms).toBeLessThan(promisedMs);
    checkDatabase(anna.home);
    const again = await startJson('anna', { home: anna.home, args: ['--history', '10'] });
    await again.object('line', { text: 'last words', own: true });
  });
});

describe('the end of the input', () => {
  it('delivers what was said, says to how many, and exits 0', async () => {
    const anna = await startJson('anna');
    const args = ['--plain', '--no-discovery', '--name', 'bobby', '--listen', '127.0.0.1:0'];
    const bobby = new Peer({ args: [...args, '--connect', anna.address] });
    bobby.write('one\ntwo');
    const ended = await bobby.endInput();
    expect(ended.code).toBe(0);
    await anna.sees('one', 'two');
    expect(bobby.stdout).toBe('');
    expect(bobby.stderr).toContain('-- 2 lines held by 1 peer');
  });

  it('says so where nobody is connected, and delivers another time', async () => {
    const home = newHome();
    const args = ['--plain', '--no-discovery', '--name', 'bobby', '--listen', '127.0.0.1:0'];
    const bobby = new Peer({ args, home });
    bobby.write('into the void\n');
    expect((await bobby.endInput()).code).toBe(0);
    expect(bobby.stderr).toContain('-- 1 line stored; no peer is connected');
    const anna = await startJson('anna');
    const again = new Peer({ args: [...args, '--stay', '--connect', anna.address], home });
    again.process.stdin.end();
    await anna.sees('into the void');
    expect((await again.end('SIGTERM')).code).toBe(0);
  });

  it('says whom it did not reach: a peer that is stopped', async () => {
    const anna = await startJson('anna');
    const bobby = await startJson('bobby', { args: ['--connect', anna.address] });
    await bobby.object('peer', { event: 'connected', name: 'anna' });
    anna.signal('SIGSTOP');
    bobby.say('are you there?');
    const ended = await bobby.endInput();
    expect(ended.code).toBe(0);
    expect(ended.ms).toBeLessThan(2 * promisedMs);
    const notice = bobby.objects.findLast(({ type }) => type === 'notice');
    expect(notice?.['text']).toContain('anna did not acknowledge');
  });

  it('with --stay is no end: lines go on coming', async () => {
    const anna = await startJson('anna', { args: ['--stay'] });
    anna.process.stdin.end();
    const bobby = await startJson('bobby', { args: ['--connect', anna.address] });
    bobby.say('still there?');
    await anna.sees('still there?');
    expect((await anna.end('SIGTERM')).code).toBe(0);
  });
});

describe('a reader of stdout', () => {
  it('that leaves ends the peer with exit code 0 and no word', async () => {
    const anna = await startJson('anna');
    const bobby = await startJson('bobby', { args: ['--connect', anna.address] });
    await bobby.object('peer', { event: 'connected', name: 'anna' });
    anna.process.stdout.destroy();
    bobby.say('nobody reads this');
    expect(await anna.end()).toMatchObject({ code: 0, signal: null });
    expect(anna.stderr).toBe('');
  });

  it('that does not read holds up neither the others nor Ctrl-C', async () => {
    const anna = await startJson('anna');
    const bobby = await startJson('bobby', { args: ['--connect', anna.address] });
    await bobby.object('peer', { event: 'connected', name: 'anna' });
    anna.process.stdout.pause();
    const line = 'x'.repeat(1_000);
    for (let count = 0; count < 2_000; count += 1) bobby.say(line);
    bobby.say('last');
    await bobby.sees('last');
    const last = bobby.objects.find(({ text }) => text === 'last');
    await bobby.object('delivered', { id: last?.['id'], heldBy: 1 });
    const ended = await anna.end('SIGINT');
    expect(ended).toMatchObject({ code: 0, signal: null });
    expect(ended.ms).toBeLessThan(promisedMs);
  });
});

describe('a second Ctrl-C', () => {
  it('ends at once', async () => {
    const anna = await startJson('anna');
    anna.signal('SIGINT');
    anna.signal('SIGINT');
    const ended = await anna.end();
    expect(ended.code).toBe(0);
    expect(ended.ms).toBeLessThan(promisedMs);
  });
});
