// Searching the current session while typing: the newest line found comes into view, ctrl-r goes to older ones.

import { characterLeft } from '../editor/boundaries.ts';
import type { InputEvent } from '../input/decode.ts';
import type { Action } from '../input/keymap.ts';
import type { Mode } from '../model/mode.ts';
import { scrollbackOf, withScrollback } from '../model/state.ts';
import { TUI_LIMITS } from '../limits.ts';
import type { Desk } from './desk.ts';
import { lookAt } from './scroll.ts';

type Searching = Extract<Mode, { kind: 'search' }>;

export function beginSearch(desk: Desk): void {
  const before = scrollbackOf(desk.state, desk.state.current);
  desk.state = { ...desk.state, mode: { kind: 'search', query: '', hits: [], at: 0, before } };
}

export function answerSearch(
  desk: Desk,
  mode: Searching,
  event: InputEvent,
  action: Action | null,
): void {
  if (event.kind === 'text' || event.kind === 'paste') {
    look(desk, mode, mode.query + event.text.replaceAll('\n', ' '));
  } else if (action === 'delete-left') {
    look(desk, mode, mode.query.slice(0, characterLeft(mode.query, mode.query.length)));
  } else if (action === 'delete-to-start' || action === 'delete-word-left') {
    look(desk, mode, '');
  } else if (action === 'search' || action === 'up') {
    step(desk, mode, 1);
  } else if (action === 'down') {
    step(desk, mode, -1);
  } else if (action === 'send') {
    desk.state = { ...desk.state, mode: { kind: 'typing' } };
  } else if (action === 'cancel') {
    desk.state = { ...desk.state, mode: { kind: 'typing' }, found: null };
    desk.state = withScrollback(desk.state, desk.state.current, mode.before);
  }
}

function look(desk: Desk, mode: Searching, query: string): void {
  const { current } = desk.state;
  const isEmpty = query.trim() === '';
  const hits = isEmpty ? [] : desk.client.view.search(query, current, TUI_LIMITS.searchHits);
  show(desk, { ...mode, query, hits, at: 0 });
}

function step(desk: Desk, mode: Searching, by: 1 | -1): void {
  const at = Math.max(0, Math.min(mode.hits.length - 1, mode.at + by));
  show(desk, { ...mode, at });
}

function show(desk: Desk, mode: Searching): void {
  desk.state = { ...desk.state, mode };
  const line = mode.hits[mode.at];
  desk.state = { ...desk.state, found: line?.id ?? null };
  if (line !== undefined) lookAt(desk, desk.state.current, { place: line.place, key: line.id });
}
