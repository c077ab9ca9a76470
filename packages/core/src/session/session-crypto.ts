// The encryption of private sessions, as an asynchronous port: MLS (RFC 9420) in send groups.
//
// In a send group only its owner, leaf 0, commits and speaks; everyone else reads. A member of a session owns one group and
// reads one of each other member. Group states are opaque bytes: a call takes the old state and returns the new one, and
// keeps nothing itself. The caller stores a new state before it sends what was returned with it, never uses an old one
// again, and treats states and secrets as secret keys. Bytes that a call was given are not changed, nor kept by it.

import type { DeviceKey, IdentityKey } from '../brand.ts';
import type { Result } from '../result.ts';

/** Whom a leaf of a group stands for. The device key is also the leaf's signature key, so nobody else can make one. */
export interface Credential {
  readonly identity: IdentityKey;
  readonly device: DeviceKey;
}

/** True if the identity is known, by a certificate, to vouch for the device. Must not throw. */
export type Vouch = (credential: Credential) => boolean;

/** Milliseconds since 1970, rounded to whole seconds on the wire: outwards, so that it never becomes shorter. */
export interface Lifetime {
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** Why there is no result. Of these only 'future-epoch' and 'unknown-psk' may pass with time, for the same bytes. */
export type SessionCryptoReason =
  /** Over a limit of limits.ts. */
  | 'too-large'
  /** Does not decode, or not in the one shortest way. */
  | 'malformed'
  /** Another version of MLS, another ciphersuite, another kind of credential, or extensions we do not have. */
  | 'unsupported'
  | 'bad-lifetime'
  | 'not-yet-valid'
  | 'expired'
  /** A signature, tag or ciphertext does not verify: damaged, forged, or encrypted to somebody else. */
  | 'invalid'
  /** The caller's Vouch does not vouch for a credential in it. */
  | 'not-vouched'
  /** A message or Welcome of another group. */
  | 'wrong-group'
  /** A Welcome to a group of somebody else than was expected. */
  | 'wrong-owner'
  /** A Welcome for other key packages. */
  | 'not-for-us'
  /** Sent, or to be sent, by someone who does not own the group. */
  | 'not-owner'
  | 'not-member'
  | 'already-member'
  | 'too-many-members'
  /** We were removed from this group. */
  | 'removed'
  /** A message of the group that we own: its effects came with the call that made it. */
  | 'own-message'
  /** A commit from before, or a message from longer ago than keys are kept. */
  | 'old-epoch'
  /** A commit before it has not been read. */
  | 'future-epoch'
  /** Its generation was read before: a repetition, or the work of a cloned state. */
  | 'replayed'
  /** More messages before it are missing than limits.ts allows. */
  | 'too-far-ahead'
  | 'unknown-psk'
  /** Correct MLS, but nothing that send groups do. */
  | 'forbidden'
  /** The group state or secret is damaged, of a later version, or of another kind. */
  | 'bad-state';

export type SessionCryptoResult<Value> = Promise<Result<Value, SessionCryptoReason>>;

/** A member as whom one acts: its credential, and the 32-byte Ed25519 seed of its device key. */
export interface Signer {
  readonly credential: Credential;
  readonly deviceSeed: Uint8Array;
}

export interface KeyPackageOptions extends Signer {
  readonly lifetime: Lifetime;
  /** To be used when all others are used up, and more than once. */
  readonly lastResort: boolean;
}

export interface NewKeyPackage {
  /** To be published. */
  readonly keyPackage: Uint8Array;
  /** For joinGroup and open; holds the key package too. Whoever has it joins in our place. */
  readonly secret: Uint8Array;
  /** 64 hex digits: the key package's KeyPackageRef. */
  readonly ref: string;
}

export interface KeyPackageContent {
  readonly credential: Credential;
  readonly lifetime: Lifetime;
  readonly lastResort: boolean;
  readonly ref: string;
  /** 32 bytes, X25519: what `seal` can seal to. */
  readonly publicKey: Uint8Array;
}

export interface GroupOptions extends Signer {
  /** 32 bytes: a hash of session, owner and generation, never used before. */
  readonly groupId: Uint8Array;
  /** Of the owner's leaf; nobody refuses a group for it. */
  readonly lifetime: Lifetime;
}

/** A group at one epoch. */
export interface Roster {
  /** 32 bytes. */
  readonly groupId: Uint8Array;
  /** 0 when created, one more with each commit. */
  readonly epoch: number;
  readonly owner: Credential;
  /** In the order of leaves: the owner first. */
  readonly members: readonly Credential[];
  /** Whose state it is; null once removed. */
  readonly self: Credential | null;
}

/** A group state with a message to be sent once it is stored. */
export interface Outgoing {
  readonly state: Uint8Array;
  readonly message: Uint8Array;
}

export interface Addition extends Outgoing {
  /** One Welcome for each key package, in their order. They name a key package, so seal them. */
  readonly welcomes: readonly Uint8Array[];
}

/** A secret known to all members from elsewhere. Ids must tell secrets apart. */
export interface Psk {
  /** 1 … pskIdBytesMax bytes; seen by members only. */
  readonly id: Uint8Array;
  /** 32 bytes. */
  readonly secret: Uint8Array;
}

export interface JoinOptions {
  readonly welcome: Uint8Array;
  /** Of the key package the Welcome is for. */
  readonly keyPackageSecret: Uint8Array;
  readonly groupId: Uint8Array;
  readonly owner: Credential;
}

export interface Joined {
  readonly state: Uint8Array;
  readonly roster: Roster;
}

export interface ReadOptions {
  readonly message: Uint8Array;
  /** Those which a commit may rely on. */
  readonly psks: readonly Psk[];
  /** When it was sent, by the clock of its entry: key packages it adds must have been valid then. */
  readonly sentMs: number;
}

export type Reading =
  | {
      readonly kind: 'application';
      readonly state: Uint8Array;
      readonly plaintext: Uint8Array;
      /** As given to `encrypt`; readable by those who carry the message, too. */
      readonly authenticatedData: Uint8Array;
    }
  | {
      readonly kind: 'commit';
      readonly state: Uint8Array;
      readonly roster: Roster;
      readonly added: readonly Credential[];
      readonly removed: readonly Credential[];
      /** Ids of the secrets that were mixed in. */
      readonly pskIds: readonly Uint8Array[];
    }
  /** A commit that removed us. The state still reads what was said before; no later one can be made. */
  | { readonly kind: 'removed'; readonly state: Uint8Array };

export interface InboxKey {
  /** 32 bytes, X25519. */
  readonly publicKey: Uint8Array;
  /** For `open`. */
  readonly secret: Uint8Array;
}

export interface SealOptions {
  /** Of an inbox or of a key package: 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly plaintext: Uint8Array;
  /** Both sides must name the same; not sent along. */
  readonly aad: Uint8Array;
}

export interface OpenSealedOptions {
  /** Of an inbox or of a key package. */
  readonly secret: Uint8Array;
  readonly sealed: Uint8Array;
  readonly aad: Uint8Array;
}

/**
 * All of it asynchronous, without a memory of its own. What others sent, and what lay on a disk, never makes it reject:
 * reasons are values. It rejects on faults of ours only (keys of wrong length, a seed that is not the credential's, an
 * empty list). One call at a time for each group: two made from one state would use one key twice.
 */
export interface SessionCrypto {
  makeKeyPackage(options: KeyPackageOptions): Promise<NewKeyPackage>;
  /** Checks everything: size, ciphersuite, lifetime at `nowMs`, both signatures, and that the credential is vouched for. */
  readKeyPackage(keyPackage: Uint8Array, nowMs: number): SessionCryptoResult<KeyPackageContent>;

  /** A group of its owner alone, at epoch 0. */
  createGroup(options: GroupOptions): Promise<Uint8Array>;
  /** A commit for the members there are, and a Welcome for each new one. Checks key packages as `readKeyPackage` does. */
  addMembers(
    state: Uint8Array,
    keyPackages: readonly Uint8Array[],
    nowMs: number,
  ): SessionCryptoResult<Addition>;
  /** A commit with fresh keys that those who stay can read; those removed read no more than that they are. */
  removeMembers(state: Uint8Array, devices: readonly DeviceKey[]): SessionCryptoResult<Outgoing>;
  /** A commit that changes nobody: with fresh keys, or, if a `psk` is given, with that mixed in. */
  rotate(state: Uint8Array, psk: Psk | null): SessionCryptoResult<Outgoing>;
  /** Owner only. What is said grows by padding to some 325 bytes at least. */
  encrypt(
    state: Uint8Array,
    plaintext: Uint8Array,
    authenticatedData: Uint8Array,
  ): SessionCryptoResult<Outgoing>;

  joinGroup(options: JoinOptions): SessionCryptoResult<Joined>;
  /** A message of the owner. On failure the old state stays the one to be used. */
  read(state: Uint8Array, options: ReadOptions): SessionCryptoResult<Reading>;

  membersOf(state: Uint8Array): SessionCryptoResult<Roster>;
  /** 32 bytes that the members of this epoch share and no one else knows (RFC 9420 §8.5). */
  exportSecret(state: Uint8Array, label: string): SessionCryptoResult<Uint8Array>;

  makeInboxKey(): Promise<InboxKey>;
  /** HPKE base mode: says nothing of the sender. Refuses public keys that are none as 'malformed'. */
  seal(options: SealOptions): SessionCryptoResult<Uint8Array>;
  open(options: OpenSealedOptions): SessionCryptoResult<Uint8Array>;
}
