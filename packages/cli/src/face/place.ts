// Where a face is: the streams and the terminal of this process, or those of one that attached to it.

import type { Readable, Writable } from 'node:stream';
import type { CharacterRoom } from '@parley/client';
import type { Terminal } from '../context.ts';
import type { FlushedSink } from '../io/output.ts';

export interface Place {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What is typed, or piped in. */
  readonly input: Readable;
  readonly out: FlushedSink;
  readonly err: FlushedSink;
  /** Which of the three are terminals. */
  readonly isTerminal: { readonly input: boolean; readonly out: boolean; readonly err: boolean };
  /** `err` as a stream of bytes, with its size where it is a terminal. */
  readonly promptOutput: Writable & Partial<CharacterRoom>;
  /** The whole screen. */
  readonly openTerminal: () => Promise<Terminal>;
  /** Ctrl-C: begins the end of the face; the second time it is the end. */
  readonly interrupt: () => void;
  /** The end has begun. */
  readonly isEnding: () => boolean;
}

/** How large the terminal is that shows answers; null where they go elsewhere. */
export function roomOf({ isTerminal, promptOutput }: Place): CharacterRoom | null {
  const { columns, rows } = promptOutput;
  return isTerminal.err && columns !== undefined && rows !== undefined ? { columns, rows } : null;
}

/** Someone sits there and sees what is answered. */
export function isWatched({ isTerminal }: Place): boolean {
  return isTerminal.input && isTerminal.err;
}

/** Someone sits at both ends, and the terminal can do more than print. */
export function hasFullScreen({ isTerminal, env }: Pick<Place, 'isTerminal' | 'env'>): boolean {
  const term = env['TERM'] ?? 'dumb';
  return isTerminal.input && isTerminal.out && term !== 'dumb' && term !== '';
}
