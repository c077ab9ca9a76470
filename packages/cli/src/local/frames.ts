// What a process says to the one whose profile it attached to, and hears from it: it is no more than a terminal.

import { fail, ok } from '@parley/core';
import type { Result } from '@parley/core';
import { parseObject } from '../face/json-input.ts';
import type { FaceWishes } from '../face/open-face.ts';
import type { LogLevel } from '../usage/invocation.ts';
import { CLI_LIMITS } from '../limits.ts';

/** Another version of these frames is refused: both ends are parley, and may be of different days. */
export const framesVersion = 1;

/** What is told of the environment: all that a face looks at. */
export const toldOfEnv = [
  'COLORFGBG',
  'COLORTERM',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'NO_COLOR',
  'SSH_CONNECTION',
  'SSH_TTY',
  'STY',
  'TERM',
  'TERM_PROGRAM',
  'TMUX',
  'VTE_VERSION',
] as const;

/** Opens a face for a terminal. */
export interface TerminalAttach extends FaceWishes {
  readonly frames: number;
  readonly stay: boolean;
  readonly columns: number;
  readonly rows: number;
  readonly isTerminal: { readonly input: boolean; readonly out: boolean; readonly err: boolean };
  readonly env: Readonly<Record<string, string>>;
  /** Asked for at the second start, and done by the process that runs. */
  readonly name: string | null;
  readonly connect: readonly string[];
}

/** From the terminal. */
export type InputFrame =
  | { readonly type: 'input'; readonly data: Buffer }
  | { readonly type: 'end' }
  /** With `isResumed`: the process was stopped and goes on. */
  | {
      readonly type: 'resize';
      readonly columns: number;
      readonly rows: number;
      readonly isResumed: boolean;
    };

export type TerminalMode = 'cooked' | 'raw' | 'screen';

/** To the terminal. */
export type OutputFrame =
  | { readonly type: 'print'; readonly to: 'out' | 'err'; readonly text: string }
  | { readonly type: 'mode'; readonly mode: TerminalMode }
  | { readonly type: 'suspend' }
  /** What came was refused, perhaps by another version. */
  | { readonly type: 'error'; readonly text: string }
  /** The last one. */
  | { readonly type: 'exit'; readonly code: 0 | 1 };

type Fields = Readonly<Record<string, unknown>>;

/** The first object of a connection; null for one that is no `attach`, and so JSON mode at once. */
export type Attach =
  | { readonly kind: 'json'; readonly historyLines: number }
  | { readonly kind: 'terminal'; readonly terminal: TerminalAttach };

export function readAttach(line: string): Result<Attach | null, string> {
  const fields = parseObject(line);
  if (fields?.['type'] !== 'attach') return ok(null);
  if (fields['frames'] !== undefined) return readTerminalAttach(fields);
  const { history = 0 } = fields as { readonly history?: unknown };
  if (fields['face'] !== 'json') return fail('face is "json"');
  if (!isCount(history, CLI_LIMITS.historyLinesMax)) return fail('history is a number of lines');
  return ok({ kind: 'json', historyLines: history });
}

const faces: ReadonlySet<unknown> = new Set(['screen', 'plain', 'json']);
const levels: ReadonlySet<unknown> = new Set(['error', 'warn', 'info', 'debug']);

function readTerminalAttach(fields: Fields): Result<Attach, string> {
  if (fields['frames'] !== framesVersion) {
    return fail('another version of parley has this profile: end it, or use that one');
  }
  const { stay, columns, rows, name } = fields;
  const wishes = wishesIn(fields);
  const isTerminal = terminalsIn(fields['isTerminal']);
  const env = textsIn(fields['env']);
  const connect = listIn(fields['connect']);
  const isNamed = name === null || typeof name === 'string';
  if (!isNamed || !isCount(columns, sizeMax) || !isCount(rows, sizeMax)) return unlike;
  if (wishes === null || isTerminal === null || env === null || connect === null) return unlike;
  const about = { frames: framesVersion, stay: stay === true, columns, rows, isTerminal, env };
  return ok({ kind: 'terminal', terminal: { ...wishes, ...about, name, connect } });
}

const unlike = fail('that attach is not of this version');

function wishesIn({ face, time, color, historyLines, logLevel }: Fields): FaceWishes | null {
  const areFlags = typeof time === 'boolean' && typeof color === 'boolean';
  const isKnown = faces.has(face) && levels.has(logLevel);
  if (!areFlags || !isKnown || !isCount(historyLines, CLI_LIMITS.historyLinesMax)) return null;
  // They are of those that were looked for.
  const chosen = { face: face as FaceWishes['face'], logLevel: logLevel as LogLevel };
  return { ...chosen, time, color, historyLines };
}

const sizeMax = 10_000;

function isCount(value: unknown, max: number): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= max;
}

function terminalsIn(value: unknown): TerminalAttach['isTerminal'] | null {
  if (typeof value !== 'object' || value === null) return null;
  const { input, out, err } = value as Fields;
  return { input: input === true, out: out === true, err: err === true };
}

function textsIn(value: unknown): Readonly<Record<string, string>> | null {
  if (typeof value !== 'object' || value === null) return null;
  const texts: Record<string, string> = {};
  for (const name of toldOfEnv) {
    const text = (value as Fields)[name];
    if (typeof text === 'string') texts[name] = text;
  }
  return texts;
}

function listIn(value: unknown): readonly string[] | null {
  const isList = Array.isArray(value) && value.every((each) => typeof each === 'string');
  return isList ? value : null;
}

export function readInputFrame(line: string): InputFrame | null {
  const fields = parseObject(line);
  if (fields === null) return null;
  const { type, data, columns, rows, isResumed } = fields;
  if (type === 'end') return { type };
  if (type === 'input' && typeof data === 'string')
    return { type, data: Buffer.from(data, 'base64') };
  if (type === 'resize' && isCount(columns, sizeMax) && isCount(rows, sizeMax))
    return { type, columns, rows, isResumed: isResumed === true };
  return null;
}

const modes: ReadonlySet<unknown> = new Set(['cooked', 'raw', 'screen']);

export function readOutputFrame(line: string): OutputFrame | null {
  const fields = parseObject(line);
  if (fields === null) return null;
  const { type, to, text, mode, code } = fields;
  switch (type) {
    case 'print':
      return isOutput(to) && typeof text === 'string' ? { type, to, text } : null;
    case 'mode':
      return modes.has(mode) ? { type, mode: mode as TerminalMode } : null;
    case 'suspend':
      return { type };
    case 'error':
      return typeof text === 'string' ? { type, text } : null;
    case 'exit':
      return { type, code: code === 0 ? 0 : 1 };
    default:
      return null;
  }
}

function isOutput(to: unknown): to is 'out' | 'err' {
  return to === 'out' || to === 'err';
}

/** Text in pieces that a frame holds, none of which ends within a character. */
export function piecesOf(text: string): readonly string[] {
  const { frameCharactersMax: max } = CLI_LIMITS;
  if (text.length <= max) return [text];
  const pieces: string[] = [];
  for (let start = 0; start < text.length; ) {
    let end = Math.min(start + max, text.length);
    const isSplit = end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800;
    if (isSplit) end -= 1;
    pieces.push(text.slice(start, end));
    start = end;
  }
  return pieces;
}
