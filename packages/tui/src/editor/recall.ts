// What was typed before: going through it, and keeping what is sent.

import { TUI_LIMITS } from '../limits.ts';
import { emptyEditor } from './editor.ts';
import type { Editor } from './editor.ts';

export function recallPrevious(editor: Editor): Editor {
  const index = (editor.recalled?.index ?? editor.history.length) - 1;
  if (index < 0) return editor;
  return show(editor, index, editor.recalled?.draft ?? editor.text);
}

/** Behind the newest entry stands what had been typed before one looked. */
export function recallNext(editor: Editor): Editor {
  if (editor.recalled === null) return editor;
  const { index, draft } = editor.recalled;
  if (index + 1 < editor.history.length) return show(editor, index + 1, draft);
  return { ...withText(editor, draft), recalled: null };
}

function show(editor: Editor, index: number, draft: string): Editor {
  return { ...withText(editor, editor.history[index] ?? ''), recalled: { index, draft } };
}

function withText(editor: Editor, text: string): Editor {
  return { ...editor, text, cursor: text.length, undone: [], last: 'other', yanked: null };
}

/** Empty again; what was in it is the newest of the history. */
export function sent(editor: Editor): Editor {
  const history = remembered(editor.history, editor.text);
  return { ...emptyEditor(history), cuts: editor.cuts };
}

function remembered(history: readonly string[], text: string): readonly string[] {
  if (text.trim() === '' || text.length > TUI_LIMITS.historyEntryCharacters) return history;
  return [...history.filter((entry) => entry !== text), text].slice(-TUI_LIMITS.historyEntries);
}
