// JSON mode: what it writes, and what it does with what it reads.

import type { IdentityKey } from '@parley/core';
import { FakeClient } from '@parley/testkit';
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readJsonInput } from '../src/face/json-input.ts';
import { jsonLine } from '../src/face/json-objects.ts';
import { JsonFace } from '../src/face/json.ts';
import { Throttle } from '../src/face/throttle.ts';
import { MemorySink } from './memory-sink.ts';

const bobby = 'b'.repeat(64) as IdentityKey;

/** Text of any code points, halves of characters among them. */
const anyText: fc.Arbitrary<string> = fc
  .array(fc.nat({ max: 0x10ffff }))
  .map((points) => String.fromCodePoint(...points));

describe('jsonLine', () => {
  it('is one line without control, format or separator characters, and says the same', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const line = jsonLine({ text });
        expect(line).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]*\n$/u);
        expect(JSON.parse(line)).toEqual({ text });
      }),
    );
  });

  it('escapes what is beyond the first plane as two halves', () => {
    expect(jsonLine({ text: '\u{e0041}\u2028' })).toBe('{"text":"\\udb40\\udc41\\u2028"}\n');
  });
});

describe('readJsonInput', () => {
  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        expect(readJsonInput(line)).toHaveProperty('ok');
      }),
    );
  });

  it('ignores fields that it does not know', () => {
    expect(readJsonInput('{"type":"say","text":"x","to":1}')).toEqual({
      ok: true,
      value: { type: 'say', text: 'x' },
    });
  });
});

describe('Throttle', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('lets the first value through at once, then the newest of each interval', () => {
    const emitted: number[] = [];
    const throttle = new Throttle<number>(200, (value) => emitted.push(value));
    for (let value = 0; value < 100; value += 1) throttle.offer('key', value);
    expect(emitted).toEqual([0]);
    vi.advanceTimersByTime(200);
    expect(emitted).toEqual([0, 99]);
    vi.advanceTimersByTime(1_000);
    expect(emitted).toEqual([0, 99]);
  });

  it('keeps keys apart, and flushes what waits', () => {
    const emitted: string[] = [];
    const throttle = new Throttle<string>(200, (value) => emitted.push(value));
    for (const value of ['a1', 'b1', 'a2', 'b2']) throttle.offer(value[0] ?? '', value);
    throttle.flush();
    expect(emitted).toEqual(['a1', 'b1', 'a2', 'b2']);
  });

  it('emits at most five times a second', () => {
    const emitted: number[] = [];
    const throttle = new Throttle<number>(200, (value) => emitted.push(value));
    for (let ms = 0; ms < 1_000; ms += 1) {
      throttle.offer('key', ms);
      vi.advanceTimersByTime(1);
    }
    expect(emitted.length).toBeLessThanOrEqual(6);
    expect(emitted.length).toBeGreaterThanOrEqual(5);
  });
});

describe('JsonFace', () => {
  let client: FakeClient;
  let sink: MemorySink;
  let quits: number;
  let failures: unknown[];

  beforeEach(() => {
    client = new FakeClient();
    sink = new MemorySink();
    quits = 0;
    failures = [];
  });

  function face(): JsonFace {
    return new JsonFace({
      client,
      tools: { wordsOf: () => ['word'], nowMs: () => 0 },
      stdout: sink,
      stderr: new MemorySink(),
      logLevel: 'info',
      after: client.view.newest(),
      attend: (session) => client.attend(session),
      goesOut: 'at-restart',
      onQuit: () => {
        quits += 1;
      },
      onFailure: (error) => failures.push(error),
    });
  }

  const objects = (): Record<string, unknown>[] =>
    sink.text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const types = (): unknown[] => objects().map(({ type }) => type);
  const begin = { version: '1.2.3', history: [] };

  it('begins with the ready object, whatever came before it', () => {
    const shown = face();
    client.emit({ kind: 'notice', text: 'early', level: 'info' });
    expect(sink.text).toBe('');
    shown.begin(begin);
    expect(types()).toEqual(['ready', 'notice', 'status']);
    expect(objects()[0]).toEqual({
      type: 'ready',
      identity: client.view.self.identity,
      name: 'anna',
      peer: '12D3fake',
      listen: ['127.0.0.1:4747'],
      version: '1.2.3',
    });
  });

  it('writes each new line once, own ones included, and old ones only where history asks', async () => {
    client.addLine({ text: 'old' });
    const shown = face();
    shown.begin({ ...begin, history: client.view.history('lobby', { linesMax: 1 }) });
    client.addLine({ text: 'theirs', identity: bobby, name: 'bobby', kind: 'me', late: true });
    expect(shown.taker.take('{"type":"say","text":"mine"}')).toBe(true);
    await shown.caughtUp();
    const lines = objects().filter(({ type }) => type === 'line');
    expect(lines.map(({ text }) => text)).toEqual(['old', 'theirs', 'mine']);
    expect(lines[1]).toEqual({
      type: 'line',
      session: 'lobby',
      id: 'line-2',
      from: { identity: bobby, name: 'bobby' },
      text: 'theirs',
      kind: 'me',
      time: '1970-01-01T00:00:00.000Z',
      own: false,
      late: true,
    });
    expect(lines[2]).toMatchObject({ own: true, text: 'mine' });
  });

  it('tells of delivery behind the line that was delivered', async () => {
    const shown = face();
    shown.begin(begin);
    shown.taker.take('{"type":"say","text":"mine"}');
    client.emit({ kind: 'delivered', session: 'lobby', id: 'line-1', heldBy: 2 });
    await shown.caughtUp();
    await nextTurn();
    expect(types()).toEqual(['ready', 'status', 'line', 'delivered']);
    expect(objects().at(-1)).toEqual({
      type: 'delivered',
      session: 'lobby',
      id: 'line-1',
      heldBy: 2,
    });
  });

  it('writes a status only when it changed', async () => {
    const shown = face();
    shown.begin(begin);
    client.emit({ kind: 'status', session: 'lobby' });
    await shown.caughtUp();
    expect(types()).toEqual(['ready', 'status']);
    client.view.allSessions = [{ ...client.view.allSessions[0]!, held: 5 }];
    client.emit({ kind: 'status', session: 'lobby' });
    await shown.caughtUp();
    expect(objects().at(-1)).toEqual({
      type: 'status',
      session: 'lobby',
      held: 5,
      missing: 0,
      peers: 0,
    });
  });

  it('tells of peers, notices and errors as they come', () => {
    const shown = face();
    shown.begin(begin);
    const peer = { identity: bobby, name: 'bobby', address: '10.0.0.2:4747', path: 'lan' } as const;
    client.emit({ kind: 'peer', event: 'connected', ...peer });
    client.emit({ kind: 'notice', text: 'hm', level: 'info' });
    client.emit({ kind: 'notice', text: 'too much', level: 'debug' });
    client.emit({ kind: 'error', code: 'full', text: 'no room' });
    expect(objects().slice(2)).toEqual([
      { type: 'peer', event: 'connected', ...peer },
      { type: 'notice', text: 'hm' },
      { type: 'error', code: 'full', text: 'no room' },
    ]);
  });

  it.each([
    ['{', 'bad-json'],
    ['{"type":"dance"}', 'unknown-type'],
    ['{"type":"say"}', 'missing-field'],
    ['{"type":"say","text":"x","session":"no"}', 'unknown-session'],
    ['{"type":"say","text":"  "}', 'empty'],
    ['{"type":"command","text":"\\\\nick #x"}', 'bad-name'],
    ['{"type":"command","text":"hello"}', 'unknown-command'],
  ])('answers %s with the error %s and does nothing else', (line, code) => {
    const shown = face();
    shown.begin(begin);
    expect(shown.taker.take(line)).toBe(true);
    expect(objects().slice(2)).toMatchObject([{ type: 'error', code }]);
    expect(client.view.lines).toEqual([]);
  });

  it('answers a command in one notice, and leaves at \\quit', () => {
    const shown = face();
    shown.begin(begin);
    shown.taker.take('{"type":"command","text":"\\\\users"}');
    expect(objects().at(-1)).toMatchObject({ type: 'notice' });
    expect(shown.taker.take('{"type":"command","text":"\\\\quit"}')).toBe(false);
    expect(quits).toBe(1);
  });

  it('takes no more input while the client or the reader has no room', async () => {
    const shown = face();
    shown.begin(begin);
    expect(shown.taker.gate()).toBeNull();
    client.hasRoom = false;
    const gate = shown.taker.gate();
    client.makeRoom();
    await gate;
    sink.hasRoom = false;
    expect(shown.taker.gate()).not.toBeNull();
  });

  it('says what became of what was said at the end of the input', () => {
    const shown = face();
    shown.begin(begin);
    shown.settled(client.settled);
    shown.taker.take('{"type":"say","text":"mine"}');
    shown.settled({ acknowledged: 2, silent: [], unacknowledgedEntries: 0, unsaidLines: 0 });
    shown.settled({ acknowledged: 0, silent: ['bobby'], unacknowledgedEntries: 1, unsaidLines: 0 });
    const told = objects().slice(2);
    expect(told.filter(({ type }) => type === 'notice').map(({ text }) => text)).toEqual([
      '1 line held by 2 peers',
      expect.stringContaining('bobby did not acknowledge 1 entry'),
    ]);
    expect(told.filter(({ type }) => type === 'settled')).toEqual([
      { type: 'settled', said: 0, ...client.settled },
      {
        type: 'settled',
        said: 1,
        acknowledged: 2,
        silent: [],
        unacknowledgedEntries: 0,
        unsaidLines: 0,
      },
      {
        type: 'settled',
        said: 1,
        acknowledged: 0,
        silent: ['bobby'],
        unacknowledgedEntries: 1,
        unsaidLines: 0,
      },
    ]);
  });

  it('hands over a client that failed', () => {
    face().begin(begin);
    const error = new Error('disk');
    client.emit({ kind: 'failed', error });
    expect(failures).toEqual([error]);
  });
});
