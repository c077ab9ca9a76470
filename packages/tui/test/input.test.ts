// Typing, sending, editing, pasting and completing, as a person sees it.

import { FakeClient, personOf, privateSummary } from '@parley/testkit';
import type { IdentityKey } from '@parley/core';
import { afterEach, describe, expect, it } from 'vitest';
import { Stage } from './kit/screen.ts';

const bobby = personOf({ identity: 'b'.repeat(64) as IdentityKey, name: 'bobby', path: 'lan' });
const bjorn = personOf({ identity: 'd'.repeat(64) as IdentityKey, name: 'björn', path: 'lan' });

let stage: Stage;
afterEach(() => stage.face.stop());

function open(columns = 80, rows = 24): Stage {
  const client = new FakeClient();
  client.view.allPeople = [...client.view.allPeople, bobby, bjorn];
  client.view.allSessions = [...client.view.allSessions, privateSummary(1, 'us', [bobby])];
  stage = new Stage(columns, rows, client).open();
  return stage;
}

const typed = (screen: string): string => screen.slice(screen.indexOf('\n>') + 1).trimEnd();
const texts = (): string[] => stage.client.view.lines.map(({ text }) => text);

describe('the input', () => {
  it('says what was typed, and is empty then', async () => {
    open().type('hello wörld 👍\r');
    const screen = await stage.shows((text) => text.includes('anna: hello wörld 👍'));
    expect(typed(screen)).toBe('>');
    expect(texts()).toEqual(['hello wörld 👍']);
  });

  it('grows with new lines, and sends them as one message', async () => {
    open().type('one\x1b\rtwo\nthree');
    const screen = await stage.shows((text) => text.includes('three'));
    expect(typed(screen)).toBe('> one\n  two\n  three');
    expect(stage.cursor()).toEqual([23, 7]);
    stage.type('\r');
    await stage.shows((text) => text.includes('anna: one'));
    expect(texts()).toEqual(['one\ntwo\nthree']);
  });

  it('takes no more than its share of the screen, and keeps the cursor in sight', async () => {
    open(80, 20).type(Array.from({ length: 12 }, (_, at) => `line ${at}`).join('\n'));
    const screen = await stage.shows((text) => text.includes('line 11'));
    const rows = screen.split('\n').filter((row) => row.startsWith('  line'));
    expect(rows).toEqual([6, 7, 8, 9, 10, 11].map((at) => `  line ${at}`));
  });

  it('keeps a message that was refused', async () => {
    open();
    stage.client.view.allSessions = stage.client.view.allSessions.map((each) =>
      each.session === 'lobby' ? { ...each, open: false } : each,
    );
    stage.type('too late\r');
    const screen = await stage.shows((text) => text.includes('is closed'));
    expect(typed(screen)).toBe('> too late');
  });

  it('never says an unknown command', async () => {
    open(120).type('\\usres\r');
    const screen = await stage.shows((text) => text.includes('unknown command \\usres'));
    expect(screen).toContain('the nearest is \\users');
    expect(texts()).toEqual([]);
  });

  it('keeps what was typed in each session, also over a restart', async () => {
    open().type('first\rsecond\r\x1b1third\r\x1b0\x1b[A');
    expect(typed(await stage.shows((text) => text.includes('> second')))).toBe('> second');
    stage.type('\x1b[A');
    await stage.shows((text) => text.includes('> first'));
    const { client } = stage;
    stage.face.stop();
    stage = new Stage(80, 24, client).open();
    stage.type('\x1b1\x1b[A');
    await stage.shows((text) => text.includes('> third'));
  });

  it('puts back in one session what was cut in another', async () => {
    open().type('moved\x15\x1b1\x19');
    await stage.shows((text) => text.includes('> moved'));
    expect(texts()).toEqual([]);
  });

  it('stands still while someone types far more than is asked', async () => {
    open().type('x'.repeat(3_000));
    const screen = await stage.shows((text) => text.includes('xxx'));
    expect(screen.split('\n')).toHaveLength(25);
  });
});

const paste = (text: string): string => `\x1b[200~${text}\x1b[201~`;

describe('a paste', () => {
  it('of few lines goes into the input, and is not sent', async () => {
    open().type(paste('a\r\nb\rc\n'));
    expect(typed(await stage.shows((text) => text.includes('  c')))).toBe('> a\n  b\n  c');
    expect(texts()).toEqual([]);
  });

  it('of many lines is asked about: s sends, e edits, escape forgets it', async () => {
    const lines = Array.from({ length: 8 }, (_, at) => `row ${at}`).join('\n');
    open().type(paste(lines));
    expect(typed(await stage.shows((text) => text.includes('paste 8 lines?')))).not.toContain(
      'row',
    );
    stage.type('\x1b');
    await stage.shows((text) => !text.includes('paste 8'));
    stage.type(paste(lines));
    await stage.shows((text) => text.includes('paste 8 lines?'));
    stage.type('e');
    await stage.shows((text) => text.includes('row 7'));
    stage.type('\x15'.repeat(20) + '\x7f'.repeat(100));
    stage.type(paste(lines));
    await stage.shows((text) => text.includes('paste 8 lines?'));
    stage.type('s');
    await stage.shows((text) => text.includes('anna: row 0'));
    expect(texts()).toEqual([lines]);
  });

  it('that holds escape sequences shows them harmlessly', async () => {
    open().type(paste('a\x1b[31mred\x07\x1b]0;title\x07'));
    const screen = await stage.shows((text) => text.includes('red'));
    expect(screen).toContain('\\u{1b}[31mred\\u{7}');
  });
});

describe('completion', () => {
  it('of a leading name adds a colon, and goes through all that fit in both directions', async () => {
    stage = open();
    stage.client.addLine({ identity: bobby.identity, name: 'bobby', text: 'x' });
    await stage.shows((text) => text.includes('bobby: x'));
    stage.type('b\t');
    expect(typed(await stage.shows((text) => text.includes('> bobby:')))).toBe('> bobby:');
    stage.type('\t');
    await stage.shows((text) => text.includes('> björn:'));
    stage.type('\x1b[Z');
    await stage.shows((text) => text.includes('> bobby:'));
  });

  it('prefers who spoke last', async () => {
    open();
    stage.client.addLine({ identity: bobby.identity, name: 'bobby', text: 'x' });
    stage.client.addLine({ identity: bjorn.identity, name: 'björn', text: 'y' });
    await stage.shows((text) => text.includes('björn: y'));
    stage.type('b\t');
    const screen = await stage.shows((text) => text.includes('> björn:'));
    expect(typed(screen)).toBe('> björn:');
  });

  it('inside a message takes the word at the cursor, and puts a blank behind it', async () => {
    open().type('hey BJO\t');
    expect(typed(await stage.shows((text) => text.includes('hey björn')))).toBe('> hey björn');
  });

  it('knows commands, and sessions behind \\switch', async () => {
    open().type('\\sw\t');
    await stage.shows((text) => text.includes('> \\switch'));
    stage.type('b\t');
    await stage.shows((text) => text.includes('\\switch bobby'));
    stage.type('\r');
    const screen = await stage.shows((text) => text.includes('P-> bobby'));
    expect(screen).toContain('private session 1, end-to-end encrypted');
  });
});

describe('help', () => {
  it('\\help teaches in a list that can be read to its end on a small screen', async () => {
    open(40, 10).type('\\help\r');
    await stage.shows((text) => text.includes('escape closes') && text.includes('TALKING'));
    stage.type('\x1b[F');
    await stage.shows((text) => text.includes('lists the keys'));
    stage.type('\x1b');
    await stage.shows((text) => !text.includes('escape closes'));
    stage.type('\\help whois\r');
    const screen = await stage.shows((text) => text.includes('example: \\whois bobby'));
    expect(typed(screen)).toBe('>');
  });

  it('? in an empty line lists the keys, and any key closes it; elsewhere it is a question mark', async () => {
    open().type('?');
    await stage.shows((text) => text.includes('send what is typed'));
    stage.type('\x1b');
    await stage.shows((text) => !text.includes('send what is typed'));
    stage.type('?');
    await stage.shows((text) => text.includes('send what is typed'));
    stage.type('a');
    await stage.shows((text) => text.includes('> a') && !text.includes('send what is typed'));
    stage.type('?');
    expect(typed(await stage.shows((text) => text.includes('a?')))).toBe('> a?');
  });

  it('the first start says in three lines how others reach one', async () => {
    open();
    stage.face.begin();
    const screen = await stage.shows((text) => text.includes('parley --connect'));
    expect(screen).toContain('127.0.0.1:4747');
    expect(screen).toContain('\\help');
  });
});
