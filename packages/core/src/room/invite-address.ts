// An address in as few bytes as it can have, so that an invite stays short (spec/invites.md §3).

import type { PeerId } from '../brand.ts';
import type { CborValue } from '../codec/cbor.ts';
import { isBytes, isText, isTuple } from '../codec/fields.ts';
import { LIMITS } from '../limits.ts';
import { keyOfPeer, peerOfKey } from './peer-key.ts';

const v4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3}):(\d{1,5})$/u;
const v6 = /^\[([0-9a-f:]{2,39})\]:(\d{1,5})$/u;
const named = /^(?=.{1,253}:)[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_.])?:(\d{1,5})$/u;
const multiaddr = /^(?:\/[!-.0-~]+){2,}$/u;
const relayed =
  /^\/(ip4|ip6|dns)\/([^/]+)\/tcp\/(\d{1,5})\/p2p\/([1-9A-Za-z]{1,64})\/p2p-circuit$/u;
const portMax = 65_535;

/**
 * host:port, [v6]:port or a multiaddr as the network prints it → its item in an invite; null for one that cannot stand
 * in an invite, as with a zone, which means something on one machine alone.
 */
export function addressItem(address: string): CborValue | null {
  if (!isText(address, LIMITS.inviteAddressBytesMax)) return null;
  if (address.startsWith('/')) return relayedItem(address) ?? textItem(address, multiaddr);
  return v4Item(address) ?? v6Item(address) ?? nameItem(address);
}

/** The address of an item; null for what is none. */
export function addressOfItem(item: CborValue): string | null {
  if (typeof item === 'string') return isText(item, LIMITS.inviteAddressBytesMax) ? item : null;
  if (isBytes(item, 6)) return `${item.subarray(0, 4).join('.')}:${portOf(item)}`;
  if (isBytes(item, 18)) return `[${v6Text(item)}]:${portOf(item)}`;
  if (!isTuple(item, 2)) return null;
  const [relay, inner] = item;
  const host = inner === undefined ? null : hostPart(inner);
  if (!isBytes(relay, 32) || host === null) return null;
  return `/${host}/p2p/${peerOfKey(relay)}/p2p-circuit`;
}

function hostPart(inner: CborValue): string | null {
  const address = Array.isArray(inner) ? null : addressOfItem(inner);
  const at = address?.lastIndexOf(':') ?? -1;
  if (address === null || at === -1) return null;
  const [host, port] = [address.slice(0, at), address.slice(at + 1)];
  if (isBytes(inner, 6)) return `ip4/${host}/tcp/${port}`;
  return isBytes(inner, 18) ? `ip6/${host.slice(1, -1)}/tcp/${port}` : `dns/${host}/tcp/${port}`;
}

function relayedItem(address: string): CborValue | null {
  const match = relayed.exec(address);
  if (match === null) return null;
  const [, kind, host = '', port = '', relay = ''] = match;
  const key = keyOfPeer(relay as PeerId);
  const inner = addressItem(kind === 'ip6' ? `[${host}]:${port}` : `${host}:${port}`);
  if (key === null || inner === null) return null;
  const item = [key, inner];
  // Of other spellings, such as a name under ip4, the text is carried.
  return addressOfItem(item) === address ? item : null;
}

function textItem(address: string, pattern: RegExp): string | null {
  return pattern.test(address) ? address : null;
}

function v4Item(address: string): Uint8Array | null {
  const match = v4.exec(address);
  if (match === null) return null;
  const [a, b, c, d, port] = match.slice(1).map(Number) as [number, number, number, number, number];
  const item = Uint8Array.of(a, b, c, d, port >> 8, port & 0xff);
  return addressOfItem(item) === address ? item : null;
}

/** Names that are no addresses: with a letter in their last part. */
function nameItem(address: string): string | null {
  const port = Number(named.exec(address)?.[1]);
  const isName = port <= portMax && !/^(?:.*\.)?\d+\.?:/u.test(address);
  return isName && port > 0 && String(port) === /\d+$/u.exec(address)?.[0] ? address : null;
}

function v6Item(address: string): Uint8Array | null {
  const match = v6.exec(address);
  const groups = match === null ? null : v6Groups(match[1] ?? '');
  const port = Number(match?.[2]);
  if (groups === null || port > portMax) return null;
  const item = Uint8Array.from([...groups, port].flatMap((word) => [word >> 8, word & 0xff]));
  // Only in the one form of RFC 5952 does it come back as it was.
  return addressOfItem(item) === address ? item : null;
}

function v6Groups(text: string): readonly number[] | null {
  const halves = text.split('::');
  const [head = '', tail] = halves;
  if (halves.length > 2) return null;
  const [before, after] = [wordsOf(head), wordsOf(tail ?? '')];
  if (before === null || after === null) return null;
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  return [...before, ...Array.from({ length: missing }, () => 0), ...after];
}

function wordsOf(text: string): readonly number[] | null {
  if (text === '') return [];
  const words = text.split(':');
  return words.every((word) => /^[0-9a-f]{1,4}$/u.test(word))
    ? words.map((word) => Number.parseInt(word, 16))
    : null;
}

/** RFC 5952: lower case, no zeros in front, and `::` for the first of the longest rows of two zeros or more. */
function v6Text(bytes: Uint8Array): string {
  const words = Array.from({ length: 8 }, (_, at) =>
    (((bytes[2 * at] ?? 0) << 8) | (bytes[2 * at + 1] ?? 0)).toString(16),
  );
  let [start, length] = [0, 1];
  for (let from = 0; from < 8; from += 1) {
    let to = from;
    while (words[to] === '0') to += 1;
    if (to - from > length) [start, length] = [from, to - from];
  }
  if (length < 2) return words.join(':');
  return `${words.slice(0, start).join(':')}::${words.slice(start + length).join(':')}`;
}

function portOf(bytes: Uint8Array): number {
  return ((bytes.at(-2) ?? 0) << 8) | (bytes.at(-1) ?? 0);
}
