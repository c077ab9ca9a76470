// What the command line asks for, as data.

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

export interface PeerOptions {
  /** null: the name of last time, or a new one. */
  readonly name: string | null;
  /** None: the default addresses. */
  readonly listen: readonly string[];
  readonly connect: readonly string[];
  /** null: the default place. */
  readonly home: string | null;
  readonly discovery: boolean;
  readonly ephemeral: boolean;
  readonly logLevel: LogLevel;
}

export interface ChatOptions extends PeerOptions {
  readonly face: 'auto' | 'plain' | 'json';
  readonly stay: boolean;
  readonly time: boolean;
  readonly historyLines: number;
  readonly color: boolean;
}

export interface LogOptions {
  readonly home: string | null;
  readonly session: string;
  readonly sinceMs: number | null;
  readonly untilMs: number | null;
  /** null: no limit. */
  readonly limit: number | null;
  readonly json: boolean;
  readonly follow: boolean;
  readonly color: boolean;
  readonly logLevel: LogLevel;
}

export interface IdOptions {
  readonly home: string | null;
  readonly json: boolean;
  readonly logLevel: LogLevel;
}

export type Invocation =
  /** Help or the version. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'chat'; readonly options: ChatOptions }
  | { readonly kind: 'serve'; readonly options: PeerOptions }
  | { readonly kind: 'id'; readonly options: IdOptions }
  | { readonly kind: 'log'; readonly options: LogOptions };
