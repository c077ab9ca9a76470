// Blocking someone: kept, and true for what is shown, stored and passed on (spec/sync.md §8).

import type { IdentityKey } from '../brand.ts';
import { LIMITS } from '../limits.ts';
import { compareRooms, liftQuarantine } from './amnesty.ts';
import { learnDevices, letGo } from './bars.ts';
import { isRoom } from './conversation.ts';
import type { Ruling } from './guard.ts';
import { RULING_PREFIX, rulingBytes } from './guard.ts';
import { releaseAllOf } from './hold.ts';
import { forgetContactsOf } from './private/inbox.ts';
import type { Input, Turn } from './step-types.ts';

type RulingInput = Extract<Input, { kind: 'block' | 'unblock' | 'trust' }>;

export function isRuling(input: Input): input is RulingInput {
  return input.kind === 'block' || input.kind === 'unblock' || input.kind === 'trust';
}

/** What whoever uses this peer thinks of someone. */
export function onRuling(turn: Turn, input: RulingInput): void {
  if (input.kind === 'trust') return onTrust(turn, input.person, input.isTrusted);
  return (input.kind === 'block' ? onBlock : onUnblock)(turn, input.person);
}

/** Nothing of theirs in rooms any more, and no first contact; private sessions that we share are read on, unseen. */
function onBlock(turn: Turn, person: IdentityKey): void {
  const { state } = turn;
  const { rulings } = state.guard;
  if (person === state.self.identity || rulings.get(person) === 'blocked') return;
  if (!rulings.has(person) && rulings.size >= LIMITS.rulingsMax) return;
  rule(turn, person, 'blocked');
  learnDevices(state, person);
  for (const conversation of state.conversations.values())
    if (isRoom(conversation.kind)) letGo(state, conversation, person, { isForgotten: true });
  releaseAllOf(turn, person);
  forgetContactsOf(turn, person);
  tellChanged(turn, person);
}

/** They are heard again, and what was missed is fetched; who was in quarantine is let on for good. */
function onUnblock(turn: Turn, person: IdentityKey): void {
  const { state } = turn;
  const { rulings, quarantined } = state.guard;
  const isQuarantined = quarantined.has(person);
  if (rulings.get(person) !== 'blocked' && !isQuarantined) return;
  rule(turn, person, isQuarantined ? 'free' : null);
  liftQuarantine(turn, person);
  for (const { id, kind, table } of state.conversations.values()) {
    if (kind !== 'inbox') continue;
    for (const { chain } of table.values()) state.errands.unopened.set(chain, id);
  }
  if (!isQuarantined) compareRooms(turn);
  tellChanged(turn, person);
}

/** Their safety words were compared, or are not taken as compared any more. */
function onTrust(turn: Turn, person: IdentityKey, isTrusted: boolean): void {
  const { trusted } = turn.state.guard;
  if (!isTrusted) trusted.delete(person);
  else if (trusted.size < LIMITS.rulingsMax) trusted.add(person);
  if (isTrusted) liftQuarantine(turn, person);
}

function rule(turn: Turn, person: IdentityKey, ruling: Ruling | null): void {
  const { rulings } = turn.state.guard;
  if (ruling === null) rulings.delete(person);
  else rulings.set(person, ruling);
  const write = { kind: 'value', key: RULING_PREFIX + person, value: rulingBytes(ruling) } as const;
  turn.out.push({ kind: 'commit', writes: [write], arrived: [] });
}

function tellChanged(turn: Turn, identity: IdentityKey): void {
  const isBlocked = turn.state.guard.rulings.get(identity) === 'blocked';
  turn.out.push({ kind: 'tell', event: { kind: 'blocking', identity, isBlocked } });
  for (const { id, kind } of turn.state.conversations.values())
    if (isRoom(kind)) turn.out.push({ kind: 'tell', event: { kind: 'status', conversation: id } });
}
