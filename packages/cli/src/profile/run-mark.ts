// Whether the store still is what this profile last sent from: if not, going on in the old chain could use a number twice.

import { existsSync, readFileSync, statSync } from 'node:fs';
import type { Store } from '@parley/core';
import { writePrivateFile } from './private-file.ts';

/** What the last start left in the file beside the database. */
interface RunMark {
  /** Counts the starts of the profile; the store has it too. */
  readonly run: number;
  readonly boot: string | null;
  readonly place: string;
}

const runKey = 'profile.run';
const cleanKey = 'profile.clean';
const eraKey = 'profile.era';

export interface Resumed {
  /** Counts how often the profile began anew. */
  readonly era: number;
  /** The store, which from now on says when it closes that all went well. */
  readonly store: Store;
}

/**
 * Decides how to go on, and marks this start. In the same era only if the store has the same count of starts as the file,
 * which is synced before anything is sent (so a store restored from a copy, or rolled back by a power cut, has
 * another), if it lies where it lay (so a copied profile does not), and if it was closed or the machine went on since.
 * A new era begins in the same transaction that marks the start: whoever ends before they said a word goes on in it.
 */
export function resumeProfile(
  store: Store,
  paths: { readonly database: string; readonly runMark: string },
  boot: string | null,
): Resumed {
  const mark = readMark(paths.runMark);
  const storedRun = Number(store.meta(runKey) ?? 0);
  const place = placeOf(paths.database);
  const isSame = mark !== null && mark.run === storedRun && mark.place === place;
  const isClean = store.meta(cleanKey) === String(storedRun);
  const isSameBoot = boot !== null && mark?.boot === boot;
  const run = Math.max(storedRun, mark?.run ?? 0) + 1;
  writePrivateFile(paths.runMark, `${JSON.stringify({ run, boot, place })}\n`);
  const era = isSame && (isClean || isSameBoot) ? eraOf(store) : eraOf(store) + 1;
  store.commit([
    { kind: 'meta', key: runKey, value: String(run) },
    { kind: 'meta', key: eraKey, value: String(era) },
  ]);
  return { era, store: markingClose(store, String(run)) };
}

function eraOf(store: Store): number {
  return Number(store.meta(eraKey) ?? 0);
}

function markingClose(store: Store, run: string): Store {
  let closed: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    try {
      store.commit([{ kind: 'meta', key: cleanKey, value: run }]);
    } finally {
      await store.close();
    }
  };
  return {
    ...store,
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}

/** Inode and time of birth: a copy differs in one of them, and neither changes at a boot, as device numbers may. */
function placeOf(database: string): string {
  const { ino, birthtimeNs } = statSync(database, { bigint: true });
  return `${ino}:${birthtimeNs}`;
}

/** null for none, or for one that says nothing. */
function readMark(path: string): RunMark | null {
  if (!existsSync(path)) return null;
  try {
    const mark = JSON.parse(readFileSync(path, 'utf8')) as Partial<RunMark> | null;
    const { run, boot = null, place } = mark ?? {};
    if (typeof run !== 'number' || !Number.isSafeInteger(run)) return null;
    return typeof place === 'string' ? { run, boot, place } : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
