// The input as a value: every edit can be undone, nothing cuts a character in two, and what was cut comes back.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { edited } from '../src/editor/apply.ts';
import { emptyEditor, typed } from '../src/editor/editor.ts';
import type { Editor } from '../src/editor/editor.ts';
import { sent } from '../src/editor/recall.ts';
import { layOut } from '../src/editor/rows.ts';
import { actionNames } from '../src/input/keymap.ts';
import type { Action } from '../src/input/keymap.ts';
import { TUI_LIMITS } from '../src/limits.ts';
import { widthOf } from '../src/text/width.ts';

const width = 20;

function after(editor: Editor, ...actions: readonly Action[]): Editor {
  return actions.reduce((now, action) => edited(now, action, width) ?? now, editor);
}

const write = (text: string, editor = emptyEditor()): Editor =>
  Array.from(text).reduce((now, point) => typed(now, point), editor);

/** "he|llo" */
function shown({ text, cursor }: Editor): string {
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
}

describe('moving', () => {
  it('goes by characters as people see them', () => {
    const family = '👨‍👩‍👧';
    const editor = write(`a${family}é`);
    expect(shown(after(editor, 'left'))).toBe(`a${family}|é`);
    expect(shown(after(editor, 'left', 'left'))).toBe(`a|${family}é`);
    expect(shown(after(editor, 'left', 'left', 'right'))).toBe(`a${family}|é`);
  });

  it('goes by words of any script, and to the ends of a line', () => {
    const editor = write('one zwölf_x, слово');
    expect(shown(after(editor, 'word-left'))).toBe('one zwölf_x, |слово');
    expect(shown(after(editor, 'word-left', 'word-left'))).toBe('one |zwölf_x, слово');
    expect(shown(after(editor, 'line-start', 'word-right'))).toBe('one| zwölf_x, слово');
    expect(shown(after(write('ab\ncd'), 'line-start'))).toBe('ab\n|cd');
  });

  it('up and down keep the column, and lead into what was typed before and back', () => {
    const editor = { ...write('long line\nx\nlong line'), history: ['old'] };
    expect(shown(after(editor, 'up'))).toBe('long line\nx|\nlong line');
    const top = after(editor, 'up', 'up');
    expect(shown(top)).toBe('l|ong line\nx\nlong line');
    expect(shown(after(top, 'up'))).toBe('old|');
    expect(after(top, 'up', 'down').text).toBe('long line\nx\nlong line');
  });
});

describe('cutting', () => {
  it('gives back what was cut, pieces cut in a row as one', () => {
    const cut = after(write('one two three'), 'delete-word-left', 'delete-word-left');
    expect(shown(cut)).toBe('one |');
    expect(shown(after(cut, 'yank'))).toBe('one two three|');
  });

  it('goes through what was cut before', () => {
    let editor = after(write('first'), 'delete-to-start');
    editor = after(write('second', editor), 'delete-to-start');
    expect(shown(after(editor, 'yank'))).toBe('second|');
    expect(shown(after(editor, 'yank', 'yank-previous'))).toBe('first|');
    expect(shown(after(editor, 'yank', 'yank-previous', 'yank-previous'))).toBe('second|');
  });

  it('to the end of a line takes the newline where nothing else is left', () => {
    const editor = after(write('ab\ncd'), 'up', 'line-end');
    expect(shown(after(editor, 'delete-to-end'))).toBe('ab|cd');
  });
});

describe('undo', () => {
  it('takes back a word at a time', () => {
    const editor = write('one two');
    expect(after(editor, 'undo').text).toBe('one ');
    expect(after(editor, 'undo', 'undo').text).toBe('one');
    expect(after(editor, 'undo', 'undo', 'undo').text).toBe('');
  });

  it('takes back any edits, down to the beginning', () => {
    fc.assert(
      fc.property(edits(), (steps) => {
        let editor = emptyEditor();
        for (const step of steps.slice(0, TUI_LIMITS.undoSteps / 2)) editor = apply(editor, step);
        for (let count = 0; count < TUI_LIMITS.undoSteps; count += 1)
          editor = after(editor, 'undo');
        expect(editor.text).toBe('');
      }),
    );
  });
});

type Edit = { readonly type: string } | { readonly action: Action };

const editing: readonly Action[] = actionNames.filter(
  (action) => edited(emptyEditor(), action, width) !== null && !/history|up|down/u.test(action),
);

function edits(): fc.Arbitrary<Edit[]> {
  return fc.array(
    fc.oneof(
      fc.record({ type: fc.constantFrom('a', ' ', '\n', 'é', '漢', '👍🏽', 'e\u0301', '\t') }),
      fc.record({ action: fc.constantFrom(...editing) }),
    ),
    { maxLength: 60 },
  );
}

function apply(editor: Editor, edit: Edit): Editor {
  return 'type' in edit ? typed(editor, edit.type) : after(editor, edit.action);
}

describe('any edits', () => {
  it('leave the cursor between characters, inside the text and on the screen', () => {
    fc.assert(
      fc.property(edits(), fc.integer({ min: 3, max: 30 }), (steps, cells) => {
        const editor = steps.reduce(apply, emptyEditor());
        expect(editor.cursor).toBeGreaterThanOrEqual(0);
        expect(editor.cursor).toBeLessThanOrEqual(editor.text.length);
        expect(editor.text.slice(0, editor.cursor).isWellFormed()).toBe(true);
        const { rows, cursor } = layOut(editor, cells);
        expect(rows.map(({ text }) => text).join('')).toBe(editor.text.replaceAll('\n', ''));
        for (const row of rows) expect(widthOf(row.shown)).toBeLessThanOrEqual(Math.max(cells, 4));
        expect(cursor.row).toBeLessThan(rows.length);
        expect(cursor.column).toBeLessThan(Math.max(cells, 5));
      }),
    );
  });
});

describe('what was sent', () => {
  it('is remembered once, the newest last, and not without end', () => {
    let editor = sent(write('a'));
    for (const text of ['b', 'a', '  ']) editor = sent({ ...editor, text, cursor: 0 });
    expect(editor.history).toEqual(['b', 'a']);
    for (let at = 0; at < 500; at += 1) editor = sent({ ...editor, text: `${at}`, cursor: 0 });
    expect(editor.history).toHaveLength(TUI_LIMITS.historyEntries);
    expect(editor.history.at(-1)).toBe('499');
  });
});
