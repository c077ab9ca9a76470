// The objects of JSON mode and of the local socket: the one place that says what they are (docs/local-api.md).

/** 64 hex digits. */
export type Identity = string;

export interface PersonName {
  readonly identity: Identity;
  readonly name: string;
}

export type Path = 'lan' | 'direct' | 'relayed';

/** Answers a request: `re` is what the request had. */
export interface Answer {
  readonly re?: string;
}

// ---------------------------------------------------------------- parley writes

/** First, once. */
export interface ReadyMessage {
  readonly type: 'ready';
  readonly identity: Identity;
  readonly name: string;
  /** Our key on the network. */
  readonly peer: string;
  /** host:port where others reach us. */
  readonly listen: readonly string[];
  readonly version: string;
}

/** Once for each line that becomes visible, one's own included, in the order of arrival. */
export interface LineMessage {
  readonly type: 'line';
  readonly session: string;
  readonly id: string;
  readonly from: PersonName;
  /** To the letter: sanitise it before it is shown. */
  readonly text: string;
  readonly kind: 'say' | 'me';
  /** ISO 8601 in UTC, by the author's clock. */
  readonly time: string;
  readonly own: boolean;
  /** It belongs before lines that were told earlier. */
  readonly late: boolean;
}

/** A session other than the lobby came, changed or went. */
export interface SessionMessage {
  readonly type: 'session';
  readonly event: 'opened' | 'changed' | 'left';
  readonly session: string;
  readonly kind: 'lobby' | 'room' | 'private';
  /** What a person calls it: "lobby", "#ops", "bobby, carmen". */
  readonly title: string;
  /** What a room is about; empty where nobody said. */
  readonly topic: string;
  /** A room that only those with its invite can find and read. */
  readonly secret: boolean;
  /** The others in a private session. */
  readonly with: readonly PersonName[];
  /** We forked it. */
  readonly initiator: boolean;
  /** False when nothing can be said in it any more. */
  readonly open: boolean;
}

export interface PeerMessage {
  readonly type: 'peer';
  /** 'moved': it was reached another way before. */
  readonly event: 'connected' | 'moved' | 'disconnected';
  readonly identity: Identity;
  readonly name: string;
  readonly address: string;
  readonly path: Path;
}

/** Someone is blocked from now on, or not any more. */
export interface BlockingMessage {
  readonly type: 'blocking';
  readonly identity: Identity;
  readonly blocked: boolean;
}

/** When it changes, at most five times a second. */
export interface StatusMessage {
  readonly type: 'status';
  readonly session: string;
  /** Entries held, and entries known to exist that are not. */
  readonly held: number;
  readonly missing: number;
  /** Other peers in it that are connected. */
  readonly peers: number;
}

/** This own line and every own line before it in that session are held by so many other peers. */
export interface DeliveredMessage {
  readonly type: 'delivered';
  readonly session: string;
  readonly id: string;
  readonly heldBy: number;
}

/** News for a person, and the answer to a command without `re`. */
export interface NoticeMessage {
  readonly type: 'notice';
  readonly text: string;
}

/** Something was refused or failed. */
export interface ErrorMessage extends Answer {
  readonly type: 'error';
  readonly code: string;
  readonly text: string;
}

/** A `say` or `command` with `re` was taken. */
export interface DoneMessage extends Answer {
  readonly type: 'done';
  /** Where whoever asked is now: after a fork, the new session. */
  readonly session: string;
  /** What a command answers, its lines joined by newlines; empty for none. */
  readonly text: string;
}

export interface ListedSession {
  readonly session: string;
  /** 0 for the lobby. */
  readonly number: number;
  readonly kind: 'lobby' | 'room' | 'private';
  readonly title: string;
  readonly with: readonly PersonName[];
  readonly initiator: boolean;
  readonly open: boolean;
  readonly topic: string;
  /** For how many days what is said in a room is kept; 0: for ever. */
  readonly keepDays: number;
  readonly secret: boolean;
  readonly people: number;
  readonly unread: number;
  readonly held: number;
  readonly missing: number;
  readonly peers: number;
}

export interface SessionsMessage extends Answer {
  readonly type: 'sessions';
  readonly sessions: readonly ListedSession[];
}

export interface ListedPerson extends PersonName {
  /** The name, with a key suffix where two people share it. */
  readonly label: string;
  readonly you: boolean;
  /** How they are reached; null for someone away. */
  readonly path: Path | null;
  /** ISO 8601 in UTC; null for someone who was never met. */
  readonly lastSeen: string | null;
  readonly verified: boolean;
  /** Their key came with an invite. */
  readonly metByInvite: boolean;
}

export interface PeopleMessage extends Answer {
  readonly type: 'people';
  readonly session: string;
  readonly people: readonly ListedPerson[];
}

export interface FoundMessage extends Answer {
  readonly type: 'found';
  /** The newest last. */
  readonly lines: readonly LineMessage[];
  /** There are older ones. */
  readonly more: boolean;
}

/** Every connected peer has all that was said, or makes no progress. */
export interface SettledMessage extends Answer {
  readonly type: 'settled';
  /** Lines said over this connection. */
  readonly said: number;
  /** Peers that have everything. */
  readonly acknowledged: number;
  /** The names of connected peers that have not. */
  readonly silent: readonly string[];
  readonly unacknowledgedEntries: number;
  /** Lines in private sessions that are not stored: nothing to encrypt them with has come. */
  readonly unsaidLines: number;
}

/** What became of a run of entries. */
export interface ImportedMessage extends Answer {
  readonly type: 'imported';
  /** Entries that were not held before. */
  readonly entries: number;
}

export interface FoundMatter {
  /** "listening", "clock": what it is about. */
  readonly about: string;
  readonly level: 'ok' | 'warn' | 'bad';
  readonly text: string;
  /** What to do; null where there is nothing to do. */
  readonly advice: string | null;
}

/** What works and what does not. */
export interface DiagnosisMessage extends Answer {
  readonly type: 'diagnosis';
  readonly findings: readonly FoundMatter[];
}

export type Output =
  | BlockingMessage
  | DeliveredMessage
  | DiagnosisMessage
  | DoneMessage
  | ErrorMessage
  | FoundMessage
  | ImportedMessage
  | LineMessage
  | NoticeMessage
  | PeerMessage
  | PeopleMessage
  | ReadyMessage
  | SessionMessage
  | SessionsMessage
  | SettledMessage
  | StatusMessage;

// ---------------------------------------------------------------- parley reads

/** With `re`, exactly one answer comes that has the same `re`. */
export interface Request {
  /** Any text, at most 64 characters. */
  readonly re?: string;
}

export interface SayRequest extends Request {
  readonly type: 'say';
  readonly text: string;
  /** Left out: the current one. */
  readonly session?: string;
}

/** Runs a command as it would be typed. */
export interface CommandRequest extends Request {
  readonly type: 'command';
  readonly text: string;
  readonly session?: string;
}

export interface SessionsRequest extends Request {
  readonly type: 'sessions';
}

export interface PeopleRequest extends Request {
  readonly type: 'people';
  readonly session?: string;
}

export interface SearchRequest extends Request {
  readonly type: 'search';
  readonly query: string;
  /** Left out: all. */
  readonly session?: string;
  /** Lines; 100 where it is left out. */
  readonly limit?: number;
}

/** What works and what does not, on this network and with this profile's peer. */
export interface DoctorRequest extends Request {
  readonly type: 'doctor';
}

/** Answered when everyone who is connected has what was said. */
export interface SettleRequest extends Request {
  readonly type: 'settle';
}

/** Stores signed entries of an export. */
export interface ImportRequest extends Request {
  readonly type: 'import';
  /** The run of an `entries` object, base64. */
  readonly run: string;
}

/** The first thing on a connection, where more than what comes from now on is wanted. */
export interface AttachRequest {
  readonly type: 'attach';
  readonly face: 'json';
  /** So many older lines of each session are told first. */
  readonly history?: number;
}

export type Input =
  | CommandRequest
  | DoctorRequest
  | ImportRequest
  | PeopleRequest
  | SayRequest
  | SearchRequest
  | SessionsRequest
  | SettleRequest;
