// Saying something in a private session: everything that we owe its members goes out with it (spec/session.md §4).

import type { DeviceKey, IdentityKey } from '../../brand.ts';
import { LIMITS } from '../../limits.ts';
import { ownWrite, sessionWrite } from '../../session/memory.ts';
import { inboxId, inboxPeriod } from '../../session/names.ts';
import { dropPending, putBackPending, takePending } from '../../session/pending.ts';
import type { SessionRoster } from '../../session/roster.ts';
import type { Asked, FreshKeys, OwnGroup, Session } from '../../session/state.ts';
import type { ExporterName, Newcomer, Speak, Spoken } from '../../session/work-types.ts';
import { agreedNow } from '../clock.ts';
import { setOwnChain } from '../own-chain.ts';
import { randomFraction } from '../random.ts';
import { batches } from '../say.ts';
import type { Conversation, PeerState } from '../state.ts';
import type { Turn } from '../step-types.ts';
import { statementsOf } from './directory.ts';
import { forgetOwn } from './forget.ts';
import { deposit } from './inbox.ts';
import { appendSealed, beginGroup, currentGroup, ownAuthor } from './own-group.ts';
import { waitsForKeys } from './patience.ts';
import type { Place } from './read.ts';
import type { Insider } from './people.ts';
import { certificatesIn, hasStrangers, isOpen, isShutOut } from './people.ts';
import { othersIn, reads, rosterDigest } from './people.ts';

/** What our group is, and what it ought to be. */
interface Plan {
  readonly roster: SessionRoster;
  readonly own: OwnGroup | null;
  readonly others: readonly Insider[];
  readonly remove: readonly DeviceKey[];
  readonly add: readonly Newcomer[];
  /** Those who are in it, and for whom we have no keys. */
  readonly missing: ReadonlySet<IdentityKey>;
}

/** The next work of speaking; null while nothing is owed or nothing can be done. */
export function planSpeak(turn: Turn, conversation: Conversation, session: Session): Speak | null {
  const owesNews = isNewsDue(turn, session);
  const owesLines = session.pending.length > 0 && isOpen(turn.state, session);
  if (!owesNews && !owesLines) return null;
  const plan = planOf(turn, conversation, session);
  if (plan === null) return null;
  const waits = session.leftMs === null && waitsForKeys(session, plan.missing, turn.nowMs);
  if (waits && !owesNews) return null;
  for (const newcomer of plan.add) session.tried.set(newcomer.identity, newcomer);
  const lines = waits ? [] : takePending(session);
  const { chain } = plan.own ?? beginGroup(turn, conversation, session);
  return { ...workOf(turn, session, plan), chain, batches: [...batches(lines)] };
}

/** Null where nobody would hear it: a group is begun for someone, unless we are the only one left. */
function planOf(turn: Turn, conversation: Conversation, session: Session): Plan | null {
  const { roster } = session;
  if (roster === null) return null;
  const own = currentGroup(turn, conversation, session)?.own ?? null;
  const changes = changesOf(turn, session, { roster, own });
  const isHeard = own !== null || changes.others.length === 0 || changes.add.length > 0;
  return isHeard ? { roster, own, ...changes } : null;
}

function workOf(turn: Turn, session: Session, plan: Plan): Omit<Speak, 'chain' | 'batches'> {
  const { suite, random } = turn.state;
  const { roster, own, remove, add } = plan;
  const heals = own === null ? null : healingKeys(turn, session, plan);
  const told = own === null ? null : own.toldRoster;
  const isNews = add.length > 0 || told !== rosterDigest(suite, roster);
  return {
    kind: 'speak',
    session: session.id,
    secret: session.secret,
    begins: own === null,
    certificates: certificatesIn(roster),
    remove,
    add,
    rotates: heals !== null || (own !== null && isStale(turn, own)),
    heals,
    roster: isNews ? roster : null,
    asks: session.leftMs === null ? asksOf(turn, session, plan) : [],
    leaves: session.leftMs !== null,
    nowMs: turn.wallMs,
    agreedMs: agreedNow(turn),
    chance: randomFraction(random),
  };
}

/** News of the roster, someone who cannot read us, or whom we cannot read any more. */
function isNewsDue(turn: Turn, session: Session): boolean {
  const { state } = turn;
  // Who leaves says so, though they are in it no more.
  if (session.leftMs !== null) return session.owesNews;
  if (!isOpen(state, session)) return false;
  if (session.owesNews) return true;
  for (const { again } of session.handed.values()) if (again) return true;
  return canLetIn(turn, session) || isAskDue(turn, session);
}

/** Someone has no part in our group, and what we could let them in by is another than the last we tried. */
function canLetIn(turn: Turn, session: Session): boolean {
  const { own, roster } = session;
  if (own === null || !own.isBegun || roster === null) return false;
  return othersIn(turn.state, roster).some((other) => {
    if (own.members.has(other.device)) return false;
    const newcomer = newcomerOf(turn, session, other);
    const tried = session.tried.get(other.identity);
    if (newcomer === null || tried === undefined) return newcomer !== null;
    return newcomer.directory[0] !== tried.directory[0] || newcomer.keyPackage !== tried.keyPackage;
  });
}

/** Whom to ask again now: those whose group we were in and are not any more. */
function isAskDue(turn: Turn, session: Session): boolean {
  if (session.roster === null) return false;
  if (hasStrangers(session)) suspectAll(turn, session, session.roster);
  for (const { identity } of othersIn(turn.state, session.roster))
    if (mayAskAgain(turn, session, identity)) return true;
  return false;
}

/** Nobody knows whose chain it is that we cannot read: it may be any of theirs, or we are being let in just now. */
function suspectAll(turn: Turn, session: Session, roster: SessionRoster): void {
  for (const { identity } of othersIn(turn.state, roster)) {
    if (reads(session, identity) || session.shutOut.has(identity)) continue;
    session.shutOut.set(identity, turn.nowMs);
  }
}

/** When to ask again to be let in, in monotonic time. */
export function askWakeMs(state: PeerState, session: Session): number {
  if (session.roster === null || !isOpen(state, session)) return Infinity;
  let wake = Infinity;
  for (const { identity } of othersIn(state, session.roster)) {
    if (isShutOut(session, identity)) wake = Math.min(wake, mayAskMs(session, identity));
  }
  return wake;
}

function mayAskAgain(turn: Turn, session: Session, identity: IdentityKey): boolean {
  return isShutOut(session, identity) && turn.nowMs >= mayAskMs(session, identity);
}

function mayAskMs({ shutOut, asked }: Session, identity: IdentityKey): number {
  const suspectedMs = (shutOut.get(identity) ?? -Infinity) + LIMITS.letInAgainMsMin;
  const last = asked.get(identity);
  return last === undefined ? suspectedMs : Math.max(suspectedMs, last.atMs + patienceMs(last));
}

/** Who does not answer has left, or is away for long; and two copies of one profile shut out each other for ever. */
function patienceMs({ times }: Asked): number {
  return Math.min(LIMITS.letInAgainMsMax, LIMITS.letInAgainMsMin * 2 ** (times - 1));
}

function noteAsked({ asked }: Session, identity: IdentityKey, nowMs: number): void {
  const last = asked.get(identity);
  const isSoon = last !== undefined && nowMs - last.atMs <= 4 * patienceMs(last);
  asked.set(identity, { atMs: nowMs, times: isSoon ? last.times + 1 : 1 });
}

function changesOf(
  turn: Turn,
  session: Session,
  { roster, own }: Pick<Plan, 'roster' | 'own'>,
): Pick<Plan, 'others' | 'remove' | 'add' | 'missing'> {
  const others = othersIn(turn.state, roster);
  const wanted = new Set(others.map(({ device }) => device));
  const members = own?.members ?? new Set<DeviceKey>();
  const again = (identity: IdentityKey): boolean => session.handed.get(identity)?.again ?? false;
  const add: Newcomer[] = [];
  const missing = new Set<IdentityKey>();
  const remove = [...members].filter((device) => !wanted.has(device));
  for (const other of others) {
    const isMember = members.has(other.device);
    if (isMember && !again(other.identity) && !mayHaveLostUs(turn, session, other.identity))
      continue;
    const newcomer = newcomerOf(turn, session, other);
    if (newcomer === null && !isMember) missing.add(other.identity);
    if (newcomer === null) continue;
    if (isMember) remove.push(other.device);
    add.push(newcomer);
  }
  return { others, remove, add, missing };
}

/** Whom we let in again has lost all keys; and who does not hear that we ask cannot read us, either, as it seems. */
function mayHaveLostUs(turn: Turn, session: Session, identity: IdentityKey): boolean {
  if (session.uninformed.has(identity)) return true;
  return session.asked.has(identity) && mayAskAgain(turn, session, identity);
}

/** By the key package that they handed us, or one of their directory; null while we have neither. */
function newcomerOf(turn: Turn, session: Session, other: Insider): Newcomer | null {
  const { state } = turn;
  const { identity } = other;
  const keyPackage = session.handed.get(identity)?.keyPackage ?? null;
  const directory = statementsOf(state, identity);
  if (keyPackage === null && directory.length === 0) return null;
  const isOurs = session.uninformed.has(identity);
  const inbox = isOurs ? inboxId(state.suite, identity, inboxPeriod(turn.wallMs)) : null;
  return { ...other, keyPackage, directory, inbox };
}

function isStale({ wallMs }: Turn, { messages, freshMs }: OwnGroup): boolean {
  return messages >= LIMITS.rotateMessages || wallMs - freshMs >= LIMITS.rotateMs;
}

/** Someone's fresh keys that all who shall read us have: whoever stole an older state of theirs loses us, too. */
function healingKeys(turn: Turn, session: Session, { own, others }: Plan): ExporterName | null {
  if (own === null || turn.wallMs - own.freshMs < LIMITS.healMsMin) return null;
  const readers = [...others.map(({ device }) => device), turn.state.self.device];
  for (const fresh of session.fresh.values()) {
    if (!knowsAll(fresh, readers)) continue;
    return { chain: fresh.chain, epoch: fresh.epoch };
  }
  return null;
}

function knowsAll({ members }: FreshKeys, devices: readonly DeviceKey[]): boolean {
  return devices.every((device) => members.includes(device));
}

/** A key package for each whose group we are not in: those we let in now, and those who lost us. */
function asksOf(turn: Turn, session: Session, { others, add }: Plan): Speak['asks'] {
  const asks: { owner: IdentityKey; again: boolean }[] = [];
  const isNew = new Set(add.map(({ identity }) => identity));
  for (const { identity: owner } of others) {
    if (reads(session, owner)) continue;
    if (mayAskAgain(turn, session, owner)) asks.push({ owner, again: true });
    else if (isNew.has(owner)) asks.push({ owner, again: false });
  }
  return asks.slice(0, LIMITS.asksMax);
}

/** Stores the new state with the entries that came of it, and sends them. */
export function onSpoken(
  turn: Turn,
  { conversation, session }: Place,
  work: Speak,
  spoken: Spoken,
): void {
  const { state } = turn;
  const { own } = session;
  const goesOn = work.begins ? own !== null : currentGroup(turn, conversation, session) !== null;
  // Meanwhile our chain was stopped, or another begun: what was computed for it was sent to nobody.
  if (own === null || own.chain !== work.chain || !goesOn) return takeBack(session, work);
  const writes = [...spoken.writes];
  if (work.begins) conversation.receipts.clear();
  turn.out.push({ kind: 'commit', writes, arrived: [] });
  let author = ownAuthor(turn, conversation, own);
  for (const said of spoken.payloads)
    author = { ...author, record: appendSealed(turn, conversation, author, said) };
  const { length } = author.record;
  session.own = { ...own, length, ...afterwards(turn, own, work, spoken) };
  noteSaid(turn, session, work, spoken);
  for (const contact of spoken.contacts) {
    const recipient = recipientOf(work, contact.inbox);
    session.uninformed.delete(recipient);
    deposit(turn, contact, recipient);
  }
  // What was under way when we left was not the goodbye yet.
  const isOver = session.leftMs !== null && !session.owesNews;
  const after = isOver ? forgetOwn(session) : [ownWrite(session)];
  turn.out.push({ kind: 'commit', writes: [...after, sessionWrite(session)], arrived: [] });
  state.errands.holdsDue = true;
}

function recipientOf({ add }: Speak, inbox: Newcomer['inbox']): IdentityKey {
  const newcomer = add.find((each) => each.inbox === inbox);
  if (newcomer === undefined) throw new Error('a first contact is for someone who was added');
  return newcomer.identity;
}

function afterwards(
  turn: Turn,
  own: OwnGroup,
  work: Speak,
  { added }: Spoken,
): Omit<OwnGroup, 'chain' | 'seed' | 'length'> {
  const { suite } = turn.state;
  const members = new Set([...own.members].filter((device) => !work.remove.includes(device)));
  for (const device of added) members.add(device);
  // Who is only let in brings no fresh keys of ours.
  const hasFreshKeys = work.begins || work.rotates || work.remove.length > 0;
  const messages = Math.max(1, work.batches.length);
  return {
    isBegun: true,
    members,
    toldRoster: work.roster === null ? own.toldRoster : rosterDigest(suite, work.roster),
    messages: hasFreshKeys ? messages : own.messages + messages,
    freshMs: hasFreshKeys ? turn.wallMs : own.freshMs,
  };
}

/** What is owed no more; and who could not be reached. */
function noteSaid(turn: Turn, session: Session, work: Speak, spoken: Spoken): void {
  const { suite } = turn.state;
  for (const { identity, keyPackage } of work.add)
    if (session.handed.get(identity)?.keyPackage === keyPackage) session.handed.delete(identity);
  for (const { owner, again } of work.asks) {
    session.shutOut.set(owner, turn.nowMs);
    if (again) noteAsked(session, owner, turn.nowMs);
  }
  if (work.heals !== null) session.fresh.delete(work.heals.chain);
  const isTold =
    session.roster !== null && session.own?.toldRoster === rosterDigest(suite, session.roster);
  if (isTold) session.owesNews = false;
  for (const { identity, reason } of spoken.refused) {
    const { id: conversation } = session;
    turn.out.push({ kind: 'tell', event: { kind: 'notReached', conversation, identity, reason } });
  }
}

/** The lines of a work that came to nothing wait again. */
export function takeBack(session: Session, { batches: said }: Speak): void {
  putBackPending(session, said.flat());
}

/** How long to rest when a new group fails, too, or nobody would hear us: it may do so for ever. */
export const REST_MS = 1_000;

/** Our own state is of no use: another group takes its place. */
export function onSpeakFailed(turn: Turn, { conversation, session }: Place, work: Speak): void {
  if (work.begins) {
    session.restUntilMs = turn.nowMs + REST_MS;
    freeLeaving(turn, session);
  }
  setOwnChain(turn, conversation, null);
  turn.out.push({ kind: 'commit', writes: forgetOwn(session), arrived: [] });
}

/** Who waits to leave until what they said is written does not wait for what may fail for ever. */
function freeLeaving(turn: Turn, session: Session): void {
  if (!session.deferred.some(({ order }) => order.kind === 'leave')) return;
  const { id: conversation } = session;
  const lines = dropPending(session);
  if (lines > 0) turn.out.push({ kind: 'tell', event: { kind: 'unsaid', conversation, lines } });
}
