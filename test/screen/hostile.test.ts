// What others say and are called can neither reach the terminal nor move what stands beside it.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endAll, startJson } from '../e2e/peer.ts';
import type { Peer } from '../e2e/peer.ts';
import { openFace } from './face.ts';
import type { Face } from './face.ts';
import { pictureOf } from './picture.ts';
import { closeTerminals } from './terminal.ts';

let mallory: Peer;
let anna: Face;

beforeAll(async () => {
  mallory = await startJson('mallory');
  anna = await openFace('anna', { with: [mallory] });
  await anna.terminal.shows('mallory is here');
});

afterAll(async () => {
  await closeTerminals();
  await endAll();
});

const hostile: readonly (readonly [what: string, text: string])[] = [
  ['clearing the screen', '\x1b[2J\x1b[H gone?'],
  ['the other screen', '\x1b[?1049l\x1bc reset?'],
  ['a title and the clipboard', '\x1b]0;pwned\x07\x1b]52;c;cHduZWQ=\x07 set?'],
  ['C1 controls', '\u009b31m \u009d0;pwned\u009c \u0090q'],
  ['bells and backspaces', '\x07\x07\x08\x08\x08 \x7f \r over'],
  ['bidi overrides', 'ab\u202e\u2066\u2067dc\u2069 end'],
  ['right-to-left', 'שלום עולם مرحبا بالعالم'],
  ['wide characters', '漢字カナ混じり文 한국어 ＷＩＤＥ'],
  ['emoji sequences', '👨‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇩🇪 ❤️ 1️⃣ ☎️'],
  ['piles of accents', `Z${'\u0334\u0335\u0321\u0353'.repeat(40)}algo`],
  ['invisible characters', 'a\u200b\u200c\u200d\u2060\ufeff\u00ad\u3164b'],
  ['tags and private use', '\u{e0041}\u{e0042} \ue000 \u{10ffff}'],
  ['half characters', 'x\ufffdy'],
  ['Indic and Thai', 'क्षत्रिय நிறுவனம் ภาษาไทยน้ำ'],
  ['a long word', `${'漢'.repeat(120)}${'x'.repeat(200)}`],
];

/** The separators of each row: the sessions' always, that of the people below the topic. */
function separatorsHold(): boolean {
  const { terminal } = anna;
  const { cols, rows } = terminal.emulator;
  const [left, right] = separators();
  if (left === -1 || right === -1 || right === left) return false;
  return Array.from({ length: rows - 2 }, (_, row) => row).every(
    (row) =>
      terminal.cell(row, left) === '│' &&
      (row === 0 || terminal.cell(row, right) === '│') &&
      right < cols,
  );
}

/** Their columns: in the row of the first person, where nothing else is right of them. */
function separators(): readonly [left: number, right: number] {
  const { terminal } = anna;
  const columns = Array.from({ length: terminal.emulator.cols }, (_, at) => at);
  const found = columns.filter((column) => terminal.cell(1, column) === '│');
  return [found[0] ?? -1, found.at(-1) ?? -1];
}

describe('hostile text', () => {
  it.each(hostile)('of %s stays in its place', async (what, text) => {
    const { terminal } = anna;
    mallory.say(text);
    mallory.say(`after ${what}`);
    await terminal.shows(`after ${what}`);
    await terminal.until('separators in their columns', separatorsHold);
    expect(terminal.emulator.buffer.active.type).toBe('alternate');
  });

  it('never reached the terminal as controls', () => {
    const { written } = anna.terminal;
    const controls = [
      'pwned\x07',
      '\x1b]52',
      '\x1bc',
      '\x1b[?1049l',
      '\x1b[2J\x1b[H',
      '\x9b',
      '\x9d',
    ];
    const invisible = ['\u202e', '\u2066', '\u2067', '\u2069', '\u200b', '\u2060', '\ufeff'];
    expect([...controls, ...invisible].filter((text) => written.includes(text))).toEqual([]);
  });

  it('looks as it was reviewed, at every size, and after a resize by one column', async () => {
    const { terminal } = anna;
    terminal.resize(100, 70);
    const picture = await pictureOf(terminal, 'hostile-100x70');
    expect(picture.shown).toBe(picture.kept);
    await terminal.until('separators in their columns', separatorsHold);
    terminal.resize(99, 70);
    await terminal.until('separators in their columns', separatorsHold);
    terminal.resize(80, 24);
    await terminal.until('separators in their columns', separatorsHold);
  });

  it('as a name moves no column either', async () => {
    mallory.command('\\nick 漢字漢字漢字漢字漢字漢字漢字');
    await anna.terminal.shows('漢字漢');
    await anna.terminal.until('separators in their columns', separatorsHold);
    expect(anna.terminal.text()).not.toContain('mallory: ');
  });
});
