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
  const address = parsed.value.multiaddr;
  const [host, port] = address.getComponents();
  if (host?.name.startsWith('dns') !== true) return address;
  try {
    const found = await lookup(host.value ?? '');
    const family = isIPv6(found.address) ? 'ip6' : 'ip4';
    return multiaddr(`/${family}/${found.address}/tcp/${port?.value ?? '0'}`);
  } catch (cause) {
    throw listenError(text, cause);
  }
}
