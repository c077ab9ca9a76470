// Going from one session to another, and what counts as read.

import type { SessionName } from '@parley/client';
import { emptyEditor } from '../editor/editor.ts';
import type { Editor } from '../editor/editor.ts';
import type { Scrollback } from '../model/scrollback.ts';
import { editorOf, withEditor, withScrollback } from '../model/state.ts';
import type { State } from '../model/state.ts';
import type { Desk } from './desk.ts';
import { recalledHistory } from './history.ts';
import { opened } from './paging.ts';
import { refreshed } from './refresh.ts';

/** Looks at a session; what is new in it is marked as new. */
export function enter(desk: Desk, session: SessionName): void {
  const { state } = desk;
  if (session === state.current && state.scrollbacks.has(session)) return;
  const { cuts } = editorOf(state);
  leaveMark(desk);
  const last = session === state.current ? state.last : state.current;
  const mentions = new Set(state.mentions);
  mentions.delete(session);
  desk.state = { ...desk.state, current: session, last, mentions, completion: null };
  // What was cut in one session can be put into another.
  desk.state = withEditor(desk.state, { ...editorIn(desk, session), cuts });
  load(desk, session);
  if (desk.state.focused) desk.attend(session);
  desk.state = refreshed(desk.state, desk.client.view);
}

function editorIn({ state, client }: Desk, session: SessionName): Editor {
  return state.editors.get(session) ?? emptyEditor(recalledHistory(client, session));
}

/** Whose lines are shown has changed: what was read before is read anew. */
export function reread(desk: Desk): void {
  for (const [session, back] of desk.state.scrollbacks) {
    const items = back.items.filter(({ kind }) => kind === 'note');
    desk.state = withScrollback(desk.state, session, { ...back, items });
  }
  load(desk, desk.state.current);
}

/** The newest lines, when nobody has looked at it yet. */
function load(desk: Desk, session: SessionName): void {
  const { view } = desk.client;
  const back = desk.state.scrollbacks.get(session);
  const unread = unreadIn(desk.state, session);
  if (back === undefined || back.items.every(({ kind }) => kind === 'note')) {
    const fresh = opened(view, session, null);
    const notes = back?.items ?? [];
    const items = [...fresh.items, ...notes];
    desk.state = withScrollback(desk.state, session, withUnread({ ...fresh, items }, unread));
    return;
  }
  desk.state = withScrollback(desk.state, session, withUnread(back, unread));
}

function unreadIn({ sessions }: State, session: SessionName): number {
  return sessions.find((summary) => summary.session === session)?.unread ?? 0;
}

/** With the line before the first of so many newest lines of others, by arrival. */
function withUnread(back: Scrollback, unread: number): Scrollback {
  if (unread === 0) return { ...back, unreadAfter: null };
  const arrivals = back.items
    .flatMap((item) => (item.kind === 'line' && !item.line.own ? [item.line.arrival] : []))
    .toSorted((left, right) => left - right);
  const first = arrivals.at(-unread) ?? arrivals[0];
  return first === undefined ? back : { ...back, unreadAfter: first - 1 };
}

/** Everything up to now is read: what comes from now on is new. */
function leaveMark(desk: Desk): void {
  const { state, client } = desk;
  const back = state.scrollbacks.get(state.current);
  if (back === undefined || !state.focused) return;
  const marked = { ...back, unreadAfter: client.view.newest() };
  desk.state = withScrollback(state, state.current, marked);
}

/** The window got the focus, or lost it: nothing is read in one that nobody looks at. */
export function focus(desk: Desk, focused: boolean): void {
  if (focused === desk.state.focused) return;
  if (!focused) leaveMark(desk);
  const mentions = new Set(desk.state.mentions);
  if (focused) mentions.delete(desk.state.current);
  desk.state = { ...desk.state, focused, mentions };
  const { current } = desk.state;
  const back = desk.state.scrollbacks.get(current);
  const unread = desk.client.view.sessions().find(({ session }) => session === current)?.unread;
  // What came meanwhile stays marked until one goes elsewhere.
  if (focused && back !== undefined && unread === 0)
    desk.state = withScrollback(desk.state, current, { ...back, unreadAfter: null });
  desk.attend(focused ? desk.state.current : null);
}
