// Moving through the scrollback, reading more of it from the store where the window ends.

import type { LinePlace, SessionName } from '@parley/client';
import type { Rect } from '../render/layout.ts';
import { itemRows } from '../render/item-rows.ts';
import { layoutNow, settingOf } from '../render/screen.ts';
import { firstPlace } from '../model/item.ts';
import { firstUnread } from '../model/scrollback.ts';
import type { Scrollback } from '../model/scrollback.ts';
import { scrollbackOf, withScrollback } from '../model/state.ts';
import { rowsAbove, scrolledDown, scrolledUp } from '../model/viewport.ts';
import type { HeightOf } from '../model/viewport.ts';
import type { Desk } from './desk.ts';
import { pagedAround, pagedNewer, pagedOlder, pagedToEnd } from './paging.ts';

/** Where the scrollback is on this screen. */
export function mainOf(desk: Desk): Rect {
  return layoutNow(desk.state, desk.look).layout.main;
}

export function pageHeight(desk: Desk): number {
  return mainOf(desk).height;
}

export function scrollUp(desk: Desk, by: number): void {
  const { client, state } = desk;
  const height = pageHeight(desk);
  let back = scrollbackOf(state, state.current);
  while (back.hasOlder && rowsAbove(back, height + by, heights(desk, back)) < height + by) {
    back = pagedOlder(client.view, state.current, back);
  }
  put(desk, scrolledUp(back, by, { height, heightOf: heights(desk, back) }));
}

export function scrollDown(desk: Desk, by: number): void {
  const { client, state } = desk;
  let back = scrollbackOf(state, state.current);
  const isNearEnd = back.items.at(-by - 1)?.key === undefined || isAmongLast(back, by);
  if (back.hasNewer && isNearEnd) back = pagedNewer(client.view, state.current, back);
  put(desk, scrolledDown(back, by, heights(desk, back)));
}

export function scrollToEnd(desk: Desk): void {
  const { client, state } = desk;
  put(desk, pagedToEnd(client.view, state.current, scrollbackOf(state, state.current)));
}

/** The oldest line there is: of the newest window that reaches it. */
export function scrollToStart(desk: Desk): void {
  const { client, state } = desk;
  const back = scrollbackOf(state, state.current);
  const first = client.view.page(state.current, { after: firstPlace, linesMax: 1 }).lines[0];
  if (first === undefined) return;
  lookAt(desk, state.current, { place: first.place, key: first.id }, back);
}

export function scrollToUnread(desk: Desk): void {
  const back = scrollbackOf(desk.state, desk.state.current);
  const item = back.items[firstUnread(back)];
  if (item !== undefined) lookAt(desk, desk.state.current, item, back);
}

/** Brings a line to the upper third of the screen. */
export function lookAt(
  desk: Desk,
  session: SessionName,
  line: { readonly place: LinePlace; readonly key: string },
  from: Scrollback = scrollbackOf(desk.state, session),
): void {
  let back = pagedAround(desk.client.view, session, from, line);
  put(desk, back);
  const height = pageHeight(desk);
  back = scrolledDown(back, Math.floor((height * 2) / 3), heights(desk, back));
  put(desk, back);
  fill(desk);
}

/** Where little stands above the lower edge, the screen is filled from the start. */
export function fill(desk: Desk): void {
  const back = scrollbackOf(desk.state, desk.state.current);
  if (back.anchor === null) return;
  const height = pageHeight(desk);
  const above = rowsAbove(back, height, heights(desk, back));
  if (above < height) put(desk, scrolledDown(back, height - above, heights(desk, back)));
}

function isAmongLast(back: Scrollback, count: number): boolean {
  return back.items.slice(-count).some(({ key }) => key === back.anchor?.key);
}

function put(desk: Desk, back: Scrollback): void {
  desk.state = withScrollback(desk.state, desk.state.current, back);
}

function heights(desk: Desk, back: Scrollback): HeightOf {
  const setting = { ...settingOf(desk.state, desk.look, mainOf(desk).width), back };
  const rowsOf = itemRows(setting);
  return (index) => rowsOf(index).length;
}
