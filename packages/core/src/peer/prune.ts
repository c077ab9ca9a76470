// What a room keeps only for so many days is pruned, everywhere at the same moments (spec/rooms.md §6).

import type { ChainKey } from '../brand.ts';
import { LIMITS } from '../limits.ts';
import type { Line } from '../log/entry.ts';
import type { ChainRecord, OldEntries } from '../ports.ts';
import { agreedNow } from './clock.ts';
import { putRecord } from './conversation.ts';
import { say } from './say.ts';
import { settingIn } from './settings.ts';
import type { Conversation, Setting } from './state.ts';
import type { Turn } from './step-types.ts';

/** Looks what is too old by now; prunes one slice of it at a time. */
export function pruneDue(turn: Turn, conversation: Conversation): void {
  const { settings, retention } = conversation;
  if (settings.keep === null) return;
  if (turn.nowMs >= retention.lookMs) {
    retention.lookMs = turn.nowMs + lookEveryMs(turn);
    moveHorizon(turn, conversation);
    sayAgain(turn, conversation);
  }
  const { sweep, horizonMs } = retention;
  if (retention.isAsking || sweep.size === 0) return;
  retention.isAsking = true;
  const entriesMax = LIMITS.pruneEntriesMax;
  const queries = [...sweep].slice(0, LIMITS.pruneChainsMax).map((chain) => {
    return { chain, beforeMs: horizonMs, below: settingIn(settings, chain), entriesMax };
  });
  turn.out.push({ kind: 'prune', conversation: conversation.id, queries, entriesMax });
}

/** Someone was met, who confirms what time it is: whoever is here for a minute now and then would never prune otherwise. */
export function lookWhatIsOld({ state, nowMs }: Turn): void {
  for (const { retention } of state.conversations.values())
    retention.lookMs = Math.min(retention.lookMs, nowMs);
}

function lookEveryMs({ state }: Turn): number {
  return Math.min(LIMITS.pruneLookMs, state.dayMs / LIMITS.pruneStepsPerDay);
}

/** When time alone gives `pruneDue` something to do. */
export function pruneWakeMs({ settings, retention }: Conversation): number {
  return settings.keep === null ? Infinity : retention.lookMs;
}

function moveHorizon(turn: Turn, { retention, settings, table }: Conversation): void {
  const horizonMs = horizonOf(turn, settings.keep);
  if (horizonMs === retention.horizonMs) return;
  // What is kept longer again may be fetched again, from whoever has it still.
  if (horizonMs < retention.horizonMs) {
    retention.begins.clear();
    retention.sweep.clear();
  } else if (!hasMet(turn)) {
    // A clock that nobody confirms must not cost anyone their history.
    return;
  } else for (const { chain } of table.values()) retention.sweep.add(chain);
  retention.horizonMs = horizonMs;
}

function horizonOf(turn: Turn, keep: Setting<number> | null): number {
  const { dayMs } = turn.state;
  if (keep === null || keep.value === 0) return -Infinity;
  if (turn.wallMs - keep.heardMs < LIMITS.keepGraceDays * dayMs) return -Infinity;
  const stepMs = dayMs / LIMITS.pruneStepsPerDay;
  return Math.floor((agreedNow(turn) - keep.value * dayMs) / stepMs) * stepMs;
}

function hasMet({ state }: Turn): boolean {
  for (const { met } of state.neighbours.values()) if (met) return true;
  return false;
}

/** A setting of ours that would keep old entries from being pruned is said again; to others nothing changes. */
function sayAgain(turn: Turn, conversation: Conversation): void {
  const { settings, retention } = conversation;
  const { topic, keep } = settings;
  if (retention.horizonMs === -Infinity || keep === null) return;
  const quarterMs = (keep.value * turn.state.dayMs) / 4;
  const isOld = ({ by, place }: Setting<unknown>): boolean =>
    by === turn.state.self.identity && place.hlc.ms < retention.horizonMs + quarterMs;
  const lines: Line[] = [];
  if (topic !== null && isOld(topic)) lines.push({ type: 'topic', text: topic.value });
  if (isOld(keep)) lines.push({ type: 'keep', days: keep.value });
  if (lines.length > 0) say(turn, conversation, lines);
}

/** What the store has that is too old goes; a chain stays on the list until it has nothing more. */
export function onOld(
  turn: Turn,
  conversation: Conversation,
  found: ReadonlyMap<ChainKey, OldEntries | null>,
): void {
  const { retention, table } = conversation;
  retention.isAsking = false;
  for (const [chain, old] of found) {
    const record = table.get(chain);
    if (record === undefined || old === null) retention.sweep.delete(chain);
    // It may have grown downwards since, or another entry may say now what holds.
    else if (old.from === record.floor && retention.sweep.has(chain))
      prune(turn, conversation, record, old);
  }
}

/** The head stays, whatever goes: by it numbers go on, and lies are found. */
function prune(turn: Turn, conversation: Conversation, record: ChainRecord, old: OldEntries): void {
  const { settings, retention } = conversation;
  if (old.to > Math.min(record.length, settingIn(settings, record.chain))) return;
  const bytes = record.bytes - old.bytes;
  const chain = { ...record, floor: old.to, floorPrev: old.lastId, bytes };
  putRecord(conversation, chain);
  conversation.entriesHeld -= old.to - old.from;
  retention.begins.set(chain.chain, old.to);
  turn.out.push({ kind: 'commit', writes: [{ kind: 'prune', chain }], arrived: [] });
  turn.out.push({ kind: 'tell', event: { kind: 'status', conversation: conversation.id } });
}
