// Private sessions in tests with real processes: who meets, what was opened, what is listed.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startJson } from './peer.ts';
import type { JsonObject, Peer, PeerSettings } from './peer.ts';

/** Deliberately long: nothing here measures how fast. */
export const patient: PeerSettings = { waitMsMax: 30_000 };

/** Peers in JSON mode of which each is connected with each; all know the first alone by its address. */
export async function meet<const Names extends readonly string[]>(
  ...names: Names
): Promise<{ -readonly [At in keyof Names]: Peer }> {
  const peers: Peer[] = [];
  for (const name of names) {
    const [first] = peers;
    const args = first === undefined ? [] : ['--connect', first.address];
    peers.push(await startJson(name, { ...patient, args }));
  }
  for (const peer of peers) await connectedTo(peer, ...peers.filter((other) => other !== peer));
  return peers as { -readonly [At in keyof Names]: Peer };
}

export async function connectedTo(peer: Peer, ...others: readonly Peer[]): Promise<void> {
  for (const { identity } of others) {
    await peer.object('peer', { event: 'connected', identity });
  }
}

/** The number of the private session with these people alone, once it is there. */
export async function opened(peer: Peer, ...others: readonly Peer[]): Promise<string> {
  const wanted = others.map(({ identity }) => identity).toSorted();
  const object = await peer.until(`session with ${wanted.join(', ')}`, () =>
    peer.objects.find(
      (one) =>
        one['type'] === 'session' &&
        one['event'] === 'opened' &&
        JSON.stringify(identitiesIn(one)) === JSON.stringify(wanted),
    ),
  );
  return String(object['session']);
}

function identitiesIn(object: JsonObject): string[] {
  const others = object['with'] as readonly { readonly identity: string }[];
  return others.map(({ identity }) => identity).toSorted();
}

/** Waits until the newest word on a session tells that it is with these people and no others. */
export async function withNow(
  peer: Peer,
  session: string,
  ...others: readonly Peer[]
): Promise<void> {
  const wanted = others.map(({ identity }) => identity).toSorted();
  await peer.until(`session ${session} with ${wanted.join(', ')} now`, () => {
    const newest = peer.objects.findLast(
      (one) => one['type'] === 'session' && one['session'] === session,
    );
    return newest !== undefined && JSON.stringify(identitiesIn(newest)) === JSON.stringify(wanted);
  });
}

export function sayIn(peer: Peer, session: string, text: string): void {
  peer.write(`${JSON.stringify({ type: 'say', session, text })}\n`);
}

/** The texts of a session in the order of their coming. */
export function textsIn(peer: Peer, session: string): string[] {
  return peer.objects
    .filter((object) => object['type'] === 'line' && object['session'] === session)
    .map(({ text }) => String(text));
}

export async function seesIn(
  peer: Peer,
  session: string,
  ...texts: readonly string[]
): Promise<void> {
  await peer.until(`lines ${texts.join(', ')} in ${session}`, () => {
    const seen = new Set(textsIn(peer, session));
    return texts.every((text) => seen.has(text));
  });
}

/** Waits until the newest status of a session tells that nothing is missing. */
export async function complete(peer: Peer, session: string): Promise<void> {
  await peer.until(`nothing missing in ${session}`, () => {
    const newest = peer.objects.findLast(
      (one) => one['type'] === 'status' && one['session'] === session,
    );
    return newest?.['missing'] === 0;
  });
}

/** The error with which a command is answered. */
export async function refusal(peer: Peer, command: string): Promise<JsonObject> {
  const from = peer.objects.length;
  peer.command(command);
  return peer.until(`a refusal of ${command}`, () =>
    peer.objects.slice(from).find(({ type }) => type === 'error'),
  );
}

/** The rows of \sessions but the one of the lobby, blanks in a row made one. */
export async function privateRows(peer: Peer): Promise<string[]> {
  const from = peer.objects.length;
  peer.command('\\sessions');
  const answer = await peer.until('an answer to \\sessions', () =>
    peer.objects
      .slice(from)
      .find(({ type, text }) => type === 'notice' && /^[ *]0 +lobby +\d/u.test(String(text))),
  );
  const [, ...rows] = String(answer['text']).split('\n');
  return rows.map((row) => row.replaceAll(/ +/gu, ' '));
}

/** Asks whenever something came until so many private sessions are listed. */
export async function untilRows(peer: Peer, count: number): Promise<string[]> {
  for (;;) {
    const rows = await privateRows(peer);
    if (rows.length === count) return rows;
    const seen = peer.objects.length;
    await peer.until(
      `${count} private sessions; there are: ${rows.join('; ')}`,
      () => peer.objects.length > seen,
    );
  }
}

/** Whether any file of a profile holds this text as it is: the database, its log, anything. */
export function isOnDisk(home: string, text: string): boolean {
  const bytes = Buffer.from(text);
  return readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .some((file) => readFileSync(join(file.parentPath, file.name)).includes(bytes));
}
