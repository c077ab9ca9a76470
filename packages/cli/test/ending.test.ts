// The ways out.

import { NetworkError } from '@parley/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Ending } from '../src/ending.ts';
import { CLI_LIMITS } from '../src/limits.ts';
import { Failure, exitCodeOf, failureText } from '../src/failure.ts';

const { endingMsMax } = CLI_LIMITS;

let exits: number[];
let failures: unknown[];
let ending: Ending;

beforeEach(() => {
  vi.useFakeTimers();
  exits = [];
  failures = [];
  ending = new Ending(
    (code) => exits.push(code),
    (error) => failures.push(error),
  );
});

afterEach(() => void vi.useRealTimers());

describe('Ending', () => {
  it('does what was added last first, then exits with the code', async () => {
    const done: string[] = [];
    ending.add(() => void done.push('first'));
    ending.add(async () => {
      await Promise.resolve();
      done.push('second');
    });
    ending.end(0);
    await vi.waitFor(() => expect(exits).toEqual([0]));
    expect(done).toEqual(['second', 'first']);
  });

  it('exits without a step that never ends, within two seconds', () => {
    ending.add(() => new Promise(() => undefined));
    ending.end(0);
    vi.advanceTimersByTime(endingMsMax - 1);
    expect(exits).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(exits).toEqual([0]);
    expect(endingMsMax).toBeLessThan(2_000);
  });

  it('exits at once when interrupted a second time', () => {
    ending.add(() => new Promise(() => undefined));
    ending.interrupt();
    expect(exits).toEqual([]);
    ending.interrupt();
    expect(exits).toEqual([0]);
  });

  it('counts the first end only', () => {
    ending.add(() => new Promise(() => undefined));
    ending.end(1);
    ending.end(0);
    vi.advanceTimersByTime(endingMsMax);
    expect(exits).toEqual([1]);
  });

  it('says whether what fails is the first failure or follows another', async () => {
    const first: boolean[] = [];
    const failing = (code: 0 | 1): Promise<void> => {
      const exited = Promise.withResolvers<void>();
      const one = new Ending(
        () => exited.resolve(),
        (_error, isFirst) => first.push(isFirst),
      );
      for (const text of ['one', 'two']) one.add(() => Promise.reject(new Error(text)));
      one.end(code);
      return exited.promise;
    };
    await failing(0);
    expect(first.splice(0)).toEqual([true, false]);
    await failing(1);
    expect(first).toEqual([false, false]);
  });

  it('does the other steps when one fails, tells of it, and exits with 1', async () => {
    const broken = new Error('disk');
    let done = false;
    ending.add(() => {
      done = true;
    });
    ending.add(() => Promise.reject(broken));
    ending.end(0);
    await vi.waitFor(() => expect(exits).toEqual([1]));
    expect([done, failures]).toEqual([true, [broken]]);
  });
});

describe('a failure', () => {
  it.each([
    [new Failure(2, 'bad\n  option'), 2, 'parley: bad option\n'],
    [new NetworkError('address-in-use', 'taken'), 1, 'parley: taken\n'],
    [
      Object.assign(new Error('EACCES: no'), { code: 'EACCES', syscall: 'open' }),
      1,
      'parley: EACCES: no\n',
    ],
    [
      new TypeError('x is not a function'),
      1,
      'parley: internal error: x is not a function (--log-level debug shows more)\n',
    ],
    ['thrown text', 1, 'parley: internal error: thrown text (--log-level debug shows more)\n'],
  ])('%s is one line', (error, code, text) => {
    expect(exitCodeOf(error)).toBe(code);
    expect(failureText(error, false)).toBe(text);
  });

  it('shows stacks, with causes, only where they are asked for', () => {
    const error = new Failure(1, 'outer', { cause: new Error('inner') });
    expect(failureText(error, true)).toMatch(
      /^parley: outer\n.*Failure: outer\n[^]*Error: inner\n/u,
    );
  });
});
