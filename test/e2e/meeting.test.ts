// Two people with an invite find each other through a peer that is in none of their rooms, and need it no more.

import { afterEach, describe, expect, it } from 'vitest';
import { endAll, newHome, startJson } from './peer.ts';
import { contentOf, foundIn, foundOnDisk, hiddenOf, runParley } from './secret-room.ts';
import { patient } from './session.ts';

afterEach(endAll);

/** An invite that names no address and no inviter's: all that is known is the room, and a peer to ask. */
function makeInvite(home: string): string {
  return /parley:\S+/u.exec(runParley(home, 'room', 'new', 'gardenparty', '--secret'))?.[0] ?? '';
}

describe('two people with an invite, and a peer that knows nothing of it', {
  timeout: 90_000,
}, () => {
  it('find each other through it, talk, and go on when it is killed', async () => {
    const rock = await startJson('rock');
    const invite = makeInvite(newHome());
    expect(contentOf(invite).addresses).toEqual([]);
    const args = ['--room', invite, '--connect', rock.address];
    const anna = await startJson('anna', { ...patient, args });
    const bobby = await startJson('bobby', { ...patient, args });
    await anna.object('peer', { event: 'connected', name: 'bobby' });
    anna.say('hush, it is a secret');
    await bobby.sees('hush, it is a secret');
    await rock.kill();
    bobby.say('the rock is gone');
    await anna.sees('the rock is gone');
    const hidden = hiddenOf(invite, 'hush', 'the rock is gone');
    expect(foundOnDisk(hidden, rock.home)).toEqual([]);
    expect(foundIn(hidden, Buffer.from(rock.stdout + rock.stderr))).toEqual([]);
    expect(foundOnDisk(hidden, anna.home)).toContain("'hush'");
  });
});
