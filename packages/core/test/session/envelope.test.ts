import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import { encode } from '../../src/codec/cbor.ts';
import { LIMITS } from '../../src/limits.ts';
import { lobbyId } from '../../src/room/room.ts';
import {
  contactAad,
  decodeEnvelope,
  encodeEnvelope,
  envelopeAad,
  makeContact,
  readContact,
} from '../../src/session/envelope.ts';
import {
  directoryId,
  exporterId,
  exporterValueKey,
  groupIdOf,
  inboxId,
  inboxPeriod,
  sessionIdFrom,
} from '../../src/session/names.ts';
import { Vouchers } from '../../src/session/vouchers.ts';
import { damages } from '../mutations.ts';
import { certificateOf, chainOf, identityOf, seedOf, sessionId, suite } from './people.ts';

const welcome = Uint8Array.of(1, 2, 3);
const owner = certificateOf(0);
const members = [owner, certificateOf(1)];

describe('the envelope of a Welcome', () => {
  it('round trips, and is refused when damaged', () => {
    const bytes = encodeEnvelope({ owner, members, welcome });
    expect(decodeEnvelope(suite, bytes)).toEqual({ ok: true, value: { owner, members, welcome } });
    // Of all that is in it only the Welcome is not signed here: MLS does that.
    const accepted = [...damages(bytes)].flatMap((damaged) => {
      const read = decodeEnvelope(suite, damaged);
      return read.ok ? [{ ...read.value, welcome }] : [];
    });
    expect(accepted).toEqual(accepted.map(() => ({ owner, members, welcome })));
  });

  it('is refused for more members than a session has, and of another version', () => {
    const many = Array.from({ length: LIMITS.sessionMembersMax + 1 }, () => owner);
    const crowded = encodeEnvelope({ owner, members: many, welcome });
    expect(decodeEnvelope(suite, crowded)).toEqual({ ok: false, reason: 'too-many-members' });
    const later = encode([2, owner.bytes, [], welcome]);
    expect(decodeEnvelope(suite, later)).toEqual({ ok: false, reason: 'unknown-version' });
    const long = new Uint8Array(LIMITS.sealedBytesMax + 1);
    expect(decodeEnvelope(suite, long)).toEqual({ ok: false, reason: 'too-large' });
  });

  it('is bound to its session and chain, a first contact to its inbox', () => {
    expect(toHex(envelopeAad(sessionId, chainOf(0)))).toBe(`${sessionId}${chainOf(0)}`);
    expect(toHex(contactAad(sessionId))).toBe(sessionId);
  });
});

describe('a first contact', () => {
  const deviceSeed = seedOf('device 0 0');
  const secret = seedOf('secret of a session');
  const madeMs = 1_700_000_000_000;
  const said = { secret, certificate: owner, deviceSeed, madeMs };
  const fields = { ...said, recipient: identityOf(1) };
  const bytes = makeContact(suite, fields);

  it('names session and inviter to the one it is for', () => {
    expect(readContact(suite, bytes, identityOf(1))).toEqual({
      ok: true,
      value: {
        session: sessionIdFrom(suite, secret),
        secret,
        certificate: owner.bytes,
        madeMs,
      },
    });
  });

  it('cannot be made by who knows only the name of the session', () => {
    const forged = makeContact(suite, { ...fields, secret: fromHex(sessionIdFrom(suite, secret)) });
    const read = readContact(suite, forged, identityOf(1));
    expect(read.ok && read.value.session).not.toBe(sessionIdFrom(suite, secret));
  });

  it('handed on to somebody else is refused', () => {
    expect(readContact(suite, bytes, identityOf(2))).toEqual({
      ok: false,
      reason: 'bad-signature',
    });
  });

  it('in the name of somebody else is refused', () => {
    const forged = makeContact(suite, { ...fields, certificate: certificateOf(2) });
    expect(readContact(suite, forged, identityOf(1))).toEqual({
      ok: false,
      reason: 'bad-signature',
    });
  });

  it('damaged anywhere is refused', () => {
    for (const damaged of damages(bytes)) {
      expect(readContact(suite, damaged, identityOf(1)).ok).toBe(false);
    }
  });
});

describe('names', () => {
  it('differ with each thing they are of', () => {
    const group = groupIdOf(suite, sessionId, chainOf(0));
    const names = [
      toHex(group),
      toHex(groupIdOf(suite, sessionId, chainOf(1))),
      toHex(groupIdOf(suite, directoryId(suite, lobbyId(suite)), chainOf(0))),
      toHex(exporterId(suite, group, 0)),
      toHex(exporterId(suite, group, 1)),
      inboxId(suite, identityOf(0), 1),
      inboxId(suite, identityOf(0), 2),
      inboxId(suite, identityOf(1), 1),
      directoryId(suite, lobbyId(suite)),
    ];
    expect(new Set(names).size).toBe(names.length);
    expect(names.map((name) => name.length)).toEqual(names.map(() => 64));
  });

  it('of inboxes change once a week', () => {
    expect(inboxPeriod(0)).toBe(0);
    expect(inboxPeriod(LIMITS.inboxPeriodMs - 1)).toBe(0);
    expect(inboxPeriod(LIMITS.inboxPeriodMs)).toBe(1);
  });

  it('of kept secrets sort as their epochs do', () => {
    const keys = [0, 9, 10, 99, 2 ** 40].map((epoch) =>
      exporterValueKey(sessionId, chainOf(0), epoch),
    );
    expect(keys.toSorted()).toEqual(keys);
  });
});

describe('vouchers', () => {
  it('vouch for devices whose certificates they have seen, and for no others', () => {
    const vouchers = new Vouchers(suite);
    const { identity, device } = owner;
    expect(vouchers.vouch(owner)).toBe(false);
    expect(vouchers.certify(owner.bytes)).toEqual(owner);
    expect(vouchers.certify(owner.bytes)).toEqual(owner);
    expect(vouchers.vouch({ identity, device })).toBe(true);
    expect(vouchers.vouch({ identity: identityOf(1), device })).toBe(false);
    expect(vouchers.vouch({ identity, device: certificateOf(0, 1).device })).toBe(false);
  });

  it('are not deceived by what is no certificate', () => {
    const vouchers = new Vouchers(suite);
    const forged = owner.bytes.with(40, (owner.bytes[40] ?? 0) ^ 1);
    expect(vouchers.certify(forged)).toBe(null);
    expect(vouchers.certify(fromHex('00'))).toBe(null);
    expect(vouchers.certify(new Uint8Array(LIMITS.certificateBytesMax + 1))).toBe(null);
    expect(vouchers.vouch(owner)).toBe(false);
  });

  it('keep their own copy: who changes the bytes later changes nothing', () => {
    const vouchers = new Vouchers(suite);
    const bytes = owner.bytes.slice();
    vouchers.certify(bytes);
    bytes.fill(0);
    expect(vouchers.certify(owner.bytes)).toEqual(owner);
  });
});
