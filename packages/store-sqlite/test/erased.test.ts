// What was replaced or forgotten cannot be read from the files that are left.

import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Write } from '@parley/core';
import { newConversation, sealedChain } from '@parley/testkit';
import { openStore } from '../src/open.ts';
import { fileForTest } from './support.ts';

/** Bytes to be recognised by any part of them: their mark, over and over. */
interface Marked {
  readonly mark: Buffer;
  readonly bytes: Buffer;
}

function marked(length: number): Marked {
  const mark = randomBytes(16);
  return { mark, bytes: Buffer.alloc(length, mark) };
}

const value = (key: string, bytes: Uint8Array | null): Write => {
  return { kind: 'value', key, value: bytes };
};

/** Everything in the directory of a database. */
function allBytes(file: string): Buffer {
  const directory = path.dirname(file);
  const names = fs.readdirSync(directory).map((name) => path.join(directory, name));
  return Buffer.concat(names.map((name) => fs.readFileSync(name)));
}

describe('once the store has closed', () => {
  test.each([100, 3_000, 20_000])(
    'values of %i bytes that were replaced or erased are nowhere',
    async (length) => {
      const file = fileForTest();
      const store = openStore({ path: file });
      const old: Marked[] = [];
      for (let round = 0; round < 40; round += 1) {
        const [state, key] = [marked(length + round), marked(length)];
        store.commit([value('state', state.bytes), value(`key ${round}`, key.bytes)]);
        old.push(state, key);
        if (round % 3 > 0) store.commit([value(`key ${round - 1}`, null)]);
      }
      const last = old.at(-2)!;
      store.commit(store.values('key ').map(({ key }) => value(key, null)));
      await store.close();
      const left = allBytes(file);
      expect(left.includes(last.mark)).toBe(true);
      expect(old.filter((each) => each !== last && left.includes(each.mark))).toEqual([]);
    },
  );

  test('what was opened of a conversation that was dropped is nowhere', async () => {
    const file = fileForTest();
    const store = openStore({ path: file });
    const conversation = newConversation();
    const chain = sealedChain(conversation, 50);
    const said = chain.entries.map((_, at) => `${'what was said in secret '.repeat(9)}${at}`);
    store.commit([chain.write(0, 50, { sealed: true })]);
    store.commit(said.map((text, seq) => chain.opened(seq, [text])));
    await store.close();
    expect(allBytes(file).includes('said in secret')).toBe(true);
    const again = openStore({ path: file });
    again.commit([{ kind: 'drop', conversation }]);
    await again.close();
    expect(allBytes(file).includes('said in secret')).toBe(false);
  });
});
