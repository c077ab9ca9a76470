// What a key, a text or a paste does, in each mode.

import { edited } from '../editor/apply.ts';
import { pasted, typed } from '../editor/editor.ts';
import type { InputEvent } from '../input/decode.ts';
import type { Action } from '../input/keymap.ts';
import { completed } from '../model/completion.ts';
import { editorOf, neighbourOf, nextActive, withEditor } from '../model/state.ts';
import { typingWidth } from '../render/input.ts';
import { TUI_LIMITS } from '../limits.ts';
import type { Desk } from './desk.ts';
import { answerHits, answerList, answerPaste, closePicture } from './answers.ts';
import { showKeys } from './own-commands.ts';
import { answerSearch, beginSearch } from './search.ts';
import * as scroll from './scroll.ts';
import { sendTyped } from './send.ts';
import { enter, focus } from './sessions.ts';
import { vocabularyOf } from './vocabulary.ts';

/** Overlap of two pages, so that one finds where one was. */
const overlap = 2;

export function handle(desk: Desk, event: InputEvent): void {
  if (event.kind === 'focus') {
    focus(desk, event.focused);
    return;
  }
  const action = event.kind === 'key' ? (desk.keymap.get(event.key) ?? null) : null;
  if (action !== null && always(desk, action)) return;
  if (event.kind !== 'key' && closedByTyping(desk)) {
    if (event.text !== '?') type(desk, event, null);
    return;
  }
  answer(desk, event, action);
}

function answer(desk: Desk, event: TypedEvent, action: Action | null): void {
  const { mode } = desk.state;
  switch (mode.kind) {
    case 'typing':
      return type(desk, event, action);
    case 'list':
      return answerList(desk, mode, action);
    case 'picture':
      return closePicture(desk);
    case 'hits':
      return answerHits(desk, mode, action);
    case 'paste':
      return event.kind === 'text'
        ? answerTyped(desk, event.text)
        : answerPaste(desk, mode, event, action);
    case 'search':
      return answerSearch(desk, mode, event, action);
  }
  mode satisfies never;
}

type TypedEvent = Exclude<InputEvent, { kind: 'focus' }>;

/** Who goes on typing has read what is open. */
function closedByTyping(desk: Desk): boolean {
  const { kind } = desk.state.mode;
  if (kind !== 'list' && kind !== 'hits' && kind !== 'picture') return false;
  desk.state = { ...desk.state, mode: { kind: 'typing' } };
  return true;
}

/** Who types fast or far away sends the answer and what follows it in one: the answer is its first character that is one. */
function answerTyped(desk: Desk, text: string): void {
  const characters = Array.from(text);
  for (const [at, character] of characters.entries()) {
    const { mode } = desk.state;
    if (mode.kind !== 'paste') {
      handle(desk, { kind: 'text', text: characters.slice(at).join('') });
      return;
    }
    answerPaste(desk, mode, { kind: 'text', text: character }, null);
  }
}

/** What works whatever is open. */
function always(desk: Desk, action: Action): boolean {
  switch (action) {
    case 'quit':
      desk.onInterrupt();
      return true;
    case 'suspend':
      desk.suspend();
      return true;
    case 'redraw':
      desk.redraw();
      return true;
    default:
      return false;
  }
}

function type(desk: Desk, event: TypedEvent, action: Action | null): void {
  if (event.kind === 'paste') {
    paste(desk, event.text);
  } else if (event.kind === 'text') {
    if (event.text === '?' && editorOf(desk.state).text === '') showKeys(desk);
    else edit(desk, typed(editorOf(desk.state), event.text));
  } else if (action !== null) {
    const { columns } = desk.state;
    const next = edited(editorOf(desk.state), action, typingWidth(columns));
    if (next !== null) edit(desk, next);
    else act(desk, action);
  }
}

function paste(desk: Desk, text: string): void {
  const trimmed = text.replace(/\n$/u, '');
  const isLong = trimmed.split('\n').length > TUI_LIMITS.pasteLinesAsked;
  if (isLong) desk.state = { ...desk.state, mode: { kind: 'paste', text: trimmed } };
  else edit(desk, pasted(editorOf(desk.state), trimmed));
}

function edit(desk: Desk, editor: ReturnType<typeof editorOf>): void {
  desk.state = { ...withEditor(desk.state, editor), completion: null, found: null };
}

function act(desk: Desk, action: Action): void {
  if (action === 'complete-next') return complete(desk, 1);
  if (action === 'complete-previous') return complete(desk, -1);
  desk.state = { ...desk.state, completion: null };
  const number = /^session-(\d)$/u.exec(action)?.[1];
  if (number !== undefined) return enterNumber(desk, Number(number));
  deeds[action]?.(desk);
}

const deeds: Partial<Readonly<Record<Action, (desk: Desk) => void>>> = {
  send: sendTyped,
  'session-next': (desk) => enter(desk, neighbourOf(desk.state, 1)),
  'session-previous': (desk) => enter(desk, neighbourOf(desk.state, -1)),
  'session-active': (desk) => {
    const next = nextActive(desk.state);
    if (next !== null) enter(desk, next);
  },
  'session-last': (desk) => {
    if (desk.state.last !== null) enter(desk, desk.state.last);
  },
  'page-up': (desk) => scroll.scrollUp(desk, Math.max(1, scroll.pageHeight(desk) - overlap)),
  'page-down': (desk) => scroll.scrollDown(desk, Math.max(1, scroll.pageHeight(desk) - overlap)),
  'scroll-up': (desk) => scroll.scrollUp(desk, 1),
  'scroll-down': (desk) => scroll.scrollDown(desk, 1),
  'scroll-end': scroll.scrollToEnd,
  'scroll-start': scroll.scrollToStart,
  'scroll-unread': scroll.scrollToUnread,
  search: beginSearch,
  keys: showKeys,
  'toggle-sessions': (desk) => {
    desk.state = { ...desk.state, showsSessions: !desk.state.showsSessions };
  },
  'toggle-people': (desk) => {
    desk.state = { ...desk.state, showsPeople: !desk.state.showsPeople };
  },
  cancel: scroll.scrollToEnd,
};

function complete(desk: Desk, by: 1 | -1): void {
  const { state } = desk;
  const done = completed(editorOf(state), state.completion, by, () => vocabularyOf(desk));
  if (done === null) return;
  desk.state = { ...withEditor(state, done.editor), completion: done.completion };
}

function enterNumber(desk: Desk, number: number): void {
  const found = desk.state.sessions.find((summary) => summary.number === number);
  if (found !== undefined) enter(desk, found.session);
}
