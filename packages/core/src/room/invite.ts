// `parley:` texts: what a friend needs to find a room, its key included (spec/invites.md).

import type { IdentityKey, PeerId } from '../brand.ts';
import { fromBase58, toBase58 } from '../bytes/base58.ts';
import { concatBytes, equalBytes } from '../bytes/compare.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { decode, encode } from '../codec/cbor.ts';
import type { CborValue } from '../codec/cbor.ts';
import type { Field } from '../codec/fields.ts';
import { isBytes, isList, isText, isTuple, isUint } from '../codec/fields.ts';
import type { Suite } from '../crypto/suite.ts';
import { TAGS, taggedHash } from '../crypto/tagged.ts';
import { checkName } from '../identity/name.ts';
import { LIMITS } from '../limits.ts';
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import { addressItem, addressOfItem } from './invite-address.ts';
import { keyOfPeer, peerOfKey } from './peer-key.ts';
import { checkRoomName } from './room.ts';
import type { RoomKey } from './room.ts';

/** Who made an invite: the one peer that whoever takes it knows beforehand. */
export interface Inviter {
  readonly identity: IdentityKey;
  readonly peer: PeerId;
  readonly name: string;
}

export interface Invite {
  readonly room: RoomKey;
  readonly inviter: Inviter;
  /** Where the inviter may be dialled, best first: at most inviteAddressesMax. */
  readonly addresses: readonly string[];
  /** Whole seconds, in milliseconds since 1970, after which it is not taken any more; null: never. */
  readonly expiresMs: number | null;
}

export type InviteField = 'room' | 'inviter' | 'addresses' | 'expiry';

export type InviteReason =
  | { readonly kind: 'not-an-invite' }
  /** A part is missing, or was changed on its way. */
  | { readonly kind: 'damaged' }
  | { readonly kind: 'newer-version'; readonly version: number }
  | { readonly kind: 'expired'; readonly expiresMs: number }
  /** Whoever wrote it did not keep to the rules. */
  | { readonly kind: 'bad-field'; readonly field: InviteField };

const SCHEME = 'parley:';
const VERSION = 1;
const CHECKSUM_BYTES = 4;
const decodeLimits = { depthMax: 4, itemsMax: 64 };

/**
 * The text of an invite. Addresses that cannot stand in one, and those beyond inviteAddressesMax, are left out. Throws
 * on a field that breaks the rules: a fault of ours.
 */
export function encodeInvite(suite: Suite, invite: Invite): string {
  const body = encode(recordOf(invite));
  return SCHEME + toBase58(concatBytes(body, checksumOf(suite, body)));
}

/**
 * What someone pasted, whatever stands around it and wherever its lines were broken: blanks, quotes, brackets. `nowMs`
 * is the wall clock.
 */
export function decodeInvite(
  suite: Suite,
  text: string,
  nowMs: number,
): Result<Invite, InviteReason> {
  const code = codeOf(text);
  if (code === null) return fail({ kind: 'not-an-invite' });
  const bytes = fromBase58(code);
  if (!bytes.ok || bytes.value.length <= CHECKSUM_BYTES) return fail({ kind: 'damaged' });
  const body = bytes.value.subarray(0, -CHECKSUM_BYTES);
  const checksum = bytes.value.subarray(-CHECKSUM_BYTES);
  if (!equalBytes(checksumOf(suite, body), checksum)) return fail({ kind: 'damaged' });
  const invite = readRecord(body);
  if (!invite.ok) return invite;
  const { expiresMs } = invite.value;
  return expiresMs !== null && expiresMs <= nowMs ? fail({ kind: 'expired', expiresMs }) : invite;
}

/** Whether a text is meant to be an invite, be it a broken one: by its scheme, or since no room has so long a name. */
export function isInviteText(text: string): boolean {
  const code = codeOf(text);
  return code !== null && (hasScheme(text) || fromBase58(code).ok);
}

/** What stands around a copied text, and what programs that pass it on put into it. */
const decoration = /[\s"'`<>()[\]{}*_|«»‹›“”„‘’‚\u00ad\u200b-\u200f\u2060\u2500-\u257f\ufeff]+/gu;
const schemeFirst = /^parley:(?:\/\/)?/iu;

function undecorated(text: string): string {
  return text.length > LIMITS.inviteTextMax * 4 ? '' : text.replace(decoration, '');
}

function hasScheme(text: string): boolean {
  return schemeFirst.test(undecorated(text));
}

/** What stands behind the scheme; null for what cannot be an invite. */
function codeOf(text: string): string | null {
  const plain = undecorated(text);
  // Whoever selects by a double click may get what stands behind the colon alone.
  const isBare = plain.length > LIMITS.roomNameBytesMax;
  if (plain.length > LIMITS.inviteTextMax || !(schemeFirst.test(plain) || isBare)) return null;
  return plain.replace(schemeFirst, '').replace(/[.,;:!?]+$/u, '');
}

function checksumOf(suite: Suite, body: Uint8Array): Uint8Array {
  return taggedHash(suite, TAGS.invite, body).subarray(0, CHECKSUM_BYTES);
}

function recordOf({ room, inviter, addresses, expiresMs }: Invite): CborValue {
  const { identity, peer, name } = inviter;
  const items = addresses.map(addressItem).filter((item) => item !== null);
  return [
    VERSION,
    room.name,
    room.kind === 'secret' ? room.secret : null,
    fromHex(identity),
    keyOfPeer(peer) ?? peer,
    name,
    items.slice(0, LIMITS.inviteAddressesMax),
    expiresMs === null ? null : Math.ceil(expiresMs / 1_000),
  ];
}

function readRecord(body: Uint8Array): Result<Invite, InviteReason> {
  const decoded = decode(body, decodeLimits);
  if (!decoded.ok || !isList(decoded.value, decodeLimits.itemsMax))
    return fail({ kind: 'damaged' });
  const [version] = decoded.value;
  if (!isUint(version)) return fail({ kind: 'damaged' });
  if (version > VERSION) return fail({ kind: 'newer-version', version });
  if (version < VERSION || !isTuple(decoded.value, 8)) return fail({ kind: 'damaged' });
  return readFields(decoded.value);
}

function readFields(fields: readonly CborValue[]): Result<Invite, InviteReason> {
  const [, roomName, secret, identity, peer, name, items, expires] = fields;
  const room = readRoom(roomName, secret);
  if (room === null) return refuse('room');
  const inviter = readInviter(identity, peer, name);
  if (inviter === null) return refuse('inviter');
  const addresses = readAddresses(items);
  if (addresses === null) return refuse('addresses');
  if (expires === null) return ok({ room, inviter, addresses, expiresMs: null });
  if (!isUint(expires, LIMITS.timeMsMax / 1_000)) return refuse('expiry');
  return ok({ room, inviter, addresses, expiresMs: expires * 1_000 });
}

function refuse(field: InviteField): { readonly ok: false; readonly reason: InviteReason } {
  return fail({ kind: 'bad-field', field });
}

function readRoom(roomName: Field, secret: Field): RoomKey | null {
  if (!isText(roomName, LIMITS.roomNameBytesMax)) return null;
  const name = checkRoomName(roomName);
  if (!name.ok || name.value !== roomName) return null;
  if (secret === null) return { kind: 'open', name: roomName };
  // A copy: what was decoded is a view into all of the invite.
  return isBytes(secret, 32) ? { kind: 'secret', name: roomName, secret: secret.slice() } : null;
}

function readInviter(identity: Field, peer: Field, name: Field): Inviter | null {
  const found = readPeer(peer);
  if (!isBytes(identity, 32) || found === null || !isText(name, LIMITS.nameBytesMax)) return null;
  const checked = checkName(name);
  if (!checked.ok || checked.value !== name) return null;
  return { identity: toHex(identity) as IdentityKey, peer: found, name };
}

/** A key, or of another kind of network the text of its PeerId. */
function readPeer(peer: Field): PeerId | null {
  if (isBytes(peer, 32)) return peerOfKey(peer);
  if (!isText(peer, LIMITS.peerIdBytesMax) || !/^[A-Za-z0-9-]+$/u.test(peer)) return null;
  return keyOfPeer(peer as PeerId) === null ? (peer as PeerId) : null;
}

function readAddresses(items: Field): readonly string[] | null {
  if (!isList(items, LIMITS.inviteAddressesMax)) return null;
  const addresses = items.map(addressOfItem).filter((address) => address !== null);
  // Each has one spelling, so that no two texts are the same invite.
  const isPlain = addresses.every((address, at) => isSame(addressItem(address), items[at]));
  return addresses.length === items.length && isPlain ? addresses : null;
}

function isSame(left: CborValue, right: Field): boolean {
  return right !== undefined && equalBytes(encode(left), encode(right));
}
