// Names that stand for several peers: the TXT records of _dnsaddr.NAME, each with one address (the dnsaddr specification).

import { resolveTxt } from 'node:dns/promises';
import type { NetworkLimits } from './limits.ts';

export type LookUpTxt = (name: string) => Promise<readonly (readonly string[])[]>;

const PREFIX = '/dnsaddr/';
const RECORD = /^dnsaddr=(?<address>\/\S{1,512})$/u;

export function isDnsaddr(text: string): boolean {
  return text.startsWith(PREFIX);
}

/** Addresses in any order, so that not everyone dials the first; throws what the resolver throws. */
export async function resolveDnsaddr(
  text: string,
  { dialAddressesMax }: Pick<NetworkLimits, 'dialAddressesMax'>,
  lookUp: LookUpTxt = resolveTxt,
): Promise<readonly string[]> {
  const [name = '', ...rest] = text.slice(PREFIX.length).split('/');
  const wanted = rest.length === 0 ? '' : `/${rest.join('/')}`;
  const records = await lookUp(`_dnsaddr.${name}`);
  const found = records.flatMap((parts) => {
    const address = RECORD.exec(parts.join(''))?.groups?.['address'];
    // No name behind a name: a record shall not send us from one to the next.
    if (address === undefined || isDnsaddr(address) || !address.endsWith(wanted)) return [];
    return [address];
  });
  return shuffled(found).slice(0, dialAddressesMax);
}

function shuffled<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, rank: Math.random() }))
    .toSorted((one, other) => one.rank - other.rank)
    .map(({ item }) => item);
}
