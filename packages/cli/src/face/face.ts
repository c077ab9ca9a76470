// What the faces have in common, so that the chat can run any.

import type { Client, CommandTools, Settled, ShownLine } from '@parley/client';
import type { LineTaker } from '../io/input.ts';
import type { TextSink } from '../io/output.ts';
import type { LogLevel } from '../usage/invocation.ts';
import type { GoesOut } from './notice-text.ts';
import type { Attend } from './current-session.ts';

export interface FaceOptions {
  readonly client: Client;
  readonly tools: CommandTools;
  readonly attend: Attend;
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly logLevel: LogLevel;
  /** Arrival number after which lines are shown. */
  readonly after: number;
  /** When lines that nobody has at the end of the input go out. */
  readonly goesOut: GoesOut;
  /** The person wants to leave. */
  readonly onQuit: () => void;
  /** Something broke that ends the process. */
  readonly onFailure: (error: unknown) => void;
}

export interface ChatFace {
  /** The client has started: says so, shows old lines first, and from then on what comes. */
  begin(started: { readonly version: string; readonly history: readonly ShownLine[] }): void;
  notice(level: LogLevel, text: string): void;
  error(error: unknown): void;
  /** What became of what was said, at the end of the input. */
  settled(settled: Settled): void;
  /** Resolves when all that is known now is written. */
  caughtUp(): Promise<void>;
  /** Shows nothing any more. */
  stop(): void;
}

/** One that reads lines. */
export interface Face extends ChatFace {
  /** Takes lines of the input. */
  readonly taker: LineTaker;
  /** The longest line of input, in bytes. */
  readonly lineBytesMax: number;
}
