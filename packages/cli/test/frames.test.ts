// What comes over the local socket is decoded strictly, and never throws.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  framesVersion,
  piecesOf,
  readAttach,
  readInputFrame,
  readOutputFrame,
} from '../src/local/frames.ts';
import type { TerminalAttach } from '../src/local/frames.ts';
import { CLI_LIMITS } from '../src/limits.ts';

const flags = { input: fc.boolean(), out: fc.boolean(), err: fc.boolean() };
const attach: fc.Arbitrary<TerminalAttach> = fc.record({
  frames: fc.constant(framesVersion),
  face: fc.constantFrom('screen', 'plain', 'json'),
  time: fc.boolean(),
  color: fc.boolean(),
  stay: fc.boolean(),
  historyLines: fc.nat({ max: CLI_LIMITS.historyLinesMax }),
  logLevel: fc.constantFrom('error', 'warn', 'info', 'debug'),
  columns: fc.nat({ max: 10_000 }),
  rows: fc.nat({ max: 10_000 }),
  isTerminal: fc.record(flags),
  env: fc.record({ TERM: fc.string(), LANG: fc.string() }, { requiredKeys: [] }),
  name: fc.option(fc.string()),
  connect: fc.array(fc.string()),
});

/** One field of an object is another one, or gone. */
const damaged = fc
  .tuple(attach, fc.nat(), fc.constantFrom(undefined, -1, 1.5, {}, 'x', [1]))
  .map(([whole, at, value]) => {
    const names = Object.keys(whole).filter((name) => name !== 'frames');
    return { ...whole, [names[at % names.length] ?? '']: value };
  });

describe('attach', () => {
  it('comes as it went', () => {
    fc.assert(
      fc.property(attach, (terminal) => {
        const read = readAttach(JSON.stringify({ type: 'attach', ...terminal }));
        expect(read).toEqual({ ok: true, value: { kind: 'terminal', terminal } });
      }),
    );
  });

  it('never throws, and has each field as it must be', () => {
    fc.assert(
      fc.property(damaged, (fields) => {
        const read = readAttach(JSON.stringify({ type: 'attach', ...fields }));
        if (!read.ok || read.value?.kind !== 'terminal') return;
        const { columns, face, logLevel, connect } = read.value.terminal;
        expect(Number.isSafeInteger(columns)).toBe(true);
        expect(['screen', 'plain', 'json']).toContain(face);
        expect(['error', 'warn', 'info', 'debug']).toContain(logLevel);
        expect(connect.every((each) => typeof each === 'string')).toBe(true);
      }),
    );
  });

  it('of another version is refused, and anything else is JSON mode', () => {
    expect(readAttach('{"type":"attach","frames":2}')).toMatchObject({ ok: false });
    expect(readAttach('{"type":"attach","face":"plain"}')).toMatchObject({ ok: false });
    expect(readAttach('{"type":"attach","face":"json","history":3}')).toEqual({
      ok: true,
      value: { kind: 'json', historyLines: 3 },
    });
    expect(readAttach('{"type":"say","text":"x"}')).toEqual({ ok: true, value: null });
    expect(readAttach('GET / HTTP/1.1')).toEqual({ ok: true, value: null });
  });

  it('tells of the environment no more than a face looks at', () => {
    const fields = { HOME: '/home/anna', SECRET: 'x', TERM: 'xterm' };
    const [sample] = fc.sample(attach, 1);
    const read = readAttach(JSON.stringify({ type: 'attach', ...sample, env: fields }));
    expect(read).toMatchObject({ value: { terminal: { env: { TERM: 'xterm' } } } });
    expect(JSON.stringify(read)).not.toContain('SECRET');
  });
});

describe('a frame', () => {
  it('is read or is none, whatever comes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        expect(readInputFrame(line)).not.toBeUndefined();
        expect(readOutputFrame(line)).not.toBeUndefined();
        expect(readAttach(line)).toHaveProperty('ok');
      }),
    );
  });

  it('holds a piece of a text, and no piece ends within a character', () => {
    const long = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 50 }).map((text) => {
      return text.repeat(Math.ceil((CLI_LIMITS.frameCharactersMax * 3) / text.length));
    });
    fc.assert(
      fc.property(long, (text) => {
        const pieces = piecesOf(text);
        expect(pieces.join('')).toBe(text);
        for (const piece of pieces) {
          expect(piece.length).toBeLessThanOrEqual(CLI_LIMITS.frameCharactersMax);
          expect(piece.isWellFormed()).toBe(text.isWellFormed());
        }
      }),
      { numRuns: 20 },
    );
  });
});
