import { describe, expect, it } from 'vitest';
import { hostBlockOf } from '../src/peer/host-block.ts';

describe('the block of a host', () => {
  it.each([
    ['192.0.2.7:4001', '192.0.2.7'],
    ['/ip4/192.0.2.7/tcp/4001/ws', '192.0.2.7'],
    ['/ip4/192.0.2.7/tcp/4001/p2p/12D3KooWx/p2p-circuit', '192.0.2.7'],
    ['[2001:db8::1]:4001', '2001:db8:0:0'],
    ['[2001:0DB8:0:0:9:8:7:6]:4002', '2001:db8:0:0'],
    ['/ip6/2001:db8:1::/tcp/4001', '2001:db8:1:0'],
    ['[fe80::1%eth0]:4001', 'fe80:0:0:0'],
    ['[::1]:4001', '0:0:0:0'],
    ['chat.example.org:4001', 'chat.example.org:4001'],
    ['', ''],
  ])('of %s is %s', (address, block) => {
    expect(hostBlockOf(address)).toBe(block);
  });
});
