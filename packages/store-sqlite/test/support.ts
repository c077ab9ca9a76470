// What the tests of the store share: places to put it, processes to kill, and all it holds as text.

import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { Store } from '@parley/core';
import { openStore } from '../src/open.ts';
import type { StoreOptions } from '../src/open.ts';

/** A directory for the test that is running. */
export function directoryForTest(): string {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'parley-store-'));
  onTestFinished(() => fs.rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export function fileForTest(): string {
  return path.join(directoryForTest(), 'parley.db');
}

/** A store that is closed when the test that is running ends. */
export function storeForTest(options: StoreOptions): Store {
  const store = openStore(options);
  onTestFinished(() => store.close());
  return store;
}

/** The StoreError's (or other error's) fields that `work` throws; fails if it throws none. */
export function thrownBy(work: () => unknown): { code?: string; message: string; pid?: number } {
  try {
    work();
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

export interface Child {
  readonly process: ChildProcessByStdio<Writable, Readable, null>;
  /** Lines of its standard output, as they come. */
  readonly lines: AsyncIterator<string>;
  /** Ends it at once, and waits until it is gone. */
  kill(): Promise<void>;
}

/**
 * Runs a script of test/children in a process of its own, which dies with the test at the latest.
 */
export function startChild(script: string, ...words: string[]): Child {
  const file = fileURLToPath(new URL(`children/${script}`, import.meta.url));
  const child = spawn(process.execPath, ['--conditions=development', file, ...words], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  onTestFinished(kill);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { process: child, lines, kill };
}

/** The next line of a child; fails if it ended instead. */
export async function nextLine(child: Child): Promise<string> {
  const next = await child.lines.next();
  if (next.done === true) throw new Error('the child ended without a word');
  return next.value;
}
