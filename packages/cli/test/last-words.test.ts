// Who quits is told of lines that are lost by it: the lines' keys never came.

import { expect, it } from 'vitest';
import { closeTelling } from '../src/last-words.ts';
import { MemorySink } from './memory-sink.ts';

class Err extends MemorySink {
  flush(): Promise<void> {
    return Promise.resolve();
  }
}

/** What is told of so many lines, and whether the terminal was given back before. */
async function toldOf(unsaidLines: number): Promise<readonly [told: string, restored: string[]]> {
  const err = new Err();
  const restored: string[] = [];
  const ending = { restore: () => void restored.push(err.text) };
  const client = { unsaidLines };
  await closeTelling({ client, close: () => Promise.resolve() }, { ending, err });
  return [err.text, restored];
}

it('lines that are lost are told, once the terminal is given back', async () => {
  const [told, restored] = await toldOf(2);
  expect(told).toMatch(/^-- 2 lines in private sessions were not said: .*\n$/u);
  expect(restored).toEqual(['']);
});

it('nothing is told where nothing is lost', async () => {
  expect(await toldOf(0)).toEqual(['', []]);
});

it('what is lost is told before all is closed where that takes long', async () => {
  const err = new Err();
  const closed = Promise.withResolvers<void>();
  const peer = { client: { unsaidLines: 1 }, close: () => closed.promise };
  const told = closeTelling(peer, { ending: { restore: () => undefined }, err });
  await expect.poll(() => err.text, { timeout: 10_000 }).toContain('-- 1 line');
  closed.resolve();
  await told;
});
