// Names of things, as lower-case hex text (fit for map keys) that cannot be mixed up with each other.

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** 64 hex digits: which conversation an entry belongs to. */
export type ConversationId = Branded<'ConversationId'>;
/** 64 hex digits: a person's Ed25519 public key. */
export type IdentityKey = Branded<'IdentityKey'>;
/** 64 hex digits: the Ed25519 public key that signs a chain; certified by an identity. */
export type DeviceKey = Branded<'DeviceKey'>;
/** 80 hex digits: device key (64) followed by the chain number (16). */
export type ChainKey = Branded<'ChainKey'>;
/** 64 hex digits: SHA-256 of an entry's header. */
export type EntryId = Branded<'EntryId'>;
/** A network address's key as the network prints it ("12D3Koo…"); never an author. */
export type PeerId = Branded<'PeerId'>;
