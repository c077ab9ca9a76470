// HPKE in base mode (RFC 9180): a first word to someone that shows those who carry it neither sender nor session.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { LIMITS, concatBytes, encodeUtf8, fail } from '@parley/core';
import type { InboxKey, OpenSealedOptions, SealOptions } from '@parley/core';
import type { Checked } from './attempt.ts';
import { attempt } from './attempt.ts';
import { unwrap, wrap } from './envelope.ts';
import { openBase } from './hpke-open.ts';
import { readInitKey } from './key-package.ts';
import { loadSuite } from './suite.ts';

const version = 1;
const publicKeyBytes = 32;
const tagBytes = 16;
const overheadBytes = 1 + publicKeyBytes + tagBytes;
const inboxSecretBytesMax = 64;
const opensAtOnce = 16;

/** Keeps what is sealed to a key package's key apart from the Welcomes encrypted to it. */
const info = encodeUtf8('parley/sealed/1\0');

export async function makeInboxKey(): Promise<InboxKey> {
  const { hpke } = await loadSuite();
  const pair = await hpke.generateKeyPair();
  const secret = await wrap('inbox', await hpke.exportPrivateKey(pair.privateKey));
  return { publicKey: await hpke.exportPublicKey(pair.publicKey), secret };
}

export async function seal(options: SealOptions): Promise<Checked<Uint8Array>> {
  const { publicKey, plaintext, aad } = options;
  if (publicKey.length !== publicKeyBytes) return fail('malformed');
  if (plaintext.length + overheadBytes > LIMITS.sealedBytesMax) return fail('too-large');
  const { hpke } = await loadSuite();
  return attempt('malformed', async () => {
    const key = await hpke.importPublicKey(Uint8Array.from(publicKey));
    const { enc, ct } = await hpke.seal(key, plaintext, info, aad);
    return concatBytes(Uint8Array.of(version), enc, ct);
  });
}

let opened = 0;

/** Who tries many keys, on much that was not meant for them, must not keep the program from all else. */
async function letOthersRun(): Promise<void> {
  opened = (opened + 1) % opensAtOnce;
  if (opened === 0) await nextTurn();
}

export async function open(options: OpenSealedOptions): Promise<Checked<Uint8Array>> {
  const { sealed, aad } = options;
  if (sealed.length > LIMITS.sealedBytesMax) return fail('too-large');
  if (sealed.length < overheadBytes || sealed[0] !== version) return fail('malformed');
  await letOthersRun();
  const secret = await privateKeyOf(options.secret);
  if (!secret.ok) return secret;
  const enc = sealed.subarray(1, 1 + publicKeyBytes);
  const ciphertext = sealed.subarray(1 + publicKeyBytes);
  return attempt('invalid', async () => openBase(secret.value, { enc, ciphertext, info, aad }));
}

async function privateKeyOf(secret: Uint8Array): Promise<Checked<Uint8Array>> {
  const inbox = await unwrap('inbox', secret, inboxSecretBytesMax);
  if (inbox.ok) return inbox;
  return readInitKey(secret);
}
