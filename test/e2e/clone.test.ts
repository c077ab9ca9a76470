// A profile that is in use twice speaks under one number twice: it is seen, said, and healed in its private sessions.

import { cpSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { endAll, newHome, startJson } from './peer.ts';
import type { Peer } from './peer.ts';
import { connectedTo, opened, patient, sayIn, seesIn, textsIn } from './session.ts';

afterEach(endAll);

/** Starts it alone, lets it speak, and only then lets it meet the other: nobody could warn it. */
async function speakApart(home: string, session: string, text: string, other: Peer): Promise<Peer> {
  const peer = await startJson('bobby', { ...patient, home });
  await peer.object('session', { event: 'opened' });
  sayIn(peer, session, text);
  await peer.object('line', { text });
  peer.command(`\\connect ${other.address}`);
  return peer;
}

/** A cloned disk image: the files lie where they lay, so that the profile itself cannot tell. */
function cloneImage(home: string, copied: string): void {
  cpSync(home, copied, { recursive: true });
  const mark = join(copied, 'run.json');
  const { ino, birthtimeNs } = statSync(join(copied, 'parley.db'), { bigint: true });
  const left = JSON.parse(readFileSync(mark, 'utf8')) as object;
  writeFileSync(mark, JSON.stringify({ ...left, place: `${ino}:${birthtimeNs}` }));
}

async function isWarned(peer: Peer): Promise<void> {
  await peer.until('the warning', () =>
    peer.objects.find(({ text }) => /in use twice/u.test(String(text))),
  );
}

it('a cloned profile is found out, both copies are told, and what both say next arrives', async () => {
  const [home, copied] = [newHome(), newHome()];
  const annas = newHome();
  const earlier = await startJson('anna', { ...patient, home: annas });
  const args = ['--connect', earlier.address];
  const bobby = await startJson('bobby', { ...patient, args, home });
  await connectedTo(earlier, bobby);
  earlier.command('\\fork bobby');
  const [here, there] = [await opened(earlier, bobby), await opened(bobby, earlier)];
  sayIn(earlier, here, 'are you one or two?');
  await seesIn(bobby, there, 'are you one or two?');
  sayIn(bobby, there, 'one, so far');
  await seesIn(earlier, here, 'one, so far');
  await bobby.end('SIGTERM');
  cloneImage(home, copied);

  const original = await speakApart(home, there, 'said by the one', earlier);
  await seesIn(earlier, here, 'said by the one');
  await original.end('SIGTERM');
  // She moves, so that the clone speaks before it can hear from her.
  await earlier.end('SIGTERM');
  const anna = await startJson('anna', { ...patient, home: annas });
  const clone = await speakApart(copied, there, 'said by the other', anna);
  await isWarned(clone);
  await anna.until('the news', () =>
    anna.objects.find(({ text }) => /two different things under one number/u.test(String(text))),
  );
  sayIn(clone, there, 'healed, said the clone');
  await seesIn(anna, here, 'healed, said the clone');
  await clone.end('SIGTERM');

  const again = await startJson('bobby', {
    ...patient,
    args: ['--connect', anna.address],
    home,
  });
  await isWarned(again);
  sayIn(again, there, 'healed, said the original');
  await seesIn(anna, here, 'healed, said the original');
  sayIn(anna, here, 'two, then');
  await seesIn(again, there, 'two, then');
  const seen = textsIn(anna, here);
  expect(new Set(seen).size).toBe(seen.length);
}, 60_000);
