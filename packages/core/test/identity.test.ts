import { wordlist } from '@scure/bip39/wordlists/english.js';
import { bytes32, createFakeSuite, hex32, name } from '@parley/testkit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeviceKey, IdentityKey } from '../src/brand.ts';
import { concatBytes } from '../src/bytes/compare.ts';
import { fromHex, toHex } from '../src/bytes/hex.ts';
import { encode } from '../src/codec/cbor.ts';
import { TAGS } from '../src/crypto/tagged.ts';
import {
  makeCertificate,
  readCertificate,
  restoreCertificate,
} from '../src/identity/certificate.ts';
import { findByLabel, labelOf } from '../src/identity/labels.ts';
import { checkName, nameFromKey } from '../src/identity/name.ts';
import { safetyWords, safetyWordsOf } from '../src/identity/safety-words.ts';
import { shortKey, shortKeySuffix } from '../src/identity/short-key.ts';
import { wordList } from '../src/identity/word-list.ts';
import { LIMITS } from '../src/limits.ts';
import { damages } from './mutations.ts';

const suite = createFakeSuite();
const seed = new Uint8Array(32).fill(7);
const device = 'd'.repeat(64) as DeviceKey;
const identityKey = hex32().map((hex) => hex as IdentityKey);

/** A validly signed certificate with any inner fields. */
function signed(inner: Parameters<typeof encode>[0]): Uint8Array {
  return encode([inner, suite.sign(seed, concatBytes(TAGS.certificate, encode(inner)))]);
}

describe('a certificate', () => {
  it('reads back as it was made, and is restored the same without verifying', () => {
    const createdMs = fc.nat(LIMITS.timeMsMax);
    fc.assert(
      fc.property(bytes32(), hex32(), createdMs, name(), (identitySeed, hex, created, called) => {
        const made = makeCertificate(suite, {
          identitySeed,
          device: hex as DeviceKey,
          createdMs: created,
          name: called,
        });
        expect(made.identity).toBe(toHex(suite.publicKey(identitySeed)));
        expect(made.bytes.length).toBeLessThanOrEqual(LIMITS.certificateBytesMax);
        expect(readCertificate(suite, made.bytes)).toEqual({ ok: true, value: made });
        expect(restoreCertificate(suite, made.bytes)).toEqual(made);
      }),
    );
  });

  it('is refused after every truncation and every single bit flipped', () => {
    const made = makeCertificate(suite, {
      identitySeed: seed,
      device,
      createdMs: 9e11,
      name: 'anna',
    });
    for (const bytes of damages(made.bytes)) expect(readCertificate(suite, bytes).ok).toBe(false);
  });

  it('is refused for a version, time, name or size that it may not have', () => {
    const keys = [suite.publicKey(seed), fromHex(device)] as const;
    const reasons = [
      signed([1, ...keys, 5, 'anna']),
      signed([2, ...keys, 5, 'anna']),
      signed([1, ...keys, LIMITS.timeMsMax + 1, 'anna']),
      signed([1, ...keys, 5, '']),
      signed([1, ...keys, 5, 'a'.repeat(LIMITS.nameBytesMax + 1)]),
      signed([1, ...keys, 5, 'a'.repeat(LIMITS.certificateBytesMax)]),
      signed([1, ...keys, 5, 'anna', null]),
      signed([1, keys[0], 5, 'anna']),
    ].map((bytes) => {
      const read = readCertificate(suite, bytes);
      return read.ok ? 'ok' : read.reason;
    });
    expect(reasons).toEqual([
      'ok',
      'unknown-version',
      'bad-time',
      'bad-name-length',
      'bad-name-length',
      'too-large',
      'wrong-type',
      'wrong-type',
    ]);
  });

  it('with a name that is not fit to be shown is valid, and shows a name made from the key', () => {
    for (const bad of ['a b', 'а\u0301nna', '\u202eanna', '#anna', 'anna·7k2f', 'e\u0301']) {
      const read = readCertificate(
        suite,
        signed([1, suite.publicKey(seed), fromHex(device), 5, bad]),
      );
      expect(read.ok && read.value.name).toBe(
        nameFromKey(toHex(suite.publicKey(seed)) as IdentityKey),
      );
    }
  });

  it('is not made with a name that was not checked, nor restored from garbage', () => {
    const fields = { identitySeed: seed, device, createdMs: 1 };
    expect(() => makeCertificate(suite, { ...fields, name: ' anna' })).toThrow('name');
    expect(() => restoreCertificate(suite, new Uint8Array(3))).toThrow('certificate');
  });
});

describe('short keys', () => {
  it('a suffix is the beginning of the short key', () => {
    fc.assert(
      fc.property(identityKey, fc.nat(52), (key, length) => {
        expect(shortKey(key)).toHaveLength(52);
        expect(shortKeySuffix(key, length)).toBe(shortKey(key).slice(0, length));
      }),
    );
  });

  it('make a name that is a name', () => {
    fc.assert(
      fc.property(identityKey, (key) => {
        expect(checkName(nameFromKey(key))).toEqual({ ok: true, value: nameFromKey(key) });
        expect(nameFromKey(key)).toMatch(/^peer-[0-9a-z]{5}$/u);
      }),
    );
  });
});

describe('labels', () => {
  const people = fc.array(fc.tuple(identityKey, fc.constantFrom('anna', 'Anna', 'ａnna', 'bob')), {
    maxLength: 12,
  });

  it('find the identity they were made for, and no other', () => {
    fc.assert(
      fc.property(people, (list) => {
        const all = new Map(list);
        for (const [identity, called] of all) {
          const label = labelOf(identity, called, all);
          expect(findByLabel(label, all)).toEqual({ kind: 'found', identity });
          expect(findByLabel(label.toUpperCase(), all)).toEqual({ kind: 'found', identity });
        }
        const labels = [...all].map(([identity, called]) => labelOf(identity, called, all));
        expect(new Set(labels).size).toBe(all.size);
      }),
    );
  });

  const a = `00${'a'.repeat(62)}` as IdentityKey;
  const b = `01${'a'.repeat(62)}` as IdentityKey;
  const twin = `00${'a'.repeat(8)}b${'a'.repeat(53)}` as IdentityKey;

  it('are the bare name while nobody else has a name like it', () => {
    expect(
      labelOf(
        a,
        'anna',
        new Map([
          [a, 'anna'],
          [b, 'bob'],
        ]),
      ),
    ).toBe('anna');
    expect(labelOf(a, 'anna', new Map())).toBe('anna');
  });

  it('get four characters of the key, or as many as tell it apart', () => {
    expect(
      labelOf(
        a,
        'anna',
        new Map([
          [a, 'anna'],
          [b, 'ANNA'],
        ]),
      ),
    ).toMatch(/^anna·.{4}$/u);
    const close = new Map([
      [a, 'anna'],
      [twin, 'anna'],
    ]);
    expect(labelOf(a, 'anna', close)).not.toBe(labelOf(twin, 'anna', close));
    expect(labelOf(a, 'anna', close)).toMatch(/^anna·.{8,}$/u);
  });

  it('say who may be meant when a name alone is not enough', () => {
    const all = new Map([
      [a, 'anna'],
      [b, 'Anna'],
    ]);
    const labels = [labelOf(a, 'anna', all), labelOf(b, 'Anna', all)];
    expect(findByLabel('anna', all)).toEqual({ kind: 'ambiguous', candidates: labels.toSorted() });
    expect(findByLabel('carl', all)).toEqual({ kind: 'unknown' });
    expect(findByLabel('anna·zzzz', all)).toEqual({ kind: 'unknown' });
    expect(findByLabel('anna·!', all)).toEqual({ kind: 'unknown' });
  });
});

describe('safety words', () => {
  it('come from the BIP 39 list as published', () => {
    expect(wordList).toEqual(wordlist);
  });

  it('are the same twelve for both, and differ for other pairs', () => {
    fc.assert(
      fc.property(identityKey, identityKey, identityKey, (one, two, three) => {
        const words = safetyWords(suite, one, two);
        expect(words).toHaveLength(12);
        expect(safetyWords(suite, two, one)).toEqual(words);
        fc.pre(three !== two);
        expect(safetyWords(suite, one, three)).not.toEqual(words);
        expect([...words].toSorted()).toEqual(
          [...safetyWordsOf(suite, one), ...safetyWordsOf(suite, two)].toSorted(),
        );
      }),
    );
  });

  it('say the first 66 bits of the hash', () => {
    const key = 'ab'.repeat(32) as IdentityKey;
    const hash = BigInt(`0x${toHex(suite.sha256(concatBytes(TAGS.safetyWords, fromHex(key))))}`);
    const expected = [0, 1, 2, 3, 4, 5].map(
      (index) => wordlist[Number((hash >> BigInt(256 - 11 * (index + 1))) & 2047n)],
    );
    expect(safetyWordsOf(suite, key)).toEqual(expected);
  });
});
