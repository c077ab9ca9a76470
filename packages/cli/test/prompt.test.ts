// The line one types in, while others speak.

import { PassThrough } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { IdentityKey } from '@parley/core';
import { personOf } from '@parley/testkit';
import { describe, expect, it } from 'vitest';
import { complete } from '../src/face/complete.ts';
import { Prompt, promptText } from '../src/face/prompt.ts';
import { MemorySink } from './memory-sink.ts';

const people = [
  personOf({ identity: 'a'.repeat(64) as IdentityKey, name: 'bella', you: true }),
  personOf({ identity: 'b'.repeat(64) as IdentityKey, name: 'bobby' }),
  personOf({ identity: 'c'.repeat(64) as IdentityKey, name: 'Boris' }),
];

describe('complete', () => {
  it.each([
    ['\\wh', ['\\whois '], '\\wh'],
    ['/us', ['/users '], '/us'],
    ['bo', ['bobby: ', 'Boris: '], 'bo'],
    ['hello bob', ['bobby '], 'bob'],
    ['\\whois bor', ['Boris '], 'bor'],
    ['\\fork bo', ['bobby ', 'Boris '], 'bo'],
    ['\\fork bobby bor', ['Boris '], 'bor'],
    ['/inv', ['/invite '], '/inv'],
    ['\\fork bell', [], 'bell'],
    ['nobody', [], 'nobody'],
  ])('%s becomes one of %j', (typed, candidates, word) => {
    expect(complete(typed, people)).toEqual([candidates, word]);
  });
});

describe('promptText', () => {
  const screen = { color: false, unicode: true };

  it('shows what the session is called, and only so much of it as leaves room to type', () => {
    expect(promptText('lobby', screen)).toBe('[lobby] ');
    expect(promptText('bobby, carmen', screen)).toBe('[bobby, carmen] ');
    expect(promptText('x'.repeat(200), screen)).toBe(`[${'x'.repeat(32)}...] `);
  });

  it('shows names harmlessly', () => {
    expect(promptText('bo\u001bbby', screen)).toBe('[bo\\u{1b}bby] ');
    expect(promptText('bobby·7k2f', { ...screen, unicode: false })).toBe('[bobby?7k2f] ');
  });
});

interface Sat {
  readonly prompt: Prompt;
  readonly input: PassThrough;
  readonly typed: string[];
  readonly events: string[];
  readonly screen: () => string;
}

function sit(): Sat {
  const input = new PassThrough();
  const output = new PassThrough({ encoding: 'utf8' });
  let text = '';
  output.on('data', (chunk: string) => {
    text += chunk;
  });
  const typed: string[] = [];
  const events: string[] = [];
  const prompt = new Prompt({
    input,
    output,
    text: () => '> ',
    complete: (line) => complete(line, people),
    onLine: (line) => typed.push(line),
    onEnd: () => events.push('end'),
    onInterrupt: () => events.push('interrupt'),
  });
  return { prompt, input, typed, events, screen: () => text };
}

describe('Prompt', () => {
  it('hands over what is typed, and shows itself again', async () => {
    const { prompt, input, typed, screen } = sit();
    prompt.show();
    input.write('hello\r');
    await nextTurn();
    expect(typed).toEqual(['hello']);
    expect(screen().match(/> /gu)).toHaveLength(2);
    prompt.close();
  });

  it('makes room for what arrives, and puts back what was being typed', async () => {
    const { prompt, input, typed, screen } = sit();
    const sink = new MemorySink();
    const above = prompt.above(sink);
    above.write('before the prompt\n');
    expect(screen()).toBe('');
    prompt.show();
    input.write('half');
    await nextTurn();
    above.write('someone speaks\n');
    await nextTurn();
    expect(sink.text).toBe('before the prompt\nsomeone speaks\n');
    const after = screen().slice(screen().lastIndexOf('half'));
    expect(screen()).toContain('\u001b[0J');
    expect(after.startsWith('half')).toBe(true);
    input.write(' a line\r');
    await nextTurn();
    expect(typed).toEqual(['half a line']);
    prompt.close();
  });

  it('tells Ctrl-C from Ctrl-D, and neither once it is closed', async () => {
    const { prompt, input, events } = sit();
    prompt.show();
    input.write('\u0003');
    await nextTurn();
    input.write('\u0004');
    await nextTurn();
    expect(events).toEqual(['interrupt', 'end']);
    const other = sit();
    other.prompt.close();
    await nextTurn();
    expect(other.events).toEqual([]);
  });
});
