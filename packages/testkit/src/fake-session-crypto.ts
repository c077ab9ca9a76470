// A SessionCrypto for simulations: MLS's rules on order and membership, without its cryptography or its chance.

import { LIMITS, concatBytes, encode, encodeUtf8, fail, ok } from '@parley/core';
import type { InboxKey, SessionCrypto, Suite, Vouch } from '@parley/core';
import { box, digest, keep, keyBytes, publicOf, readKept, unbox } from './fake-session-bytes.ts';
import { loadGroup, rosterOf } from './fake-session-group.ts';
import type { Checked, FakeContext } from './fake-session-group.ts';
import { checkKeyPackage, makeKeyPackage, readSecret } from './fake-session-key-package.ts';
import { addMembers, createGroup, encrypt, removeMembers, rotate } from './fake-session-owner.ts';
import { joinGroup, read } from './fake-session-reader.ts';

export interface FakeSessionCryptoOptions {
  /** Of device keys. */
  readonly suite: Suite;
  readonly vouch: Vouch;
  /** Two fakes with one salt draw the same keys: name the node and how often it was started. */
  readonly salt: string;
}

const sealVersion = Uint8Array.of(1);
const sealOverheadBytes = 49;
const inboxLimits = { fields: 1, bytesMax: 64 };

/**
 * Wrong order, strangers, those removed, generations used twice, and changed bytes are refused with the reasons that the
 * real one gives. The same calls in the same order give the same bytes. Nothing is secret from who looks inside.
 */
export function createFakeSessionCrypto(options: FakeSessionCryptoOptions): SessionCrypto {
  const { suite, vouch, salt } = options;
  let drawn = 0;
  const draw = (): Uint8Array => {
    drawn += 1;
    return digest('drawn', encodeUtf8(salt), encode(drawn));
  };
  const context: FakeContext = { suite, vouch, draw };
  return {
    makeKeyPackage: async (wish) => makeKeyPackage(context, wish),
    async readKeyPackage(keyPackage, nowMs) {
      const checked = checkKeyPackage(context, keyPackage, nowMs);
      return checked.ok ? ok(checked.value.content) : checked;
    },
    createGroup: async (wish) => createGroup(context, wish),
    addMembers: async (state, keyPackages, nowMs) =>
      addMembers(context, state, { keyPackages, nowMs }),
    removeMembers: async (state, devices) => removeMembers(context, state, devices),
    rotate: async (state, psk) => rotate(context, state, psk),
    encrypt: async (state, plaintext, authenticatedData) =>
      encrypt(state, { plaintext, authenticatedData }),
    joinGroup: async (wish) => joinGroup(context, wish),
    read: async (state, wish) => read(context, state, wish),
    async membersOf(state) {
      const group = loadGroup(state);
      return group.ok ? rosterOf(group.value) : group;
    },
    exportSecret: async (state, label) => exportSecret(state, label),
    makeInboxKey: async () => makeInboxKey(draw()),
    seal: async ({ publicKey, plaintext, aad }) => seal(plaintext, { publicKey, aad, draw }),
    open: async ({ secret, sealed, aad }) => open(secret, sealed, aad),
  };
}

function exportSecret(state: Uint8Array, label: string): Checked<Uint8Array> {
  const group = loadGroup(state);
  if (!group.ok) return group;
  if (group.value.isRemoved) return fail('removed');
  return ok(digest('export', group.value.keys.secret, encodeUtf8(label)));
}

function makeInboxKey(secret: Uint8Array): InboxKey {
  return { publicKey: publicOf(secret), secret: keep('inboxSecret', [secret]) };
}

function seal(
  plaintext: Uint8Array,
  to: Pick<FakeContext, 'draw'> & { readonly publicKey: Uint8Array; readonly aad: Uint8Array },
): Checked<Uint8Array> {
  const { publicKey, aad, draw } = to;
  if (publicKey.length !== keyBytes) return fail('malformed');
  if (plaintext.length + sealOverheadBytes > LIMITS.sealedBytesMax) return fail('too-large');
  return ok(concatBytes(sealVersion, box(plaintext, { publicKey, nonce: draw(), aad })));
}

function open(secret: Uint8Array, sealed: Uint8Array, aad: Uint8Array): Checked<Uint8Array> {
  if (sealed.length > LIMITS.sealedBytesMax) return fail('too-large');
  if (sealed.length < sealOverheadBytes || sealed[0] !== 1) return fail('malformed');
  const key = privateKeyOf(secret);
  if (!key.ok) return key;
  const opened = unbox(key.value, sealed.subarray(1), aad);
  return opened === null ? fail('invalid') : ok(opened);
}

function privateKeyOf(secret: Uint8Array): Checked<Uint8Array> {
  const inbox = readKept<readonly [Uint8Array]>('inboxSecret', secret, inboxLimits);
  if (inbox.ok) return ok(inbox.value[0]);
  const keyPackage = readSecret(secret);
  return keyPackage.ok ? ok(keyPackage.value.initSecret) : keyPackage;
}
