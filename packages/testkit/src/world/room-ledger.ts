// What happens in rooms: what was said there, for how long it may be gone, and who had it though they were not in.

import type { ChainKey, ConversationId, RoomKey, Suite, Write } from '@parley/core';
import { decodeLines, roomId } from '@parley/core';
import { EPOCH_MS } from './clock.ts';
import type { Member } from './member.ts';
import type { RoomEvent, RoomsPlan } from './room-action.ts';

export interface RoomLine {
  readonly room: ConversationId;
  readonly text: string;
  readonly author: Member;
}

/** Clocks differ by half a second, and are read before what is done by them. */
const CLOCK_SLACK_MS = 1_500;

export class RoomLedger {
  /** By their ids, in the order of the plan. */
  readonly keys: ReadonlyMap<ConversationId, RoomKey>;
  readonly happened: Set<RoomEvent> = new Set();
  /** Rooms that someone left: what nobody else had yet went with them. */
  readonly left: Set<ConversationId> = new Set();
  /** The last words of everyone in a room. */
  readonly lastWords: RoomLine[] = [];
  readonly dayMs: number;
  /** Where things came to be kept for longer: what some pruned before, they may get and show again. */
  readonly #lengthened = new Set<ConversationId>();
  /** For how long at least what is said is kept, by what was ever set. */
  readonly #keepMs = new Map<ConversationId, number>();
  readonly #roomOf = new Map<ChainKey, ConversationId>();
  readonly #saidMs = new Map<string, number>();
  readonly #joined = new Set<string>();
  /** Below which number each member threw away what it had of each chain. */
  readonly #pruned = new Map<string, number>();

  constructor(suite: Suite, plan: RoomsPlan | null) {
    this.keys = new Map(plan?.keys.map((key) => [roomId(suite, key), key]));
    this.dayMs = plan?.dayMs ?? 86_400_000;
  }

  idOf(room: number): ConversationId {
    return [...this.keys.keys()][room] as ConversationId;
  }

  noteJoined({ peer }: Member, room: ConversationId): void {
    const key = `${peer} ${room}`;
    this.happened.add(this.#joined.has(key) ? 'came back' : 'joined');
    this.#joined.add(key);
  }

  noteKeep(room: ConversationId, days: number): void {
    this.happened.add('retention set');
    if (this.#keepMs.has(room)) this.#lengthened.add(room);
    // Who comes back after that takes it that what is older than a day may have been pruned before.
    if (days === 0 && !this.#keepMs.has(room)) return;
    const keepMs = Math.min(Math.max(1, days) * this.dayMs, this.keepMsOf(room));
    this.#keepMs.set(room, keepMs);
  }

  /** Infinity where nothing is ever too old. */
  keepMsOf(room: ConversationId): number {
    return this.#keepMs.get(room) ?? Infinity;
  }

  /** Part of that chain may be nowhere. */
  isTorn(chain: ChainKey): boolean {
    const room = this.#roomOf.get(chain);
    return room !== undefined && this.left.has(room);
  }

  /** What a member stored at this time that it should not have, and what it threw away too early. */
  committed(member: Member, writes: readonly Write[], nowMs: number): string[] {
    const found: string[] = [];
    for (const write of writes) {
      if (write.kind === 'entries' && this.keys.has(write.chain.conversation))
        found.push(...this.#stored(member, write));
      if (write.kind === 'drop') this.#dropped(member, write.conversation);
      if (write.kind !== 'prune' || !this.keys.has(write.chain.conversation)) continue;
      this.happened.add('pruned');
      const { chain, conversation, floor } = write.chain;
      this.#pruned.set(`${member.peer} ${chain}`, floor);
      const saidMs = this.#saidMs.get(`${chain} ${floor - 1}`) ?? 0;
      const ageMs = EPOCH_MS + nowMs - saidMs;
      if (ageMs < this.keepMsOf(conversation) - CLOCK_SLACK_MS)
        found.push(`${chain.slice(0, 6)}/${floor - 1} was pruned after ${ageMs} ms`);
    }
    return found;
  }

  /** Who comes back begins anew. */
  #dropped({ peer }: Member, room: ConversationId): void {
    for (const [chain, where] of this.#roomOf)
      if (where === room) this.#pruned.delete(`${peer} ${chain}`);
  }

  #stored(member: Member, { chain, entries }: Extract<Write, { kind: 'entries' }>): string[] {
    const room = chain.conversation;
    this.#roomOf.set(chain.chain, room);
    const isSecret = this.keys.get(room)?.kind === 'secret';
    for (const { header } of entries)
      this.#saidMs.set(`${chain.chain} ${header.seq}`, header.hlc.ms);
    // Only once it has joined does it have a conversation of that id; what it carries for others is not shown to it.
    if (!this.#joined.has(`${member.peer} ${room}`)) return [`stored what was said in ${room}`];
    if (!isSecret) return [];
    this.happened.add('said in a secret room');
    const isPlain = entries.some(
      ({ payload, header }) => payload !== null && decodeLines(payload, header.lineCount).ok,
    );
    return isPlain ? [`stored words of a secret room in plain`] : [];
  }
}
