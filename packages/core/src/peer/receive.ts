// Where a verified run finds its place: it extends what we hold of its chain upwards or downwards, or it waits (spec/log.md §4).

import type { ChainKey, IdentityKey } from '../brand.ts';
import type { Entry } from '../log/entry.ts';
import { compareHlc } from '../log/hlc.ts';
import { compareOrder, orderKeyOf } from '../log/order.ts';
import { bytesOf } from '../log/size.ts';
import { LIMITS } from '../limits.ts';
import type { ChainRecord, Write } from '../ports.ts';
import { barOn, learnDevice } from './bars.ts';
import { agreedNow } from './clock.ts';
import { chainsMaxOf, entriesMaxOf, isReadAtOnce, putRecord } from './conversation.ts';
import { hasRoomToHold, heldFrom, noteHeld } from './held.ts';
import { fitsUnproven } from './private/unproven.ts';
import { noteName } from './names.ts';
import { notePark } from './park.ts';
import type { Part, ReadRun } from './read-run.ts';
import { fitsQuota } from './quota.ts';
import { emptied, mayJump, youngPart } from './retention.ts';
import { noteSettings } from './settings.ts';
import type { Conversation, PeerState } from './state.ts';
import type { Arrived, Turn } from './step-types.ts';

/**
 * 'new': stored. 'known': nothing in it is new. 'gap': it does not touch what we hold yet. 'conflict': it contradicts
 * what we hold; a proof is on its way. 'refused': no honest peer would send it. 'full': a limit of ours. 'barred': its
 * author is blocked, in quarantine, or over their share.
 */
export type Acceptance = 'new' | 'known' | 'gap' | 'conflict' | 'refused' | 'full' | 'barred';

export function acceptRun(
  turn: Turn,
  conversation: Conversation,
  whole: ReadRun,
  isAsked: boolean,
): Acceptance {
  const run = youngPart(conversation, whole);
  if (run === null) return 'known';
  const refusal = refusalOf(turn.state, conversation, run);
  if (refusal !== null) return refusal;
  const record = conversation.table.get(run.chain);
  if (record !== undefined && run.from > record.length)
    return goBeyond(turn, conversation, { record, run, isAsked });
  if (record !== undefined) return extend(turn, conversation, record, run);
  // A short chain is read from its beginning, in order; a long one from where it is now.
  const begin = heldFrom(turn.state, conversation.id, run.chain);
  if (!isAsked && run.from > begin && run.from < conversation.pull.newestFirst) return 'gap';
  return startChain(turn, conversation, run);
}

function extend(
  turn: Turn,
  conversation: Conversation,
  record: ChainRecord,
  run: ReadRun,
): Acceptance {
  if (record.stopped !== null) return 'known';
  if (contradicts(record, run)) {
    turn.out.push({ kind: 'compare', conversation: conversation.id, run });
    return 'conflict';
  }
  if (run.to < record.floor) return 'gap';
  if (run.to > record.length) return extendUp(turn, conversation, record, run);
  if (run.from < record.floor) return extendDown(turn, conversation, record, run);
  return 'known';
}

function refusalOf(
  state: PeerState,
  conversation: Conversation,
  run: ReadRun,
): 'full' | 'barred' | null {
  if (!mayHold(state, conversation, run)) return 'full';
  return isBarred(state, conversation, run) ? 'barred' : null;
}

/** A run that does not fit as a whole is not taken in part. */
function isBarred(state: PeerState, conversation: Conversation, run: ReadRun): boolean {
  const { identity } = run.certificate;
  if (identity === state.self.identity) return false;
  if (barOn(state, conversation, identity) !== null) {
    learnDevice(state, run.chain, identity);
    return true;
  }
  return !fitsQuota(state, conversation, identity, bytesOf(run.entries));
}

function mayHold(state: PeerState, conversation: Conversation, run: ReadRun): boolean {
  const { kind, id, table } = conversation;
  if (run.to > entriesMaxOf(kind)) return false;
  if (table.get(run.chain) === undefined && table.size >= chainsMaxOf(kind)) return false;
  if (kind === 'session') return fitsUnproven(state, conversation, run);
  return kind !== 'carried' || hasRoomToHold(state, id, run.entries);
}

/** True where the run and what we hold cannot both be one chain; told by our two ends alone. */
function contradicts(record: ChainRecord, run: ReadRun): boolean {
  const head = entryAt(run, record.length - 1);
  if (head !== undefined && head.id !== record.headId) return true;
  const next = entryAt(run, record.length);
  if (next !== undefined && next.header.prev !== record.headId) return true;
  const below = entryAt(run, record.floor - 1);
  if (below !== undefined && below.id !== record.floorPrev) return true;
  const bottom = entryAt(run, record.floor);
  return bottom !== undefined && bottom.header.prev !== record.floorPrev;
}

function entryAt(run: ReadRun, seq: number): Entry | undefined {
  return run.entries[seq - run.from];
}

function startChain(turn: Turn, conversation: Conversation, run: ReadRun): Acceptance {
  const { identity } = run.certificate;
  const chains = conversation.chainsOf.get(identity) ?? 0;
  if (chains >= LIMITS.chainsPerAuthorMax) return 'full';
  const first = run.entries[0] as Entry;
  const last = run.entries.at(-1) as Entry;
  conversation.chainsOf.set(identity, chains + 1);
  const record: ChainRecord = {
    conversation: conversation.id,
    chain: run.chain,
    identity,
    certificate: run.certificate.bytes,
    floor: run.from,
    length: run.to,
    bytes: bytesOf(run.entries),
    headId: last.id,
    floorPrev: first.header.prev,
    headHlc: last.header.hlc,
    name: lastNick(run.lines) ?? run.certificate.name,
    stopped: null,
  };
  place(turn, conversation, record, run);
  return 'new';
}

function extendUp(
  turn: Turn,
  conversation: Conversation,
  record: ChainRecord,
  run: ReadRun,
): Acceptance {
  const part = slice(run, Math.max(run.from, record.length), run.to);
  const first = part.entries[0] as Entry;
  const last = part.entries.at(-1) as Entry;
  if (compareHlc(first.header.hlc, record.headHlc) <= 0) return 'refused';
  const name = lastNick(part.lines) ?? record.name;
  const bytes = record.bytes + bytesOf(part.entries);
  place(
    turn,
    conversation,
    { ...record, length: run.to, bytes, headId: last.id, headHlc: last.header.hlc, name },
    part,
  );
  return 'new';
}

interface Beyond {
  readonly record: ChainRecord;
  readonly run: ReadRun;
  readonly isAsked: boolean;
}

/**
 * Something of the chain lies between. Who was away when it was set for how long things are kept finds the line that says
 * so here, beyond what others pruned by it.
 */
function goBeyond(
  turn: Turn,
  conversation: Conversation,
  { record, run, isAsked }: Beyond,
): Acceptance {
  if (record.stopped !== null) return 'known';
  const horizonMs = agreedNow(turn) + LIMITS.futureMsMax;
  const { identity } = run.certificate;
  const shown = run.entries.filter(({ header }) => header.hlc.ms <= horizonMs);
  const arrived = shown.map((entry) => arrivalOf(identity, entry, run, true));
  noteSettings(turn, conversation, arrived);
  const jumps = isAsked && mayJump(turn.state, conversation, record);
  return jumps ? jump(turn, conversation, record, run) : 'gap';
}

/** The chain goes on beyond what nobody keeps any more. */
function jump(
  turn: Turn,
  conversation: Conversation,
  record: ChainRecord,
  run: ReadRun,
): Acceptance {
  const first = run.entries[0] as Entry;
  const last = run.entries.at(-1) as Entry;
  if (compareHlc(first.header.hlc, record.headHlc) <= 0) return 'refused';
  const ends = { floor: run.from, floorPrev: first.header.prev, length: run.to, headId: last.id };
  const name = lastNick(run.lines) ?? record.name;
  const bytes = bytesOf(run.entries);
  const before = emptied(turn, conversation, record);
  place(turn, conversation, { ...before, ...ends, headHlc: last.header.hlc, bytes, name }, run);
  return 'new';
}

function extendDown(
  turn: Turn,
  conversation: Conversation,
  record: ChainRecord,
  run: ReadRun,
): Acceptance {
  const part = slice(run, run.from, Math.min(run.to, record.floor));
  const first = part.entries[0] as Entry;
  // A name given above the old floor is later than any below it.
  const unnamed = record.name === run.certificate.name;
  const name = (unnamed ? lastNick(part.lines) : null) ?? record.name;
  const bytes = record.bytes + bytesOf(part.entries);
  place(
    turn,
    conversation,
    { ...record, floor: run.from, bytes, floorPrev: first.header.prev, name },
    part,
  );
  signSeam(turn, run, record.floor);
  return 'new';
}

/** An answer from above may end inside what we hold; its signature is good for the entry there too. */
function signSeam(turn: Turn, run: ReadRun, floor: number): void {
  const last = run.entries.at(-1);
  if (run.to <= floor || last === undefined || last.signature === null) return;
  const { chain, seq } = last.header;
  const write: Write = { kind: 'signature', chain, seq, id: last.id, signature: last.signature };
  turn.out.push({ kind: 'commit', writes: [write], arrived: [] });
}

function slice(run: ReadRun, from: number, to: number): Part {
  if (from === run.from && to === run.to) return run;
  const [start, end] = [from - run.from, to - run.from];
  const { entries, lines, opened } = run;
  return {
    entries: entries.slice(start, end),
    lines: lines.slice(start, end),
    opened: opened?.slice(start, end) ?? null,
  };
}

function lastNick(lines: Part['lines']): string | null {
  for (let entry = lines.length - 1; entry >= 0; entry -= 1) {
    const nick = lines[entry]?.findLast((line) => line.type === 'nick');
    if (nick !== undefined) return nick.name;
  }
  return null;
}

/** Stores a part of a chain and shows what can be shown now. */
export function place(
  turn: Turn,
  conversation: Conversation,
  record: ChainRecord,
  part: Part,
): void {
  putRecord(conversation, record);
  if ((conversation.known.get(record.chain)?.length ?? 0) <= record.length)
    conversation.known.delete(record.chain);
  conversation.entriesHeld += part.entries.length;
  if (!isReadAtOnce(conversation.kind))
    return placeSealed(turn, conversation, record, part.entries);
  noteName(turn, conversation, record.identity, { name: record.name, hlc: record.headHlc });
  // Someone whose keys were awaited may be in it.
  if (conversation.kind === 'directory')
    for (const id of turn.state.sessions.keys()) turn.state.errands.due.add(id);
  const writes: Write[] = [];
  const arrived: Arrived[] = [];
  const horizonMs = agreedNow(turn) + LIMITS.futureMsMax;
  for (const group of groupByFate(conversation, part.entries, horizonMs)) {
    const { entries, late, parked } = group;
    writes.push({
      kind: 'entries',
      chain: record,
      arrivedMs: turn.wallMs,
      ...group,
      ...openedOf(part, entries),
    });
    if (parked)
      notePark(turn, conversation, { name: record.name, firstMs: hlcMsOf(entries), horizonMs });
    else arrived.push(...entries.map((entry) => arrivalOf(record.identity, entry, part, late)));
  }
  turn.out.push({ kind: 'commit', writes, arrived });
  raiseTop(conversation, arrived);
  noteSettings(turn, conversation, arrived);
}

/** Ciphertext is kept and passed on; what it says becomes visible once it is read. */
function placeSealed(
  turn: Turn,
  conversation: Conversation,
  record: ChainRecord,
  entries: readonly Entry[],
): void {
  const { id, kind } = conversation;
  const fate = { arrivedMs: turn.wallMs, late: false, parked: false, sealed: true };
  const write = { kind: 'entries', chain: record, entries, ...fate } as const;
  turn.out.push({ kind: 'commit', writes: [write], arrived: [] });
  if (kind === 'session') turn.state.errands.due.add(id);
  if (kind === 'inbox') turn.state.errands.unopened.set(record.chain, id);
  if (kind === 'carried') noteHeld(turn, id, entries);
}

/** Of a secret room what is stored is what is served to others, and beside it what it says. */
function openedOf(
  { entries: all, opened }: Part,
  entries: readonly Entry[],
): { readonly opened?: readonly Uint8Array[] } {
  if (opened === null) return {};
  const start = seqOf(entries) - seqOf(all);
  return { opened: opened.slice(start, start + entries.length) };
}

function arrivalOf(identity: IdentityKey, entry: Entry, part: Part, late: boolean): Arrived {
  const index = entry.header.seq - seqOf(part.entries);
  return { entry, lines: part.lines[index] ?? [], identity, late };
}

interface Group {
  readonly entries: Entry[];
  readonly late: boolean;
  readonly parked: boolean;
}

/** Times rise along a chain, so the late ones come first and the parked ones last. */
function groupByFate(
  conversation: Conversation,
  entries: readonly Entry[],
  horizonMs: number,
): readonly Group[] {
  const groups: Group[] = [];
  for (const entry of entries) {
    const parked = entry.header.hlc.ms > horizonMs;
    const late = !parked && isLate(conversation, entry);
    const group = groups.at(-1);
    if (group !== undefined && group.late === late && group.parked === parked)
      group.entries.push(entry);
    else groups.push({ entries: [entry], late, parked });
  }
  return groups;
}

/** True for what takes a place before what is shown already, or is from before we began to look. */
export function isLate(conversation: Conversation, entry: Entry): boolean {
  if (entry.header.hlc.ms < conversation.openedMs) return true;
  return conversation.top !== null && compareOrder(orderKeyOf(entry), conversation.top) < 0;
}

/** What was shown last is a new line's place to come after. */
export function raiseTop(conversation: Conversation, arrived: readonly Arrived[]): void {
  const last = arrived.at(-1);
  if (last === undefined) return;
  const key = orderKeyOf(last.entry);
  if (conversation.top === null || compareOrder(key, conversation.top) > 0) conversation.top = key;
}

function seqOf([first]: readonly Entry[]): number {
  return (first as Entry).header.seq;
}

function hlcMsOf([first]: readonly Entry[]): number {
  return (first as Entry).header.hlc.ms;
}

/** The certificate by which we hold a chain. */
export function knownCertificate(
  conversation: Conversation,
): (chain: ChainKey) => Uint8Array | null {
  return (chain) => conversation.table.get(chain)?.certificate ?? null;
}
