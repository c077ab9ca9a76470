// Answering what neighbours ask for: one frame at a time per neighbour, as fast as it reads (spec/sync.md §4).

import type { PeerId } from '../brand.ts';
import { LIMITS } from '../limits.ts';
import type { Want } from '../sync/message.ts';
import { weightOf } from './author-account.ts';
import { isHidden } from './bars.ts';
import { blame } from './misconduct.ts';
import { send } from './send.ts';
import type { Neighbour } from './state.ts';
import type { ServedRange, Turn } from './step-types.ts';

export function onWant(turn: Turn, neighbour: Neighbour, want: Want): void {
  if (neighbour.wants.length >= LIMITS.wantsQueuedPerPeerMax)
    return blame(turn, neighbour, 'too many wants');
  neighbour.wants.push(want);
  serveNext(turn, neighbour);
}

/** Starts the next frame unless one is under way or the neighbour does not read. */
export function serveNext(turn: Turn, neighbour: Neighbour): void {
  if (neighbour.serving || neighbour.blocked) return;
  const want = nextWant(turn, neighbour);
  if (want === undefined) return;
  const conversation = neighbour.rooms.get(want.tag);
  const ownTag = conversation === undefined ? undefined : neighbour.tags.get(conversation);
  if (conversation === undefined || ownTag === undefined) {
    neighbour.wants.shift();
    return serveNext(turn, neighbour);
  }
  const room = turn.state.conversations.get(conversation);
  if (room !== undefined && isHidden(turn.state, room, want.chain)) {
    neighbour.wants.shift();
    const nothing = { request: want.request, last: true, run: new Uint8Array(0) };
    send(turn, neighbour.peer, { type: 'run', tag: ownTag, ...nothing });
    return serveNext(turn, neighbour);
  }
  neighbour.serving = true;
  turn.out.push({
    kind: 'serve',
    peer: neighbour.peer,
    want: { ...want, tag: ownTag },
    conversation,
  });
}

/** What is asked for of authors who said little lately goes first; among the others each has its turn, a frame at a time. */
function nextWant(turn: Turn, { wants, rooms }: Neighbour): Want | undefined {
  const weights = wants.map(({ tag, chain }): number => {
    const id = rooms.get(tag);
    const conversation = id === undefined ? undefined : turn.state.conversations.get(id);
    return conversation === undefined ? 0 : weightOf(turn, conversation, chain);
  });
  const at = weights.indexOf(Math.min(...weights));
  if (at > 0) wants.unshift(...wants.splice(at, 1));
  return wants[0];
}

/** A frame went out (or there was nothing to send): the next want begins, or the same goes on. */
export function onServed(turn: Turn, peer: PeerId, reached: ServedRange | null): void {
  const neighbour = turn.state.neighbours.get(peer);
  if (neighbour === undefined) return;
  neighbour.serving = false;
  const want = neighbour.wants.shift();
  const rest = want === undefined || reached === null ? null : restOf(want, reached);
  if (rest !== null) neighbour.wants.push(rest);
  serveNext(turn, neighbour);
}

/** What is left of a want after one more frame of it; null when that was its last. */
export function restOf(want: Want, reached: ServedRange): Want | null {
  const frames = want.frames - 1;
  const up = want.direction === 'up';
  const [from, to] = up
    ? [Math.max(want.from, reached.to), want.to]
    : [want.from, Math.min(want.to, reached.from)];
  return frames > 0 && from < to ? { ...want, from, to, frames } : null;
}
