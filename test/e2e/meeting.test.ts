// Two people with an invite find each other through a peer that is in none of their rooms, and need it no more.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeInvite, roomId } from '@parley/core';
import { createNodeSuite } from '@parley/crypto-node';
import { afterEach, describe, expect, it } from 'vitest';
import { endAll, newHome, startJson } from './peer.ts';
import { isOnDisk, patient } from './session.ts';

afterEach(endAll);

const suite = createNodeSuite();
const root = fileURLToPath(new URL('../..', import.meta.url));
const node = join(root, 'node_modules/node/bin/node');
const program = join(root, 'packages/cli/dist/parley.js');

/** An invite that names no address and no inviter's: all that is known is the room, and a peer to ask. */
function makeInvite(home: string): string {
  const env = { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', PARLEY_HOME: home };
  const args = [program, 'room', 'new', 'den', '--secret'];
  const text = execFileSync(node, args, { env, encoding: 'utf8', stdio: 'pipe' });
  return /parley:\S+/u.exec(text)?.[0] ?? '';
}

describe('two people with an invite, and a peer that knows nothing of it', {
  timeout: 90_000,
}, () => {
  it('find each other through it, talk, and go on when it is killed', async () => {
    const rock = await startJson('rock');
    const invite = makeInvite(newHome());
    const content = decodeInvite(suite, invite, Date.now());
    if (!content.ok) throw new Error(`no invite: ${invite}`);
    expect(content.value.addresses).toEqual([]);
    const args = ['--room', invite, '--connect', rock.address];
    const anna = await startJson('anna', { ...patient, args });
    const bobby = await startJson('bobby', { ...patient, args });
    await anna.object('peer', { event: 'connected', name: 'bobby' });
    anna.say('hush, it is a secret');
    await bobby.sees('hush, it is a secret');
    await rock.kill();
    bobby.say('the rock is gone');
    await anna.sees('the rock is gone');
    for (const text of ['hush', 'den"', roomId(suite, content.value.room)])
      expect([text, isOnDisk(rock.home, text)]).toEqual([text, false]);
    expect(rock.stdout).not.toContain('hush');
  });
});
