// Whose machine an address may be: what one person can have many of must not count as many people.

const v4 = /^(\d{1,3}(?:\.\d{1,3}){3})(?::\d+)?$/u;
const v6 = /^\[([0-9a-f:]+)(?:%[^\]]*)?\]/iu;
const inMultiaddr = /^\/ip(4|6)\/([0-9a-f:.]+)(?:\/|$)/iu;
const BLOCK_WORDS = 4;

/**
 * Of an address as the network prints it the IPv4 address, or the first 64 bits of the IPv6 address, behind which one
 * machine has as many as it likes; of a way over a relay those of the relay. Other addresses are their own block.
 */
export function hostBlockOf(address: string): string {
  const direct = v4.exec(address)?.[1];
  if (direct !== undefined) return direct;
  const [, kind, host = ''] = inMultiaddr.exec(address) ?? [];
  if (kind === '4') return host;
  const long = kind === '6' ? host : v6.exec(address)?.[1];
  return long === undefined ? address : firstWords(long);
}

function firstWords(host: string): string {
  const [head = '', tail] = host.toLowerCase().split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Math.max(0, 8 - before.length - after.length);
  const words =
    tail === undefined ? before : [...before, ...Array<string>(zeros).fill('0'), ...after];
  return words
    .slice(0, BLOCK_WORDS)
    .map((word) => word.replace(/^0+(?=.)/u, ''))
    .join(':');
}
