// What keys do while something is open: a list to read, found lines to choose from, a paste to decide on.

import { pasted } from '../editor/editor.ts';
import type { InputEvent } from '../input/decode.ts';
import type { Action } from '../input/keymap.ts';
import type { Mode } from '../model/mode.ts';
import { editorOf, withEditor } from '../model/state.ts';
import type { Desk } from './desk.ts';
import { listLines } from '../render/overlay.ts';
import { lookAt, mainOf, pageHeight } from './scroll.ts';
import { sendTyped } from './send.ts';
import { enter } from './sessions.ts';

type Of<Kind extends Mode['kind']> = Extract<Mode, { kind: Kind }>;

function close(desk: Desk): void {
  desk.state = { ...desk.state, mode: { kind: 'typing' } };
}

export function closePicture(desk: Desk): void {
  close(desk);
}

export function answerList(desk: Desk, mode: Of<'list'>, action: Action | null): void {
  const by = stepOf(desk, action);
  if (by === null) {
    // Any other key is an answer too: it has been read.
    close(desk);
    return;
  }
  const { width, height } = mainOf(desk);
  const most = Math.max(0, listLines(mode.rows, width).length - height);
  const top = Math.max(0, Math.min(most, mode.top + by));
  desk.state = { ...desk.state, mode: { ...mode, top } };
}

export function answerHits(desk: Desk, mode: Of<'hits'>, action: Action | null): void {
  const line = mode.hits[mode.at];
  if (action === 'send' && line !== undefined) {
    close(desk);
    enter(desk, line.session);
    desk.state = { ...desk.state, found: line.id };
    lookAt(desk, line.session, { place: line.place, key: line.id });
    return;
  }
  const by = stepOf(desk, action);
  if (by === null) {
    if (action === 'cancel') close(desk);
    return;
  }
  const at = Math.max(0, Math.min(mode.hits.length - 1, mode.at + by));
  desk.state = { ...desk.state, mode: { ...mode, at } };
}

export function answerPaste(
  desk: Desk,
  mode: Of<'paste'>,
  event: InputEvent,
  action: Action | null,
): void {
  const answer = event.kind === 'text' ? event.text.toLowerCase() : '';
  if (answer === 's') {
    close(desk);
    // With what had been typed before.
    desk.state = withEditor(desk.state, pasted(editorOf(desk.state), mode.text));
    sendTyped(desk);
  } else if (answer === 'e') {
    close(desk);
    desk.state = withEditor(desk.state, pasted(editorOf(desk.state), mode.text));
  } else if (answer === 'c' || action === 'cancel') {
    close(desk);
  }
}

/** How far an action goes through a list; null for one that does not. */
function stepOf(desk: Desk, action: Action | null): number | null {
  switch (action) {
    case 'up':
    case 'scroll-up':
      return -1;
    case 'down':
    case 'scroll-down':
      return 1;
    case 'page-up':
      return -pageHeight(desk);
    case 'page-down':
      return pageHeight(desk);
    case 'line-start':
    case 'scroll-start':
      return -Infinity;
    case 'line-end':
    case 'scroll-end':
      return Infinity;
    default:
      return null;
  }
}
