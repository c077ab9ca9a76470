// Bytes of terminals become keys, and keys become what a person bound them to.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { decode } from '../src/input/decode.ts';
import type { InputEvent } from '../src/input/decode.ts';
import { keyName } from '../src/input/key-name.ts';
import { actionNames, keymapOf, keysOf } from '../src/input/keymap.ts';
import { InputReader } from '../src/input/reader.ts';

describe('a key', () => {
  const keys: readonly (readonly [sequence: string, key: string])[] = [
    ['\r', 'enter'],
    ['\n', 'ctrl-j'],
    ['\x1b\r', 'alt-enter'],
    ['\x1b1', 'alt-1'],
    ['\x1ba', 'alt-a'],
    ['\x1bA', 'alt-shift-a'],
    ['\x1bé', 'alt-é'],
    ['\x0e', 'ctrl-n'],
    ['\x1f', 'ctrl--'],
    ['\x7f', 'backspace'],
    ['\x1b\x7f', 'alt-backspace'],
    ['\x1b[Z', 'shift-tab'],
    ['\x1b[A', 'up'],
    ['\x1bOA', 'up'],
    ['\x1b[1;5D', 'ctrl-left'],
    ['\x1b[5~', 'pageup'],
    ['\x1b[1~', 'home'],
    ['\x1bOP', 'f1'],
    ['\x1b', 'escape'],
    ['\x1b[13;3u', 'alt-enter'],
    ['\x1b[27;5;110~', 'ctrl-n'],
  ];
  for (const [sequence, key] of keys) {
    it(`${JSON.stringify(sequence)} is ${key}`, () => {
      expect(decode(sequence)).toEqual({ kind: 'key', key });
    });
  }

  it('that a terminal answers with is none', () => {
    for (const answer of ['\x1b[?1;2c', '\x1b]11;rgb:0000/0000/0000\x07', '\x1bP>|xterm\x1b\\'])
      expect(decode(answer)).toBe(null);
  });
});

describe('the name of a key', () => {
  it('has one spelling, whichever way it is written', () => {
    for (const written of ['ctrl+alt+x', 'ALT-CTRL-x', 'alt-ctrl-X', 'meta-ctrl-x'])
      expect(keyName(written)).toBe('ctrl-alt-x');
    expect(keyName('PgUp')).toBe('pageup');
    expect(keyName('ctrl--')).toBe('ctrl--');
    expect(keyName('ctrl-')).toBe(null);
    expect(keyName('hyper-x')).toBe(null);
  });
});

describe('keys', () => {
  it('each do one thing, unless someone chose otherwise', () => {
    const usual = keymapOf(new Map());
    for (const action of actionNames) expect(keysOf(usual, action).length).toBeGreaterThan(0);
  });

  it('that were chosen replace the usual ones of that action, and are taken from others', () => {
    const keymap = keymapOf(new Map([['send', ['ctrl-j', 'ctrl-s']]]));
    expect(keysOf(keymap, 'send')).toEqual(['ctrl-j', 'ctrl-s']);
    expect(keysOf(keymap, 'newline')).toEqual(['alt-enter']);
    expect(keymap.get('enter')).toBeUndefined();
  });
});

describe('reading', () => {
  let events: InputEvent[];
  let reader: InputReader;
  beforeEach(() => {
    vi.useFakeTimers();
    events = [];
    reader = new InputReader(25, (event) => events.push(event));
  });
  afterEach(() => {
    reader.stop();
    vi.useRealTimers();
  });

  it('puts sequences together that come in pieces', () => {
    for (const piece of ['\x1b', '[', '5', '~']) reader.push(piece);
    expect(events).toEqual([{ kind: 'key', key: 'pageup' }]);
  });

  it('takes a lone escape for the key once nothing has followed it', () => {
    reader.push('\x1b');
    expect(events).toEqual([]);
    vi.advanceTimersByTime(26);
    expect(events).toEqual([{ kind: 'key', key: 'escape' }]);
  });

  it('takes text as a whole, characters beyond the first plane too, and keys between', () => {
    reader.push('hi 👍\x0ethere');
    expect(events).toEqual([
      { kind: 'text', text: 'hi 👍' },
      { kind: 'key', key: 'ctrl-n' },
      { kind: 'text', text: 'there' },
    ]);
  });

  it('takes a paste as one, with newlines of any kind, whatever is in it', () => {
    reader.push('\x1b[200~a\r\nb\x1b[A');
    reader.push('\rc\x1b[201~d');
    expect(events).toEqual([
      { kind: 'paste', text: 'a\nb\x1b[A\nc' },
      { kind: 'text', text: 'd' },
    ]);
  });

  it('tells that the window got or lost the focus', () => {
    reader.push('\x1b[O\x1b[I');
    expect(events).toEqual([
      { kind: 'focus', focused: false },
      { kind: 'focus', focused: true },
    ]);
  });
});
