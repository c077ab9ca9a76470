// A peer's state at start, from what its store holds.

import type { ChainKey, ConversationId, DeviceKey, IdentityKey, PeerId } from '../brand.ts';
import { toHex } from '../bytes/hex.ts';
import type { Suite } from '../crypto/suite.ts';
import { orderKeyOf } from '../log/order.ts';
import { LIMITS } from '../limits.ts';
import type { Store } from '../ports.ts';
import type { Room, RoomKey } from '../room/room.ts';
import { LOBBY, roomId } from '../room/room.ts';
import { nextNumber, recall } from '../session/memory.ts';
import { directoryId, inboxId, inboxPeriod } from '../session/names.ts';
import type { NewConversation } from './conversation.ts';
import { addRecord, newConversation, storedOwn } from './conversation.ts';
import type { GuardLimits } from './guard.ts';
import { RULING_PREFIX, newGuard } from './guard.ts';
import { addTarget, newLinks } from './links.ts';
import { newMeetState } from './meet-state.ts';
import { keptOwnChain, ownChainMeta } from './own-chain.ts';
import { newRandom } from './random.ts';
import { ROOM_VALUE_PREFIX, recallRooms } from './rooms.ts';
import { SETTINGS_VALUE_PREFIX, recallSettings } from './settings.ts';
import type { Conversation, PeerState, Self } from './state.ts';
import type { Now } from './step-types.ts';

/** What a peer remembers; read once, at start. */
export type PeerMemory = Pick<
  Store,
  'chains' | 'proofs' | 'peers' | 'meta' | 'values' | 'window' | 'nextParkedMs'
>;

export interface OpenOptions {
  readonly suite: Suite;
  /** 32-byte Ed25519 seeds. */
  readonly identitySeed: Uint8Array;
  readonly deviceSeed: Uint8Array;
  readonly name: string;
  readonly peer: PeerId;
  /** 32 bytes of chance. */
  readonly chance: Uint8Array;
  readonly memory: PeerMemory;
  /**
   * Counts how often the store may have lost what was sent, or turned out to be a copy of one that goes on elsewhere: of
   * another era no chain of ours is gone on with.
   */
  readonly era: number;
  /** False where the works of private sessions cannot be done: then none can be forked or read. */
  readonly canFork: boolean;
  /** The room to start in: no other is joined on its own account. The open lobby if not said. */
  readonly lobby?: RoomKey;
  /** We stay up for others, and are asked first to hold what they leave. */
  readonly serves?: boolean;
  /** How long a chain must be to be fetched from its newest end; LIMITS.newestFirstEntries if not said. */
  readonly newestFirst?: number;
  /** People whom we know to be who they say: they are never put in quarantine. */
  readonly trusted?: readonly IdentityKey[];
  /** Quotas and the like that whoever runs this peer chose; LIMITS has the others. */
  readonly limits?: Partial<GuardLimits>;
  /** How long a day is, for what is kept by days; LIMITS.dayMs if not said. */
  readonly dayMs?: number;
  readonly now: Now;
}

export function openPeer(options: OpenOptions): PeerState {
  const { memory, now } = options;
  const state = newState(options);
  const chains = memory.chains();
  const settings = recallSettings(memory.values(SETTINGS_VALUE_PREFIX));
  for (const room of conversationsOf(state, options)) {
    const conversation = newConversation(state, room, now);
    Object.assign(conversation.settings, settings.get(room.id));
    for (const record of chains)
      if (record.conversation === room.id) addRecord(conversation, record);
    remember(state, conversation, options);
    state.conversations.set(room.id, conversation);
  }
  for (const carried of state.carried.values()) {
    for (const { bytes } of state.conversations.get(carried.id)?.table.values() ?? [])
      carried.bytes += bytes;
  }
  for (const proof of memory.proofs()) state.proofs.set(proof.chain, proof.bytes);
  for (const { peer, addresses } of memory.peers()) {
    addTarget(state.links, { peer, addresses, record: null }, 'remembered', now.monotonicMs);
  }
  return state;
}

function newState(options: OpenOptions): PeerState {
  const { suite, now, memory, lobby: lobbyKey = LOBBY } = options;
  const lobby = roomId(suite, lobbyKey);
  const { sessions, carried } = recall(suite, memory.values('session/'));
  return {
    suite,
    self: selfOf(options),
    lobby,
    directory: directoryId(suite, lobby),
    sessions,
    errands: {
      canFork: options.canFork,
      due: new Set(sessions.keys()),
      packagesMs: 0,
      makesPackages: false,
      packagesWanted: LIMITS.keyPackagesFirst,
      inboxPeriod: inboxPeriod(now.wallMs),
      unopened: new Map(),
      opens: false,
      ranks: { of: new Map(), kept: 0 },
      wanted: new Set(),
      holdsDue: false,
    },
    carried,
    conversations: new Map(),
    neighbours: new Map(),
    acquaintances: new Map(),
    guard: newGuard({
      rulings: memory.values(RULING_PREFIX),
      trusted: options.trusted ?? [],
      limits: options.limits ?? {},
      nowMs: now.monotonicMs,
    }),
    proofs: new Map<ChainKey, Uint8Array>(),
    links: newLinks(),
    meet: newMeetState(),
    random: newRandom(suite, options.chance),
    newestFirst: options.newestFirst ?? LIMITS.newestFirstEntries,
    dayMs: options.dayMs ?? LIMITS.dayMs,
    antiEntropyMs: now.monotonicMs + LIMITS.antiEntropyIntervalMs,
    newsMs: -Infinity,
    linksMs: null,
    nearMs: null,
    listening: [],
  };
}

/** The lobby first; how private ones are called is for those who list them. */
function conversationsOf(
  state: PeerState,
  { lobby: key = LOBBY, memory, now }: OpenOptions,
): readonly NewConversation[] {
  const { suite, self, lobby } = state;
  const recalled = recallRooms(memory.values(ROOM_VALUE_PREFIX));
  const room = recalled.find(({ id }) => id === lobby)?.room ?? newLobby(state, key, recalled, now);
  const rooms: NewConversation[] = [{ id: lobby, kind: 'lobby', name: key.name, room }];
  rooms.push({ id: state.directory, kind: 'directory', name: 'directory' });
  for (const joined of recalled)
    if (joined.id !== lobby) rooms.push({ ...joined, kind: 'room', name: joined.room.key.name });
  for (const { id } of state.sessions.values()) rooms.push({ id, kind: 'session', name: id });
  // Who cannot read first contacts looks for none.
  const inboxes = state.errands.canFork ? inboxesOf(suite, self.identity, now.wallMs) : [];
  for (const id of inboxes) rooms.push({ id, kind: 'inbox', name: id });
  // What is ours to read is not held for others, whoever asked for it before we knew.
  for (const { id } of rooms) state.carried.delete(id);
  for (const { id } of state.carried.values()) rooms.push({ id, kind: 'carried', name: id });
  return rooms;
}

/** Any but the open lobby has a number too, under which it is a room like others at a start that names another lobby. */
function newLobby(
  { sessions, lobby, suite }: PeerState,
  key: RoomKey,
  others: readonly { readonly room: Room }[],
  { wallMs: joinedMs }: Now,
): Room {
  if (lobby === roomId(suite, LOBBY)) return { key, number: 0, joinedMs };
  const taken = [...sessions.values(), ...others.map(({ room }) => room)];
  return { key, number: nextNumber(taken.map(({ number }) => number)), joinedMs };
}

/** Our inboxes of as long as mail is held, and the next one: clocks differ. */
export function inboxesOf(
  suite: Suite,
  identity: IdentityKey,
  wallMs: number,
): readonly ConversationId[] {
  const today = inboxPeriod(wallMs);
  const ids: ConversationId[] = [];
  const first = Math.max(0, inboxPeriod(Math.max(0, wallMs - LIMITS.heldMsMax)));
  for (let period = first; period <= today + 1; period += 1)
    ids.push(inboxId(suite, identity, period));
  return ids;
}

function remember(state: PeerState, conversation: Conversation, { memory }: OpenOptions): void {
  const { id } = conversation;
  const newest = memory.window({ conversation: id, entriesMax: 1 })[0];
  conversation.top = newest === undefined ? null : orderKeyOf(newest.entry);
  conversation.nextParkedMs = memory.nextParkedMs(id);
  const kept = keptOwnChain(state.self, memory.meta(ownChainMeta(id)));
  conversation.own = storedOwn(state, conversation, kept);
  if (conversation.kind !== 'inbox') return;
  for (const { chain } of conversation.table.values()) state.errands.unopened.set(chain, id);
}

function selfOf(options: OpenOptions): Self {
  const { suite, identitySeed, deviceSeed, name, peer, era, serves = false } = options;
  const identity = toHex(suite.publicKey(identitySeed)) as IdentityKey;
  const device = toHex(suite.publicKey(deviceSeed)) as DeviceKey;
  return { identity, identitySeed, device, deviceSeed, peer, era, serves, name, certificate: null };
}
