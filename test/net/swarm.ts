// Peers on a lab's hosts, and what to ask of them together.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startJson } from '../e2e/peer.ts';
import type { JsonObject, Peer, PeerSettings } from '../e2e/peer.ts';
import type { Host, Lab } from './lab.ts';

const PORT = 4747;
const WAIT_MS_MAX = 30_000;
const parley = fileURLToPath(new URL('../../packages/cli/bin/parley', import.meta.url));

/** For a peer on a host, listening there. */
export function settingsOn(host: Host, ...args: readonly string[]): PeerSettings {
  const listen = ['--listen', `${host.address}:${PORT}`];
  return { launcher: host.launcher, waitMsMax: WAIT_MS_MAX, args: [...listen, ...args] };
}

/** One peer on each host, told of the one before; resolves when all have met all. */
export async function meshOf(
  { hosts }: Lab,
  more: Pick<PeerSettings, 'waitMsMax'> = {},
): Promise<readonly Peer[]> {
  const peers: Peer[] = [];
  for (const [at, host] of hosts.entries()) {
    const before = hosts[at - 1];
    const connect = before === undefined ? [] : ['--connect', `${before.address}:${PORT}`];
    peers.push(await startJson(`peer${at}`, { ...settingsOn(host, ...connect), ...more }));
  }
  for (const peer of peers) await peer.last('status', { peers: hosts.length - 1 });
  return peers;
}

/** What is in one list more often than in the other; empty where both hold the same, in whatever order. */
export function differences(seen: readonly string[], expected: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const text of seen) counts.set(text, (counts.get(text) ?? 0) + 1);
  for (const text of expected) counts.set(text, (counts.get(text) ?? 0) - 1);
  return [...counts]
    .filter(([, count]) => count !== 0)
    .map(([text, count]) => `${text}: ${count > 0 ? '+' : ''}${count}`);
}

/** The lobby of a profile as `parley log` shows it, oldest first. */
export function logOf(home: string): readonly JsonObject[] {
  const text = execFileSync(parley, ['log', '--json', '--home', home], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as JsonObject);
}

/** Ids in the order on screen. */
export function idsInLog({ home }: Peer): unknown[] {
  return logOf(home).map(({ id }) => id);
}
