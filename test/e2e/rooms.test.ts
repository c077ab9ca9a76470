// Rooms between real processes: by name, by invite, as a lobby; and what those outside learn of them, which is nothing.

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeInvite } from '@parley/core';
import { createNodeSuite } from '@parley/crypto-node';
import { afterEach, describe, expect, it } from 'vitest';
import { endAll, newHome, startJson } from './peer.ts';
import { contentOf, foundIn, foundOnDisk, hiddenOf, runParley, secretRoom } from './secret-room.ts';
import {
  complete,
  connectedTo,
  isOnDisk,
  meet,
  patient,
  privateRows,
  refusal,
  sayIn,
  seesIn,
  textsIn,
} from './session.ts';

afterEach(endAll);

const suite = createNodeSuite();
const root = fileURLToPath(new URL('../..', import.meta.url));
const parley = [
  join(root, 'node_modules/node/bin/node'),
  join(root, 'packages/cli/dist/parley.js'),
] as const;

describe('an open room', { timeout: 120_000 }, () => {
  it('is heard by the two who joined it, and not by the third', async () => {
    const [anna, bobby, carmen] = await meet('anna', 'bobby', 'carmen');
    for (const peer of [anna, bobby]) {
      peer.command('\\join kitchen');
      await peer.object('session', { event: 'opened', session: 'kitchen', title: '#kitchen' });
    }
    sayIn(anna, 'kitchen', 'the kettle is on');
    await seesIn(bobby, 'kitchen', 'the kettle is on');
    sayIn(bobby, 'lobby', 'to all');
    await seesIn(carmen, 'lobby', 'to all');
    expect(carmen.texts()).toEqual(['to all']);
    expect(isOnDisk(carmen.home, 'kettle')).toBe(false);
    expect((await refusal(carmen, '\\sw kitchen'))['code']).toBe('unknown-session');
  });

  it('is there again at the next start with its number and what came meanwhile, until it is left', async () => {
    const [anna, bobby] = await meet('anna', 'bobby');
    for (const peer of [anna, bobby]) {
      peer.command('\\join ops');
      await peer.object('session', { event: 'opened', session: 'ops' });
    }
    sayIn(anna, 'ops', 'before');
    await seesIn(bobby, 'ops', 'before');
    await bobby.end('SIGTERM');
    sayIn(anna, 'ops', 'while you were away');
    const args = ['--connect', anna.address];
    const again = await startJson('bobby', { ...patient, home: bobby.home, args });
    await again.object('session', { event: 'opened', session: 'ops', kind: 'room' });
    await seesIn(again, 'ops', 'while you were away');
    await complete(again, 'ops');
    expect(await privateRows(again)).toEqual([expect.stringMatching(/^ 1 #ops \d unread/u)]);
    again.command('\\sw ops');
    again.command('\\leave');
    await again.object('session', { event: 'left', session: 'ops' });
    await again.end('SIGTERM');
    expect(isOnDisk(bobby.home, 'before')).toBe(false);
    const third = await startJson('bobby', { ...patient, home: bobby.home, args });
    expect(await privateRows(third)).toEqual([]);
  });
});

describe('a secret room', { timeout: 120_000 }, () => {
  it('is entered by its invite from anywhere, and who is connected to all in it learns nothing', async () => {
    const [anna, carmen] = await meet('anna', 'carmen');
    const text = await secretRoom(anna, 'gardenparty');
    const bobby = await startJson('bobby', patient);
    // As a mail program would hand it on.
    bobby.command(`\\join <${text.replace(/.{60}/gu, '$& ')}>`);
    await bobby.object('session', { event: 'opened', session: 'gardenparty' });
    await connectedTo(bobby, anna);
    sayIn(bobby, 'gardenparty', 'bring strawberries');
    await seesIn(anna, 'gardenparty', 'bring strawberries');
    sayIn(bobby, 'lobby', 'to all');
    await seesIn(carmen, 'lobby', 'to all');
    await carmen.end('SIGTERM');
    const hidden = hiddenOf(text, 'strawberries');
    expect(foundOnDisk(hidden, carmen.home)).toEqual([]);
    expect(foundOnDisk(hidden, bobby.home)).toEqual(
      expect.arrayContaining(['the id as bytes', 'the secret as bytes', "'strawberries'"]),
    );
    expect(foundIn(hidden, Buffer.from(carmen.stdout + carmen.stderr))).toEqual([]);
    // Neither it nor its secret is in any log of those who have it.
    for (const { stderr } of [anna, bobby, carmen]) expect(stderr).not.toContain('parley:');
  });

  it('has invites that say what is wrong with them', async () => {
    const anna = await startJson('anna', patient);
    const text = await secretRoom(anna, 'crew');
    const bobby = await startJson('bobby', patient);
    const cut = await refusal(bobby, `\\join ${text.slice(0, -7)}`);
    expect(cut).toMatchObject({
      code: 'bad-invite',
      text: expect.stringContaining('missing or mistyped'),
    });
    expect((await refusal(bobby, '\\join parley:nonsense'))['code']).toBe('bad-invite');
    const brief = runParley(anna.home, 'invite', 'crew', '--expires', '1m');
    expect(contentOf(brief).expiresMs).toBeGreaterThan(Date.now());
    const late = decodeInvite(suite, brief, Date.now() + 120_000);
    expect(late).toMatchObject({ reason: { kind: 'expired' } });
    expect(await privateRows(bobby)).toEqual([]);
  });

  it('of a passphrase is the same for all who know it, without an invite', async () => {
    const [anna, bobby] = await meet('anna', 'bobby');
    for (const { home } of [anna, bobby]) {
      const file = join(home, 'passphrase');
      writeFileSync(file, 'five wide words drawn here\n', { mode: 0o600 });
      runParley(home, 'room', 'new', 'attic', '--passphrase-file', file);
    }
    for (const peer of [anna, bobby])
      await peer.object('session', { event: 'opened', session: 'attic', secret: true });
    sayIn(anna, 'attic', 'dusty up here');
    await seesIn(bobby, 'attic', 'dusty up here');
    expect(textsIn(bobby, 'attic')).toEqual(['dusty up here']);
  });
});

describe('a private lobby', { timeout: 120_000 }, () => {
  it('is session 0 for those with its invite, and an outsider who is connected to both learns nothing', async () => {
    const host = newHome();
    const text = runParley(host, 'room', 'new', 'cellar', '--secret');
    const env = { PARLEY_ROOM: text };
    const anna = await startJson('anna', { ...patient, env });
    const toAnna = ['--connect', anna.address];
    const bobby = await startJson('bobby', { ...patient, env, args: toAnna });
    const carmen = await startJson('carmen', {
      ...patient,
      args: [...toAnna, '--connect', bobby.address],
    });
    await connectedTo(bobby, anna);
    sayIn(anna, 'lobby', 'down the stairs');
    await seesIn(bobby, 'lobby', 'down the stairs');
    sayIn(bobby, 'lobby', 'mind your head');
    await seesIn(anna, 'lobby', 'mind your head');
    expect(textsIn(carmen, 'lobby')).toEqual([]);
    await carmen.end('SIGTERM');
    const hidden = hiddenOf(text, 'stairs', 'mind your head');
    expect(foundOnDisk(hidden, carmen.home)).toEqual([]);
    expect(foundOnDisk(hidden, anna.home)).toContain('the id as bytes');
  });

  it('is refused in one line where the invite is broken', () => {
    const [node, program] = parley;
    const args = [program, '--plain', '--ephemeral', '--room', 'parley:2222'];
    const { status, stderr } = spawnSync(node, args, { encoding: 'utf8', input: '' });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^parley: a part of this invite is missing or mistyped[^\n]*\n$/u);
  });
});
