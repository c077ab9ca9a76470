// What is too old for a room is not taken from others, and no gap in a chain (spec/rooms.md §6).

import type { ChainKey } from '../brand.ts';
import type { Line } from '../log/entry.ts';
import { compareOrder, orderKeyOf } from '../log/order.ts';
import type { ChainRecord } from '../ports.ts';
import type { Held } from '../sync/pull.ts';
import { putRecord } from './conversation.ts';
import type { ReadRun } from './read-run.ts';
import { isSetting } from './settings.ts';
import type { Conversation, PeerState } from './state.ts';
import type { Turn } from './step-types.ts';

/**
 * What of a run is to be kept; null for nothing. What follows on entries that we hold is taken whole, so that the chain
 * has no gap; what is too old of it goes with the next sweep.
 */
export function youngPart(conversation: Conversation, run: ReadRun): ReadRun | null {
  const { retention, table, settings } = conversation;
  const { horizonMs } = retention;
  if (horizonMs === -Infinity) return run;
  const first = run.entries.findIndex(
    (entry, at) =>
      entry.header.hlc.ms >= horizonMs ||
      (run.lines[at] ?? []).some((line) => isSetting(line) && isNews(settings, entry, line)),
  );
  if (first === 0) return run;
  const record = table.get(run.chain);
  if (record !== undefined && record.floor < record.length && run.to > record.length) {
    if (run.from <= record.length) {
      retention.sweep.add(run.chain);
      return run;
    }
  }
  const skipped = first === -1 ? run.entries.length : first;
  const begins = Math.max(run.from + skipped, retention.begins.get(run.chain) ?? 0);
  retention.begins.set(run.chain, begins);
  if (first === -1) return null;
  return {
    ...run,
    from: run.from + skipped,
    entries: run.entries.slice(skipped),
    lines: run.lines.slice(skipped),
    opened: run.opened?.slice(skipped) ?? null,
  };
}

function isNews(
  settings: Conversation['settings'],
  entry: ReadRun['entries'][number],
  { type }: Line,
): boolean {
  const known = type === 'topic' ? settings.topic : settings.keep;
  return known === null || compareOrder(orderKeyOf(entry), known.place) >= 0;
}

/**
 * What comes begins beyond all that we have of a chain, and what lies between may have been pruned by everyone: either it
 * is too old, or it was when it was last set for how long things are kept.
 */
export function mayJump(
  { dayMs }: Pick<PeerState, 'dayMs'>,
  { retention, settings: { keep } }: Conversation,
  { chain, headHlc }: ChainRecord,
): boolean {
  if (keep === null || retention.sweep.has(chain)) return false;
  const keptMs = Math.max(1, keep.value) * dayMs;
  return headHlc.ms < Math.max(retention.horizonMs, keep.place.hlc.ms - keptMs);
}

/** The chain without its entries. */
export function emptied(turn: Turn, conversation: Conversation, record: ChainRecord): ChainRecord {
  const { length, headId, floor } = record;
  if (floor === length) return record;
  const chain = { ...record, floor: length, floorPrev: headId, bytes: 0 };
  putRecord(conversation, chain);
  conversation.entriesHeld -= length - floor;
  turn.out.push({ kind: 'commit', writes: [{ kind: 'prune', chain }], arrived: [] });
  return chain;
}

/** What we hold of a chain, as far as asking for more of it goes. */
export function heldToAsk(
  state: Pick<PeerState, 'dayMs'>,
  conversation: Conversation,
  chain: ChainKey,
): Held | undefined {
  const record = conversation.table.get(chain);
  const isOld = record !== undefined && mayJump(state, conversation, record);
  return isOld ? { ...record, isOld } : record;
}
