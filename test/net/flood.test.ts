// Floods by real hostile processes: what people say arrives all the same, and no store outgrows its quota.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as later } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { Talker } from './talker.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const node = join(root, 'node_modules/node/bin/node');
const program = join(root, 'test/net/hostile-crowd.ts');
const ROOM_MIB = 24;
/** SQLite's pages and indexes, the write-ahead log and the reserve come on top. */
const FILE_BYTES_MAX = ROOM_MIB * 1_048_576 * 2 + 32 * 1_048_576;
const LINES_CALM = 12;
/** Said for longer than it takes until who has too many links lets go of some. */
const LINES_FLOODED = 60;
const LINE_EVERY_MS = 200;
/** What is promised. Of the last few the machine itself may be the cause: those are told, and must arrive. */
const TOOK_MS_MAX = 2_000;
/** Of the whole talk. */
const DEADLINE_MS = 45_000;

const crowds: ChildProcess[] = [];
const talkers: Talker[] = [];
const homes: string[] = [];

afterEach(async () => {
  for (const crowd of crowds.splice(0)) crowd.kill('SIGKILL');
  await Promise.all(talkers.splice(0).map((talker) => talker.kill()));
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true });
});

/** Honest peers, all linked, which keep little of a room. */
async function honest(count: number): Promise<Talker[]> {
  for (let at = 0; at < count; at += 1) {
    const home = mkdtempSync(join(tmpdir(), 'parley flood-'));
    homes.push(home);
    writeFileSync(join(home, 'config.json'), JSON.stringify({ limits: { roomMiB: ROOM_MIB } }));
    const talker = new Talker(`peer${at}`, home, talkers[at - 1]?.address ?? null);
    talkers.push(talker);
    await talker.ready();
  }
  const last = talkers.at(-1)!;
  last.say('hello');
  await Promise.all(talkers.map((talker) => talker.hears('hello')));
  return talkers;
}

/** Its processes have machines of their own in life; here they take what the others leave of this one. */
async function flood(address: string, count: number): Promise<() => Promise<number>> {
  const crowd = spawn(node, ['-C', 'development', program, address, String(count)], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  crowds.push(crowd);
  setPriority(crowd.pid!, constants.priority.PRIORITY_BELOW_NORMAL);
  const told = createInterface(crowd.stdout)[Symbol.asyncIterator]();
  expect((await told.next()).value).toBe('flooding');
  return async () => {
    crowd.stdin.end();
    const written = Number((await told.next()).value);
    await once(crowd, 'exit');
    return written;
  };
}

/** Everyone says a line in turn; how long each took to the last of the others, in milliseconds, ascending. */
async function talk(about: string, lines: number): Promise<number[]> {
  const took: Promise<number>[] = [];
  const signal = AbortSignal.timeout(DEADLINE_MS);
  for (let at = 0; at < lines; at += 1) {
    const by = talkers[at % talkers.length]!;
    const text = `${about} ${at}`;
    const saidMs = performance.now();
    by.say(text);
    const others = talkers.filter((talker) => talker !== by);
    const heard = Promise.all(others.map((talker) => talker.hears(text, signal)));
    took.push(heard.then((times) => Math.max(...times) - saidMs));
    await later(LINE_EVERY_MS);
  }
  return (await Promise.all(took)).toSorted((one, other) => one - other);
}

function figures(list: readonly number[]): string {
  return `p50 ${quantile(list, 0.5)}, p99 ${quantile(list, 0.99)}, most ${quantile(list, 1)} ms`;
}

function quantile(ascending: readonly number[], share: number): number {
  return Math.round(ascending[Math.floor((ascending.length - 1) * share)]!);
}

function databaseBytes({ home }: Talker): number {
  return ['parley.db', 'parley.db-wal']
    .map((name) => statSync(join(home, name), { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, size) => sum + size, 0);
}

describe('a flood', () => {
  it.each([
    [1, 1],
    [50, 2],
  ])('by %i hostile identities keeps nobody from being heard', async (count, processes) => {
    const peers = await honest(3);
    const calm = await talk('calm', LINES_CALM);
    const ends: (() => Promise<number>)[] = [];
    for (let at = 0; at < processes; at += 1)
      ends.push(await flood(peers[at % peers.length]!.address, count / processes));
    const took = await talk('flooded', LINES_FLOODED);
    let written = 0;
    for (const end of ends) written += await end();
    const sizes = peers.map(databaseBytes);
    console.log(
      `${count} hostile identities wrote ${Math.round(written / 1_048_576)} MiB, of which peers were shown ` +
        `${peers.map(({ readBytes }) => Math.round(readBytes / 1_048_576)).join(', ')} MiB; ` +
        `lines took ${figures(took)} (without a flood ${figures(calm)}); ` +
        `databases ${sizes.map((size) => Math.round(size / 1_048_576)).join(', ')} MiB`,
    );
    expect(took).toHaveLength(LINES_FLOODED);
    expect(quantile(took, 0.9)).toBeLessThan(TOOK_MS_MAX);
    for (const size of sizes) expect(size).toBeLessThan(FILE_BYTES_MAX);
  });
});
