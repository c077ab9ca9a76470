// What members do with rooms, as the people before them would: carries out the actions of a plan.

import type { ConversationId, Line } from '@parley/core';
import type { Member, Run } from './member.ts';
import type { Action } from './plan.ts';
import type { RoomAction } from './room-action.ts';
import type { RoomLedger } from './room-ledger.ts';

export interface RoomStage {
  readonly members: readonly Member[];
  readonly rooms: RoomLedger;
  readonly trace: (text: string) => void;
}

const KINDS: ReadonlySet<string> = new Set([
  'join-room',
  'leave-room',
  'say-in-room',
  'set-topic',
  'set-keep',
] satisfies RoomAction['kind'][]);

export function isRoomAction(action: Action): action is RoomAction {
  return KINDS.has(action.kind);
}

export function actInRoom(stage: RoomStage, action: RoomAction): void {
  const member = stage.members[action.member];
  const run = member?.run ?? null;
  if (member === undefined || run === null) return;
  const { rooms, trace } = stage;
  const id = rooms.idOf(action.room);
  const isIn = run.state.conversations.get(id)?.kind === 'room';
  const key = rooms.keys.get(id);
  if (key === undefined || (action.kind !== 'join-room' && !isIn)) return;
  trace(`${member.peer} ${action.kind} ${key.name}`);
  if (action.kind === 'join-room') {
    rooms.noteJoined(member, id);
    return run.loop.push({ kind: 'join', room: key });
  }
  actInside({ member, run, rooms }, id, action);
}

interface Actor {
  readonly member: Member;
  readonly run: Run;
  readonly rooms: RoomLedger;
}

function actInside(
  actor: Actor,
  id: ConversationId,
  action: Exclude<RoomAction, { kind: 'join-room' }>,
): void {
  const { member, run, rooms } = actor;
  switch (action.kind) {
    case 'leave-room':
      rooms.happened.add('left a room');
      rooms.left.add(id);
      return run.loop.push({ kind: 'leave', conversation: id });
    case 'say-in-room':
      for (let line = 0; line < action.lines; line += 1) sayNext(actor, id);
      return;
    case 'set-topic':
      rooms.happened.add('topic set');
      member.said += 1;
      return say(run, id, { type: 'topic', text: `${member.peer} ${member.said}` });
    case 'set-keep':
      rooms.noteKeep(id, action.days);
      return say(run, id, { type: 'keep', days: action.days });
  }
}

/** Everyone says one more line in each room that they are in. */
export function sayLastInRooms({ members, rooms }: RoomStage): void {
  for (const member of members) {
    const { run } = member;
    if (run === null) continue;
    for (const id of rooms.keys.keys()) {
      if (run.state.conversations.get(id)?.kind !== 'room') continue;
      rooms.lastWords.push({ room: id, text: sayNext({ member, run, rooms }, id), author: member });
    }
  }
}

/** Says of which kind the room is, for those who search for it elsewhere. */
function sayNext(
  {
    member,
    run,
    rooms,
  }: { readonly member: Member; readonly run: Run; readonly rooms: RoomLedger },
  id: ConversationId,
): string {
  member.said += 1;
  const text = `${member.peer} ${rooms.keys.get(id)?.kind} ${member.said}`;
  say(run, id, { type: 'say', text });
  return text;
}

function say(run: Run, conversation: ConversationId, line: Line): void {
  run.loop.push({ kind: 'say', conversation, lines: [line] });
}
