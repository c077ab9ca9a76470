import { createNodeSuite } from '@parley/crypto-node';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IdentityKey, PeerId } from '../src/brand.ts';
import { fromBase58, toBase58 } from '../src/bytes/base58.ts';
import { concatBytes } from '../src/bytes/compare.ts';
import { encode } from '../src/codec/cbor.ts';
import { TAGS, taggedHash } from '../src/crypto/tagged.ts';
import { LIMITS } from '../src/limits.ts';
import { addressItem, addressOfItem } from '../src/room/invite-address.ts';
import { decodeInvite, encodeInvite, isInviteText } from '../src/room/invite.ts';
import type { Invite } from '../src/room/invite.ts';
import { keyOfPeer, peerOfKey } from '../src/room/peer-key.ts';

const suite = createNodeSuite();
const nowMs = 1_795_000_000_000;
const bytesOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

const usual: Invite = {
  room: { kind: 'secret', name: 'ops', secret: bytesOf(0xa5) },
  inviter: {
    identity: 'b7'.repeat(32) as IdentityKey,
    peer: peerOfKey(bytesOf(0xc9)),
    name: 'anna',
  },
  addresses: ['192.168.1.20:4747', '203.0.113.7:4747'],
  expiresMs: null,
};

const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
const hexKey = key.map((bytes) => Buffer.from(bytes).toString('hex') as IdentityKey);
const name = fc.stringMatching(/^[a-z][a-z0-9.-]{0,20}$/);
const port = fc.integer({ min: 1, max: 65_535 });
const v4 = fc.tuple(fc.ipV4(), port).map(([host, at]) => `${host}:${at}`);
/** As the URL standard prints it, which is the form of RFC 5952. */
const v6 = fc
  .tuple(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.nat(), port)
  .map(([words, zeros, at]) => {
    const groups = Array.from({ length: 8 }, (_, i) =>
      (zeros >> i) & 1 ? '0' : ((words[2 * i]! << 8) | words[2 * i + 1]!).toString(16),
    );
    return `${new URL(`http://[${groups.join(':')}]`).hostname}:${at}`;
  })
  .filter((address) => !address.includes('.'));
const dns = fc.tuple(fc.domain(), port).map(([host, at]) => `${host.toLowerCase()}:${at}`);
const relayedVia = fc
  .tuple(fc.ipV4(), port, key)
  .map(([host, at, relay]) => `/ip4/${host}/tcp/${at}/p2p/${peerOfKey(relay)}/p2p-circuit`);
const webSocket = v4.map((text) => `/ip4/${text.replace(':', '/tcp/')}/ws`);
const address = fc.oneof(v4, v6, dns, relayedVia, webSocket);

const invite: fc.Arbitrary<Invite> = fc.record({
  room: fc.oneof(
    fc.record({ kind: fc.constant('open' as const), name }),
    fc.record({ kind: fc.constant('secret' as const), name, secret: key }),
  ),
  inviter: fc.record({ identity: hexKey, peer: key.map(peerOfKey), name }),
  addresses: fc.array(address, { maxLength: LIMITS.inviteAddressesMax }),
  expiresMs: fc.option(
    fc.integer({ min: 1_800_000_000, max: 4_000_000_000 }).map((seconds) => seconds * 1_000),
  ),
});

/** An invite with this record, whatever it is, and a right checksum. */
function sealed(record: Parameters<typeof encode>[0]): string {
  const body = encode(record);
  const checksum = taggedHash(suite, TAGS.invite, body).subarray(0, 4);
  return `parley:${toBase58(concatBytes(body, checksum))}`;
}

describe('base58', () => {
  it('gives back any bytes, and every text is the one spelling of its bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        expect(fromBase58(toBase58(bytes))).toEqual({ ok: true, value: bytes });
      }),
    );
    fc.assert(
      fc.property(fc.stringMatching(/^[1-9A-HJ-NP-Za-km-z]{0,60}$/), (text) => {
        const bytes = fromBase58(text);
        expect(bytes.ok && toBase58(bytes.value)).toBe(text);
      }),
    );
  });

  it('is what others make of the same bytes', () => {
    // From the draft of the Base58 encoding scheme (draft-msporny-base58-03 §5).
    expect(toBase58(Buffer.from('Hello World!'))).toBe('2NEpo7TZRRrLZSi2U');
    expect(toBase58(Buffer.from('0000287fb4cd', 'hex'))).toBe('11233QC4');
  });

  it.each(['0', 'O', 'I', 'l', 'a b', 'ä', '2-'])('%j is not base58', (text) => {
    expect(fromBase58(text).ok).toBe(false);
  });
});

describe('a network key in an invite', () => {
  it('is printed as libp2p prints it', () => {
    const peer = '12D3KooWKnDdG3iXw9eTFijk3EWSunZcFi54Zka4wmtqtt6rPxc8';
    const bytes = keyOfPeer(peer as PeerId);
    expect(bytes).not.toBeNull();
    expect(peerOfKey(bytes!)).toBe(peer);
  });

  it('of another kind of network is carried as text', () => {
    const other = { ...usual, inviter: { ...usual.inviter, peer: 'af31-7' as PeerId } };
    expect(decodeInvite(suite, encodeInvite(suite, other), nowMs)).toEqual({
      ok: true,
      value: other,
    });
  });
});

describe('an address in an invite', () => {
  it('comes back as it was, whatever its kind', () => {
    fc.assert(
      fc.property(address, (text) => {
        const item = addressItem(text);
        expect(item).not.toBeNull();
        expect(addressOfItem(item)).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['203.0.113.7:4747', 6],
    ['[2001:db8::7]:4747', 18],
  ])('%s takes %d bytes', (text, length) => {
    expect(addressItem(text)).toHaveLength(length);
  });

  it.each([
    '[fe80::1%eth0]:4747',
    '[::ffff:1.2.3.4]:80',
    '[1::2::3]:80',
    '300.1.1.1:80',
    '1.2.3.4:99999',
    '01.2.3.4:80',
    '1.2.3.4',
    'host:0',
    'host',
    'a b:80',
    `${'x'.repeat(300)}:80`,
    '/',
    '/ip4/\u0007',
  ])('%j does not stand in one', (text) => {
    expect(addressItem(text)).toBeNull();
  });
});

describe('an invite', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(invite, (given) => {
        const text = encodeInvite(suite, given);
        expect(text.length).toBeLessThanOrEqual(LIMITS.inviteTextMax);
        expect(decodeInvite(suite, text, nowMs)).toEqual({ ok: true, value: given });
      }),
    );
  });

  it('to a secret room with two addresses is shorter than 200 characters, letters and digits', () => {
    const text = encodeInvite(suite, usual);
    expect(text.length).toBeLessThan(200);
    expect(text).toMatch(/^parley:[1-9A-HJ-NP-Za-km-z]+$/);
  });

  it('works however it was pasted, broken into lines, quoted, in brackets', () => {
    const text = encodeInvite(suite, usual);
    const wrapped = text.replace(/.{72}/gu, '$&\r\n> ');
    const ways = [
      ` ${text}\n`,
      `"${text}"`,
      `<${text}>`,
      `(${text}).`,
      '`' + text + '`',
      `**${text}**`,
      wrapped,
      `\u201c${text}\u201d,`,
      text.replace('parley:', 'PARLEY:'),
      text.replace('parley:', 'parley://'),
      text.replace('parley:', 'parley: '),
      text.replace('parley:', ''),
      `\ufeff${text.slice(0, 40)}\u200b${text.slice(40)}`,
    ];
    for (const way of ways) {
      expect([way, isInviteText(way)]).toEqual([way, true]);
      expect([way, decodeInvite(suite, way, nowMs)]).toEqual([way, { ok: true, value: usual }]);
    }
  });

  it('that was cut or mistyped anywhere is damaged, and nothing throws', () => {
    const text = encodeInvite(suite, usual);
    for (let length = 'parley:'.length; length < text.length; length += 1) {
      expect(decodeInvite(suite, text.slice(0, length), nowMs)).toMatchObject({
        reason: { kind: 'damaged' },
      });
    }
    for (let at = 'parley:'.length; at < text.length; at += 1) {
      const other = text[at] === 'z' ? 'y' : 'z';
      const mistyped = text.slice(0, at) + other + text.slice(at + 1);
      expect(decodeInvite(suite, mistyped, nowMs)).toMatchObject({ reason: { kind: 'damaged' } });
    }
  });

  it('is nothing that any text can be by chance, and no text makes the decoder throw', () => {
    const pasted = fc.oneof(
      fc.string({ maxLength: 300 }),
      fc.stringMatching(/^parley:[1-9A-HJ-NP-Za-km-z]{0,200}$/),
    );
    fc.assert(
      fc.property(pasted, (text) => {
        expect(decodeInvite(suite, text, nowMs).ok).toBe(false);
      }),
    );
  });

  it('with a right checksum and any record is accepted only in its one form', () => {
    const leaf = fc.oneof(fc.nat(), fc.string({ maxLength: 8 }), key, fc.constant(null));
    const record = fc.array(fc.oneof(leaf, fc.array(leaf, { maxLength: 3 })), { maxLength: 9 });
    fc.assert(
      fc.property(record, (fields) => {
        const text = sealed([1, ...fields]);
        const read = decodeInvite(suite, text, nowMs);
        expect(read.ok ? encodeInvite(suite, read.value) : text).toBe(text);
      }),
    );
  });

  it('has expired at its second, and says when that was', () => {
    const expiresMs = nowMs + 60_000;
    const text = encodeInvite(suite, { ...usual, expiresMs });
    expect(decodeInvite(suite, text, expiresMs - 1).ok).toBe(true);
    expect(decodeInvite(suite, text, expiresMs)).toEqual({
      ok: false,
      reason: { kind: 'expired', expiresMs },
    });
  });

  it('of a newer version says so, whatever follows', () => {
    expect(decodeInvite(suite, sealed([2, 'anything']), nowMs)).toEqual({
      ok: false,
      reason: { kind: 'newer-version', version: 2 },
    });
  });

  const fields = [1, 'ops', bytesOf(1), bytesOf(2), bytesOf(3), 'anna', [], null] as const;
  it.each([
    ['room', 1, 'Not A Room'],
    ['room', 1, 'OPS'],
    ['room', 2, bytesOf(1).subarray(1)],
    ['inviter', 3, null],
    ['inviter', 4, bytesOf(1).subarray(1)],
    ['inviter', 4, peerOfKey(bytesOf(3))],
    ['inviter', 5, 'an na'],
    ['addresses', 6, null],
    ['addresses', 6, [bytesOf(1)]],
    ['addresses', 6, ['1.2.3.4:80']],
    ['addresses', 6, ['no address']],
    ['addresses', 6, Array.from({ length: LIMITS.inviteAddressesMax + 1 }, () => 'a:1')],
    ['expiry', 7, 'tomorrow'],
    ['expiry', 7, Number.MAX_SAFE_INTEGER],
  ] as const)('with a bad %s is refused for it', (field, at, value) => {
    expect(decodeInvite(suite, sealed(fields.with(at, value as never) as never), nowMs)).toEqual({
      ok: false,
      reason: { kind: 'bad-field', field },
    });
    expect(decodeInvite(suite, sealed(fields), nowMs).ok).toBe(true);
  });

  it('is told from the name of a room', () => {
    for (const text of ['ops', '#ops', 'x'.repeat(64), 'parley', 'ops parley:', 'a:b'])
      expect([text, isInviteText(text)]).toEqual([text, false]);
    expect(isInviteText('parley:ops')).toBe(true);
  });

  it('that is endless is refused without being read', () => {
    const text = `parley:${'2'.repeat(50_000_000)}`;
    expect(decodeInvite(suite, text, nowMs)).toEqual({
      ok: false,
      reason: { kind: 'not-an-invite' },
    });
  });
});
