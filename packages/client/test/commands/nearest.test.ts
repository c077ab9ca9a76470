// The nearest word.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearest } from '../../src/commands/nearest.ts';

const word = fc.string({ maxLength: 8, unit: fc.constantFrom('a', 'b', 'c') });

describe('editDistance', () => {
  it.each([
    ['help', 'help', 0],
    ['hlep', 'help', 1],
    ['hel', 'help', 1],
    ['', 'help', 4],
    ['quti', 'quit', 1],
    ['kitten', 'sitting', 3],
  ])('from %s to %s is %i', (left, right, distance) => {
    expect(editDistance(left, right)).toBe(distance);
  });

  it('is the same both ways, at most the longer length, and at least the difference of lengths', () => {
    fc.assert(
      fc.property(word, word, (left, right) => {
        const distance = editDistance(left, right);
        expect(distance).toBe(editDistance(right, left));
        expect(distance).toBeLessThanOrEqual(Math.max(left.length, right.length));
        expect(distance).toBeGreaterThanOrEqual(Math.abs(left.length - right.length));
      }),
    );
  });
});

describe('nearest', () => {
  it('takes the earlier of two that are equally near', () => {
    expect(nearest('ab', ['ax', 'ay'])).toBe('ax');
  });

  it('takes what begins so before what is spelt nearly so', () => {
    expect(nearest('q', ['me', 'quit'])).toBe('quit');
    expect(nearest('who', ['nick', 'me', 'whois'])).toBe('whois');
  });

  it('knows none where none is known', () => {
    expect(nearest('ab', [])).toBeNull();
  });
});
