// Cutting and putting back: the kill ring.

import { TUI_LIMITS } from '../limits.ts';
import { changed } from './editor.ts';
import type { Editor } from './editor.ts';

/** Cuts from the cursor to `to`; what is cut right after a cut joins it. */
export function cutTo(editor: Editor, to: number): Editor {
  const { text, cursor, cuts, last } = editor;
  if (to === cursor) return editor;
  const [start, end] = to < cursor ? [to, cursor] : [cursor, to];
  const piece = text.slice(start, end);
  const joins = last === 'cut';
  const before = joins ? (cuts.at(-1) ?? '') : '';
  const joined = to < cursor ? piece + before : before + piece;
  const rest = joins ? cuts.slice(0, -1) : cuts;
  const shorter = { text: text.slice(0, start) + text.slice(end), cursor: start };
  const kept = [...rest, joined].slice(-TUI_LIMITS.killRingEntries);
  return { ...changed(editor, shorter, 'cut'), cuts: kept };
}

/** Puts in what was cut last. */
export function yank(editor: Editor): Editor {
  return putIn(editor, editor.cursor, editor.cursor, editor.cuts.length - 1);
}

/** After `yank`: what was cut before that, in its place. */
export function yankPrevious(editor: Editor): Editor {
  const { yanked, cuts, cursor } = editor;
  if (yanked === null || cuts.length < 2) return editor;
  const index = (yanked.index - 1 + cuts.length) % cuts.length;
  return putIn(editor, yanked.start, cursor, index);
}

function putIn(editor: Editor, start: number, end: number, index: number): Editor {
  const piece = editor.cuts[index];
  if (piece === undefined) return editor;
  const text = editor.text.slice(0, start) + piece + editor.text.slice(end);
  const next = changed(editor, { text, cursor: start + piece.length }, 'yanked');
  return { ...next, yanked: { start, index } };
}
