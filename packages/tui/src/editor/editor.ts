// What someone is typing, as a value: text, cursor, what can be undone and put back, what was typed before.

import { TUI_LIMITS } from '../limits.ts';
import { characterLeft, characterRight } from './boundaries.ts';

export interface Snapshot {
  readonly text: string;
  /** 0 ≤ cursor ≤ text.length, in UTF-16 units, never inside a character. */
  readonly cursor: number;
}

export interface Editor extends Snapshot {
  /** Older states, the newest last. */
  readonly undone: readonly Snapshot[];
  /** What was done last, where more of it joins it: typing one step of undo, cutting one piece. */
  readonly last: 'typed' | 'cut' | 'yanked' | 'other';
  /** What was cut, the newest last. */
  readonly cuts: readonly string[];
  /** What `yank` put in, while it can still be replaced. */
  readonly yanked: { readonly start: number; readonly index: number } | null;
  /** What was sent from here, the oldest first. */
  readonly history: readonly string[];
  /** The entry looked at, and what had been typed before one looked. */
  readonly recalled: { readonly index: number; readonly draft: string } | null;
}

export function emptyEditor(history: readonly string[] = []): Editor {
  const none = { undone: [], cuts: [], yanked: null, recalled: null } as const;
  return { text: '', cursor: 0, last: 'other', history, ...none };
}

/** Another state of the text, which undo takes back. */
export function changed(
  editor: Editor,
  { text, cursor }: Snapshot,
  last: Editor['last'] = 'other',
): Editor {
  if (text === editor.text) return moved(editor, cursor);
  const joins = last === 'typed' && editor.last === 'typed';
  const undone = joins
    ? editor.undone
    : [...editor.undone, { text: editor.text, cursor: editor.cursor }].slice(-TUI_LIMITS.undoSteps);
  return { ...editor, text, cursor, undone, last, yanked: null };
}

export function moved(editor: Editor, cursor: number): Editor {
  return { ...editor, cursor, last: 'other', yanked: null };
}

export function typed(editor: Editor, text: string): Editor {
  const next = inserted(editor, text);
  // A word is one step of undo.
  return changed(editor, next, /\s/u.test(text) ? 'other' : 'typed');
}

export function pasted(editor: Editor, text: string): Editor {
  return changed(editor, inserted(editor, text));
}

/** With a part of the text replaced, and the cursor behind what replaced it. */
export function replaced(editor: Editor, start: number, end: number, by: string): Editor {
  const text = editor.text.slice(0, start) + by + editor.text.slice(end);
  return changed(editor, { text, cursor: start + by.length });
}

export function deletedLeft(editor: Editor): Editor {
  return replaced(editor, characterLeft(editor.text, editor.cursor), editor.cursor, '');
}

export function deletedRight(editor: Editor): Editor {
  return replaced(editor, editor.cursor, characterRight(editor.text, editor.cursor), '');
}

/** The characters around the cursor change places; at the end, the last two. */
export function transposed(editor: Editor): Editor {
  const { text } = editor;
  const middle = editor.cursor === text.length ? characterLeft(text, editor.cursor) : editor.cursor;
  const start = characterLeft(text, middle);
  const end = characterRight(text, middle);
  if (start === middle || end === middle) return editor;
  return replaced(editor, start, end, text.slice(middle, end) + text.slice(start, middle));
}

export function undo(editor: Editor): Editor {
  const before = editor.undone.at(-1);
  if (before === undefined) return editor;
  const undone = editor.undone.slice(0, -1);
  return { ...editor, ...before, undone, last: 'other', yanked: null };
}

function inserted({ text, cursor }: Snapshot, more: string): Snapshot {
  return {
    text: text.slice(0, cursor) + more + text.slice(cursor),
    cursor: cursor + more.length,
  };
}
