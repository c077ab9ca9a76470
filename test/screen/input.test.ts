// What a person types, pastes and completes, in a real terminal.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endAll, startJson } from '../e2e/peer.ts';
import type { Peer } from '../e2e/peer.ts';
import { openFace } from './face.ts';
import type { Face } from './face.ts';
import { pictureOf } from './picture.ts';
import { alt, bracketed, closeTerminals, ctrl, keys } from './terminal.ts';

let bobby: Peer;
let barbara: Peer;
let anna: Face;

beforeAll(async () => {
  bobby = await startJson('bobby');
  barbara = await startJson('barbara', { args: ['--connect', bobby.address] });
  anna = await openFace('anna', { with: [bobby] });
  await anna.terminal.shows('connected to 2 peers');
});

afterAll(async () => {
  await closeTerminals();
  await endAll();
});

/** Waits until just this is typed. */
async function typed(text: string): Promise<void> {
  await anna.terminal.until(`typed: ${text}`, () => anna.terminal.rows().at(-1) === `> ${text}`);
}

/** Empties the input, of however few lines. */
async function emptied(): Promise<void> {
  for (let line = 0; line < 6; line += 1) {
    anna.terminal.type(ctrl('e'), ctrl('u'), keys.backspace, ctrl('d'));
  }
  await anna.terminal.until('empty input', () => anna.terminal.rows().at(-1) === '>');
}

const numbered = (count: number): string =>
  Array.from({ length: count }, (_, at) => `pasted line ${at + 1}`).join('\n');

describe('a paste', () => {
  it('of up to five lines stands in the input, is sent by nobody, and goes as one message', async () => {
    const { terminal } = anna;
    terminal.type(bracketed(numbered(5)));
    await terminal.shows('> pasted line 1', 'pasted line 5');
    const pasteFive = await pictureOf(terminal, 'paste-five');
    expect(pasteFive.shown).toBe(pasteFive.kept);
    expect(bobby.texts()).toEqual([]);
    terminal.type(keys.enter);
    await bobby.sees(numbered(5));
  });

  it('of more lines is asked about, and s sends it as one message', async () => {
    const { terminal } = anna;
    terminal.type(bracketed(numbered(12)));
    await terminal.shows('paste 12 lines?');
    const pasteAsked = await pictureOf(terminal, 'paste-asked');
    expect(pasteAsked.shown).toBe(pasteAsked.kept);
    terminal.type('s');
    await bobby.sees(numbered(12));
    await terminal.hides('paste 12 lines?');
    expect(bobby.texts()).toEqual([numbered(5), numbered(12)]);
  });

  it('of more lines is put into the input by e, with what is typed in the same moment', async () => {
    const { terminal } = anna;
    terminal.type(bracketed(numbered(7)));
    await terminal.shows('paste 7 lines?');
    terminal.type(`e and more${keys.enter}`);
    await bobby.sees(`${numbered(7)} and more`);
    expect(bobby.texts()).toHaveLength(3);
  });

  it('of more lines is forgotten by escape', async () => {
    const { terminal } = anna;
    terminal.type('kept');
    terminal.type(bracketed(numbered(900)));
    await terminal.shows('paste 900 lines?');
    terminal.type(keys.escape);
    await typed('kept');
    expect(bobby.texts()).toHaveLength(3);
    await emptied();
  });

  it('of escape sequences sends none, and what looks like keys presses none', async () => {
    const { terminal } = anna;
    terminal.type(bracketed(`\\quit\r\x1b[31mred\x03\ttab`));
    await terminal.shows('red');
    expect(terminal.exitCode).toBeNull();
    await emptied();
  });
});

describe('the input', () => {
  it('grows with new lines by ctrl-j and alt-enter, and is one message', async () => {
    const { terminal } = anna;
    terminal.type('first', ctrl('j'), 'second', alt('\r'), 'third');
    await terminal.shows('> first', '  second', '  third');
    const inputGrown = await pictureOf(terminal, 'input-grown');
    expect(inputGrown.shown).toBe(inputGrown.kept);
    terminal.type(keys.enter);
    await bobby.sees('first\nsecond\nthird');
  });

  it('cuts, puts back and undoes as readline does', async () => {
    const { terminal } = anna;
    terminal.type('one two three', ctrl('w'));
    await typed('one two');
    terminal.type(ctrl('a'), ctrl('y'), ctrl('e'));
    await typed('threeone two');
    terminal.type('\x1f');
    await typed('one two');
    await emptied();
    expect(bobby.texts()).toHaveLength(4);
  });

  it('remembers what was typed, also over a restart', async () => {
    const { home } = anna;
    anna.terminal.enter('\\quit');
    expect(await anna.terminal.end()).toBe(0);
    anna = await openFace('anna', { home, with: [bobby] });
    const { terminal } = anna;
    await terminal.shows('connected to 2 peers');
    terminal.type(keys.up, keys.up);
    await terminal.shows('> first', '  second', '  third');
    await emptied();
  });
});

/** The command that stands in the input. */
function command(): string | false {
  return /^> (\\s\w+)/u.exec(anna.terminal.rows().at(-1) ?? '')?.at(1) ?? false;
}

function otherThan(from: string): string | false {
  const now = command();
  return now !== from && now;
}

describe('completion', () => {
  it('goes through commands forwards and backwards', async () => {
    const { terminal } = anna;
    terminal.type('\\s', keys.tab);
    const first = await terminal.until('a command', command);
    terminal.type(keys.tab);
    const second = await terminal.until('another', () => otherThan(first));
    terminal.type(keys.shiftTab);
    await typed(first);
    terminal.type(keys.shiftTab);
    const last = await terminal.until('the last', () => otherThan(first));
    expect([first, second, last].every((word) => word.startsWith('\\s'))).toBe(true);
    expect(last).not.toBe(second);
    await emptied();
  });

  it('goes through names, with a colon where the line begins with one', async () => {
    const { terminal } = anna;
    barbara.say('barbara spoke last');
    await terminal.shows('barbara spoke last');
    terminal.type('b', keys.tab);
    await typed('barbara:');
    terminal.type(keys.tab);
    await typed('bobby:');
    terminal.type(keys.tab);
    await typed('barbara:');
    terminal.type(keys.shiftTab);
    await typed('bobby:');
    terminal.type('hello ba', keys.tab, 'too');
    await typed('bobby: hello barbara too');
    expect(terminal.text()).toContain('barbara spoke last');
    await emptied();
  });
});
