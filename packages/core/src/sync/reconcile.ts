// Range-based set reconciliation over heads: equal tables cost one round, k differing chains O(k log n) (spec/sync.md §3).
// Stateless: each message is answered from the table alone, so a lost or repeated one does no harm.

import { equalBytes } from '../bytes/compare.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import type { ChainKey } from '../brand.ts';
import { isBytes, isList, isUint } from '../codec/fields.ts';
import type { CborValue } from '../codec/cbor.ts';
import type { Suite } from '../crypto/suite.ts';
import { LIMITS } from '../limits.ts';
import type { Head, HeadTable } from './head.ts';
import { CHAIN_KEY_BYTES, headFromCbor, headsBytes, headToCbor, NO_HEAD_ID } from './head.ts';

/** What is compared. */
type Table = Pick<HeadTable, 'range'>;

/** A range reaches from the one before it (or the beginning) to `upper`, exclusive; null is the end. */
export type Range =
  | { readonly kind: 'unknown'; readonly upper: ChainKey | null; readonly fingerprint: Uint8Array }
  | { readonly kind: 'equal'; readonly upper: ChainKey | null; readonly fingerprint: Uint8Array }
  | { readonly kind: 'skip'; readonly upper: ChainKey | null }
  | { readonly kind: 'heads'; readonly upper: ChainKey | null; readonly heads: readonly Head[] }
  | { readonly kind: 'answer'; readonly upper: ChainKey | null; readonly heads: readonly Head[] };

/** What one message taught us of the other side. */
export interface Learned {
  /** What the other holds, length 0 for chains of ours that it lacks. */
  readonly heads: readonly Head[];
  /** The ranges to send back; empty when all is known. */
  readonly reply: readonly Range[];
}

const FINGERPRINT_BYTES = 16;
const BUCKETS = 8;
const HEADS_LISTED_MAX = 16;
const CODES = ['skip', 'unknown', 'equal', 'heads', 'answer'] as const;

function fingerprint(suite: Suite, heads: readonly Head[]): Uint8Array {
  return suite.sha256(headsBytes(heads)).subarray(0, FINGERPRINT_BYTES);
}

/** The first message: one fingerprint over everything. */
export function openingRanges(suite: Suite, table: Table): readonly Range[] {
  return [
    { kind: 'unknown', upper: null, fingerprint: fingerprint(suite, table.range(null, null)) },
  ];
}

/**
 * Compares what the other side says of its ranges with our table. Where an answer would not fit in a frame, as much
 * of it is given as fits, and the rest is asked for anew, so that the talk goes on until all is known.
 */
export function reconcile(suite: Suite, table: Table, ranges: readonly Range[]): Learned {
  const learned: Head[] = [];
  const reply: Range[] = [];
  let lower: ChainKey | null = null;
  let rangesLeft = LIMITS.reconcileRangesMax - ranges.length;
  let headsLeft: number = LIMITS.reconcileHeadsMax;
  for (const range of ranges) {
    const ours = table.range(lower, range.upper);
    const whole = compare(suite, ours, range, learned);
    const fits = whole.length - 1 <= rangesLeft && headCount(whole) <= headsLeft;
    const answer = fits ? whole : beginningOf(suite, ours, whole, rangesLeft > 0 ? headsLeft : 0);
    rangesLeft -= answer.length - 1;
    headsLeft -= headCount(answer);
    reply.push(...answer);
    lower = range.upper;
  }
  const silent = reply.every((range) => range.kind === 'skip');
  return { heads: learned, reply: silent ? [] : mergeSkips(reply) };
}

function headCount(ranges: readonly Range[]): number {
  return ranges.reduce((sum, range) => sum + ('heads' in range ? range.heads.length : 0), 0);
}

/** As much of an answer as there is room for, and a fingerprint over the rest, for which the other side answers again. */
function beginningOf(
  suite: Suite,
  ours: readonly Head[],
  answer: readonly Range[],
  headsLeft: number,
): readonly Range[] {
  const upper = answer.at(-1)?.upper ?? null;
  const [only] = answer;
  const rest = (from: ChainKey | null): Range => {
    const heads = from === null ? ours : ours.filter(({ chain }) => chain >= from);
    return { kind: 'unknown', upper, fingerprint: fingerprint(suite, heads) };
  };
  if (only?.kind !== 'answer' || headsLeft === 0) return [rest(null)];
  const heads = only.heads.toSorted((left, right) => (left.chain < right.chain ? -1 : 1));
  const cut = heads[headsLeft]?.chain ?? null;
  return [{ kind: 'answer', upper: cut, heads: heads.slice(0, headsLeft) }, rest(cut)];
}

function compare(
  suite: Suite,
  ours: readonly Head[],
  range: Range,
  learned: Head[],
): readonly Range[] {
  switch (range.kind) {
    case 'skip':
      return [{ kind: 'skip', upper: range.upper }];
    case 'equal':
      // Only what is still equal now: what we gained since is announced to us anyway.
      if (equalBytes(fingerprint(suite, ours), range.fingerprint)) learned.push(...ours);
      return [{ kind: 'skip', upper: range.upper }];
    case 'unknown':
      return answerFingerprint(suite, ours, range, learned);
    case 'heads':
      learn(ours, range.heads, learned);
      return [{ kind: 'answer', upper: range.upper, heads: withLacking(ours, range.heads) }];
    default:
      learn(ours, range.heads, learned);
      return [{ kind: 'skip', upper: range.upper }];
  }
}

function answerFingerprint(
  suite: Suite,
  ours: readonly Head[],
  range: Extract<Range, { kind: 'unknown' }>,
  learned: Head[],
): readonly Range[] {
  const own = fingerprint(suite, ours);
  if (equalBytes(own, range.fingerprint)) {
    learned.push(...ours);
    return [{ kind: 'equal', upper: range.upper, fingerprint: own }];
  }
  if (ours.length <= HEADS_LISTED_MAX) return [{ kind: 'heads', upper: range.upper, heads: ours }];
  const split: Range[] = [];
  for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
    const from = Math.floor((bucket * ours.length) / BUCKETS);
    const to = Math.floor(((bucket + 1) * ours.length) / BUCKETS);
    const last = bucket === BUCKETS - 1;
    const upper = last ? range.upper : (ours[to] as Head).chain;
    split.push({ kind: 'unknown', upper, fingerprint: fingerprint(suite, ours.slice(from, to)) });
  }
  return split;
}

function learn(ours: readonly Head[], theirs: readonly Head[], learned: Head[]): void {
  const listed = new Set(theirs.map((head) => head.chain));
  learned.push(...theirs);
  for (const head of ours) if (!listed.has(head.chain)) learned.push(lacking(head.chain));
}

/** Our heads of a range, and one of length 0 for each of theirs that we lack, so that silence means nothing. */
function withLacking(ours: readonly Head[], theirs: readonly Head[]): readonly Head[] {
  const held = new Set(ours.map((head) => head.chain));
  return [
    ...ours,
    ...theirs.filter((head) => !held.has(head.chain)).map((head) => lacking(head.chain)),
  ];
}

function lacking(chain: ChainKey): Head {
  return { chain, floor: 0, length: 0, headId: NO_HEAD_ID };
}

function mergeSkips(ranges: readonly Range[]): readonly Range[] {
  return ranges.filter(
    (range, index) => range.kind !== 'skip' || ranges[index + 1]?.kind !== 'skip',
  );
}

export function rangesToCbor(ranges: readonly Range[]): CborValue {
  return ranges.map((range): CborValue => {
    const upper = range.upper === null ? null : fromHex(range.upper);
    const code = CODES.indexOf(range.kind);
    if (range.kind === 'skip') return [upper, code];
    if (range.kind === 'unknown' || range.kind === 'equal') return [upper, code, range.fingerprint];
    return [upper, code, range.heads.map(headToCbor)];
  });
}

/** null for anything but ascending ranges within the limits, of which only the last is open. */
export function rangesFromCbor(value: CborValue | undefined): readonly Range[] | null {
  if (!isList(value, LIMITS.reconcileRangesMax) || value.length === 0) return null;
  const ranges: Range[] = [];
  for (const item of value) {
    const range = rangeFromCbor(item);
    if (range === null) return null;
    ranges.push(range);
  }
  return isAscending(ranges) && headCount(ranges) <= LIMITS.reconcileHeadsMax ? ranges : null;
}

function isAscending(ranges: readonly Range[]): boolean {
  return ranges.every(({ upper }, index) => {
    const isLast = index === ranges.length - 1;
    if (upper === null || isLast) return upper === null && isLast;
    return upper > (ranges[index - 1]?.upper ?? '');
  });
}

function rangeFromCbor(value: CborValue): Range | null {
  if (!isList(value, 3)) return null;
  const [bound, code, content] = value;
  if (bound !== null && !isBytes(bound, CHAIN_KEY_BYTES)) return null;
  const upper = bound === null ? null : (toHex(bound) as ChainKey);
  const kind = isUint(code) ? CODES[code] : undefined;
  return kind === undefined ? null : readRange(kind, upper, content);
}

function readRange(
  kind: Range['kind'],
  upper: ChainKey | null,
  content: CborValue | undefined,
): Range | null {
  switch (kind) {
    case 'skip':
      return content === undefined ? { kind, upper } : null;
    case 'unknown':
    case 'equal':
      return isBytes(content, FINGERPRINT_BYTES) ? { kind, upper, fingerprint: content } : null;
    default: {
      const heads = headsFromCbor(content);
      return heads === null ? null : { kind, upper, heads };
    }
  }
}

function headsFromCbor(value: CborValue | undefined): readonly Head[] | null {
  if (!isList(value, LIMITS.reconcileHeadsMax)) return null;
  const heads: Head[] = [];
  for (const item of value) {
    const head = headFromCbor(item);
    if (head === null) return null;
    heads.push(head);
  }
  return heads;
}
