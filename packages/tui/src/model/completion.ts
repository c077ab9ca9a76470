// What Tab puts in place of the word before the cursor: commands, names, sessions; again and again, in both directions.

import { replaced } from '../editor/editor.ts';
import type { Editor } from '../editor/editor.ts';

/** All that can be completed here, each kind in the order in which it is to be offered. */
export interface Vocabulary {
  readonly commands: readonly string[];
  /** Labels of people, who spoke last first. */
  readonly names: readonly string[];
  /** Numbers and titles of sessions. */
  readonly sessions: readonly string[];
}

/** A completion under way: it ends with any other key. */
export interface Completion {
  /** What was typed, without what completion made of it. */
  readonly typed: Editor;
  readonly start: number;
  readonly candidates: readonly string[];
  readonly at: number;
}

const sessionCommands = /^[\\/](?:sw|switch|join)\s+/iu;

/** The next or previous candidate in place of the word; null where nothing fits. */
export function completed(
  editor: Editor,
  under: Completion | null,
  by: 1 | -1,
  vocabulary: () => Vocabulary,
): { readonly editor: Editor; readonly completion: Completion } | null {
  const completion = under ?? beginning(editor, by, vocabulary());
  const { typed, start, candidates, at } = completion;
  if (candidates.length === 0) return null;
  const next = under === null ? at : (at + by + candidates.length) % candidates.length;
  const filled = replaced(typed, start, typed.cursor, candidates[next] ?? '');
  return { editor: filled, completion: { ...completion, at: next } };
}

function beginning(editor: Editor, by: 1 | -1, vocabulary: Vocabulary): Completion {
  const before = editor.text.slice(0, editor.cursor);
  const { start, candidates } = candidatesFor(before, vocabulary);
  return { typed: editor, start, candidates, at: by === 1 ? 0 : candidates.length - 1 };
}

function candidatesFor(
  before: string,
  { commands, names, sessions }: Vocabulary,
): Pick<Completion, 'start' | 'candidates'> {
  const command = /^([\\/])(\S*)$/u.exec(before);
  if (command !== null) {
    const [, sign = '', begun = ''] = command;
    const fit = fitting(commands, begun);
    return { start: 0, candidates: fit.map((name) => `${sign}${name} `) };
  }
  const session = sessionCommands.exec(before);
  if (session !== null) {
    const start = session[0].length;
    return { start, candidates: fitting(sessions, before.slice(start)) };
  }
  const word = /\S*$/u.exec(before)?.[0] ?? '';
  const start = before.length - word.length;
  const sign = word.startsWith('@') ? '@' : '';
  const end = start === 0 ? ': ' : ' ';
  const fit = fitting(names, word.slice(sign.length));
  return { start, candidates: fit.map((name) => `${sign}${name}${end}`) };
}

function fitting(all: readonly string[], begun: string): readonly string[] {
  const wanted = folded(begun);
  return all.filter((each) => folded(each).startsWith(wanted));
}

/** Case and accents aside. */
function folded(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
}
