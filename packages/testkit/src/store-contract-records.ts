// Claims of the store contract about what is remembered beside entries: chains, proofs, peers and
// settings.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LIMITS } from '@parley/core';
import type { ChainRecord, PeerId, RememberedPeer, Store, StoredProof, Write } from '@parley/core';
import { TestChain, chainOf, newConversation, newEntryId } from './store-entries.ts';
import { claimTwice, storeForTest } from './store-under-test.ts';
import type { MakeStore } from './store-under-test.ts';

const text = (): fc.Arbitrary<string> => fc.string({ unit: 'binary', maxLength: 20 });

export function recordClaims(make: MakeStore): void {
  describe('chains', () => {
    test('are listed in the order in which they were first stored', async () => {
      const { store, reopen } = await storeForTest(make);
      const chains = ['a', 'b', 'c'].map((said) => chainOf(newConversation(), [said]));
      for (const chain of chains) store.commit([chain.write()]);
      const records = chains.map((chain) => chain.record());
      for (const chain of records.toReversed()) store.commit([{ kind: 'chain', chain }]);
      expect(store.chains()).toEqual(records);
      expect((await reopen()).chains()).toEqual(records);
    });

    test('are replaced as a whole, to the last field', async () => {
      const { store } = await storeForTest(make);
      const chain = chainOf(newConversation(), ['one']).record();
      const changes: fc.Arbitrary<Partial<ChainRecord>> = fc.record(
        {
          certificate: fc.uint8Array({ maxLength: LIMITS.certificateBytesMax }),
          floor: fc.nat(LIMITS.seqMax),
          length: fc.nat(LIMITS.seqMax),
          headHlc: fc.record({
            ms: fc.nat(LIMITS.timeMsMax),
            counter: fc.nat(LIMITS.hlcCounterMax),
          }),
          name: text(),
          stopped: fc.constantFrom('forked', 'refused', null),
        },
        { requiredKeys: [] },
      );
      fc.assert(
        fc.property(changes, (changed) => {
          const record = { ...chain, ...changed, headId: newEntryId(), floorPrev: newEntryId() };
          store.commit([{ kind: 'chain', chain: record }]);
          expect(store.chains()).toEqual([record]);
        }),
      );
    });

    test('stay in the conversation in which they began', async () => {
      const { store } = await storeForTest(make);
      const record = chainOf(newConversation(), ['one']).record();
      store.commit([{ kind: 'chain', chain: record }]);
      const moved: Write = { kind: 'chain', chain: { ...record, conversation: newConversation() } };
      expect(() => store.commit([moved])).toThrow('another conversation');
      expect(store.chains()).toEqual([record]);
    });
  });

  proofClaims(make);
  peerClaims(make);

  describe('settings', () => {
    test('are null until set, and then what was set last, whatever the text', async () => {
      const { store, reopen } = await storeForTest(make);
      const set = new Map<string, string>();
      expect(store.meta('unset')).toBeNull();
      fc.assert(
        fc.property(text(), text(), (key, value) => {
          store.commit([{ kind: 'meta', key, value }]);
          set.set(key, value);
          expect(store.meta(key)).toBe(value);
        }),
      );
      const again = await reopen();
      for (const [key, value] of set) expect(again.meta(key)).toBe(value);
    });
  });
}

function proofOf(byte: number): StoredProof {
  const bytes = new Uint8Array(300).fill(byte);
  return { chain: new TestChain(newConversation()).chain, bytes };
}

function peer(number: number, lastSeenMs: number): RememberedPeer {
  return {
    peer: `12D3Koo${number}` as PeerId,
    addresses: [`127.0.0.1:${number}`, `[::1]:${number}`],
    lastSeenMs,
  };
}

function write(remembered: RememberedPeer): Write {
  return { kind: 'peer', peer: remembered };
}

function names(store: Store): string[] {
  return store.peers().map((remembered) => remembered.peer);
}

function proofClaims(make: MakeStore): void {
  describe('proofs', () => {
    test('are kept, one for a chain: the first', async () => {
      const made = await storeForTest(make);
      const proofs = [1, 2, 3].map(proofOf);
      const again: StoredProof[] = proofs.map((proof) => ({ ...proof, bytes: new Uint8Array() }));
      for (const proof of [...proofs, ...again]) made.store.commit([{ kind: 'proof', proof }]);
      await claimTwice(made, (now) => {
        expect(now.proofs()).toHaveLength(proofs.length);
        expect(now.proofs()).toEqual(expect.arrayContaining(proofs));
      });
    });
  });
}

function peerClaims(make: MakeStore): void {
  describe('remembered peers', () => {
    test('are listed with those seen last first, each as it was seen last', async () => {
      const { store, reopen } = await storeForTest(make);
      store.commit([write(peer(1, 10)), write(peer(2, 30)), write(peer(3, 20))]);
      store.commit([write({ ...peer(1, 40), addresses: [] })]);
      const expected = [{ ...peer(1, 40), addresses: [] }, peer(2, 30), peer(3, 20)];
      expect(store.peers()).toEqual(expected);
      expect((await reopen()).peers()).toEqual(expected);
    });

    test('can be forgotten, also unknown ones', async () => {
      const { store } = await storeForTest(make);
      store.commit([write(peer(1, 1)), write(peer(2, 2))]);
      store.commit([
        { kind: 'forgetPeer', peer: peer(2, 2).peer },
        { kind: 'forgetPeer', peer: peer(9, 9).peer },
      ]);
      expect(names(store)).toEqual([peer(1, 1).peer]);
    });

    test('are at most rememberedPeersMax: those seen longest ago are forgotten', async () => {
      const { store } = await storeForTest(make);
      const all = Array.from({ length: LIMITS.rememberedPeersMax }, (_, at) =>
        peer(at, 1_000 + at),
      );
      store.commit(all.map(write));
      expect(store.peers()).toHaveLength(LIMITS.rememberedPeersMax);
      store.commit([write(peer(90_001, 9_000)), write(peer(90_002, 9_001))]);
      expect(store.peers()).toHaveLength(LIMITS.rememberedPeersMax);
      expect(names(store).slice(0, 2)).toEqual([peer(90_002, 0).peer, peer(90_001, 0).peer]);
      expect(names(store)).not.toContain(peer(0, 0).peer);
      expect(names(store)).not.toContain(peer(1, 0).peer);
      expect(names(store)).toContain(peer(2, 0).peer);
    });
  });
}
