// The one interface every face uses: say and command go in, changes are told, and what to show is read from the view.

import type {
  GuardLimits,
  IdentityKey,
  Invite,
  InviteReason,
  OrderKey,
  PeerId,
  Result,
  RoomKey,
} from '@parley/core';
import type { Finding } from './diagnosis/finding.ts';
import type { Figures } from './figures.ts';

/**
 * How a session is named towards a person or a script: "lobby", a room's name, or a private session's number ("1"). Of
 * two rooms with one name the later has a suffix of its id: "ops·k3f9". Session 0 is "lobby" whatever room it is.
 */
export type SessionName = string;

/** Where a line stands in the order on screen: the place of its entry, and its number in it. */
export interface LinePlace extends OrderKey {
  readonly index: number;
}

/** One line as a face shows it. */
export interface ShownLine {
  /** Arrival number of its entry: pass it back to `linesAfter` to go on from there. */
  readonly arrival: number;
  readonly id: string;
  readonly place: LinePlace;
  readonly session: SessionName;
  /** `label` is the name, with a key suffix where two people share it. */
  readonly from: { readonly identity: IdentityKey; readonly name: string; readonly label: string };
  readonly kind: 'say' | 'me';
  readonly text: string;
  readonly timeMs: number;
  readonly own: boolean;
  readonly late: boolean;
  /** Of a private session: who forked it. Null elsewhere. */
  readonly forkedBy: 'us' | 'them' | null;
}

export interface LinePage {
  readonly lines: readonly ShownLine[];
  /** Arrival number up to which this page reaches; the next page starts after it. */
  readonly through: number;
  /** True where nothing newer is there now. */
  readonly end: boolean;
}

export interface SessionStatus {
  readonly session: SessionName;
  /** Entries we hold of it. */
  readonly held: number;
  /** Entries we know to exist and do not have. */
  readonly missing: number;
  /** Other peers in it that we are connected to. */
  readonly peers: number;
}

export interface SessionSummary extends SessionStatus {
  /** 0 for the lobby; any other keeps its number as long as it is listed, also over a restart. */
  readonly number: number;
  readonly kind: 'lobby' | 'room' | 'private';
  /** What a person calls it: "lobby", "#ops", or the labels of the others in a private session: "bobby, carmen". */
  readonly title: string;
  /** What a room is about; empty where nobody said, and for private sessions. */
  readonly topic: string;
  /** For how many days what is said in a room is kept; 0: for ever. */
  readonly keepDays: number;
  /** A room that only those with its invite can find and read. */
  readonly secret: boolean;
  /** Lobby and rooms: those connected, and we. Private sessions: everyone in it, here or not. */
  readonly people: number;
  /** Of a private session: who forked it. Null elsewhere. */
  readonly forkedBy: 'us' | 'them' | null;
  /** How whoever forked it is called; null elsewhere. */
  readonly forker: string | null;
  /** The others in a private session; empty elsewhere. */
  readonly with: readonly Person[];
  /** Lines of others that came since it was last attended. */
  readonly unread: number;
  /** False where nothing can be said any more: everyone else left, or we were removed. */
  readonly open: boolean;
}

export interface Person {
  readonly identity: IdentityKey;
  readonly name: string;
  readonly label: string;
  readonly you: boolean;
  /** How they are reached now; null for someone away. */
  readonly path: 'lan' | 'direct' | 'relayed' | null;
  /** When last heard; null for someone only known by what they said. */
  readonly lastSeenMs: number | null;
  /** We compared safety words with them. */
  readonly verified: boolean;
  /** Nothing of theirs in rooms is shown, kept or passed on. */
  readonly blocked: boolean;
  /** What they write in rooms is not fetched just now: they wrote too much. */
  readonly quarantined: boolean;
  /** Their key came with an invite that we took. */
  readonly metByInvite: boolean;
}

export interface Connection {
  readonly peer: PeerId;
  readonly identity: IdentityKey | null;
  readonly label: string | null;
  readonly direction: 'inbound' | 'outbound';
  readonly address: string;
  readonly path: 'lan' | 'direct' | 'relayed';
  readonly latencyMs: number | null;
  readonly sinceMs: number;
  /** Why the dial before this link failed; null where none did. */
  readonly lastError: string | null;
}

/** Someone we try to reach. */
export interface Attempt {
  readonly address: string;
  readonly failures: number;
  readonly lastError: string | null;
  readonly nextMs: number | null;
}

/** What is missing of one chain, and who says to have it. */
export interface Gap {
  readonly author: string;
  readonly missing: number;
  readonly holders: readonly string[];
  /** Why it is not fetched: its author floods, or has more than their share of a full room; null where it is. */
  readonly bar: 'blocked' | 'quarantine' | 'quota' | null;
}

/** Reads; always from the store or the peer's state of now, so a missed change is never a missed line. */
export interface View {
  readonly self: { readonly identity: IdentityKey; readonly name: string; readonly peer: PeerId };
  /** host:port of every address others can use. */
  listening(): readonly string[];
  /** Arrival number of the newest entry in the store: where a face that shows only what is new begins. */
  newest(): number;
  /** Lines of all sessions in order of arrival, those of entries after `arrival`; about `linesMax` of them. */
  linesAfter(arrival: number, linesMax: number): LinePage;
  /** Lines of one session in the order on screen: the last `linesMax` before `untilMs`, or the first from `sinceMs`. */
  history(session: SessionName, range: HistoryRange): readonly ShownLine[];
  /**
   * Lines of one session in the order on screen, those just before a place, or just after it; with neither, the newest.
   * `end`: there are no more on that side.
   */
  page(session: SessionName, range: PageRange): HistoryPage;
  /** Lines with all words of the query, the newest first; null: of all sessions. */
  search(query: string, session: SessionName | null, hitsMax: number): readonly ShownLine[];
  /** All that is held of the lobby or a room, each chain in order; nothing of a private session, which is sealed. */
  runs(session: SessionName): Iterable<ExportedRun>;
  sessions(): readonly SessionSummary[];
  status(session: SessionName): SessionStatus;
  people(session: SessionName): readonly Person[];
  /** All who are blocked or in quarantine. */
  blocked(): readonly Person[];
  connections(): readonly Connection[];
  attempts(): readonly Attempt[];
  gaps(session: SessionName): readonly Gap[];
}

/** Entries of one chain, for which one signature vouches. */
export interface ExportedRun {
  readonly identity: IdentityKey;
  /** Its author's latest name in it. */
  readonly name: string;
  readonly chain: string;
  /** Number of the first entry. */
  readonly first: number;
  readonly entries: number;
  /** As `importRun` takes it. */
  readonly bytes: Uint8Array;
  /** What it says, where it says anything. */
  readonly lines: readonly ShownLine[];
}

export interface PageRange {
  readonly linesMax: number;
  /** Of a line that was shown. Not both. */
  readonly before?: LinePlace;
  readonly after?: LinePlace;
}

export interface HistoryPage {
  readonly lines: readonly ShownLine[];
  readonly end: boolean;
}

export interface HistoryRange {
  readonly linesMax: number;
  readonly sinceMs?: number;
  readonly untilMs?: number;
}

/** A hint that something changed; faces then read the view. */
export type Change =
  | { readonly kind: 'lines' }
  | { readonly kind: 'status'; readonly session: SessionName }
  /** This own line and every own line before it in that session are held by so many other peers. */
  | {
      readonly kind: 'delivered';
      readonly session: SessionName;
      readonly id: string;
      readonly heldBy: number;
    }
  /** Own lines up to this one survive a power cut. */
  | { readonly kind: 'stored'; readonly session: SessionName; readonly id: string }
  | {
      readonly kind: 'peer';
      /** 'moved': it was reached another way before. */
      readonly event: 'connected' | 'moved' | 'disconnected';
      readonly identity: IdentityKey;
      readonly name: string;
      readonly address: string;
      readonly path: 'lan' | 'direct' | 'relayed';
    }
  /** 'opened': it is in the list from now on; 'changed': people came, went or it closed; 'left': not listed any more. */
  | {
      readonly kind: 'session';
      readonly event: 'opened' | 'changed' | 'left';
      readonly session: SessionName;
    }
  /** Lines of theirs are not shown any more, or are again: what was read before is to be read anew. */
  | { readonly kind: 'blocking'; readonly identity: IdentityKey; readonly blocked: boolean }
  | { readonly kind: 'listening' }
  | {
      readonly kind: 'notice';
      readonly text: string;
      readonly level: 'info' | 'debug';
      /** It repeats what somebody wrote in a room: nothing for a log. */
      readonly quotes?: boolean;
    }
  | { readonly kind: 'error'; readonly code: string; readonly text: string }
  /** The client stopped by itself: the disk failed for good. */
  | { readonly kind: 'failed'; readonly error: Error };

export type SayReason =
  | 'empty'
  | 'too-long'
  | 'lone-surrogate'
  | 'unknown-session'
  | 'closed-session'
  | 'stopping';

/** Why no private session was forked, or nobody invited or removed. */
export type ForkRefusal =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'self' }
  /** An active session with just these people exists. */
  | { readonly kind: 'exists'; readonly session: SessionName }
  | { readonly kind: 'too-many' }
  /** Nobody here has that key. */
  | { readonly kind: 'unknown' }
  /** Nothing to encrypt to them with has come yet. */
  | { readonly kind: 'no-keys'; readonly identity: IdentityKey }
  | { readonly kind: 'already-in'; readonly identity: IdentityKey }
  | { readonly kind: 'not-in'; readonly identity: IdentityKey }
  /** It is no private session, or nothing can be done in it any more. */
  | { readonly kind: 'closed' }
  | { readonly kind: 'stopping' };

/** Why nobody was blocked: those who are blocked are as many as can be. */
export type BlockRefusal = 'self' | 'too-many' | 'stopping';
export type JoinRefusal = 'too-many' | 'stopping';
/** 'private': it is no room. */
export type InviteRefusal = 'unknown-session' | 'private';
export type SettingRefusal = InviteRefusal | 'too-long' | 'lone-surrogate' | 'stopping';

/** An invite, and the text that carries it: a secret for as long as its room is one. */
export interface WrittenInvite {
  readonly invite: Invite;
  readonly text: string;
}

export interface Rooms {
  /** Enters a room, at once and at every start from now on. One that we are in is no refusal. */
  join(room: RoomKey): Result<SessionName, JoinRefusal>;
  /** What a pasted text says. */
  read(text: string): Result<Invite, InviteReason>;
  /** Joins the room of an invite, and reaches for whoever invited us. */
  enter(invite: Invite): Result<SessionName, JoinRefusal>;
  /** Dials whoever made an invite, and knows their key from now on. */
  reach(invite: Invite): void;
  /** An invite from us, with our addresses of now; `expiresMs` since 1970, null: never. */
  inviteTo(session: SessionName, expiresMs: number | null): Result<WrittenInvite, InviteRefusal>;
  /** Says what a room is about; an empty text takes the topic away. */
  setTopic(session: SessionName, text: string): Result<null, SettingRefusal>;
  /** Says for how many days what is said in a room is kept; 0: for ever. */
  setKeep(session: SessionName, days: number): Result<null, SettingRefusal>;
}

/** What became of `settle`. */
export interface Settled {
  /** Peers that hold every own line. */
  readonly acknowledged: number;
  /** Connected peers that did not acknowledge everything in time, by label. */
  readonly silent: readonly string[];
  /** Own entries that some connected peer did not acknowledge. */
  readonly unacknowledgedEntries: number;
  /** Own lines that are neither stored nor sent: in private sessions, and nothing to encrypt them with has come. */
  readonly unsaidLines: number;
}

export interface Client {
  readonly view: View;
  readonly rooms: Rooms;
  /** Listens and dials. Throws NetworkError or StoreError. */
  start(): Promise<void>;
  /** Appends one line to our log and sends it; its id and delivery come as changes. Synchronous and cheap. */
  say(session: SessionName, text: string, kind: 'say' | 'me'): Result<null, SayReason>;
  /** False when so much waits to be written that a producer should stop until `ready` resolves. */
  readonly hasRoom: boolean;
  ready(): Promise<void>;
  /** Opens a private session with these people; its name can be used at once. What is said waits until it can be sent. */
  fork(people: readonly IdentityKey[]): Result<SessionName, ForkRefusal>;
  /** Lets someone into a private session; they read what is said from then on. */
  invite(session: SessionName, person: IdentityKey): Result<null, ForkRefusal>;
  /** They read nothing of what is said from then on. */
  remove(session: SessionName, person: IdentityKey): Result<null, ForkRefusal>;
  /**
   * Leaves a private session, or a room: it is not listed any more. What is said later in a private session is not
   * readable to us; what was said in a room is forgotten.
   */
  leave(session: SessionName): Result<null, ForkRefusal>;
  /** Marks that safety words were compared with someone, or (false) that they were not. */
  verify(person: IdentityKey, verified: boolean): void;
  /** Shows, keeps and passes on nothing of someone any more, or (false) does again, and ends their quarantine. */
  block(person: IdentityKey, isBlocked: boolean): Result<null, BlockRefusal>;
  /**
   * In this face a person looks at this session now, and at no other (null: at none): what is there is read, and what comes
   * there is not counted as unread. How far one has read is written down by every call, and at the end. `face`: any name,
   * where there are several at once.
   */
  attend(session: SessionName | null, face?: string): void;
  /** What a face kept under this key; null for nothing. */
  recall(key: string): string | null;
  /** Keeps a text of a face's own in the profile: at most faceTextBytesMax bytes. Throws for longer ones. */
  keep(key: string, text: string): void;
  /** Changes our name; the reason says why not. */
  rename(name: string): Result<null, string>;
  /** Dials an address, or whoever made an invite, now and again for as long as we run. Refused with a text for a malformed one. */
  connect(address: string): Result<null, string>;
  /** Compares heads with all neighbours now. */
  resync(session: SessionName): void;
  /** Sets quotas anew, for what comes from now on. */
  limit(limits: Partial<GuardLimits>): void;
  /** How it stands and what it did, in numbers. */
  figures(): Figures;
  /** What works and what does not, at this moment. */
  diagnosis(): readonly Finding[];
  /** Stores a signed run of entries of an export; returns how many of them are new, or why it was refused. */
  importRun(bytes: Uint8Array): Result<number, string>;
  /** Hints to re-read the view. Returns how to unsubscribe. A throwing listener is our bug. */
  onChange(listener: (change: Change) => void): () => void;
  /**
   * Resolves when every connected peer holds every own line and the disk has them; a peer that makes no progress
   * for stallMsMax is not waited for.
   */
  settle(): Promise<Settled>;
  /** How many lines wait to be encrypted, in sessions whose people's keys have not come: gone when we end. */
  readonly unsaidLines: number;
  /** Closes links and store within 2 s. Idempotent. */
  stop(): Promise<void>;
}
