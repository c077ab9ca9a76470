// The store on SQLite and the store in memory tell the same of any history.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConversationId, Store, Write } from '@parley/core';
import { MemoryDisk, TestChain, newConversation } from '@parley/testkit';
import { dump } from './dump.ts';
import { fileForTest, storeForTest } from './support.ts';

const CHAINS = 4;
const ENTRIES = 12;

/** One write, of chain `chain`: which, how many entries, and which of them it is about. */
interface Act {
  readonly kind: 'plain' | 'parked' | 'sealed' | 'opened' | 'drop' | 'unpark' | 'value' | 'index';
  readonly chain: number;
  readonly count: number;
}

const act: fc.Arbitrary<Act> = fc.record({
  kind: fc.constantFrom(
    ...(['plain', 'parked', 'sealed', 'sealed', 'opened', 'opened', 'opened'] as const),
    ...(['drop', 'unpark', 'value', 'index'] as const),
  ),
  chain: fc.nat(CHAINS - 1),
  count: fc.integer({ min: 1, max: 4 }),
});

/** Chains of two conversations, some of whose entries say the same moment. */
class Cast {
  readonly conversations: readonly ConversationId[] = [newConversation(), newConversation()];
  readonly chains: readonly TestChain[];
  /** How much of each has been stored, and how much of that was opened. */
  readonly #stored: number[] = Array.from({ length: CHAINS }, () => 0);
  readonly #opened: number[] = Array.from({ length: CHAINS }, () => 0);

  constructor() {
    this.chains = Array.from({ length: CHAINS }, (_, at) => {
      const chain = new TestChain(this.conversationOf(at));
      for (let ms = 0; ms < ENTRIES; ms += 1)
        chain.say(['quick'], { ms, keyId: at % 3 ? 1 : null });
      return chain;
    });
  }

  conversationOf(chain: number): ConversationId {
    return this.conversations[chain % 2]!;
  }

  writesOf({ kind, chain, count }: Act): Write[] {
    const [told, conversation] = [this.chains[chain]!, this.conversationOf(chain)];
    switch (kind) {
      case 'plain':
      case 'parked':
      case 'sealed': {
        const from = this.#stored[chain]!;
        this.#stored[chain] = Math.min(ENTRIES, from + count);
        if (from >= ENTRIES) return [];
        const options = { arrivedMs: count, late: count % 2 === 0, [kind]: true };
        return [told.write(from, this.#stored[chain], options)];
      }
      case 'opened': {
        const from = this.#opened[chain]!;
        this.#opened[chain] = Math.min(ENTRIES, from + count);
        return Array.from({ length: this.#opened[chain] - from }, (_, at) =>
          told.opened(from + at, at === 1 ? [] : ['quick', `opened ${at}`], { arrivedMs: at }),
        );
      }
      case 'drop':
        for (let at = chain % 2; at < CHAINS; at += 2) {
          this.#stored[at] = 0;
          this.#opened[at] = 0;
        }
        return [{ kind, conversation }];
      case 'unpark':
        return [{ kind, conversation, throughMs: count * 2 }];
      case 'value':
        return [
          { kind, key: `k${chain}`, value: count > 3 ? null : new Uint8Array(count * 1_500) },
        ];
      case 'index':
        return [];
    }
  }
}

/** Whether it was committed, and what the store holds then. */
function outcome(store: Store, writes: readonly Write[], cast: Cast): unknown {
  let refused = false;
  try {
    store.commit(writes);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes('not sealed')) throw error;
    refused = true;
  }
  const entries = cast.chains.flatMap((chain) => chain.entries);
  const found = entries.map(({ id }) => {
    const stored = store.entry(id);
    return stored && [stored.arrival, stored.arrivedMs, stored.late, stored.opened];
  });
  return { refused, found, all: dump(store) };
}

describe('the store on SQLite and the store in memory', () => {
  test('tell the same of any history', () => {
    const history = fc.array(fc.array(act, { minLength: 1, maxLength: 5 }), { maxLength: 12 });
    let [refused, dropped] = [0, 0];
    const file = fileForTest();
    const sqlite = storeForTest({ path: file });
    const memory = new MemoryDisk().open();
    fc.assert(
      fc.property(history, (batches) => {
        const cast = new Cast();
        for (const batch of batches) {
          const writes = batch.flatMap((each) => cast.writesOf(each));
          for (const { kind, count } of batch) if (kind === 'index') sqlite.indexSome(count);
          const [real, model] = [sqlite, memory].map((store) => outcome(store, writes, cast));
          expect(real).toEqual(model);
          if ((real as { refused: boolean }).refused) refused += 1;
          if (batch.some(({ kind }) => kind === 'drop')) dropped += 1;
        }
        const clean = cast.conversations.map(
          (conversation) => ({ kind: 'drop', conversation }) as const,
        );
        for (const store of [sqlite, memory]) store.commit(clean);
      }),
      { numRuns: 60 },
    );
    expect(refused).toBeGreaterThan(0);
    expect(dropped).toBeGreaterThan(0);
  });
});
