// Claims of the store contract about reading entries: by id, by arrival, and in the order on
// screen.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareOrder, orderKeyOf } from '@parley/core';
import type {
  ChainKey,
  ConversationId,
  Entry,
  OrderKey,
  Store,
  StoredEntry,
  WindowQuery,
  Write,
} from '@parley/core';
import { TestChain, chainOf, newConversation, newEntryId } from './store-entries.ts';
import { claimTwice, storeForTest } from './store-under-test.ts';
import type { MakeStore } from './store-under-test.ts';

/** Times of entries chain by chain, and the order in which pieces of the chains arrive. */
interface History {
  readonly times: readonly (readonly { readonly ms: number; readonly counter: number }[])[];
  readonly pieceLength: number;
  readonly shuffle: readonly number[];
}

function history(): fc.Arbitrary<History> {
  // Few different times, so that many entries are told apart by chain and number only.
  const time = fc.record({ ms: fc.nat(6), counter: fc.nat(1) });
  const chain = fc.array(time, { minLength: 1, maxLength: 9 });
  return fc.record({
    times: fc.array(chain, { minLength: 1, maxLength: 4 }),
    pieceLength: fc.integer({ min: 1, max: 4 }),
    shuffle: fc.array(fc.nat(1_000), { minLength: 40, maxLength: 40 }),
  });
}

/** Before every entry there can be. */
const lowest: OrderKey = { hlc: { ms: -1, counter: -1 }, chain: '' as ChainKey, seq: -1 };

interface Told {
  readonly conversation: ConversationId;
  /** In order of arrival. */
  readonly arrived: readonly Entry[];
}

/** Stores a history in pieces, in a conversation of its own. */
function tell(store: Store, { times, pieceLength, shuffle }: History): Told {
  const conversation = newConversation();
  const pieces = times.flatMap((ofChain) => {
    const chain = new TestChain(conversation);
    for (const { ms, counter } of ofChain) chain.say(['text'], { ms, counter });
    const starts = [...chain.entries.keys()].filter((at) => at % pieceLength === 0);
    return starts.map((from) => chain.write(from, from + pieceLength));
  });
  const shuffled = pieces
    .map((write, at) => ({ write, rank: shuffle[at] ?? 0 }))
    .toSorted((left, right) => left.rank - right.rank);
  for (const { write } of shuffled) store.commit([write]);
  const arrived = shuffled.flatMap(({ write }) => entriesOf(write));
  return { conversation, arrived };
}

function entriesOf(write: Write): readonly Entry[] {
  return write.kind === 'entries' ? write.entries : [];
}

function idsOf(stored: readonly StoredEntry[]): string[] {
  return stored.map(({ entry }) => entry.id);
}

/** The stupid way: sort everything, look at everything. */
function windowOf(entries: readonly Entry[], query: WindowQuery): string[] {
  const { after, before, sinceMs = 0, untilMs = Number.MAX_VALUE, entriesMax } = query;
  const inside = entries
    .toSorted((left, right) => compareOrder(orderKeyOf(left), orderKeyOf(right)))
    .filter(({ header }) => header.hlc.ms >= sinceMs && header.hlc.ms < untilMs)
    .filter((entry) => after === undefined || compareOrder(orderKeyOf(entry), after) > 0)
    .filter((entry) => before === undefined || compareOrder(orderKeyOf(entry), before) < 0);
  const ids = inside.map(({ id }) => id);
  return after === undefined
    ? ids.slice(Math.max(0, ids.length - entriesMax))
    : ids.slice(0, entriesMax);
}

interface Asked {
  readonly afterAt: number | null;
  readonly beforeAt: number | null;
  readonly sinceMs: number | null;
  readonly untilMs: number | null;
  readonly entriesMax: number;
}

function asked(): fc.Arbitrary<Asked> {
  return fc.record({
    afterAt: fc.option(fc.nat(40)),
    beforeAt: fc.option(fc.nat(40)),
    sinceMs: fc.option(fc.nat(7)),
    untilMs: fc.option(fc.nat(7)),
    entriesMax: fc.integer({ min: 1, max: 40 }),
  });
}

function queryOf({ conversation, arrived }: Told, wanted: Asked): WindowQuery {
  const keyAt = (at: number): OrderKey => {
    const entry = arrived[at % arrived.length];
    return entry === undefined ? lowest : orderKeyOf(entry);
  };
  const { afterAt, beforeAt, sinceMs, untilMs, entriesMax } = wanted;
  return {
    conversation,
    entriesMax,
    ...(afterAt === null ? {} : { after: keyAt(afterAt) }),
    ...(beforeAt === null ? {} : { before: keyAt(beforeAt) }),
    ...(sinceMs === null ? {} : { sinceMs }),
    ...(untilMs === null ? {} : { untilMs }),
  };
}

export function orderClaims(make: MakeStore): void {
  describe('windows', () => {
    test('show what sorting everything would show, from any place, both ways', async () => {
      const { store } = await storeForTest(make);
      fc.assert(
        fc.property(history(), fc.array(asked(), { minLength: 10, maxLength: 10 }), (past, all) => {
          const told = tell(store, past);
          for (const wanted of all) {
            const query = queryOf(told, wanted);
            expect(idsOf(store.window(query))).toEqual(windowOf(told.arrived, query));
          }
        }),
        { numRuns: 60 },
      );
    });

    test('lead through all of a conversation, page by page, up and down', async () => {
      const { store } = await storeForTest(make);
      fc.assert(
        fc.property(history(), fc.integer({ min: 1, max: 5 }), (past, entriesMax) => {
          const { conversation, arrived } = tell(store, past);
          const all = windowOf(arrived, { conversation, entriesMax: arrived.length });
          expect(pages(store, { conversation, entriesMax }, 'before')).toEqual(all);
          expect(pages(store, { conversation, entriesMax }, 'after')).toEqual(all);
        }),
        { numRuns: 30 },
      );
    });

    test('of a conversation that nobody spoke in are empty', async () => {
      const { store } = await storeForTest(make);
      store.commit([chainOf(newConversation(), ['elsewhere']).write()]);
      const conversation = newConversation();
      expect(store.window({ conversation, entriesMax: 9 })).toEqual([]);
      expect(store.count(conversation)).toEqual({ entries: 0, lines: 0 });
    });
  });

  arrivalClaims(make);
  entryClaims(make);
}

/** Ids of all entries, read page by page from one end. */
function pages(store: Store, query: WindowQuery, direction: 'before' | 'after'): string[] {
  const found: string[] = [];
  let page = store.window(direction === 'after' ? { ...query, after: lowest } : query);
  for (;;) {
    const edge = direction === 'after' ? page.at(-1) : page[0];
    if (edge === undefined) return found;
    if (direction === 'after') found.push(...idsOf(page));
    else found.unshift(...idsOf(page));
    page = store.window({ ...query, [direction]: orderKeyOf(edge.entry) });
  }
}

function arrivalClaims(make: MakeStore): void {
  describe('arrivals', () => {
    test('hold every entry once, in the order stored, of all conversations', async () => {
      const { store } = await storeForTest(make);
      const all: string[] = [];
      fc.assert(
        fc.property(history(), fc.integer({ min: 1, max: 20 }), (past, entriesMax) => {
          const begin = store.lastArrival();
          expect(begin).toBe(all.length);
          const { arrived } = tell(store, past);
          all.push(...arrived.map(({ id }) => id));
          const found: StoredEntry[] = [];
          while (found.length < arrived.length) {
            const next = store.arrivals(found.at(-1)?.arrival ?? begin, entriesMax);
            expect(next.length).toBeGreaterThan(0);
            expect(next.length).toBeLessThanOrEqual(entriesMax);
            found.push(...next);
          }
          expect(idsOf(found)).toEqual(arrived.map(({ id }) => id));
          expect(found.map(({ arrival }) => arrival)).toEqual(found.map((_, at) => begin + at + 1));
          expect(store.lastArrival()).toBe(begin + arrived.length);
        }),
        { numRuns: 30 },
      );
      expect(idsOf(store.arrivals(0, all.length + 1))).toEqual(all);
      expect(store.arrivals(all.length, 9)).toEqual([]);
    });

    test('are 0 while there is none', async () => {
      const { store } = await storeForTest(make);
      expect(store.lastArrival()).toBe(0);
      expect(store.arrivals(0, 9)).toEqual([]);
    });
  });
}

function entryClaims(make: MakeStore): void {
  describe('an entry', () => {
    test('is given back as it was put, with its author and arrival', async () => {
      const made = await storeForTest(make);
      const chain = new TestChain(newConversation());
      chain.say(['signed', 'two lines'], { ms: 2 ** 41, counter: 65_535 });
      chain.say(['covered by the next'], { signed: false });
      chain.say(['pruned'], { pruned: true, keyId: 3 });
      made.store.commit([chain.write(0, 3, { arrivedMs: 1_790_000_000_000, late: true })]);
      await claimTwice(made, (now) => {
        for (const [at, entry] of chain.entries.entries()) {
          expect(now.entry(entry.id)).toEqual({
            entry,
            opened: null,
            identity: chain.certificate.identity,
            arrival: at + 1,
            arrivedMs: 1_790_000_000_000,
            late: true,
          });
        }
      });
    });

    test('that is not held is null', async () => {
      const { store } = await storeForTest(make);
      store.commit([chainOf(newConversation(), ['one']).write()]);
      expect(store.entry(newEntryId())).toBeNull();
    });

    test('counts once with all its lines, in its conversation', async () => {
      const made = await storeForTest(make);
      const { store } = made;
      const conversation = newConversation();
      const chain = new TestChain(conversation);
      chain.say(['one', 'two', 'three']);
      chain.say(['four']);
      store.commit([chain.write(), chainOf(conversation, ['five']).write()]);
      store.commit([chainOf(newConversation(), ['elsewhere']).write()]);
      await claimTwice(made, (now) => {
        expect(now.count(conversation)).toEqual({ entries: 3, lines: 5 });
      });
    });
  });
}
