import { describe, expect, it } from 'vitest';
import { addressesToShare } from '../src/invite-addresses.ts';

describe('the addresses in an invite', () => {
  it('are public ones first, then the LAN, then relays, a few of each and IPv4 before IPv6', () => {
    const circuit = '/ip4/203.0.113.9/tcp/4747/p2p/12D3KooWx/p2p-circuit';
    expect(
      addressesToShare([
        '127.0.0.1:4747',
        circuit,
        '[fe80::1%eth0]:4747',
        '10.0.0.5:4747',
        '172.17.0.1:4747',
        '192.168.1.20:4747',
        '[2001:db8::7]:4747',
        '203.0.113.7:4747',
        '203.0.113.7:4747',
      ]),
    ).toEqual([
      '203.0.113.7:4747',
      '[2001:db8::7]:4747',
      '10.0.0.5:4747',
      '172.17.0.1:4747',
      circuit,
    ]);
  });

  it('are those of this machine alone only where there are no others', () => {
    expect(addressesToShare(['127.0.0.1:4747', '[::1]:4747'])).toEqual(['127.0.0.1:4747']);
    expect(addressesToShare([])).toEqual([]);
  });

  it('of a provider\u2019s NAT and of local IPv6 count as those of a LAN', () => {
    const near = ['100.64.1.1:1', '[fd00::1]:1', '172.31.0.1:1'];
    expect(addressesToShare(['8.8.8.8:1', ...near])).toEqual([
      '8.8.8.8:1',
      '100.64.1.1:1',
      '172.31.0.1:1',
    ]);
  });
});
