// What becomes of what was typed: said, or run as a command.

import { drawCode, messageOf, runTyped, smallCodeText } from '@parley/client';
import type { CommandOutcome } from '@parley/client';
import { fail } from '@parley/core';
import { sent } from '../editor/recall.ts';
import { editorOf, withEditor } from '../model/state.ts';
import type { Desk } from './desk.ts';
import { noteHere } from './desk.ts';
import { keepHistory } from './history.ts';
import { ownCommandIn } from './own-commands.ts';
import { mainOf, scrollToEnd } from './scroll.ts';
import { enter } from './sessions.ts';

/** Says or runs what is in the input, and empties it; what was refused to be said stays. */
export function sendTyped(desk: Desk): void {
  const { text } = editorOf(desk.state);
  if (text.trim() !== '') sendText(desk, text);
}

/** Says or runs a text as if it had been typed. */
function sendText(desk: Desk, text: string): void {
  const own = ownCommandIn(text);
  if (own !== null) {
    clear(desk);
    own.command.run(desk, own.rest);
    return;
  }
  const { client, tools, state } = desk;
  const isMessage = messageOf(text) !== null;
  if (isMessage && !client.hasRoom) {
    noteHere(desk, 'error', 'more waits to be written than the disk takes; try again in a moment');
    return;
  }
  const outcome = runTyped(client, state.current, text, tools);
  if (outcome.kind === 'quit') {
    desk.onQuit();
  } else if (outcome.kind === 'error') {
    if (!isMessage) clear(desk);
    noteHere(desk, 'error', outcome.text);
  } else {
    clear(desk);
    showDone(desk, outcome);
  }
}

function showDone(desk: Desk, outcome: Extract<CommandOutcome, { kind: 'done' }>): void {
  if (outcome.session !== desk.state.current) enter(desk, outcome.session);
  const { lines } = outcome;
  scrollToEnd(desk);
  if (lines.length > 0) noteHere(desk, 'answer', lines.join('\n'));
  if (outcome.code !== undefined) showCode(desk, outcome.code);
}

/** Over what was said, until a key is pressed. */
function showCode(desk: Desk, code: string): void {
  const { width: columns, height: rows } = mainOf(desk);
  const drawn = desk.look.unicode
    ? drawCode(code, { columns, rows })
    : fail('no QR code: it takes a terminal and a locale with UTF-8');
  if (!drawn.ok) {
    noteHere(desk, 'error', drawn.reason);
    return;
  }
  const small = smallCodeText(drawn.value);
  if (small !== null) noteHere(desk, 'answer', small);
  const picture = { kind: 'picture', title: 'QR code', rows: drawn.value.rows } as const;
  desk.state = { ...desk.state, mode: picture };
}

function clear(desk: Desk): void {
  const { client, state } = desk;
  const before = editorOf(state).history;
  desk.state = withEditor(state, sent(editorOf(state)));
  const { history } = editorOf(desk.state);
  if (history !== before) keepHistory(client, state.current, history);
}
