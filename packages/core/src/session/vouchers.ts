// Whose device is whose, by certificates that were verified: what the encryption asks of credentials (spec/session.md §4).

import { equalBytes } from '../bytes/compare.ts';
import type { Suite } from '../crypto/suite.ts';
import { TAGS, taggedHashHex } from '../crypto/tagged.ts';
import { readCertificate } from '../identity/certificate.ts';
import type { Certificate } from '../identity/certificate.ts';
import { LIMITS } from '../limits.ts';
import type { Credential } from './session-crypto.ts';

/** Remembers the last certifiedMax certificates, so that each is verified about once. */
export class Vouchers {
  readonly #suite: Suite;
  /** By hash, those noted longest ago first. */
  readonly #certified: Map<string, Certificate> = new Map();
  /** By credential, the certificate that was noted last. */
  readonly #vouched: Map<string, Certificate> = new Map();

  constructor(suite: Suite) {
    this.#suite = suite;
  }

  /** The certificate, noted; null where it is none, or not valid. */
  readonly certify = (bytes: Uint8Array): Certificate | null => {
    if (bytes.length > LIMITS.certificateBytesMax) return null;
    const hash = taggedHashHex(this.#suite, TAGS.certificate, bytes);
    const known = this.#certified.get(hash);
    if (known !== undefined && equalBytes(known.bytes, bytes)) return this.#note(hash, known);
    const read = readCertificate(this.#suite, bytes.slice());
    return read.ok ? this.#note(hash, read.value) : null;
  };

  /** For a SessionCrypto: whether a certificate noted here says so. */
  readonly vouch = (credential: Credential): boolean => this.#vouched.has(keyOf(credential));

  #note(hash: string, certificate: Certificate): Certificate {
    touch(this.#certified, hash, certificate);
    touch(this.#vouched, keyOf(certificate), certificate);
    return certificate;
  }
}

function keyOf({ identity, device }: Credential): string {
  return `${identity}${device}`;
}

/** Puts an item last, and forgets the first of too many. */
function touch<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= LIMITS.certifiedMax) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
