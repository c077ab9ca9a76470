// Commands for scripts, with a process on the profile and without: send, log --follow, search, export, import.

import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Peer, endAll, newHome, startJson } from './peer.ts';

afterEach(endAll);

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end, with this on its stdin. */
async function run(
  home: string,
  args: readonly string[],
  input: string | Buffer = '',
): Promise<Ran> {
  const peer = new Peer({ home, args });
  peer.process.stdin.write(input);
  const { code } = await peer.endInput();
  return { code, stdout: peer.stdout, stderr: peer.stderr };
}

const done: Ran = { code: 0, stdout: '', stderr: '' };
const apart = ['--no-discovery', '--listen', '127.0.0.1:0'];

describe('parley send', () => {
  it('says one message through the process that runs', async () => {
    const anna = await startJson('anna');
    const bobby = await startJson('bobby', { args: ['--connect', anna.address] });
    expect(await run(anna.home, ['send', 'build', '214', 'is green'])).toEqual(done);
    expect(await run(anna.home, ['send', '--to', '0', '-'], 'two\nlines\n')).toEqual(done);
    expect(await run(anna.home, ['send', '\\quit'])).toEqual(done);
    await bobby.sees('build 214 is green', 'two\nlines', '\\quit');
  });

  it('says it in the session of someone', async () => {
    const anna = await startJson('anna');
    const bobby = await startJson('bobby', { args: ['--connect', anna.address] });
    await anna.object('peer', { event: 'connected' });
    anna.command('\\fork bobby');
    await bobby.object('session', { event: 'opened' });
    expect(await run(anna.home, ['send', '--to', 'bobby', 'for you alone'])).toEqual(done);
    await bobby.object('line', { session: '1', text: 'for you alone' });
  });

  it('opens the profile itself where nobody has it, and delivers', async () => {
    const bobby = await startJson('bobby');
    const home = newHome();
    const args = ['send', ...apart, '--name', 'anna', '--connect', bobby.address, 'hello'];
    expect(await run(home, args)).toEqual(done);
    await bobby.object('line', { text: 'hello' });
    const again = await run(home, ['send', '--no-discovery', 'who is known is met again']);
    expect(again).toEqual(done);
    await bobby.sees('who is known is met again');
  });

  it('says where it is only stored', async () => {
    const sent = await run(newHome(), ['send', ...apart, 'hello']);
    expect(sent).toEqual({
      ...done,
      stderr: '-- 1 line stored; no peer is connected, so it goes out when parley runs again\n',
    });
  });

  it('fails where nobody took what an ephemeral profile cannot keep', async () => {
    const quiet = ['--ephemeral', '--no-discovery', '--listen', '127.0.0.1:0'];
    const sent = await run(newHome(), ['send', ...quiet, 'hello']);
    expect([sent.code, sent.stderr]).toEqual([
      1,
      expect.stringMatching(/^parley: nobody took the message, .*: --connect names a peer\n$/u),
    ]);
    const bobby = await startJson('bobby');
    const took = await run(newHome(), ['send', ...quiet, '--connect', bobby.address, 'hello']);
    expect(took).toEqual(done);
    await bobby.object('line', { text: 'hello' });
  });

  it('says that what is stored goes out when somebody comes, where a process runs on', async () => {
    const anna = await startJson('anna');
    expect(await run(anna.home, ['send', 'hello'])).toEqual({
      ...done,
      stderr: '-- 1 line stored; no peer is connected, so it goes out when somebody connects\n',
    });
  });

  it('refuses nothing, too much, no text, and a session that is not there', async () => {
    const anna = await startJson('anna');
    const nothing = await run(anna.home, ['send', '-'], '\n');
    expect([nothing.code, nothing.stderr]).toEqual([
      2,
      'parley: there is nothing to send; see parley send --help\n',
    ]);
    const long = await run(anna.home, ['send', '-'], 'x'.repeat(100_000));
    expect([long.code, long.stderr]).toEqual([
      1,
      'parley: the line has 100000 bytes, 16384 are allowed; nothing was sent\n',
    ]);
    const bytes = await run(anna.home, ['send'], Buffer.from([0xff, 0xfe]));
    expect([bytes.code, bytes.stderr]).toEqual([
      1,
      'parley: the input is not UTF-8; nothing was sent\n',
    ]);
    const nowhere = await run(anna.home, ['send', '--to', 'nowhere', 'x']);
    expect([nowhere.code, nowhere.stderr]).toEqual([
      1,
      'parley: there is no session nowhere; there are: 0 lobby\n',
    ]);
  });
});

describe('parley search', () => {
  it('finds lines beside the process and without it', async () => {
    const anna = await startJson('anna');
    for (const text of ['the red fox', 'the blue fox', 'a dog']) anna.say(text);
    await anna.sees('a dog');
    const beside = await run(anna.home, ['search', 'fox', '--json']);
    const texts = beside.stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line).text);
    expect(texts).toEqual(['the red fox', 'the blue fox']);
    await anna.end('SIGTERM');
    const alone = await run(anna.home, ['search', 'the', 'blue']);
    expect([alone.code, alone.stdout]).toEqual([
      0,
      expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d anna: the blue fox\n$/u),
    ]);
    const none = await run(anna.home, ['search', 'unicorn']);
    expect([none.code, none.stdout, none.stderr]).toEqual([
      0,
      '',
      '-- nothing found of: unicorn\n',
    ]);
    const one = await run(anna.home, ['search', '--limit', '1', 'fox']);
    expect(one.stdout).toMatch(/blue fox\n$/u);
    expect(one.stderr).toContain('--limit');
  });

  it('makes no profile', async () => {
    const { code, stderr } = await run(newHome(), ['search', 'x']);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^parley: there is no profile in /u)]);
  });
});

describe('parley log --follow', () => {
  it('keeps up with the process beside it', async () => {
    const anna = await startJson('anna');
    const follower = new Peer({ home: anna.home, args: ['log', '--follow', '--json'] });
    const texts = Array.from({ length: 2_000 }, (_, number) => `line ${number}`);
    anna.say('first');
    await follower.sees('first');
    anna.write(texts.map((text) => `${JSON.stringify({ type: 'say', text })}\n`).join(''));
    await follower.sees('line 1999');
    expect(follower.texts()).toEqual(['first', ...texts]);
  });
});

async function chat(): Promise<{ readonly anna: Peer; readonly bobby: Peer }> {
  const anna = await startJson('anna');
  const bobby = await startJson('bobby', { args: ['--connect', anna.address] });
  for (let number = 0; number < 300; number += 1) anna.say(`${number}`);
  bobby.say('with\na newline');
  bobby.command('\\me waves');
  await anna.sees('299', 'waves');
  await bobby.sees('299', 'waves');
  return { anna, bobby };
}

describe('parley export', () => {
  it('and import carry all that was said into an empty profile, and again nothing', async () => {
    const { anna } = await chat();
    const file = join(newHome(), 'backup.jsonl');
    expect(await run(anna.home, ['export', '--out', file])).toEqual(done);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const whole = readFileSync(file, 'utf8');
    const twice = await run(anna.home, ['export', '--out', file]);
    expect([twice.code, twice.stderr]).toEqual([1, expect.stringContaining('is there already')]);
    expect(readFileSync(file, 'utf8')).toBe(whole);
    const home = newHome();
    const ran = await run(home, ['import', file]);
    expect([ran.code, ran.stderr]).toEqual([
      0,
      expect.stringMatching(/^-- \d+ new entries stored\n$/u),
    ]);
    const here = await run(anna.home, ['export', '--text']);
    const there = await run(home, ['export', '--text']);
    expect(there.stdout).toBe(here.stdout);
    expect(there.stdout).toContain('anna: 299\n');
    expect(await run(home, ['import', '-'], readFileSync(file))).toEqual({
      ...done,
      stderr: '-- 0 new entries stored\n',
    });
  });

  it('can be imported by a process that runs, which shows it', async () => {
    const { anna } = await chat();
    const { stdout } = await run(anna.home, ['export']);
    const carol = await startJson('carol');
    expect((await run(carol.home, ['import', '-'], stdout)).code).toBe(0);
    await carol.sees('0', '299', 'with\na newline');
    expect(carol.objects.find(({ text }) => text === '299')).toMatchObject({ late: true });
  });

  it('that is imported where its author has lost all is gone on from in a new chain', async () => {
    const { anna, bobby } = await chat();
    const { stdout } = await run(anna.home, ['export']);
    await anna.end('SIGTERM');
    const home = newHome();
    writeFileSync(join(home, 'keys.json'), readFileSync(join(anna.home, 'keys.json')), {
      mode: 0o600,
    });
    expect((await run(home, ['import', '-'], stdout)).code).toBe(0);
    const again = await startJson('anna', { home, args: ['--connect', bobby.address] });
    expect(again.identity).toBe(anna.identity);
    again.say('back again');
    await bobby.sees('back again');
    expect(bobby.stdout).not.toContain('two different things');
  });

  it('of a room is imported by who is in it, and by nobody else', async () => {
    const anna = await startJson('anna');
    anna.command('\\join ops');
    await anna.object('session', { event: 'opened', session: 'ops' });
    expect((await run(anna.home, ['send', '--to', 'ops', 'only in the room'])).code).toBe(0);
    const { stdout } = await run(anna.home, ['export', '--session', 'ops']);
    expect(stdout).toContain('"run"');
    const outsider = await run(newHome(), ['import', '-'], stdout);
    expect([outsider.code, outsider.stderr]).toEqual([
      1,
      expect.stringContaining(
        'of #ops: this profile is not in the room it is from: join it first\n',
      ),
    ]);
    const carol = await startJson('carol');
    carol.command('\\join ops');
    await carol.object('session', { event: 'opened', session: 'ops' });
    expect((await run(carol.home, ['import', '-'], stdout)).code).toBe(0);
    await carol.object('line', { session: 'ops', text: 'only in the room' });
  });

  it('has private sessions readable, and they are not imported', async () => {
    const { anna, bobby } = await chat();
    anna.command('\\fork bobby');
    anna.say('a secret');
    await bobby.sees('a secret');
    const { stdout } = await run(anna.home, ['export', '--session', 'bobby']);
    expect(stdout).toContain('"a secret"');
    expect(stdout).not.toContain('"run"');
    const { code, stderr } = await run(newHome(), ['import', '-'], stdout);
    expect([code, stderr]).toEqual([
      0,
      '-- 1 line of private sessions passed over: they are not signed\n-- 0 new entries stored\n',
    ]);
  });

  it('that was changed is refused by line, and the rest is stored', async () => {
    const { anna } = await chat();
    const { stdout } = await run(anna.home, ['export']);
    const lines = stdout.split('\n');
    const at = lines.findIndex((line) => line.includes('"run"'));
    const object = JSON.parse(lines[at] ?? '') as { run: string };
    const bytes = Buffer.from(object.run, 'base64');
    bytes[bytes.length - 5] = (bytes[bytes.length - 5] ?? 0) ^ 1;
    lines[at] = JSON.stringify({ ...object, run: bytes.toString('base64') });
    lines.splice(at + 1, 0, 'garbage');
    const { code, stderr } = await run(newHome(), ['import', '-'], lines.join('\n'));
    expect(code).toBe(1);
    expect(stderr).toContain(
      `parley: line ${at + 1}: of lobby: it is no signed run of entries: bad-entry-signature\n`,
    );
    expect(stderr).toContain(`parley: line ${at + 2}: that is not a JSON object\n`);
    expect(stderr).toMatch(
      /-- [1-9]\d* new entr(?:y|ies) stored\nparley: 2 lines of it refused\n$/u,
    );
  });

  it('that is cut off or none is said to be', async () => {
    const { anna } = await chat();
    const { stdout } = await run(anna.home, ['export']);
    const cut = stdout.split('\n').slice(0, -2).join('\n');
    const half = await run(newHome(), ['import', '-'], `${cut}\n`);
    expect([half.code, half.stderr]).toEqual([1, expect.stringContaining('it was cut off')]);
    const none = await run(newHome(), ['import', '-'], '{"type":"end"}\n');
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('is no export')]);
    const missing = await run(newHome(), ['import', '/nonexistent/file']);
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('cannot read')]);
  });
});
