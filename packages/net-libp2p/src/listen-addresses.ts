// Where to listen: names are looked up, and what is no address is refused before anything starts.

import { lookup } from 'node:dns/promises';
import { isIPv6 } from 'node:net';
import { NetworkError } from '@parley/core';
import { multiaddr } from '@multiformats/multiaddr';
import type { Multiaddr } from '@multiformats/multiaddr';
import { parseAddress } from './address.ts';
import { listenError } from './errors.ts';

/** Throws NetworkError. */
export function listenAddresses(texts: readonly string[]): Promise<Multiaddr[]> {
  return Promise.all(texts.map(listenAddress));
}

async function listenAddress(text: string): Promise<Multiaddr> {
  const parsed = parseAddress(text);
  if (!parsed.ok)
    throw new NetworkError('bad-address', `cannot listen on ${text}: ${parsed.reason}`);
  const { kind, multiaddr: address } = parsed.value;
  const [host, ...rest] = address.getComponents();
  const names = new Set(rest.map(({ name }) => name));
  if (kind === 'circuit' || names.has('tls') || names.has('wss'))
    throw new NetworkError('bad-address', `cannot listen on ${text}: use /tcp/… or /tcp/…/ws`);
  if (host?.name.startsWith('dns') !== true) return address;
  try {
    const found = await lookup(host.value ?? '');
    const family = isIPv6(found.address) ? 'ip6' : 'ip4';
    return multiaddr(`/${family}/${found.address}`).encapsulate(multiaddr(rest));
  } catch (cause) {
    throw listenError(text, cause);
  }
}
