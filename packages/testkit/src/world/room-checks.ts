// When all is calm: what must be true of the rooms of a swarm, and is not true of this one (yet).

import type { ChainKey, ConversationId, Setting } from '@parley/core';
import { linesOf, statusOf } from '@parley/core';
import { chainComplaints } from './chain-checks.ts';
import type { Holding } from './chain-checks.ts';
import { EPOCH_MS } from './clock.ts';
import type { World } from './world.ts';

const EVERYTHING = Number.MAX_SAFE_INTEGER;
/** What is about to become too old is there at some, and gone at others. */
const EDGE_MS = 2_500;

/** What is not as it should be; empty when all is well. */
export function roomComplaints(
  world: World,
  holdings: readonly Holding[],
  excluded: ReadonlySet<ChainKey>,
): string[] {
  const found: string[] = [];
  for (const [id, { name }] of world.rooms.keys) {
    const isIn = ({ run }: Holding): boolean => run.state.conversations.get(id)?.kind === 'room';
    const inside = holdings.filter(isIn).map((each) => inRoom(each, id));
    const outside = holdings.filter((each) => !isIn(each));
    const wrong = [
      ...outside.flatMap((each) => outsiderComplaints(each, id)),
      ...settingComplaints(inside, id),
      ...(world.rooms.keepMsOf(id) === Infinity ? chainComplaints(world, inside, excluded) : []),
      ...windowComplaints(world, inside, { id, excluded }),
      ...lastComplaints(world, inside, id),
    ];
    if (!world.rooms.left.has(id)) wrong.push(...statusComplaints(world, inside, id));
    found.push(...wrong.map((text) => `${text} in ${name}`));
  }
  return found;
}

function inRoom(holding: Holding, id: ConversationId): Holding {
  const chains = [...holding.chains].filter(([, { conversation }]) => conversation === id);
  return { ...holding, chains: new Map(chains) };
}

/** Who is not in it has nothing of it, and nothing to come back by. */
function outsiderComplaints({ member, run, chains }: Holding, id: ConversationId): string[] {
  const held = [...chains.values()].filter(({ conversation }) => conversation === id).length;
  const found = held > 0 ? [`${member.peer} is not in it and holds ${held} chains`] : [];
  for (const key of [`room/${id}`, `setting/${id}`])
    if (run.store.value(key) !== null) found.push(`${member.peer} is not in it and keeps ${key}`);
  return found;
}

/** The same holds for all; but what was set by someone who left before that line was fetched is known to who heard it alone. */
function settingComplaints(inside: readonly Holding[], id: ConversationId): string[] {
  const found: string[] = [];
  for (const which of ['topic', 'keep'] as const) {
    const values = new Set<string | number | null>();
    for (const { run } of inside) {
      const setting = run.state.conversations.get(id)?.settings[which] ?? null;
      if (setting === null || isHeld(inside, setting)) values.add(setting?.value ?? null);
    }
    if (values.size > 1) found.push(`they take the ${which} to be ${[...values].join(' and ')}`);
  }
  return found;
}

function isHeld(inside: readonly Holding[], { place }: Pick<Setting<unknown>, 'place'>): boolean {
  return inside.some(({ chains }) => {
    const record = chains.get(place.chain);
    return record !== undefined && record.floor <= place.seq && place.seq < record.length;
  });
}

interface Compared {
  readonly id: ConversationId;
  readonly excluded: ReadonlySet<ChainKey>;
}

/** The same entries in the same order on every screen, as long as they are to be kept. */
function windowComplaints(
  world: World,
  inside: readonly Holding[],
  { id, excluded }: Compared,
): string[] {
  const keptMs = EPOCH_MS + world.agenda.nowMs - world.rooms.keepMsOf(id) + EDGE_MS;
  const found: string[] = [];
  let reference: string | null = null;
  for (const { member, run } of inside) {
    const window = run.store.window({ conversation: id, entriesMax: EVERYTHING });
    const compared = window.filter(
      ({ entry }) => entry.header.hlc.ms > keptMs && !excluded.has(entry.header.chain),
    );
    const shown = compared
      .map((stored) => JSON.stringify([stored.entry.id, linesOf(stored)]))
      .join('\n');
    reference ??= shown;
    if (shown !== reference) found.push(`${member.peer} shows ${compared.length} others`);
  }
  return found;
}

/** What everyone said last is on every screen, unless it may have become too old meanwhile. */
function lastComplaints(world: World, inside: readonly Holding[], id: ConversationId): string[] {
  const found: string[] = [];
  if (world.agenda.nowMs - world.lastInRoomsMs > world.rooms.keepMsOf(id) - EDGE_MS) return found;
  const last = world.rooms.lastWords.filter(({ room }) => room === id);
  for (const { member, run } of inside) {
    const window = run.store.window({ conversation: id, entriesMax: EVERYTHING });
    const texts = new Set(
      window.flatMap(linesOf).map((line) => (line.type === 'say' ? line.text : null)),
    );
    for (const { text } of last)
      if (!texts.has(text)) found.push(`${member.peer} lacks "${text}", which was said last`);
  }
  return found;
}

function statusComplaints(world: World, inside: readonly Holding[], id: ConversationId): string[] {
  // Of what its author lost before anyone had it, nobody knows.
  if (world.members.some(({ lostSome }) => lostSome)) return [];
  return inside.flatMap(({ member, run }) => {
    const conversation = run.state.conversations.get(id);
    if (conversation === undefined) return [];
    const { missing } = statusOf(run.state, conversation);
    return missing === 0 ? [] : [`${member.peer} thinks that ${missing} are missing`];
  });
}
