// Which of our addresses an invite carries: those that somebody elsewhere may reach, a few of each kind.

type Reach = 'public' | 'lan' | 'relayed' | 'here';

/** Of each kind: a machine may have dozens of LAN addresses, and each makes the invite longer. */
const OF_EACH_MAX: Readonly<Record<Reach, number>> = { public: 2, lan: 2, relayed: 2, here: 1 };

const V4 = /^(\d+)\.(\d+)\.\d+\.\d+$/u;

/** Public ones first, then those of the LAN, then those through relays; this machine's own only where it has no other. */
export function addressesToShare(listening: readonly string[]): readonly string[] {
  const by = Map.groupBy(new Set(listening), reachOf);
  const some = (reach: Reach): readonly string[] =>
    (by.get(reach) ?? []).toSorted(byVersion).slice(0, OF_EACH_MAX[reach]);
  const others = [...some('public'), ...some('lan'), ...some('relayed')];
  return others.length > 0 ? others : some('here');
}

function reachOf(address: string): Reach {
  if (address.includes('/p2p-circuit')) return 'relayed';
  const host = hostOf(address);
  const v4 = V4.exec(host);
  if (v4 !== null) return v4Reach(Number(v4[1]), Number(v4[2]));
  if (host === '::1' || host === 'localhost' || /^fe[89ab]/u.test(host)) return 'here';
  return /^f[cd][0-9a-f]{2}:/u.test(host) ? 'lan' : 'public';
}

function v4Reach(first: number, second: number): Reach {
  if (first === 127 || (first === 169 && second === 254)) return 'here';
  return isShared(first, second) ? 'lan' : 'public';
}

/** RFC 1918, and RFC 6598 behind a provider's NAT. */
function isShared(first: number, second: number): boolean {
  if (first === 172) return second >= 16 && second < 32;
  if (first === 100) return second >= 64 && second < 128;
  return first === 10 || (first === 192 && second === 168);
}

/** Of host:port, [v6]:port or a multiaddr, without a zone. */
function hostOf(address: string): string {
  if (address.startsWith('/')) return address.split('/')[2] ?? '';
  const bracketed = /^\[([^\]%]+)/u.exec(address)?.[1];
  return (bracketed ?? address.replace(/:\d+$/u, '')).toLowerCase();
}

/** IPv4 first: it is four times shorter, and works in more places still. */
function byVersion(left: string, right: string): number {
  return Number(isV6(left)) - Number(isV6(right));
}

function isV6(address: string): boolean {
  return address.startsWith('[') || address.startsWith('/ip6/');
}
