// What one sequence from the terminal means: a key, text, or that the window got or lost the focus.

import { decodeKittyPrintable, parseKey } from '@earendil-works/pi-tui/dist/keys.js';
import { keyName } from './key-name.ts';

export type InputEvent =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'paste'; readonly text: string }
  | { readonly kind: 'focus'; readonly focused: boolean };

/** What the library takes for another key than it is, or for none. */
const exact: ReadonlyMap<string, string> = new Map([
  ['\n', 'ctrl-j'],
  ['\r', 'enter'],
  ['\x08', 'backspace'],
  ['\x1b[1~', 'home'],
  ['\x1b[7~', 'home'],
  ['\x1b[4~', 'end'],
  ['\x1b[8~', 'end'],
  ['\x1b\x7f', 'alt-backspace'],
  ['\x1b\x1b', 'escape'],
]);

/** One whole sequence; null for what means nothing to us, such as a terminal's answer. */
export function decode(sequence: string): InputEvent | null {
  if (sequence === '\x1b[I') return { kind: 'focus', focused: true };
  if (sequence === '\x1b[O') return { kind: 'focus', focused: false };
  const known = exact.get(sequence);
  if (known !== undefined) return { kind: 'key', key: known };
  const printable = printableOf(sequence);
  if (printable !== null) return { kind: 'text', text: printable };
  const key = altKey(sequence) ?? keyName(parseKey(sequence) ?? '');
  return key === null ? null : { kind: 'key', key };
}

function printableOf(sequence: string): string | null {
  if (/^\P{Cc}+$/u.test(sequence)) return sequence;
  return decodeKittyPrintable(sequence) ?? null;
}

/** Alt and a character, as most terminals send it. */
function altKey(sequence: string): string | null {
  const found = sequence.slice(1);
  if (!sequence.startsWith('\x1b') || !/^\P{Cc}$/u.test(found)) return null;
  const isCapital = found !== found.toLowerCase();
  return keyName(`alt-${isCapital ? 'shift-' : ''}${found}`);
}
