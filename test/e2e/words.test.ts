// What a script may write for a session, a room or a setting, and what it reads at once behind it: with real processes.

import { join } from 'node:path';
import { decodeInvite, encodeInvite } from '@parley/core';
import { createNodeSuite } from '@parley/crypto-node';
import { afterEach, describe, expect, it } from 'vitest';
import { Peer, endAll, newHome, startJson } from './peer.ts';
import { connectedTo, refusal, sayIn, seesIn } from './session.ts';

afterEach(endAll);

const suite = createNodeSuite();
const apart = ['--no-discovery', '--listen', '127.0.0.1:0'];

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end, with this on its stdin. */
async function run(home: string, args: readonly string[], input: string = ''): Promise<Ran> {
  const peer = new Peer({ home, args });
  peer.write(input);
  const { code } = await peer.endInput();
  return { code, stdout: peer.stdout, stderr: peer.stderr };
}

async function secretRoom(name: string): Promise<string> {
  return (await run(newHome(), ['room', 'new', name, '--secret'])).stdout.trim();
}

describe('a session in JSON mode', { timeout: 30_000 }, () => {
  it('is meant by its number, and a room by its name with # and without', async () => {
    const anna = await startJson('anna');
    anna.command('\\join ops');
    await anna.object('session', { event: 'opened', session: 'ops' });
    for (const session of ['ops', '#ops', '1']) sayIn(anna, session, `to ${session}`);
    await seesIn(anna, 'ops', 'to ops', 'to #ops', 'to 1');
    anna.write(`${JSON.stringify({ type: 'command', session: '#ops', text: '\\topic x' })}\n`);
    await anna.object('session', { event: 'changed', session: 'ops', topic: 'x' });
    sayIn(anna, '#nowhere', 'to nobody');
    await anna.object('error', { code: 'unknown-session' });
    expect(anna.texts()).not.toContain('to nobody');
  });
});

describe('a lobby that was chosen', { timeout: 30_000 }, () => {
  it('is the room of its name: nothing for those with its invite goes to an open room', async () => {
    const env = { PARLEY_ROOM: await secretRoom('attic') };
    const anna = await startJson('anna', { env });
    anna.command('\\join ops');
    await anna.object('session', { event: 'opened', session: 'ops' });
    anna.command('\\join attic');
    await anna.until('the way back', () =>
      anna.objects.find(({ text }) => String(text).startsWith('now in #attic (')),
    );
    anna.say('for the attic');
    await anna.object('line', { session: 'lobby', text: 'for the attic' });
    sayIn(anna, 'attic', 'also for the attic');
    await anna.object('line', { session: 'lobby', text: 'also for the attic' });
    expect(anna.objects.filter(({ title }) => title === '#attic')).toEqual([]);
  });
});

describe('a script in line mode', { timeout: 30_000 }, () => {
  it('reads at once what it has just set', async () => {
    const input =
      '\\join ops\n\\topic releases\n\\topic\n\\keep 30\n\\keep\n\\nick zoe\n\\users\nat once\n\\search at once\n';
    const { code, stderr } = await run(newHome(), ['--plain', ...apart, '--name', 'anna'], input);
    expect(code).toBe(0);
    expect(stderr).toContain('\ntopic of #ops: releases\n');
    expect(stderr).toContain('\nwhat is said in #ops is kept for 30 days\n');
    expect(stderr).toMatch(/\nzoe +\w+ +you\n/u);
    expect(stderr).toMatch(/\n[^\n]*: at once\n/u);
    expect(stderr).not.toContain('nothing found');
  });

  it('is told once that someone is called otherwise, whatever rooms they share', async () => {
    const anna = await startJson('anna');
    const bobby = await startJson('bobby', { args: ['--connect', anna.address] });
    await connectedTo(anna, bobby);
    for (const peer of [anna, bobby])
      for (const room of ['ops', 'dev']) {
        peer.command(`\\join ${room}`);
        await peer.object('session', { event: 'opened', session: room });
      }
    for (const room of ['ops', 'dev', 'lobby']) sayIn(bobby, room, `bobby in ${room}`);
    await anna.sees('bobby in ops', 'bobby in dev', 'bobby in lobby');
    bobby.command('\\nick robert');
    for (const room of ['ops', 'dev', 'lobby']) sayIn(bobby, room, `robert in ${room}`);
    await anna.sees('robert in ops', 'robert in dev', 'robert in lobby');
    const told = anna.objects.filter(({ text }) => text === 'bobby is now called robert');
    expect(told).toHaveLength(1);
  });
});

describe('a second parley with --room', { timeout: 30_000 }, () => {
  it('has the first enter that room, and is there', async () => {
    const anna = await startJson('anna');
    const invite = await secretRoom('vault');
    const vault = await run(anna.home, ['--plain', '--room', invite], 'behind the door\n');
    expect([vault.code, vault.stderr]).toEqual([0, expect.stringContaining('now in #vault (')]);
    await anna.object('line', { session: 'vault', text: 'behind the door' });
    const said = `${JSON.stringify({ type: 'say', text: 'by name' })}\n`;
    expect((await run(anna.home, ['--json', '--room', '#ops'], said)).code).toBe(0);
    await anna.object('line', { session: 'ops', text: 'by name' });
    const broken = await run(anna.home, ['--plain', '--room', invite.slice(0, -4)], 'x\n');
    expect([broken.code, broken.stderr]).toEqual([
      1,
      expect.stringMatching(/^parley: --room: a part of this invite is missing [^\n]*\n$/u),
    ]);
    expect(anna.texts()).not.toContain('x');
  });

  it('says that --listen changes nothing there', async () => {
    const anna = await startJson('anna');
    const { code, stderr } = await run(anna.home, ['--plain', '--listen', '127.0.0.1:0']);
    expect([code, stderr]).toEqual([0, expect.stringContaining('-- --listen changes nothing')]);
  });
});

describe('an invite', { timeout: 30_000 }, () => {
  it('that has expired says so; its QR code has colours on a terminal alone', async () => {
    const anna = await startJson('anna');
    const brief = await run(anna.home, ['invite', '--expires', '1s', '--qr']);
    expect(brief.code).toBe(0);
    expect(brief.stdout).not.toContain('\u001b');
    expect(brief.stdout).toContain('█▀▀▀▀▀█');
    const text = brief.stdout.trim().split('\n').at(-1) ?? '';
    const read = decodeInvite(suite, text, 0);
    if (!read.ok) throw new Error(`no invite: ${text}`);
    const late = encodeInvite(suite, { ...read.value, expiresMs: Date.now() - 1_000 });
    expect(await refusal(anna, `\\join ${late}`)).toMatchObject({
      code: 'bad-invite',
      text: expect.stringContaining('expired'),
    });
  });

  it('and search and room want their words', async () => {
    const home = newHome();
    await run(home, ['room', 'new', 'ops']);
    const empty = await run(home, ['search', '']);
    expect([empty.code, empty.stderr]).toEqual([2, 'parley: there is no word to search for\n']);
    const bare = await run(home, ['room']);
    expect([bare.code, bare.stderr]).toEqual([
      2,
      'parley: parley room wants one of: new; see parley room --help\n',
    ]);
    const gone = await run(join(home, 'nowhere'), ['search', 'x']);
    expect(gone.stderr).toMatch(/^parley: there is no profile in .*: run parley once/u);
  });
});
