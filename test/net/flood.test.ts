// Floods by real hostile processes: what people say arrives all the same, and no store outgrows its quota.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as later } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { endAll, newHome, startJson } from '../e2e/peer.ts';
import type { Peer } from '../e2e/peer.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const node = join(root, 'node_modules/node/bin/node');
const program = join(root, 'test/net/hostile-crowd.ts');
const ROOM_MIB = 24;
/** SQLite's pages and indexes, the write-ahead log and the reserve come on top. */
const FILE_BYTES_MAX = ROOM_MIB * 1_048_576 * 2 + 32 * 1_048_576;
const LINES = 40;
const LINE_EVERY_MS = 250;
const DEADLINE_MS = 120_000;

const crowds: ChildProcess[] = [];

afterEach(async () => {
  for (const crowd of crowds.splice(0)) crowd.kill('SIGKILL');
  await endAll();
});

/** Honest peers in a chain, which keep little of a room. */
async function honest(count: number): Promise<Peer[]> {
  const peers: Peer[] = [];
  for (let at = 0; at < count; at += 1) {
    const home = newHome();
    writeFileSync(join(home, 'config.json'), JSON.stringify({ limits: { roomMiB: ROOM_MIB } }));
    const before = peers.at(-1);
    const args = before === undefined ? [] : ['--connect', before.address];
    peers.push(await startJson(`peer${at}`, { args, home, waitMsMax: 120_000 }));
  }
  for (const peer of peers) await peer.object('status', { peers: count - 1 });
  return peers;
}

async function flood(address: string, count: number): Promise<() => Promise<number>> {
  const crowd = spawn(node, ['-C', 'development', program, address, String(count)], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  crowds.push(crowd);
  const told = createInterface(crowd.stdout)[Symbol.asyncIterator]();
  expect((await told.next()).value).toBe('flooding');
  return async () => {
    crowd.stdin.end();
    const written = Number((await told.next()).value);
    await once(crowd, 'exit');
    return written;
  };
}

/** When each peer was first told of each text; looked at once, however much else comes. */
class Watch {
  readonly #peers: readonly Peer[];
  readonly #next = new Map<Peer, number>();
  readonly #seenMs = new Map<string, number>();

  constructor(peers: readonly Peer[]) {
    this.#peers = peers;
  }

  look(): void {
    for (const peer of this.#peers) {
      const { objects } = peer;
      for (let at = this.#next.get(peer) ?? 0; at < objects.length; at += 1) {
        const { type, text } = objects[at]!;
        if (type !== 'line' || String(text).length > 100) continue;
        const key = `${peer.home} ${String(text)}`;
        if (!this.#seenMs.has(key)) this.#seenMs.set(key, performance.now());
      }
      this.#next.set(peer, objects.length);
    }
  }

  seenMs(peer: Peer, text: string): number | undefined {
    return this.#seenMs.get(`${peer.home} ${text}`);
  }
}

/** Everyone says a line in turn; how long each took to the last of the others, in milliseconds, ascending. */
async function talk(peers: readonly Peer[], about: string): Promise<number[]> {
  const watch = new Watch(peers);
  const said: { readonly text: string; readonly others: readonly Peer[]; readonly ms: number }[] =
    [];
  const tookMs = (): readonly number[] =>
    said.map(({ text, others, ms }) => {
      return Math.max(...others.map((peer) => watch.seenMs(peer, text) ?? Infinity)) - ms;
    });
  const endMs = performance.now() + DEADLINE_MS;
  while (performance.now() < endMs) {
    if (said.length < LINES && (said.at(-1)?.ms ?? 0) + LINE_EVERY_MS < performance.now()) {
      const by = peers[said.length % peers.length]!;
      const text = `${about} ${said.length}`;
      said.push({ text, others: peers.filter((peer) => peer !== by), ms: performance.now() });
      by.say(text);
    }
    await later(5);
    watch.look();
    if (said.length === LINES && tookMs().every(Number.isFinite)) break;
  }
  return tookMs().toSorted((one, other) => one - other);
}

function quantile(list: readonly number[], share: number): number {
  return Math.round(list[Math.floor((list.length - 1) * share)]!);
}

function databaseBytes({ home }: Peer): number {
  return ['parley.db', 'parley.db-wal']
    .map((name) => statSync(join(home, name), { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, size) => sum + size, 0);
}

describe('a flood', () => {
  it.each([
    [1, 1],
    [50, 5],
  ])('by %i hostile identities keeps nobody from being heard', async (count, processes) => {
    const peers = await honest(3);
    const calm = await talk(peers, 'calm');
    const ends: (() => Promise<number>)[] = [];
    for (let at = 0; at < processes; at += 1)
      ends.push(await flood(peers[at % peers.length]!.address, count / processes));
    const took = await talk(peers, 'flooded');
    let written = 0;
    for (const end of ends) written += await end();
    const sizes = peers.map(databaseBytes);
    console.log(
      `${count} hostile identities wrote ${Math.round(written / 1_048_576)} MiB; lines took p50 ${quantile(took, 0.5)}, ` +
        `p99 ${quantile(took, 0.99)}, most ${quantile(took, 1)} ms (without a flood ${quantile(calm, 0.5)}, ${quantile(calm, 0.99)}, ${quantile(calm, 1)}); ` +
        `databases ${sizes.map((size) => Math.round(size / 1_048_576)).join(', ')} MiB`,
    );
    expect(took).toHaveLength(LINES);
    expect(took.every(Number.isFinite)).toBe(true);
    for (const size of sizes) expect(size).toBeLessThan(FILE_BYTES_MAX);
  });
});
