// What each action of the editor does to it.

import type { Action } from '../input/keymap.ts';
import {
  blankLeft,
  characterLeft,
  characterRight,
  lineEnd,
  lineStart,
  wordLeft,
  wordRight,
} from './boundaries.ts';
import { cutTo, yank, yankPrevious } from './cut.ts';
import { deletedLeft, deletedRight, moved, pasted, transposed, undo } from './editor.ts';
import type { Editor } from './editor.ts';
import { recallNext, recallPrevious } from './recall.ts';
import { movedVertically } from './rows.ts';

type Edit = (editor: Editor, width: number) => Editor;

const edits: Partial<Readonly<Record<Action, Edit>>> = {
  newline: (editor) => pasted(editor, '\n'),
  left: (editor) => moved(editor, characterLeft(editor.text, editor.cursor)),
  right: (editor) => moved(editor, characterRight(editor.text, editor.cursor)),
  'word-left': (editor) => moved(editor, wordLeft(editor.text, editor.cursor)),
  'word-right': (editor) => moved(editor, wordRight(editor.text, editor.cursor)),
  'line-start': (editor) => moved(editor, lineStart(editor.text, editor.cursor)),
  'line-end': (editor) => moved(editor, lineEnd(editor.text, editor.cursor)),
  up: (editor, width) => movedVertically(editor, -1, width) ?? recallPrevious(editor),
  down: (editor, width) => movedVertically(editor, 1, width) ?? recallNext(editor),
  'history-previous': recallPrevious,
  'history-next': recallNext,
  'delete-left': deletedLeft,
  'delete-right': deletedRight,
  'delete-word-left': (editor) => cutTo(editor, blankLeft(editor.text, editor.cursor)),
  'delete-word-right': (editor) => cutTo(editor, wordRight(editor.text, editor.cursor)),
  'delete-to-start': (editor) => cutTo(editor, lineStart(editor.text, editor.cursor)),
  'delete-to-end': (editor) => cutTo(editor, endOrNewline(editor)),
  yank,
  'yank-previous': yankPrevious,
  transpose: transposed,
  undo,
};

/** The editor after an action; null where the action is not one of the editor's. */
export function edited(editor: Editor, action: Action, width: number): Editor | null {
  return edits[action]?.(editor, width) ?? null;
}

/** At the end of a line the newline itself is cut. */
function endOrNewline({ text, cursor }: Editor): number {
  const end = lineEnd(text, cursor);
  return end === cursor ? Math.min(text.length, end + 1) : end;
}
