// What the command line asks for, as data.

import type { PeerSettings } from '@parley/client';

export type LogLevel = PeerSettings['logLevel'];

export interface PeerOptions {
  /** null: the name of last time, or a new one. */
  readonly name: string | null;
  /** None: the default addresses. */
  readonly listen: readonly string[];
  readonly connect: readonly string[];
  /** Names or invites of rooms: the first is session 0. */
  readonly rooms: readonly string[];
  /** Files with one each. */
  readonly roomFiles: readonly string[];
  /** null: the default place. */
  readonly home: string | null;
  readonly discovery: boolean;
  readonly ephemeral: boolean;
  readonly logLevel: LogLevel;
}

/** As the command line has it: what it leaves out is for the settings to say. */
export type Given<Options extends PeerOptions> = Omit<Options, 'logLevel'> & {
  readonly logLevel: LogLevel | null;
};

export interface ChatOptions extends PeerOptions {
  readonly face: 'auto' | 'plain' | 'json';
  readonly stay: boolean;
  readonly time: boolean;
  readonly historyLines: number;
  readonly color: boolean;
}

export interface ServeOptions extends PeerOptions {
  /** Where to answer for metrics; null: where the settings say. */
  readonly metrics: string | null;
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

export interface SendOptions extends PeerOptions {
  /** Which session: its number, its name, or who is in it. */
  readonly to: string;
  /** null: what stdin says. */
  readonly text: string | null;
}

export interface SearchOptions {
  readonly home: string | null;
  readonly query: string;
  /** null: all. */
  readonly session: string | null;
  readonly limit: number | null;
  readonly json: boolean;
  readonly color: boolean;
  readonly logLevel: LogLevel;
}

export interface ExportOptions {
  readonly home: string | null;
  /** null: all. */
  readonly session: string | null;
  /** For people; else JSON lines that can be imported. */
  readonly isText: boolean;
  /** null: stdout. */
  readonly out: string | null;
  readonly logLevel: LogLevel;
}

export interface ImportOptions {
  readonly home: string | null;
  /** '-': stdin. */
  readonly file: string;
  readonly logLevel: LogLevel;
}

export interface InviteOptions {
  readonly home: string | null;
  /** Its name or its number. */
  readonly room: string;
  readonly qr: boolean;
  /** So long as 3d; null: for ever. */
  readonly expires: string | null;
  readonly logLevel: LogLevel;
}

export interface RoomOptions {
  readonly home: string | null;
  /** A name that passed checkRoomName. */
  readonly name: string;
  readonly secret: boolean;
  readonly passphrase: 'asked' | null;
  /** '-': stdin. */
  readonly passphraseFile: string | null;
  readonly logLevel: LogLevel;
}

export interface IdOptions {
  readonly home: string | null;
  readonly json: boolean;
  readonly logLevel: LogLevel;
}

export interface DoctorOptions {
  readonly home: string | null;
  readonly listen: readonly string[];
  readonly connect: readonly string[];
  readonly discovery: boolean;
  readonly json: boolean;
  readonly logLevel: LogLevel;
}

export type Invocation =
  /** Help or the version. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'chat'; readonly options: Given<ChatOptions> }
  | { readonly kind: 'serve'; readonly options: Given<ServeOptions> }
  | { readonly kind: 'export'; readonly options: ExportOptions }
  | { readonly kind: 'import'; readonly options: ImportOptions }
  | { readonly kind: 'search'; readonly options: SearchOptions }
  | { readonly kind: 'send'; readonly options: Given<SendOptions> }
  | { readonly kind: 'id'; readonly options: IdOptions }
  | { readonly kind: 'invite'; readonly options: InviteOptions }
  | { readonly kind: 'room'; readonly options: RoomOptions }
  | { readonly kind: 'doctor'; readonly options: DoctorOptions }
  | { readonly kind: 'log'; readonly options: LogOptions };
