import { createFakeSuite } from '@parley/testkit';
import * as fc from 'fast-check';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hasSmallOrder } from '../src/small-order.ts';
import { createNodeSuite } from '../src/suite.ts';

const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const seedOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const suite = createNodeSuite();

/** RFC 8032 §7.1, tests 1 to 3. */
const rfc8032 = [
  {
    seed: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    key: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    message: '',
    signature:
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  },
  {
    seed: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    key: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    message: '72',
    signature:
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  },
  {
    seed: 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    key: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    message: 'af82',
    signature:
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  },
];

describe('Ed25519', () => {
  it.each(rfc8032)('makes the keys and signatures of RFC 8032: $message', (vector) => {
    const [seed, message] = [fromHex(vector.seed), fromHex(vector.message)];
    expect(toHex(suite.publicKey(seed))).toBe(vector.key);
    expect(toHex(suite.sign(seed, message))).toBe(vector.signature);
    expect(suite.verify(fromHex(vector.key), message, fromHex(vector.signature))).toBe(true);
  });

  it('refuses a signature, message or key with any bit flipped', () => {
    const { seed, key } = rfc8032[1]!;
    const message = fromHex('72');
    const parts = [fromHex(key), message, suite.sign(fromHex(seed), message)] as const;
    expect(suite.verify(...parts)).toBe(true);
    for (let part = 0; part < 3; part += 1) {
      for (let bit = 0; bit < parts[part]!.length * 8; bit += 1) {
        const flipped = parts.map((bytes) => bytes.slice()) as [Uint8Array, Uint8Array, Uint8Array];
        flipped[part]![bit >> 3]! ^= 1 << (bit & 7);
        expect(suite.verify(...flipped)).toBe(false);
      }
    }
  });

  it('refuses wrong lengths and arbitrary keys without throwing', () => {
    const bytes = fc.uint8Array({ maxLength: 70 });
    fc.assert(
      fc.property(bytes, bytes, bytes, (key, message, signature) => {
        expect(suite.verify(key, message, signature)).toBe(false);
      }),
    );
    const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(key, (raw) => {
        expect(suite.verify(raw, seedOf(0), new Uint8Array(64))).toBe(false);
      }),
    );
  });

  it.each([
    ['00'.repeat(32), '01'.padEnd(64, '0')],
    ['01'.padEnd(64, '0'), `ec${'ff'.repeat(30)}7f`],
    ['26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05', `ee${'ff'.repeat(30)}7f`],
    ['c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a', `ed${'ff'.repeat(30)}7f`],
  ])('refuses keys of small order, under which anyone can sign: %s, %s', (...keys) => {
    // With S = 1 and the base point as R, the equation of RFC 8032 holds for one message in eight at least.
    const forged = fromHex(`58${'66'.repeat(31)}01${'00'.repeat(31)}`);
    for (const key of keys.map(fromHex)) {
      const negated = key.slice();
      negated[31]! |= 0x80;
      expect([hasSmallOrder(key), hasSmallOrder(negated)]).toEqual([true, true]);
      for (let byte = 0; byte < 64; byte += 1) {
        expect(suite.verify(key, seedOf(byte), forged)).toBe(false);
        expect(suite.verify(negated, seedOf(byte), forged)).toBe(false);
      }
    }
    expect(hasSmallOrder(suite.publicKey(seedOf(1)))).toBe(false);
  });

  it('refuses the second spelling of a signature, S + L', () => {
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const signature = suite.sign(seedOf(1), seedOf(2));
    const s = BigInt(`0x${toHex(signature.slice(32).toReversed())}`) + order;
    const respelled = signature.slice();
    respelled.set(fromHex(s.toString(16).padStart(64, '0')).toReversed(), 32);
    expect(suite.verify(suite.publicKey(seedOf(1)), seedOf(2), signature)).toBe(true);
    expect(suite.verify(suite.publicKey(seedOf(1)), seedOf(2), respelled)).toBe(false);
  });

  it('agrees with keys that node itself made', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const x = publicKey.export({ format: 'jwk' }).x ?? '';
    const message = Buffer.from('message');
    const signature = sign(null, message, privateKey);
    expect(suite.verify(Buffer.from(x, 'base64url'), message, signature)).toBe(true);
  });

  it('goes on working with more keys than it remembers', () => {
    const fresh = createNodeSuite();
    const pairs = Array.from({ length: 100 }, (_, at) => seedOf(at)).map((seed) => ({
      seed,
      key: fresh.publicKey(seed),
    }));
    for (const { seed, key } of [...pairs, ...pairs]) {
      expect(fresh.verify(key, seed, fresh.sign(seed, seed))).toBe(true);
    }
  });

  it('says so if a seed of ours has a wrong length', () => {
    expect(() => suite.sign(new Uint8Array(31), seedOf(0))).toThrow('32 bytes');
    expect(() => suite.publicKey(new Uint8Array(33))).toThrow('32 bytes');
  });
});

it('SHA-256 is SHA-256, as a plain Uint8Array', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const hash = suite.sha256(bytes);
      expect(hash.constructor).toBe(Uint8Array);
      expect(toHex(hash)).toBe(createHash('sha256').update(bytes).digest('hex'));
      expect(createFakeSuite().sha256(bytes)).toEqual(hash);
    }),
  );
});

describe.each([
  ['node:crypto', suite],
  ['the stand-in for simulations', createFakeSuite()],
])('sealing by %s', (_, tested) => {
  const by = { key: seedOf(1), nonce: new Uint8Array(12).fill(2) };
  const bytes = fc.uint8Array({ maxLength: 200 });

  it('hides what it says, and gives it back to who has all that it was sealed with', () => {
    fc.assert(
      fc.property(bytes, bytes, (plaintext, aad) => {
        const sealed = tested.seal(by, plaintext, aad);
        expect(sealed.length).toBe(plaintext.length + 16);
        expect(tested.open(by, sealed, aad)).toEqual(plaintext);
        const other = { ...by, nonce: new Uint8Array(12).fill(3) };
        expect(tested.open(other, sealed, aad)).toBeNull();
        expect(tested.open({ ...by, key: seedOf(2) }, sealed, aad)).toBeNull();
        expect(tested.open(by, sealed, Uint8Array.of(...aad, 0))).toBeNull();
        const isHidden = plaintext.length <= 16 || !Buffer.from(sealed).includes(plaintext);
        expect(isHidden).toBe(true);
      }),
    );
  });

  it('refuses any bit flipped, and anything shorter, without throwing', () => {
    const sealed = tested.seal(by, seedOf(4), seedOf(5));
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const flipped = sealed.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(tested.open(by, flipped, seedOf(5))).toBeNull();
    }
    for (let length = 0; length < sealed.length; length += 1)
      expect(tested.open(by, sealed.slice(0, length), seedOf(5))).toBeNull();
  });

  it('grows keys that differ with each part and with nothing else', () => {
    fc.assert(
      fc.property(bytes, bytes, bytes, (secret, salt, info) => {
        const key = tested.hkdf(secret, salt, info, 44);
        expect(key.length).toBe(44);
        expect(tested.hkdf(secret, salt, info, 44)).toEqual(key);
        expect(tested.hkdf(secret, salt, Uint8Array.of(...info, 1), 44)).not.toEqual(key);
        expect(tested.hkdf(Uint8Array.of(...secret, 1), salt, info, 44)).not.toEqual(key);
        expect(tested.hkdf(secret, Uint8Array.of(...salt, 1), info, 44)).not.toEqual(key);
      }),
    );
  });
});

it('HKDF-SHA256 is that of RFC 5869 (A.1, A.3)', () => {
  const ikm = new Uint8Array(22).fill(0x0b);
  const okm = suite.hkdf(
    ikm,
    fromHex('000102030405060708090a0b0c'),
    fromHex('f0f1f2f3f4f5f6f7f8f9'),
    42,
  );
  expect(toHex(okm)).toBe(
    '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
  );
  const none = new Uint8Array(0);
  expect(toHex(suite.hkdf(ikm, none, none, 42))).toBe(
    '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
  );
});

it('ChaCha20-Poly1305 is that of RFC 8439 (2.8.2)', () => {
  const key = Uint8Array.from({ length: 32 }, (_, at) => 0x80 + at);
  const nonce = fromHex('070000004041424344454647');
  const aad = fromHex('50515253c0c1c2c3c4c5c6c7');
  const plaintext = Buffer.from(
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
  );
  const sealed = suite.seal({ key, nonce }, plaintext, aad);
  expect(toHex(sealed)).toBe(
    [
      'd31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6',
      '3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36',
      '92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc',
      '3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691',
    ].join(''),
  );
  expect(Buffer.from(suite.open({ key, nonce }, sealed, aad) ?? [])).toEqual(plaintext);
});
