// What a peer can say of itself and of what it holds: read-only questions to the state, for faces.

import type { ChainKey, IdentityKey, PeerId } from '../brand.ts';
import { unreadEntries } from '../peer/private/read.ts';
import type { Session } from '../session/state.ts';
import { deviceOf } from '../log/chain-key.ts';
import type { Bar } from '../peer/bars.ts';
import { barOn } from '../peer/bars.ts';
import { restoreCertificate } from '../identity/certificate.ts';
import type { Conversation, Neighbour, PeerState } from '../peer/state.ts';

export interface ConversationStatus {
  /** Entries we hold. */
  readonly held: number;
  /** Entries we know to exist and do not have. */
  readonly missing: number;
  /** Connected peers that are in it. */
  readonly peers: number;
}

export function statusOf(state: PeerState, conversation: Conversation): ConversationStatus {
  let missing = 0;
  for (const gap of gapsOf(state, conversation)) missing += gap.missing;
  // What is here and not read yet is not on the screen either.
  const session = state.sessions.get(conversation.id);
  if (session !== undefined) missing += unreadEntries({ session, conversation });
  return {
    held: conversation.entriesHeld,
    missing,
    peers: neighboursIn(state, conversation).length,
  };
}

export interface ChainGap {
  readonly chain: ChainKey;
  /** Null for a chain of which nothing has come yet. */
  readonly identity: IdentityKey | null;
  readonly missing: number;
  /** Why it is not fetched; null where it is. */
  readonly bar: Bar | null;
}

/** Where entries are missing: above what we hold, below it, or all of a chain. */
export function gapsOf(state: PeerState, conversation: Conversation): readonly ChainGap[] {
  // Where things are kept for ever now, some may have been pruned before.
  const isForEver = conversation.settings.keep === null;
  return isForEver ? allGaps(state, conversation) : gapsToFill(state, conversation);
}

function allGaps(state: PeerState, conversation: Conversation): readonly ChainGap[] {
  const gaps: ChainGap[] = [];
  for (const [chain, { length }] of conversation.known) {
    if (conversation.table.get(chain) !== undefined) continue;
    const identity = authorOf(state, conversation.table, chain);
    const bar = identity === null ? null : barOn(state, conversation, identity);
    gaps.push({ chain, identity, missing: length, bar });
  }
  for (const record of conversation.table.values()) {
    const bar = barOn(state, conversation, record.identity);
    if (record.stopped !== null || bar === 'blocked') continue;
    const known = conversation.known.get(record.chain)?.length ?? record.length;
    // What was said before we were let in is not for us.
    const below = conversation.kind === 'session' ? 0 : record.floor;
    const missing = Math.max(0, known - record.length) + below;
    if (missing > 0) gaps.push({ chain: record.chain, identity: record.identity, missing, bar });
  }
  return gaps;
}

function authorOf(
  { guard }: PeerState,
  table: Conversation['table'],
  chain: ChainKey,
): IdentityKey | null {
  return table.get(chain)?.identity ?? guard.devices.get(deviceOf(chain)) ?? null;
}

/** Where it was ever set for how long things are kept, what nobody here has is not missing: it may be gone everywhere. */
function gapsToFill(state: PeerState, conversation: Conversation): readonly ChainGap[] {
  const { id, table, retention } = conversation;
  const missing = new Map<ChainKey, number>();
  for (const { claims } of state.neighbours.values()) {
    for (const { chain, floor, length } of claims.get(id)?.values() ?? []) {
      const { stopped = null, ...ours } = table.get(chain) ?? { floor: length, length: 0 };
      if (stopped !== null) continue;
      const from = Math.max(floor, retention.begins.get(chain) ?? 0);
      const above = Math.max(0, length - Math.max(from, ours.length));
      const below = Math.max(0, Math.min(ours.floor, ours.length, length) - from);
      missing.set(chain, Math.max(missing.get(chain) ?? 0, above + below));
    }
  }
  return [...missing]
    .filter(([, count]) => count > 0)
    .flatMap(([chain, count]): ChainGap[] => {
      const identity = authorOf(state, table, chain);
      const bar = identity === null ? null : barOn(state, conversation, identity);
      return bar === 'blocked' ? [] : [{ chain, identity, missing: count, bar }];
    });
}

/** Connected peers that claim more of a chain than we hold. */
export function holdersOf(
  state: PeerState,
  conversation: Conversation,
  chain: ChainKey,
): readonly PeerId[] {
  const ours = conversation.table.get(chain);
  const holders: PeerId[] = [];
  for (const neighbour of state.neighbours.values()) {
    const head = neighbour.claims.get(conversation.id)?.get(chain);
    if (head === undefined || head.length === 0) continue;
    if (ours === undefined || head.length > ours.length || head.floor < ours.floor)
      holders.push(neighbour.peer);
  }
  return holders;
}

export function neighboursIn(state: PeerState, conversation: Conversation): readonly Neighbour[] {
  return [...state.neighbours.values()].filter((neighbour) => neighbour.tags.has(conversation.id));
}

/** The name of everyone known in a conversation, ourselves included. */
export function namesIn(state: PeerState, conversation: Conversation): Map<IdentityKey, string> {
  const names = new Map<IdentityKey, string>();
  const session = state.sessions.get(conversation.id);
  if (session === undefined) {
    // Who is too far away to be a neighbour, and has said nothing yet, has keys in the directory.
    const isLobby = conversation.id === state.lobby;
    const directory = isLobby ? state.conversations.get(state.directory) : undefined;
    const all = [...(directory?.names ?? []), ...conversation.names];
    for (const [identity, { name }] of all) names.set(identity, name);
  } else {
    for (const [identity, name] of namesInSession(state, session)) names.set(identity, name);
  }
  names.set(state.self.identity, state.self.name);
  return names;
}

/** Everyone who was ever in it, by the name they use in the lobby, or else by that of their certificate. */
function namesInSession(
  state: PeerState,
  { roster }: Session,
): readonly (readonly [IdentityKey, string])[] {
  const lobby = state.conversations.get(state.lobby);
  return Array.from(roster?.members ?? [], ([identity, { certificate }]) => {
    const known = lobby?.names.get(identity)?.name;
    return [identity, known ?? restoreCertificate(state.suite, certificate).name] as const;
  });
}
