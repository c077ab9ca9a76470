// A name in the DNS that stands for peers, as far as what is said there can be used.

import { describe, expect, it } from 'vitest';
import { isDnsaddr, resolveDnsaddr } from '../src/dnsaddr.ts';

const limits = { dialAddressesMax: 4 };
const peer = '12D3KooWSbYEg33ciTJKA6Heh8DY84SeDexitDQwSvNzbQ34HSC5';

function zone(records: readonly string[]): (name: string) => Promise<readonly string[][]> {
  return (name) => {
    if (name !== '_dnsaddr.boot.example') return Promise.reject(new Error(`no ${name}`));
    // Long texts come in pieces.
    return Promise.resolve(records.map((text) => [text.slice(0, 9), text.slice(9)]));
  };
}

describe('a /dnsaddr name', () => {
  it('stands for the addresses of its TXT records, and nothing else that stands there', async () => {
    const good = [`/ip4/9.9.9.9/tcp/4747/p2p/${peer}`, '/dns4/rock.example/tcp/4747'];
    const records = [...good.map((each) => `dnsaddr=${each}`), 'v=spf1', 'dnsaddr=', 'dnsaddr=x'];
    const found = await resolveDnsaddr('/dnsaddr/boot.example', limits, zone(records));
    expect(found.toSorted()).toEqual(good.toSorted());
  });

  it('may name the peer that is meant', async () => {
    const records = [`dnsaddr=/ip4/9.9.9.9/tcp/1/p2p/${peer}`, 'dnsaddr=/ip4/8.8.8.8/tcp/1'];
    const found = await resolveDnsaddr(`/dnsaddr/boot.example/p2p/${peer}`, limits, zone(records));
    expect(found).toEqual([`/ip4/9.9.9.9/tcp/1/p2p/${peer}`]);
  });

  it('leads to no further name, and to a bounded number of addresses', async () => {
    const many = Array.from({ length: 50 }, (_, at) => `dnsaddr=/ip4/9.9.9.${at}/tcp/1`);
    const records = ['dnsaddr=/dnsaddr/boot.example', ...many];
    const found = await resolveDnsaddr('/dnsaddr/boot.example', limits, zone(records));
    expect(found).toHaveLength(4);
    expect(found.some(isDnsaddr)).toBe(false);
  });

  it('that is not there is an error of the resolver', async () => {
    await expect(resolveDnsaddr('/dnsaddr/nowhere', limits, zone([]))).rejects.toThrow('no _dns');
  });
});
