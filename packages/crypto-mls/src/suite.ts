// The one ciphersuite we speak, and what of MLS we switch on; all else of the library stays unused.

import type { CiphersuiteImpl } from 'ts-mls/crypto/ciphersuite.js';
import { getCiphersuiteFromName } from 'ts-mls/crypto/ciphersuite.js';
import { defaultCryptoProvider } from 'ts-mls/crypto/implementation/default/provider.js';
import type { AuthenticationService } from 'ts-mls/authenticationService.js';
import type { Capabilities } from 'ts-mls/capabilities.js';
import type { ClientConfig } from 'ts-mls/clientConfig.js';
import { defaultKeyPackageEqualityConfig } from 'ts-mls/keyPackageEqualityConfig.js';
import { LIMITS } from '@parley/core';
import { withNativeCrypto } from './native.ts';

/** Mandatory to implement (RFC 9420 §17.1), and all of it native in every WebCrypto. */
export const SUITE_NAME = 'MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519';

/** The extension type `last_resort` of key packages (draft-ietf-mls-extensions). */
export const LAST_RESORT = 0x000a;

const paddedBytes = 256;
const millisecondsPerSecond = 1_000;

let implementation: Promise<CiphersuiteImpl> | undefined;

/** The same for all calls; it holds no keys. */
export function loadSuite(): Promise<CiphersuiteImpl> {
  implementation ??= loadWebCryptoSuite().then(withNativeCrypto);
  return implementation;
}

/** As the library has it, on WebCrypto alone: slower, and what the other is compared with. */
export function loadWebCryptoSuite(): Promise<CiphersuiteImpl> {
  return defaultCryptoProvider.getCiphersuiteImpl(getCiphersuiteFromName(SUITE_NAME));
}

/** Without the library's GREASE values, which it draws by chance. */
export function ownCapabilities(): Capabilities {
  return {
    versions: ['mls10'],
    ciphersuites: [SUITE_NAME],
    extensions: [LAST_RESORT],
    proposals: [],
    credentials: ['basic'],
  };
}

/**
 * Lifetimes are checked by us, against the caller's clock: the library would check them again on joining, when the key
 * packages of those who joined long ago have expired.
 */
export function configWith(authService: AuthenticationService): ClientConfig {
  return {
    keyRetentionConfig: {
      retainKeysForGenerations: LIMITS.groupGenerationsKept,
      retainKeysForEpochs: LIMITS.groupEpochsKept,
      maximumForwardRatchetSteps: LIMITS.groupGenerationsAheadMax,
    },
    lifetimeConfig: {
      maximumTotalLifetime: BigInt(LIMITS.keyPackageLifetimeMsMax / millisecondsPerSecond),
      validateLifetimeOnReceive: false,
    },
    keyPackageEqualityConfig: defaultKeyPackageEqualityConfig,
    paddingConfig: { kind: 'padUntilLength', padUntilLength: paddedBytes },
    authService,
  };
}
