// Names and keys that private sessions are made of: groups, inboxes, the directory, and what is kept (spec/session.md §1).

import type { ChainKey, ConversationId, IdentityKey } from '../brand.ts';
import { fromHex } from '../bytes/hex.ts';
import { encode } from '../codec/cbor.ts';
import type { Suite } from '../crypto/suite.ts';
import { TAGS, taggedHash, taggedHashHex } from '../crypto/tagged.ts';
import { LIMITS } from '../limits.ts';

/** By its secret (32 bytes) a session is named; who carries it knows the name alone, so cannot let anyone in. */
export function sessionIdFrom(suite: Suite, secret: Uint8Array): ConversationId {
  return taggedHashHex(suite, TAGS.session, secret) as ConversationId;
}

/** 32 bytes: the one send group of a chain. */
export function groupIdOf(suite: Suite, session: ConversationId, chain: ChainKey): Uint8Array {
  return taggedHash(suite, TAGS.group, fromHex(session), fromHex(chain));
}

/** 32 bytes: the PSK id of what the members of a group share at one epoch. */
export function exporterId(suite: Suite, groupId: Uint8Array, epoch: number): Uint8Array {
  return taggedHash(suite, TAGS.exporter, groupId, encode(epoch));
}

/** Where first contacts for an identity are left during one period; only who knows the identity can name it. */
export function inboxId(suite: Suite, identity: IdentityKey, period: number): ConversationId {
  return taggedHashHex(suite, TAGS.inbox, fromHex(identity), encode(period)) as ConversationId;
}

/** Number of the period that a time (milliseconds since 1970) falls into. */
export function inboxPeriod(ms: number): number {
  return Math.floor(ms / LIMITS.inboxPeriodMs);
}

/** Where everyone in a lobby states which key packages are theirs now; only who knows the lobby can name it. */
export function directoryId(suite: Suite, lobby: ConversationId): ConversationId {
  return taggedHashHex(suite, TAGS.directory, fromHex(lobby)) as ConversationId;
}

/** Wide enough for every uint that is safe, so that keys sort as epochs do. */
const epochDigits = 16;

/** Keys of the values that the work outside step keeps; nobody else's begin with 'mls/'. */
const VALUE_PREFIX = 'mls/';

/** State of our own group. */
export function groupValueKey(session: ConversationId, chain: ChainKey): string {
  return `${VALUE_PREFIX}group/${session}/${chain}`;
}

/** Our state of the group of someone else. */
export function readerValueKey(session: ConversationId, chain: ChainKey): string {
  return `${VALUE_PREFIX}reader/${session}/${chain}`;
}

/** Begins the keys of all exporter values of a session. */
export function exporterValuePrefix(session: ConversationId): string {
  return `${VALUE_PREFIX}exporter/${session}/`;
}

export function exporterValueKey(session: ConversationId, chain: ChainKey, epoch: number): string {
  const padded = String(epoch).padStart(epochDigits, '0');
  return `${exporterValuePrefix(session)}${chain}/${padded}`;
}

/** Begins the keys of all key packages of ours. */
export const PACKAGE_VALUE_PREFIX: string = `${VALUE_PREFIX}package/`;

/** `ref` is 64 hex digits, the key package's KeyPackageRef. */
export function packageValueKey(ref: string): string {
  return `${PACKAGE_VALUE_PREFIX}${ref}`;
}
