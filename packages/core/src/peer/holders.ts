// Whom to ask to hold: for each person a few peers that everyone finds alike, so that giver and receiver meet there.

import type { IdentityKey, PeerId } from '../brand.ts';
import { fromHex } from '../bytes/hex.ts';
import { encodeUtf8 } from '../bytes/utf8.ts';
import { tag, taggedHashHex } from '../crypto/tagged.ts';
import { LIMITS } from '../limits.ts';
import { presentIn } from '../session/roster.ts';
import type { Conversation, Neighbour, PeerState } from './state.ts';

const HOLDER_TAG = tag('holder');

/** Where peers stand among those who hold for a person: the least first (rendezvous hashing). */
function ranksFor({ suite, errands }: PeerState, person: IdentityKey): (peer: PeerId) => string {
  const { ranks } = errands;
  if (ranks.kept >= LIMITS.holderRanksKept) {
    ranks.of.clear();
    ranks.kept = 0;
  }
  const known = ranks.of.get(person) ?? new Map<PeerId, string>();
  ranks.of.set(person, known);
  return (peer) => {
    const before = known.get(peer);
    if (before !== undefined) return before;
    const rank = taggedHashHex(suite, HOLDER_TAG, fromHex(person), encodeUtf8(peer));
    known.set(peer, rank);
    ranks.kept += 1;
    return rank;
  };
}

/**
 * The `count` items of least rank, in its order, each once however often it comes; of a whole room it is but a few, so that
 * neither sorting all nor telling all apart is worth it.
 */
function firstOf<Item>(
  items: Iterable<Item>,
  rankOf: (item: Item) => string,
  count: number,
): readonly Item[] {
  const first: { readonly item: Item; readonly rank: string }[] = [];
  for (const item of items) {
    const rank = rankOf(item);
    const last = first.at(-1);
    if (first.length >= count && last !== undefined && rank >= last.rank) continue;
    if (first.some((each) => each.item === item)) continue;
    const at = first.findIndex((each) => rank < each.rank);
    first.splice(at < 0 ? first.length : at, 0, { item, rank });
    if (first.length > count) first.pop();
  }
  return first.map(({ item }) => item);
}

/**
 * Of the neighbours who are not in it, the first three for each person; who serves goes before who does not. It needs no
 * agreement: those who choose differently for a while give it to more of them.
 */
export function holdersOf(
  state: PeerState,
  people: readonly IdentityKey[],
  insiders: ReadonlySet<IdentityKey>,
): ReadonlySet<Neighbour> {
  const able = [...state.neighbours.values()].filter(
    ({ tags, hello }) => tags.has(state.lobby) && hello !== null && !insiders.has(hello.identity),
  );
  const holders = new Set<Neighbour>();
  for (const person of people) {
    const rankOf = ranksFor(state, person);
    const rank = ({ serves, peer }: Neighbour): string => `${serves ? 0 : 1}${rankOf(peer)}`;
    for (const each of firstOf(able, rank, LIMITS.holdersPerPerson)) holders.add(each);
  }
  return holders;
}

/** Those whom what we said is for, and who may have to fetch it from others. */
export function peopleToReach(state: PeerState, { id }: Conversation): readonly IdentityKey[] {
  const recipient = state.carried.get(id)?.recipient ?? null;
  if (recipient !== null) return [recipient];
  const roster = state.sessions.get(id)?.roster ?? null;
  const others = roster === null ? [] : presentIn(roster);
  return others.filter((each) => each !== state.self.identity).slice(0, LIMITS.peopleHeldForMax);
}

/** Those who get it anyway. */
export function insidersOf(state: PeerState, { id }: Conversation): ReadonlySet<IdentityKey> {
  const roster = state.sessions.get(id)?.roster;
  const insiders = new Set<IdentityKey>(roster ? presentIn(roster) : []);
  insiders.add(state.self.identity);
  const recipient = state.carried.get(id)?.recipient ?? null;
  if (recipient !== null) insiders.add(recipient);
  return insiders;
}

/** The first three for a person among all peers that are in the lobby now, as far as we and our neighbours are linked. */
export function peersNear(state: PeerState, person: IdentityKey): readonly PeerId[] {
  const { self, lobby, neighbours } = state;
  const here: PeerId[] = [];
  for (const { peer, tags, links, linksNear } of neighbours.values()) {
    if (tags.has(lobby)) here.push(peer);
    // The first of all are among the first of each.
    for (const other of person === self.identity ? linksNear : links) here.push(other);
  }
  return firstNear(state, person, here);
}

/** The first three of some peers for a person. */
export function firstNear(
  state: PeerState,
  person: IdentityKey,
  peers: readonly PeerId[],
): readonly PeerId[] {
  const others = peers.filter((peer) => peer !== state.self.peer);
  return firstOf(others, ranksFor(state, person), LIMITS.holdersPerPerson);
}

/** Whether someone would look for what is left for them with us, as far as we see: we are among the first three. */
export function holdsFor(state: PeerState, person: IdentityKey, theirs: PeerId): boolean {
  const { self, neighbours, lobby } = state;
  const rankOf = ranksFor(state, person);
  const ours = rankOf(self.peer);
  const before = new Set<PeerId>();
  for (const { peer, tags, links } of neighbours.values()) {
    const named = tags.has(lobby) ? [peer, ...links] : links;
    for (const other of named) {
      if (other === self.peer || other === theirs || before.has(other)) continue;
      if (rankOf(other) < ours) before.add(other);
      if (before.size >= LIMITS.holdersPerPerson) return false;
    }
  }
  return true;
}

/** Links that a full mesh does not keep us from making. */
export function wantLinks(state: PeerState, wanted: ReadonlySet<PeerId>): void {
  const { errands, links } = state;
  const list = [...wanted].slice(0, LIMITS.linksWantedMax);
  const isNew = list.some((peer) => !errands.wanted.has(peer) && !state.neighbours.has(peer));
  errands.wanted = new Set(list);
  if (isNew) links.wakeMs = 0;
}
