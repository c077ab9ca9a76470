// What members do with private sessions, as the people before them would: carries out the actions of a plan.

import type { Session } from '@parley/core';
import { crossingWith, isPresent, peopleOf, sessionWith } from '@parley/core';
import type { Agenda } from './agenda.ts';
import type { Member, Run } from './member.ts';
import type { Action } from './plan.ts';
import type { SessionLedger } from './session-ledger.ts';
import type { SessionAction } from './session-action.ts';

export interface SessionStage {
  readonly agenda: Agenda;
  readonly members: readonly Member[];
  readonly sessions: SessionLedger;
  readonly trace: (text: string) => void;
  /** One that was never drawn before. */
  readonly drawSecret: () => Uint8Array;
}

/** Who acts, and as which of its runs. */
interface Actor {
  readonly member: Member;
  readonly run: Run;
}

const KINDS: ReadonlySet<string> = new Set([
  'fork',
  'tell',
  'invite',
  'remove',
  'leave',
  'crash-at-work',
] satisfies SessionAction['kind'][]);

export function isSessionAction(action: Action): action is SessionAction {
  return KINDS.has(action.kind);
}

export function actInSession(stage: SessionStage, action: SessionAction): void {
  const member = stage.members[action.member];
  const run = member?.run ?? null;
  if (member === undefined || run === null) return;
  const actor = { member, run };
  switch (action.kind) {
    case 'fork':
      return fork(stage, actor, action.others);
    case 'tell': {
      const session = picked(actor, action.pick);
      if (session !== null) tell(stage, actor, session, action.lines);
      return;
    }
    case 'invite':
    case 'remove':
    case 'leave':
      return change(stage, actor, action);
    case 'crash-at-work': {
      const { how, outputs, downMs } = action;
      member.fuse = { how, outputs, downMs, waitsForWork: true };
      return;
    }
  }
}

/** Sessions in which something can be said, in the order in which they were listed. */
function openSessions({ run, member }: Actor): readonly Session[] {
  const open = [...run.state.sessions.values()].filter(
    ({ number, leftMs, roster }) =>
      number !== null && leftMs === null && (roster === null || isPresent(roster, member.identity)),
  );
  return open.toSorted((one, other) => (one.number ?? 0) - (other.number ?? 0));
}

function picked(actor: Actor, pick: number): Session | null {
  const open = openSessions(actor);
  return open[pick % Math.max(1, open.length)] ?? null;
}

function fork(stage: SessionStage, { member, run }: Actor, others: readonly number[]): void {
  const chosen = others.flatMap((index) => stage.members[index] ?? []);
  const people = [...new Set(chosen.map(({ identity }) => identity))];
  const { sessions } = run.state;
  if (sessionWith(sessions, new Set([member.identity, ...people])) !== null) return;
  const names = chosen.map(({ peer }) => peer).join(' ');
  stage.trace(`${member.peer} forks ${names}`);
  stage.sessions.happened.add('forked');
  if (chosen.some((each) => each.run === null)) stage.sessions.happened.add('forked someone away');
  run.loop.push({ kind: 'fork', secret: stage.drawSecret(), people });
}

function tell(
  { sessions, trace }: SessionStage,
  { member, run }: Actor,
  { id }: Session,
  lines: number,
): void {
  trace(`${member.peer} says ${lines} in session ${id.slice(0, 6)}`);
  sessions.happened.add('said in private');
  for (let line = 0; line < lines; line += 1) {
    member.said += 1;
    const text = `${member.peer} ${member.said} in private`;
    run.loop.push({ kind: 'say', conversation: id, lines: [{ type: 'say', text }] });
  }
}

type Change = Extract<SessionAction, { kind: 'invite' | 'remove' | 'leave' }>;

function change(stage: SessionStage, actor: Actor, action: Change): void {
  const { member, run } = actor;
  const session = picked(actor, action.pick);
  if (session === null) return;
  const { id } = session;
  const other = action.kind === 'leave' ? member : otherOf(stage, actor, { session, action });
  if (other === null) return;
  const { identity } = other;
  stage.trace(`${member.peer}: ${action.kind} ${other.peer}, session ${id.slice(0, 6)}`);
  if (action.kind === 'invite') {
    stage.sessions.happened.add('invited');
    run.loop.push({ kind: 'invite', conversation: id, person: identity });
    return;
  }
  const leaves = other === member;
  stage.sessions.noteGone(id, identity, stage.agenda.nowMs);
  stage.sessions.happened.add(leaves ? 'left' : 'removed');
  if (leaves) run.loop.push({ kind: 'leave', conversation: id });
  else run.loop.push({ kind: 'remove', conversation: id, person: identity });
}

/** Someone who can be invited, or removed. */
function otherOf(
  { members }: SessionStage,
  { member }: Actor,
  what: { readonly session: Session; readonly action: Exclude<Change, { kind: 'leave' }> },
): Member | null {
  const { kind, other } = what.action;
  const people = peopleOf(what.session);
  const possible = members.filter(
    ({ identity }) =>
      identity !== member.identity && people.includes(identity) === (kind === 'remove'),
  );
  return possible[other % Math.max(1, possible.length)] ?? null;
}

/** After the calm everyone says one more line in each session that they are in. */
export function sayLastWords(stage: SessionStage, member: Member): void {
  const { run } = member;
  if (run === null) return;
  const actor = { member, run };
  const { sessions } = run.state;
  const isCrossing = (session: Session): boolean => crossingWith(sessions, session).length > 1;
  if ([...sessions.values()].some(isCrossing)) stage.sessions.happened.add('crossing forks');
  for (const session of openSessions(actor)) tell(stage, actor, session, 1);
}
