// What processes store and are told is looked at as it happens.

import type {
  ChainKey,
  ChainRecord,
  ConversationId,
  IdentityKey,
  PeerEvent,
  Suite,
  Write,
} from '@parley/core';
import { directoryId, lobbyId } from '@parley/core';
import type { Agenda } from './agenda.ts';
import type { Ledger } from './ledger.ts';
import { queueFault } from './limits-check.ts';
import type { Member, Run } from './member.ts';
import type { Plan } from './plan.ts';
import type { RoomLedger } from './room-ledger.ts';
import type { SessionLedger } from './session-ledger.ts';

/** What of a world is needed to judge what happens in it. */
export interface Watched {
  readonly suite: Suite;
  readonly plan: Plan;
  readonly agenda: Agenda;
  readonly ledger: Ledger;
  readonly sessions: SessionLedger;
  readonly rooms: RoomLedger;
  readonly isDoubtful: (identity: IdentityKey) => boolean;
  readonly object: (text: string) => void;
}

/** An own entry that a power cut may lose yet. */
export interface Unsynced {
  readonly id: Parameters<Ledger['promiseSynced']>[0];
  readonly commit: number;
  readonly chain: Parameters<Ledger['promiseSynced']>[1];
  readonly seq: number;
}

/** A process has stored this. */
export function noteCommit(
  world: Watched,
  member: Member,
  writes: readonly Write[],
  { commit, pending }: { readonly commit: number; readonly pending: Unsynced[] },
): void {
  const fresh = new Set(world.ledger.note(member, writes));
  world.sessions.said(member, writes, fresh, world.agenda.nowMs);
  for (const text of world.rooms.committed(member, writes, world.agenda.nowMs))
    world.object(`${member.peer}: ${text}`);
  for (const write of writes) {
    if (write.kind === 'prune') notePruned(world, member, write.chain);
    if (write.kind === 'opened') noteOpened(world, member, write.chain, write.seq);
    if (write.kind !== 'entries' || isPrivate(world, write.chain.conversation)) continue;
    for (const { id, header } of write.entries) {
      const isOwn = fresh.has(id) && world.ledger.authorOf(header.chain) === member.device;
      if (isOwn) pending.push({ id, commit, chain: header.chain, seq: header.seq });
    }
  }
  const run = member.run;
  const fault = run === null ? null : queueFault(run.state);
  if (fault !== null) world.object(`${member.peer}: ${fault}`);
}

/** Should it come to be kept for longer, they may get it again, and show it. */
function notePruned(world: Watched, { run }: Member, { chain, floor }: ChainRecord): void {
  run?.face.forget((world.ledger.chains.get(chain) ?? []).slice(0, floor));
}

/** A process tells people this. */
export function noteTold(world: Watched, member: Member, event: PeerEvent): void {
  const { run } = member;
  if (run === null) return;
  const isMisconduct = event.kind === 'badFrame' || event.kind === 'banned';
  if (isMisconduct && world.plan.weather.frameFaults === 0) {
    world.object(`${member.peer} blames ${event.peer}: ${event.reason}`);
  }
  if (event.kind === 'held') noteHeld(world, { member, run }, event);
}

/** What an author is told of its receipts must be so. */
function noteHeld(
  world: Watched,
  { member, run }: { readonly member: Member; readonly run: Run },
  told: Extract<PeerEvent, { kind: 'held' }>,
): void {
  const { conversation: id, length } = told;
  const conversation = run.state.conversations.get(id);
  const own = conversation?.own ?? null;
  if (conversation === undefined || own === null) return;
  for (const [peer, held] of conversation.receipts) {
    if (held < length) continue;
    const isSession = isPrivate(world, id);
    const isTrue = isSession
      ? world.ledger.everReached(peer, own, length)
      : world.ledger.everHeld(peer, own, length);
    if (!isTrue) {
      world.object(`${member.peer} was told that ${peer} holds ${length} of its entries`);
    }
    if (!isSession) world.ledger.promiseHeld(own, length, peer);
  }
}

/** Not everyone is in it. */
function isPrivate(world: Watched, id: ConversationId): boolean {
  const lobby = lobbyId(world.suite);
  return id !== lobby && id !== directoryId(world.suite, lobby);
}

/** Words reach those only to whom they were said. */
function noteOpened(world: Watched, member: Member, chain: ChainKey, seq: number): void {
  for (const line of world.sessions.linesAt(chain, seq)) {
    const { text, author } = line;
    if (member.identity === author || world.isDoubtful(author)) continue;
    if (world.sessions.isFor(line, member.identity)) continue;
    world.object(`${member.peer} could read "${text}", which was not for it`);
  }
}
