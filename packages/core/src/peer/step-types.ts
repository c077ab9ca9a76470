// What goes into step and what comes out of it: the whole traffic between the pure core and the world.

import type { ChainKey, ConversationId, IdentityKey, PeerId } from '../brand.ts';
import type { Entry, Line } from '../log/entry.ts';
import type { OrderKey } from '../log/order.ts';
import type { VerifiedRun } from '../log/run.ts';
import type {
  DialFailure,
  DialTarget,
  NetworkEvent,
  NetworkPath,
  OldEntries,
  OldQuery,
  Write,
} from '../ports.ts';
import type { RoomKey } from '../room/room.ts';
import type { SessionCryptoReason } from '../session/session-crypto.ts';
import type { NewcomerReason, Work, WorkResult } from '../session/work-types.ts';
import type { Want } from '../sync/message.ts';
import type { GuardLimits } from './guard.ts';
import type { PeerState } from './state.ts';

export type Input =
  /** Lines of ours for one conversation, each within its limits; they share entries where they fit. */
  | { readonly kind: 'say'; readonly conversation: ConversationId; readonly lines: readonly Line[] }
  /** Opens a private session of which this is the secret: 32 bytes of chance that were never used. */
  | {
      readonly kind: 'fork';
      readonly secret: Uint8Array;
      readonly people: readonly IdentityKey[];
    }
  | {
      readonly kind: 'invite' | 'remove';
      readonly conversation: ConversationId;
      readonly person: IdentityKey;
    }
  /** Enters a room, at once and at every start from now on; nothing happens if we are in it. */
  | { readonly kind: 'join'; readonly room: RoomKey }
  /** A private session, or a room. */
  | { readonly kind: 'leave'; readonly conversation: ConversationId }
  /** A work is done. */
  | { readonly kind: 'worked'; readonly work: Work; readonly result: WorkResult }
  /** Takes nothing of someone in rooms any more, or does again; also lets on who is in quarantine. */
  | { readonly kind: 'block' | 'unblock'; readonly person: IdentityKey }
  /** Safety words were compared with someone, or count as not compared. */
  | { readonly kind: 'trust'; readonly person: IdentityKey; readonly isTrusted: boolean }
  | { readonly kind: 'rename'; readonly name: string }
  /** Holds for what comes from now on; what is here stays. */
  | { readonly kind: 'limit'; readonly limits: Partial<GuardLimits> }
  | { readonly kind: 'connect'; readonly target: DialTarget }
  | { readonly kind: 'resync'; readonly conversation: ConversationId }
  /** Entries of ours from a file. */
  | {
      readonly kind: 'import';
      readonly conversation: ConversationId;
      readonly run: VerifiedRun;
    }
  /** `waitedMs`: since it came, until its turn; nothing if not said. */
  | { readonly kind: 'network'; readonly event: NetworkEvent; readonly waitedMs?: number }
  /** The send queue towards a peer is above its high mark, until `drained`. */
  | { readonly kind: 'blocked'; readonly peer: PeerId }
  /** An answer's frame went out: entries through `to` upwards or `from` downwards; null for no more to give. */
  | {
      readonly kind: 'served';
      readonly peer: PeerId;
      readonly want: Want;
      readonly reached: ServedRange | null;
    }
  /** What came of `compare`: a proof that a chain forked, or null where the store has nothing that contradicts. */
  | {
      readonly kind: 'compared';
      readonly conversation: ConversationId;
      readonly proof: Uint8Array | null;
    }
  /** What came of `prune`: the oldest entries of each chain that was looked at; null where none are that old. */
  | {
      readonly kind: 'old';
      readonly conversation: ConversationId;
      readonly found: ReadonlyMap<ChainKey, OldEntries | null>;
    }
  /** What became visible, what is last on screen now, and what is parked still. */
  | {
      readonly kind: 'unparked';
      readonly arrived: readonly Arrived[];
      readonly conversation: ConversationId;
      readonly top: OrderKey | null;
      readonly nextParkedMs: number | null;
    }
  /** Time went by. */
  | { readonly kind: 'tick' };

export interface ServedRange {
  readonly from: number;
  readonly to: number;
}

/** One entry that became visible, with its lines decoded. */
export interface Arrived {
  readonly entry: Entry;
  readonly lines: readonly Line[];
  readonly identity: IdentityKey;
  readonly late: boolean;
}

export type Output =
  | {
      readonly kind: 'commit';
      readonly writes: readonly Write[];
      readonly arrived: readonly Arrived[];
    }
  /** Make parked entries visible, show them, and give back `unparked`. */
  | { readonly kind: 'unpark'; readonly conversation: ConversationId; readonly throughMs: number }
  /** Find out which entries of these chains are so old, entriesMax in all, and give back `old`. */
  | {
      readonly kind: 'prune';
      readonly conversation: ConversationId;
      readonly queries: readonly OldQuery[];
      readonly entriesMax: number;
    }
  | { readonly kind: 'send'; readonly peer: PeerId; readonly frame: Uint8Array }
  /** Read one run from the store, send it as the answer's next frame, and give back `served`. */
  | {
      readonly kind: 'serve';
      readonly peer: PeerId;
      readonly want: Want;
      readonly conversation: ConversationId;
    }
  /** Read what the store has of the same part of the chain, make a proof of the two, and give back `compared`. */
  | { readonly kind: 'compare'; readonly conversation: ConversationId; readonly run: VerifiedRun }
  /** Do this with secret keys and give back `worked`; what it read of the store must be as it is after this step's commit. */
  | { readonly kind: 'work'; readonly work: Work }
  | { readonly kind: 'dial'; readonly target: DialTarget }
  /** Ends the link, and refuses others by that peer for so long. */
  | { readonly kind: 'hangUp'; readonly peer: PeerId; readonly refuseMs: number }
  /** Be found under these keys, and find others, instead of those before. */
  | {
      readonly kind: 'meet';
      readonly keys: readonly Uint8Array[];
      /** Of these, those of conversations that nobody who is linked is in. */
      readonly sought: readonly Uint8Array[];
    }
  | { readonly kind: 'tell'; readonly event: PeerEvent };

/** What people may want to know of; faces have the words for it. */
export type PeerEvent =
  | {
      readonly kind: 'neighbour';
      /** 'moved': it was reached another way before. */
      readonly event: 'connected' | 'moved' | 'disconnected';
      readonly peer: PeerId;
      readonly identity: IdentityKey;
      readonly name: string;
      readonly address: string;
      readonly path: NetworkPath;
    }
  | { readonly kind: 'status'; readonly conversation: ConversationId }
  /** So many peers hold our own chain up to `length` entries. */
  | {
      readonly kind: 'held';
      readonly conversation: ConversationId;
      readonly length: number;
      readonly heldBy: number;
    }
  | {
      readonly kind: 'dialFailed';
      readonly target: DialTarget;
      readonly failure: DialFailure;
      readonly text: string;
      /** How often in a row. */
      readonly failures: number;
    }
  | { readonly kind: 'alreadyConnected'; readonly target: DialTarget; readonly peer: PeerId }
  | {
      readonly kind: 'renamed';
      readonly identity: IdentityKey;
      readonly from: string;
      readonly to: string;
    }
  /** A private session or a room is in the list from now on, is another than before, or is not listed any more. */
  | {
      readonly kind: 'session';
      readonly event: 'opened' | 'changed' | 'left';
      readonly conversation: ConversationId;
    }
  /** Someone said what a room is about, or for how many days (0: for ever) it is kept; it holds from now on. */
  | {
      readonly kind: 'setting';
      readonly conversation: ConversationId;
      readonly by: IdentityKey;
      readonly setting: { readonly topic: string } | { readonly keepDays: number };
    }
  /** People came into a private session or are out of it; `by` says so, or we do (null). */
  | {
      readonly kind: 'people';
      readonly conversation: ConversationId;
      readonly by: IdentityKey | null;
      readonly came: readonly IdentityKey[];
      /** Of their own will. */
      readonly left: readonly IdentityKey[];
      readonly removed: readonly IdentityKey[];
    }
  /** Nothing is left of a session that we forked: nothing to encrypt to these people with came, or it was no good. */
  | {
      readonly kind: 'forkFailed';
      readonly conversation: ConversationId;
      readonly number: number;
      readonly because: readonly IdentityKey[];
      /** Lines that were said in it, and to nobody. */
      readonly lines: number;
    }
  /** Someone cannot read yet what we say in a session: their key packages are no good. Tried again with each message. */
  | {
      readonly kind: 'notReached';
      readonly conversation: ConversationId;
      readonly identity: IdentityKey;
      readonly reason: NewcomerReason;
    }
  /** Lines that were said in a session are lost: we left it, or were removed, before they could be written. */
  | { readonly kind: 'unsaid'; readonly conversation: ConversationId; readonly lines: number }
  /** What someone says in a session can be read by a person who was removed from it: they do not know that yet. */
  | {
      readonly kind: 'stillSends';
      readonly conversation: ConversationId;
      readonly by: IdentityKey;
      readonly removed: IdentityKey;
    }
  /** An entry that nobody can read was passed over. */
  | {
      readonly kind: 'unreadable';
      readonly conversation: ConversationId;
      readonly identity: IdentityKey | null;
      readonly seq: number;
      readonly reason: SessionCryptoReason;
    }
  | { readonly kind: 'clockDiffers'; readonly name: string; readonly offsetMs: number }
  | { readonly kind: 'parked'; readonly name: string; readonly aheadMs: number }
  | { readonly kind: 'forked'; readonly identity: IdentityKey; readonly own: boolean }
  | { readonly kind: 'restored'; readonly conversation: ConversationId }
  /** A peer broke the rules too often: it is not talked to for so long. */
  | {
      readonly kind: 'banned';
      readonly peer: PeerId;
      readonly reason: string;
      readonly lastsMs: number;
    }
  /** Someone was blocked, or is not any more. */
  | { readonly kind: 'blocking'; readonly identity: IdentityKey; readonly isBlocked: boolean }
  /** Someone new wrote so many bytes in open rooms within so long that the rest is not fetched for lastsMs. */
  | {
      readonly kind: 'quarantined';
      readonly identity: IdentityKey;
      readonly bytes: number;
      readonly windowMs: number;
      readonly lastsMs: number;
    }
  /** A quarantine is over. */
  | { readonly kind: 'released'; readonly identity: IdentityKey }
  | { readonly kind: 'badFrame'; readonly peer: PeerId; readonly reason: string }
  | { readonly kind: 'strangers'; readonly count: number }
  | { readonly kind: 'listening' };

/** The time as the world tells it to step. */
export interface Now {
  /** Milliseconds that never run backwards, from any beginning. */
  readonly monotonicMs: number;
  /** Milliseconds since 1970. */
  readonly wallMs: number;
}

/** One step in the making. */
export interface Turn {
  readonly state: PeerState;
  /** Monotonic: for deadlines and rates. */
  readonly nowMs: number;
  /** Milliseconds since 1970 by this machine's clock, which may be wrong and may jump. */
  readonly wallMs: number;
  /** How long what is taken now waited for its turn. */
  readonly waitedMs: number;
  readonly out: Output[];
}
