// What a typed command leads to, and what it is given: the contract between the commands and every face.

import type { IdentityKey } from '@parley/core';
import type { Client, SayReason, SessionName, SessionSummary } from '../api.ts';

export type CommandCode =
  | SayReason
  | 'unknown-command'
  | 'wrong-usage'
  | 'not-here'
  | 'unknown-peer'
  | 'ambiguous-name'
  | 'self'
  /** A session with just these people is open already. */
  | 'double'
  | 'too-many'
  | 'no-keys'
  | 'already-in'
  | 'not-in'
  | 'bad-name'
  | 'bad-address'
  | 'bad-invite';

export type CommandOutcome =
  /** `lines` are for the person who typed it; `session` is the current one from now on. */
  | {
      readonly kind: 'done';
      readonly lines: readonly string[];
      readonly session: SessionName;
      /** To be drawn as a QR code as well, where there is a screen. */
      readonly code?: string;
    }
  | { readonly kind: 'error'; readonly code: CommandCode; readonly text: string }
  | { readonly kind: 'quit' };

/** What commands need beside the client; a face makes it. */
export interface CommandTools {
  /** The safety words of a key. */
  readonly wordsOf: (identity: IdentityKey) => readonly string[];
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
}

/** One call of a command whose preconditions hold. */
export interface CommandCall {
  readonly client: Client;
  readonly session: SessionName;
  /** The words behind the command. */
  readonly words: readonly string[];
  /** All that stands behind the command, as typed. */
  readonly rest: string;
  readonly tools: CommandTools;
  /** The table the command stands in. */
  readonly table: readonly CommandSpec[];
}

/** A command: its preconditions and its help are data, so that one function checks them and one prints them. */
export interface CommandSpec {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly wordsMin: number;
  /** Infinity where the rest of the line is free text. */
  readonly wordsMax: number;
  /** Kinds of session in which it works. */
  readonly where: readonly SessionSummary['kind'][];
  /** What one is told in the other kinds. */
  readonly elsewhere?: string;
  /** What stands behind the name: "NAME". */
  readonly usage: string;
  readonly help: string;
  readonly example: string;
  /** What it is for: to go to another session, or to do something in the one where it is typed. */
  readonly purpose?: 'move' | 'act';
  readonly run: (call: CommandCall) => CommandOutcome;
}

export function done(call: CommandCall, ...lines: readonly string[]): CommandOutcome {
  return { kind: 'done', lines, session: call.session };
}

export function refuse(code: CommandCode, text: string): CommandOutcome {
  return { kind: 'error', code, text };
}
