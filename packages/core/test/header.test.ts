import { bytes32, hex32, hlc } from '@parley/testkit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConversationId, DeviceKey } from '../src/brand.ts';
import { fromHex } from '../src/bytes/hex.ts';
import { decode, encode } from '../src/codec/cbor.ts';
import type { CborValue } from '../src/codec/cbor.ts';
import { LIMITS } from '../src/limits.ts';
import { chainKeyOf, deviceOf } from '../src/log/chain-key.ts';
import { decodeHeader, encodeHeader } from '../src/log/header.ts';
import type { HeaderFields } from '../src/log/header.ts';
import { damages } from './mutations.ts';

const fields: fc.Arbitrary<HeaderFields> = fc
  .record({
    conversation: hex32().map((hex) => hex as ConversationId),
    device: hex32().map((hex) => hex as DeviceKey),
    number: fc.uint8Array({ minLength: 8, maxLength: 8 }),
    seq: fc.nat(LIMITS.seqMax),
    prev: hex32(),
    hlc: hlc(),
    lineCount: fc.integer({ min: 1, max: LIMITS.entryLinesMax }),
    payloadHash: hex32(),
    keyId: fc.option(fc.maxSafeNat()),
  })
  .map(({ device, number, ...rest }) => ({ ...rest, chain: chainKeyOf(device, number) }));

const [sample] = fc.sample(fields, { numRuns: 1, seed: 1 }) as [HeaderFields];

describe('a header', () => {
  it('round trips within its size limit, read alone or after another one', () => {
    fc.assert(
      fc.property(fields, fields, (given, other) => {
        const bytes = encodeHeader(given);
        const expected = { ok: true, value: { ...given, bytes } };
        expect(bytes.length).toBeLessThanOrEqual(LIMITS.headerBytesMax);
        expect(decodeHeader(bytes)).toEqual(expected);
        expect(decodeHeader(bytes, { ...given, bytes })).toEqual(expected);
        expect(decodeHeader(bytes, { ...other, bytes: encodeHeader(other) })).toEqual(expected);
      }),
    );
  });

  it('damaged anywhere is refused, or is another header in its one form', () => {
    const good = encodeHeader(sample);
    const like = { ...sample, bytes: good };
    for (const bytes of damages(good)) {
      const alone = decodeHeader(bytes);
      expect(decodeHeader(bytes, like)).toEqual(alone);
      expect(alone.ok ? encodeHeader(alone.value) : bytes).toEqual(bytes);
    }
  });

  it('is refused with a value that it may not have', () => {
    const decoded = decode(encodeHeader(sample));
    const items = decoded.ok ? (decoded.value as readonly CborValue[]) : [];
    const refusal = (index: number, item: CborValue): string => {
      const read = decodeHeader(encode(items.with(index, item)));
      return read.ok ? 'ok' : read.reason;
    };
    expect([
      refusal(0, 2),
      refusal(1, new Uint8Array(31)),
      refusal(3, new Uint8Array(7)),
      refusal(4, LIMITS.seqMax + 1),
      refusal(5, null),
      refusal(6, LIMITS.timeMsMax + 1),
      refusal(7, LIMITS.hlcCounterMax + 1),
      refusal(8, 0),
      refusal(8, LIMITS.entryLinesMax + 1),
      refusal(10, 'key'),
      refusal(10, null),
    ]).toEqual([
      'unknown-version',
      'wrong-type',
      'wrong-type',
      'bad-seq',
      'wrong-type',
      'bad-time',
      'bad-time',
      'bad-line-count',
      'bad-line-count',
      'wrong-type',
      'ok',
    ]);
    expect(decodeHeader(encode([...items, 0]))).toEqual({ ok: false, reason: 'wrong-type' });
    expect(decodeHeader(new Uint8Array(LIMITS.headerBytesMax + 1))).toEqual({
      ok: false,
      reason: 'too-large',
    });
  });

  it('that nobody may send is not made', () => {
    expect(() => encodeHeader({ ...sample, lineCount: 0 })).toThrow('bad-line-count');
    expect(() => encodeHeader({ ...sample, seq: -1 })).toThrow('uint');
  });
});

describe('a chain key', () => {
  it('is the device key and the chain number', () => {
    fc.assert(
      fc.property(bytes32(), hex32(), (number, device) => {
        const chain = chainKeyOf(device as DeviceKey, number.slice(0, 8));
        expect(deviceOf(chain)).toBe(device);
        expect(fromHex(chain).slice(32)).toEqual(number.slice(0, 8));
      }),
    );
    expect(() => chainKeyOf(sample.prev as DeviceKey, new Uint8Array(7))).toThrow('8 bytes');
  });
});
