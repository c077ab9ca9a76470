// A room under a flood: some say a line now and then, others write as much as their links carry, and worse.

import type { Conversation, EntryId, GuardLimits, PeerState, Suite } from '@parley/core';
import { lobbyId } from '@parley/core';
import { Chance } from './chance.ts';
import type { Member } from './member.ts';
import type { Plan } from './plan.ts';
import type { Mutant } from './run.ts';
import { World } from './world.ts';

/**
 * How the hostile ones write: a few long lines, many short ones, each on a chain of its own, or nothing at all, and then
 * the others are quiet, too, until links were let go of.
 */
export type FloodManner = 'long' | 'many' | 'chains' | 'silent';

export interface FloodOptions {
  readonly suite: Suite;
  readonly honest: number;
  readonly hostile: number;
  /** What honest peers keep of a room, and when they put someone in quarantine. */
  readonly limits: Partial<GuardLimits>;
  /** Drawn, but never 'silent', if not said. */
  readonly manner?: FloodManner;
  readonly mutant?: Mutant;
}

export interface FloodVerdict {
  readonly objections: readonly string[];
  readonly manner: FloodManner;
  /** How long lines of honest people took to the last of the others, in virtual milliseconds, ascending. */
  readonly latenciesMs: readonly number[];
  /** The most that an honest peer holds of the room. */
  readonly bytesMost: number;
  /** What the hostile ones wrote. */
  readonly floodBytes: number;
}

const START_MS = 3_000;
/** Longer than it takes until who has too many links lets go of some. */
const FLOOD_MS = 9_000;
const QUIET_MS = 8_000;
const POUR_EVERY_MS = 250;
const LINE_EVERY_MS = 400;
const LOOKS_MS = [50, 100, 200, 400, 800, 1_200, 1_600, 2_000];
const DUE_MS = 2_000;
const EVENTS_MAX = 4_000_000;
/** So much of everyone's links is there for what a flood brings: 8 Mbit/s. */
const LINK_BYTES_PER_SECOND = 1_000_000;
/** All of them together, each time, where they write short lines. */
const SHORT_LINES = 100;

export async function runFlood(seed: number, options: FloodOptions): Promise<FloodVerdict> {
  const chance = new Chance(seed, 5);
  const drawn = chance.oneOf(['long', 'many', 'chains'] as const);
  const { manner = drawn } = options;
  const world = new World(planOf(seed, options, chance), {
    suite: options.suite,
    mutant: { ...options.mutant, state: (state) => prepare(state, options) },
  });
  const flood = new Flood(world, options, manner);
  flood.begin();
  const inTime = await world.agenda.runUntil(START_MS + FLOOD_MS + DUE_MS + 1_000, EVENTS_MAX);
  if (!inTime) flood.objections.push(`a runaway: ${EVENTS_MAX} events`);
  return flood.verdict();
}

/** Honest ones know each other in a chain; each hostile one knows them all, and takes places at each. */
function planOf(seed: number, { honest, hostile }: FloodOptions, chance: Chance): Plan {
  const weather = {
    delayMsMin: 1,
    delayMsMax: 20,
    linkLoss: 0,
    pushRepeat: 0,
    unevenMsMax: 0,
    frameFaults: 0,
    queueHighBytes: 262_144,
    bytesPerSecond: LINK_BYTES_PER_SECOND,
  };
  const indexes = Array.from({ length: honest }, (_, index) => index);
  const members = Array.from({ length: honest + hostile }, (_, index) => {
    const dials = index < honest ? (index === 0 ? [] : [index - 1]) : indexes;
    return { startMs: chance.between(0, 500), skewMs: 0, dials };
  });
  const rest = { faults: [], actions: [], sessions: false, rooms: null, watchMs: 0 };
  return { seed, topology: 'tree', weather, members, calmMs: 60_000, ...rest };
}

function isHostile({ name }: Pick<Member, 'name'>, { honest }: FloodOptions): boolean {
  return Number(name.split('-')[1]) >= honest;
}

function prepare(state: PeerState, options: FloodOptions): void {
  if (!isHostile(state.self, options)) {
    Object.assign(state.guard.limits, options.limits);
    options.mutant?.state?.(state);
    return;
  }
  // They take nothing of anyone, their own bounds are none, and they look for nobody but whom they were told.
  Object.assign(state.guard.limits, { roomBytesMax: 0 });
  const { targets } = state.links;
  const set = targets.set.bind(targets);
  targets.set = (key, target) => (target.origin === 'typed' ? set(key, target) : targets);
  for (const { live } of state.conversations.values())
    Object.assign(live, { burst: Infinity, tokens: Infinity });
}

interface Said {
  readonly id: EntryId;
  readonly by: Member;
  readonly text: string;
  /** When the last of the others had it; null until then. */
  tookMs: number | null;
}

class Flood {
  readonly objections: string[] = [];
  readonly #world: World;
  readonly #options: FloodOptions;
  readonly #manner: FloodManner;
  readonly #said: Said[] = [];
  #written = 0;

  constructor(world: World, options: FloodOptions, manner: FloodManner) {
    this.#world = world;
    this.#options = options;
    this.#manner = manner;
  }

  get #honest(): readonly Member[] {
    return this.#world.members.filter((member) => !isHostile(member, this.#options));
  }

  begin(): void {
    const { agenda, members } = this.#world;
    const endMs = START_MS + FLOOD_MS;
    const isSilent = this.#manner === 'silent';
    for (const member of members.filter((each) => isHostile(each, this.#options) && !isSilent))
      for (let atMs = START_MS; atMs < endMs; atMs += POUR_EVERY_MS)
        agenda.at(atMs, () => this.#pour(member));
    const quietMs = isSilent ? QUIET_MS : 500;
    for (const [index, member] of this.#honest.entries())
      for (let atMs = START_MS + quietMs + index * 37; atMs < endMs; atMs += LINE_EVERY_MS)
        agenda.at(atMs, () => this.#say(member));
  }

  /** What all hostile ones write together is about twice what a link carries. */
  #pour(member: Member): void {
    const { run } = member;
    if (run === null) return;
    const bytes = Math.floor((LINK_BYTES_PER_SECOND * POUR_EVERY_MS) / 500 / this.#options.hostile);
    const length = this.#manner === 'many' ? 100 : Math.min(16_000, Math.max(4_000, bytes));
    const most = this.#manner === 'many' ? SHORT_LINES / this.#options.hostile : Infinity;
    const lines = Math.ceil(Math.min(most, bytes / length));
    const conversation = lobbyId(this.#options.suite);
    for (let line = 0; line < lines; line += 1) {
      this.#written += length;
      const room = run.state.conversations.get(conversation);
      if (this.#manner === 'chains' && room !== undefined) room.own = null;
      const text = 'flood '.padEnd(length, String(this.#written));
      run.loop.push({ kind: 'say', conversation, lines: [{ type: 'say', text }] });
      run.loop.flush();
    }
  }

  #say(by: Member): void {
    const { run } = by;
    const conversation = lobbyId(this.#options.suite);
    if (run === null) return;
    by.said += 1;
    const text = `${by.name} ${by.said}`;
    run.loop.push({ kind: 'say', conversation, lines: [{ type: 'say', text }] });
    run.loop.flush();
    const room = run.state.conversations.get(conversation);
    const id = room === undefined ? undefined : headOf(room);
    if (id === undefined) {
      this.objections.push(`${text} was not written`);
      return;
    }
    const said: Said = { id, by, text, tookMs: null };
    this.#said.push(said);
    for (const lookMs of LOOKS_MS) this.#world.agenda.after(lookMs, () => this.#look(said, lookMs));
  }

  #look(said: Said, lookMs: number): void {
    if (said.tookMs !== null) return;
    const without = this.#honest.filter(({ run }) => run?.store.entry(said.id) === null);
    if (without.length === 0) said.tookMs = lookMs;
    else if (lookMs === DUE_MS)
      this.objections.push(`${said.text} had not reached ${without[0]?.name} after ${DUE_MS} ms`);
  }

  verdict(): FloodVerdict {
    const { suite, limits } = this.#options;
    let bytesMost = 0;
    for (const { run, name } of this.#honest) {
      const held = run?.state.conversations.get(lobbyId(suite))?.bytesHeld ?? 0;
      bytesMost = Math.max(bytesMost, held);
      if (held > (limits.roomBytesMax ?? Infinity))
        this.objections.push(`${name} holds ${held} bytes of the room`);
    }
    const objections = [...this.#world.objections, ...this.objections];
    const latenciesMs = this.#said
      .map(({ tookMs }) => tookMs ?? Infinity)
      .toSorted((a, b) => a - b);
    return { objections, manner: this.#manner, latenciesMs, bytesMost, floodBytes: this.#written };
  }
}

/** Our newest entry in it. */
function headOf({ own, table }: Conversation): EntryId | undefined {
  return own === null ? undefined : table.get(own)?.headId;
}
