// Certificates and rosters of made-up people, for tests of sessions.

import { createFakeSuite } from '@parley/testkit';
import * as fc from 'fast-check';
import type { ChainKey, ConversationId, DeviceKey, IdentityKey } from '../../src/brand.ts';
import { toHex } from '../../src/bytes/hex.ts';
import { encodeUtf8 } from '../../src/bytes/utf8.ts';
import { makeCertificate } from '../../src/identity/certificate.ts';
import type { Certificate } from '../../src/identity/certificate.ts';
import { newRoster, withMember, withoutMember } from '../../src/session/roster.ts';
import type { SessionRoster } from '../../src/session/roster.ts';

export const suite = createFakeSuite();

export const sessionId = 'a5'.repeat(32) as ConversationId;

export function seedOf(label: string): Uint8Array {
  return suite.sha256(encodeUtf8(label));
}

/** A certificate of person `at`; of another age it names another device. */
export function certificateOf(at: number, age = 0): Certificate {
  const device = toHex(suite.publicKey(seedOf(`device ${at} ${age}`))) as DeviceKey;
  const identitySeed = seedOf(`identity ${at}`);
  return makeCertificate(suite, { identitySeed, device, createdMs: age, name: `person${at}` });
}

export function identityOf(at: number): IdentityKey {
  return certificateOf(at).identity;
}

/** A chain of person `at`. */
export function chainOf(at: number, number = 0): ChainKey {
  return `${toHex(seedOf(`chain ${at} ${number}`))}${'00'.repeat(8)}` as ChainKey;
}

/** As person 0 forked it with as many others. */
export function rosterOf(count: number): SessionRoster {
  return newRoster(
    identityOf(0),
    Array.from({ length: count }, (_, at) => certificateOf(at)),
  );
}

/** One change that anybody could make to what they know. */
export type Change =
  | { readonly kind: 'add'; readonly at: number; readonly age: number }
  | { readonly kind: 'remove'; readonly at: number; readonly cut: number };

export function change(): fc.Arbitrary<Change> {
  const at = fc.nat(5);
  return fc.oneof(
    fc.record({ kind: fc.constant('add' as const), at, age: fc.nat(2) }),
    fc.record({ kind: fc.constant('remove' as const), at, cut: fc.nat(9) }),
  );
}

export function changed(known: SessionRoster, one: Change): SessionRoster {
  return one.kind === 'add'
    ? withMember(known, certificateOf(one.at, one.age))
    : withoutMember(known, identityOf(one.at), new Map([[chainOf(one.at), one.cut]]));
}

/** What somebody may know after any changes to a roster of three. */
export function roster(): fc.Arbitrary<SessionRoster> {
  return fc.array(change(), { maxLength: 8 }).map((all) => all.reduce(changed, rosterOf(3)));
}
