// When all is calm: what must be true of the private sessions of a swarm, and is not true of this one (yet).

import type {
  ChainKey,
  ChainRecord,
  ConversationId,
  IdentityKey,
  PeerState,
  Session,
  SessionRoster,
  StoredEntry,
} from '@parley/core';
import { isPresent, leaderOf, presentIn, statusOf } from '@parley/core';
import type { Member, Run } from './member.ts';
import type { SaidLine } from './session-ledger.ts';
import { textsIn } from './session-ledger.ts';
import type { World } from './world.ts';

const EVERYTHING = Number.MAX_SAFE_INTEGER;

/** A running member in a session that it has not left, as far as it knows. */
interface Seat {
  readonly member: Member;
  readonly run: Run;
  readonly session: Session;
  readonly roster: SessionRoster;
  readonly present: readonly IdentityKey[];
}

/** What is not as it should be; empty when all is well. */
export function sessionComplaints(world: World, forked: ReadonlySet<ChainKey>): string[] {
  const found: string[] = [];
  for (const id of sessionsOf(world)) {
    const seats = seatsIn(world, id);
    if (seats.length === 0) continue;
    const wrong = rosterComplaints(world, id, seats);
    if (wrong.length === 0) wrong.push(...lengthComplaints(id, seats, forked));
    if (wrong.length === 0) wrong.push(...statusComplaints(world, id, seats));
    if (wrong.length === 0) wrong.push(...lineComplaints(world, id, seats, forked));
    found.push(...wrong.map((text) => `${text} of session ${id.slice(0, 6)}`));
    // The first ones say enough, and looking costs time.
    if (found.length > 0) return found;
  }
  // Two copies of one person may fork the same people, and neither is wrong.
  if (world.copied.size > 0) return found;
  for (const { run } of world.members) if (run !== null) found.push(...listComplaints(run));
  return found;
}

/** In the order in which the members know them. */
export function sessionsOf(world: World): readonly ConversationId[] {
  const ids = new Set<ConversationId>();
  for (const { run } of world.members) {
    for (const id of run?.state.sessions.keys() ?? []) ids.add(id);
  }
  return [...ids];
}

/** Those who take themselves to be in. Who was taken out and could not hear of it is among them. */
function seatsIn(world: World, id: ConversationId): readonly Seat[] {
  return world.members.flatMap((member): Seat[] => {
    const { run } = member;
    const session = run?.state.sessions.get(id);
    if (run === null || session === undefined || session.roster === null) return [];
    const present = presentIn(session.roster);
    const isSeated = session.leftMs === null && present.includes(member.identity);
    return isSeated ? [{ member, run, session, roster: session.roster, present }] : [];
  });
}

/** All who take each other to be in agree who is, and all who are know it. */
function rosterComplaints(world: World, id: ConversationId, seats: readonly Seat[]): string[] {
  if (seats.some(({ session }) => waitsForTime(session))) return [];
  const found: string[] = [];
  for (const seat of seats) {
    const { member, present } = seat;
    const others = seats.filter((other) => present.includes(other.member.identity));
    if (isDenied(world, id, seat) || forgets(world, member)) continue;
    found.push(...disagreements(world, seat, others));
    for (const stranger of world.members) {
      const isKnown = seats.some((other) => other.member === stranger);
      if (isKnown || !present.includes(stranger.identity) || forgets(world, stranger)) continue;
      const session = stranger.run?.state.sessions.get(id);
      if (isOfAnotherTime(world, session)) continue;
      found.push(`${stranger.peer} does not know that it is in (${standingOf(session)})`);
    }
  }
  return found;
}

/** Whoever is taken to be out by one of the others has not heard that yet, nor what they say since. */
function isDenied(world: World, id: ConversationId, { member, present }: Seat): boolean {
  return world.members.some(({ identity, run }) => {
    const roster = run?.state.sessions.get(id)?.roster ?? null;
    return roster !== null && present.includes(identity) && !isPresent(roster, member.identity);
  });
}

/** News of people goes with what is said: to who could not hear the first, with the next. */
function disagreements(world: World, { member, present }: Seat, others: readonly Seat[]): string[] {
  if (world.lastWordsMs === Infinity) return [];
  return others
    .filter((other) => other.present.join() !== present.join() && !forgets(world, other.member))
    .map((other) => `${member.peer} and ${other.member.peer} disagree about the people`);
}

/** A profile that was put back as it was, or lost its key packages in a power cut, is told nothing twice by itself. */
function forgets(world: World, { device, lostSome }: Member): boolean {
  return lostSome || world.copied.has(device);
}

/**
 * What lets them in is for later; they left, and whether that was later is what clocks wrong by days cannot tell; who let
 * them in has a copy that went another way; or they were taken out by someone who was being taken out at the same time.
 */
function isOfAnotherTime(world: World, session: Session | undefined): boolean {
  if (session === undefined) return false;
  const { plan, lastWordsMs, copied, sessions } = world;
  if (waitsForTime(session) || copied.size > 0) return true;
  const isWrong = plan.faults.some((fault) => fault === 'skew' || fault === 'clock-jump');
  if (session.leftMs !== null) return isWrong;
  // They know that they are out, and will be heard of.
  return session.roster !== null && (lastWordsMs === Infinity || sessions.goneFrom(session.id) > 1);
}

/** What someone said with a clock far ahead is still to come, be it who is in. */
function waitsForTime({ readers }: Session): boolean {
  return [...readers.values()].some(({ waits }) => waits === 'future');
}

function standingOf(session: Session | undefined): string {
  if (session === undefined) return 'never heard of it';
  if (session.leftMs !== null) return 'it left';
  return session.roster === null ? 'it has no roster' : 'its roster is without it';
}

/** Everyone holds all of it that anyone does; who carries it for others may have let go of its beginning. */
function lengthComplaints(
  id: ConversationId,
  seats: readonly Seat[],
  forked: ReadonlySet<ChainKey>,
): string[] {
  const found: string[] = [];
  const lengths = new Map<ChainKey, number>();
  for (const { run } of seats) {
    for (const { chain, length } of chainsOf(run, id))
      lengths.set(chain, Math.max(length, lengths.get(chain) ?? 0));
  }
  for (const { member, run } of seats) {
    const held = new Map(chainsOf(run, id).map(({ chain, length }) => [chain, length]));
    for (const [chain, length] of lengths) {
      if (forked.has(chain) || held.get(chain) === length) continue;
      found.push(`${member.peer} has ${held.get(chain) ?? 0} of ${length} entries`);
    }
  }
  return found;
}

/** Nothing is missing, and nothing waits to be said. */
function statusComplaints(world: World, id: ConversationId, seats: readonly Seat[]): string[] {
  const found: string[] = [];
  for (const { member, run, session } of seats) {
    const { peer } = member;
    const conversation = run.state.conversations.get(id);
    const missing = conversation === undefined ? null : statusOf(run.state, conversation).missing;
    if (missing === null) found.push(`${peer} does not hold the log`);
    // Of a chain that forked nobody holds all that was ever said to be there.
    else if (missing !== 0 && world.copied.size === 0) found.push(`${peer} misses ${missing}`);
    if (session.pending.length > 0)
      found.push(`${peer} has ${session.pending.length} lines to say`);
    if (session.number === null) found.push(`${peer} does not list it`);
  }
  return found;
}

function chainsOf({ store }: Run, id: ConversationId): readonly ChainRecord[] {
  return store.chains().filter(({ conversation }) => conversation === id);
}

/** Who was to read a line and is in still has read it, once. */
function lineComplaints(
  world: World,
  id: ConversationId,
  seats: readonly Seat[],
  forked: ReadonlySet<ChainKey>,
): string[] {
  const said = world.sessions.lines.filter(
    (line) => line.session === id && !forked.has(line.chain) && isAlive(world, line),
  );
  const found: string[] = [];
  for (const seat of seats) {
    const shown = shownTo(seat, id);
    for (const line of said) {
      const times = shown.get(line.text) ?? 0;
      if (times === 0 && mustRead(world, seat, line)) {
        const hasKeys = line.audience.devices.has(seat.member.device) ? '' : ', without its keys';
        found.push(`${seat.member.peer} was not shown "${line.text}"${hasKeys}`);
      }
      if (times > 1 && !world.isDoubtful(line.author)) {
        found.push(`${seat.member.peer} was shown "${line.text}" ${times} times`);
      }
    }
  }
  return found;
}

/** Someone has it still. */
function isAlive(world: World, { entry }: SaidLine): boolean {
  return world.members.some(({ run }) => run !== null && run.store.entry(entry) !== null);
}

/** Those it was said to, if neither they nor its author were ever out, and they lost nothing before. */
function mustRead(world: World, { member, present }: Seat, line: SaidLine): boolean {
  const { sessions } = world;
  // Whoever was let in by someone who was out has no part in it, though they cannot know.
  if (!present.includes(line.author)) return false;
  // Two machines that go by one key cannot both be in a group: who speaks last to it shuts out the other.
  if (world.hasTwin(member) || !line.audience.readers.has(member.identity)) return false;
  if (line.hlcMs > world.horizonMs || line.audience.givenUp.has(member.identity)) return false;
  if (sessions.wasGone(line.session, member.identity)) return false;
  if (sessions.wasGone(line.session, line.author)) return false;
  // Who lost what would let them in can ask anew only in what they say themselves.
  if (forgets(world, member) && !hasSpoken(world, member, line)) return false;
  const isLate = line.atMs > world.lastWordsMs;
  return isLate || !(world.isDoubtful(member.identity) || world.isDoubtful(line.author));
}

/** They said something in its session before it was said. */
function hasSpoken(
  { sessions }: World,
  { identity }: Member,
  { session, atMs }: SaidLine,
): boolean {
  return sessions.lines.some(
    (line) => line.author === identity && line.session === session && line.atMs < atMs,
  );
}

/** How often each text is to be seen. */
function shownTo({ run }: Seat, id: ConversationId): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const { opened } of windowOf(run, id)) {
    for (const text of textsIn(opened)) times.set(text, (times.get(text) ?? 0) + 1);
  }
  return times;
}

function windowOf(run: Run, conversation: ConversationId): readonly StoredEntry[] {
  return run.store.window({ conversation, entriesMax: EVERYTHING });
}

/** People were out of it meanwhile, or others in: it is one with another fork no more, whoever is in it now. */
function wasChanged({ members, founders }: SessionRoster): boolean {
  return members.size > founders.length || [...members.values()].some(({ added }) => added > 1);
}

/** Forks that crossed have become one: no two in the list have the same people, each on another's initiative. */
function listComplaints({ state }: Run): string[] {
  const found: string[] = [];
  const seen = new Map<string, IdentityKey>();
  for (const { initiator, founders } of listedWhole(state)) {
    const people = founders.join();
    const other = seen.get(people);
    if (other !== undefined && other !== initiator) found.push('two sessions have the same people');
    seen.set(people, initiator);
  }
  return found;
}

/** Rosters of the sessions in the list in which all founders are, and of whom none was out in any session since. */
function listedWhole({ sessions }: PeerState): readonly SessionRoster[] {
  const rosters = [...sessions.values()].flatMap(({ roster }) => roster ?? []);
  const changed = new Set(rosters.filter(wasChanged).map(({ founders }) => founders.join()));
  return [...sessions.values()].flatMap((session) => {
    const { number, leftMs, roster } = session;
    const isListed = number !== null && leftMs === null && leaderOf(sessions, session) === session;
    if (!isListed || roster === null) return [];
    const founders = roster.founders.join();
    return presentIn(roster).join() === founders && !changed.has(founders) ? [roster] : [];
  });
}
