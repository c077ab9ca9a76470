// Bans of peers at one address: who offended there often is not let in by a new key, and nobody else suffers.

import { multiaddr } from '@multiformats/multiaddr';
import { LIMITS } from '@parley/core';
import { NETWORK_LIMITS } from '@parley/net-libp2p';
import { RecordedNetwork } from '@parley/testkit';
import { afterEach, describe, expect, test } from 'vitest';
import { Offenders } from '../src/offenders.ts';
import { network, rawLink } from './harness.ts';

const BANS = NETWORK_LIMITS.bansPerHostMax;
const tcp4 = (host: string) => multiaddr(`/ip4/${host}/tcp/4747`);
const tcp6 = (host: string) => multiaddr(`/ip6/${host}/tcp/4747`);

function watched(): { readonly offenders: Offenders; readonly pass: (ms: number) => void } {
  let nowMs = 1_000;
  const offenders = new Offenders(NETWORK_LIMITS, () => nowMs);
  return { offenders, pass: (ms) => void (nowMs += ms) };
}

describe('an address', () => {
  test('from which several peers were banned is refused for as long as the last of them, and no longer', () => {
    const { offenders, pass } = watched();
    const [bad, other] = [tcp4('198.51.100.7'), tcp4('198.51.100.8')];
    for (let ban = 1; ban < BANS; ban += 1) {
      offenders.note(bad, LIMITS.banMs);
      expect(offenders.refuses(bad)).toBe(false);
    }
    offenders.note(bad, 2 * LIMITS.banMs);
    expect(offenders.refuses(bad)).toBe(true);
    expect(offenders.refuses(other)).toBe(false);
    pass(2 * LIMITS.banMs);
    expect(offenders.refuses(bad)).toBe(false);
    offenders.note(bad, LIMITS.banMs);
    expect(offenders.refuses(bad)).toBe(true);
  });

  test('is forgiven what was long ago', () => {
    const { offenders, pass } = watched();
    for (let ban = 0; ban < 4 * BANS; ban += 1) {
      offenders.note(tcp4('198.51.100.7'), LIMITS.banMs);
      pass(4 * NETWORK_LIMITS.bansHalfLifeMs);
      expect(offenders.refuses(tcp4('198.51.100.7'))).toBe(false);
    }
    offenders.note(tcp4('198.51.100.7'), LIMITS.banMs);
    expect(offenders.refuses(tcp4('198.51.100.7'))).toBe(false);
  });

  test('is not held against friends who were asked to come back later, who share a machine or a relay', () => {
    const { offenders } = watched();
    const relayed = tcp4('198.51.100.9').encapsulate('/p2p-circuit');
    for (let ban = 0; ban < 4 * BANS; ban += 1) {
      offenders.note(tcp4('198.51.100.7'), LIMITS.evictedRefusedMs);
      offenders.note(tcp4('127.0.0.1'), LIMITS.banMs);
      offenders.note(relayed, LIMITS.banMs);
    }
    for (const address of [tcp4('198.51.100.7'), tcp4('127.0.0.1'), relayed, tcp4('198.51.100.9')])
      expect(offenders.refuses(address)).toBe(false);
  });

  test('of IPv6 is one of a network, of which a host has as many as it likes', () => {
    const { offenders } = watched();
    for (let ban = 0; ban < BANS; ban += 1)
      offenders.note(tcp6(`2001:db8:1:2::${ban + 1}`), LIMITS.banMs);
    expect(offenders.refuses(tcp6('2001:db8:1:2:9:9:9:9'))).toBe(true);
    expect(offenders.refuses(tcp6('2001:db8:1:3::1'))).toBe(false);
  });

  test('is remembered among so many and no more', () => {
    const { offenders } = watched();
    for (let ban = 0; ban < BANS; ban += 1) offenders.note(tcp4('198.51.100.7'), LIMITS.banMs);
    for (let host = 0; host < NETWORK_LIMITS.knownPeersMax; host += 1)
      offenders.note(tcp4(`203.0.${host >> 8}.${host & 255}`), LIMITS.banMs);
    expect(offenders.refuses(tcp4('198.51.100.7'))).toBe(false);
  });
});

describe('a new key', () => {
  const cleanUps: (() => unknown)[] = [];
  afterEach(async () => {
    await Promise.all(cleanUps.splice(0).map((cleanUp) => cleanUp()));
  });

  test('lets nobody in again whose address was banned, while those who are linked go on', async () => {
    const anna = new RecordedNetwork(network({ bansPerLoopbackMax: 2 }));
    cleanUps.push(() => anna.network.stop());
    await anna.start();
    const address = anna.addresses()[0] ?? '';
    const linked = async () => {
      const link = await rawLink(address);
      cleanUps.push(() => link.node.stop());
      return link;
    };
    const friend = await linked();
    for (let key = 0; key < 2; key += 1) {
      // eslint-disable-next-line no-await-in-loop -- one after the other
      const { node } = await linked();
      const peer = node.peerId.toString();
      // eslint-disable-next-line no-await-in-loop -- one after the other
      await anna.until('the link', () => anna.of('connected').some((each) => each.peer === peer));
      const { peer: known } = anna.of('connected').find((each) => each.peer === peer)!;
      anna.network.hangUp(known, LIMITS.banMs);
      // eslint-disable-next-line no-await-in-loop -- one after the other
      await anna.until('the end', () => anna.of('disconnected').some((each) => each.peer === peer));
    }
    await expect(linked()).rejects.toThrow(/./u);
    friend.stream.send(Uint8Array.of(0, 0, 0, 1, 7));
    await anna.until('a frame', () => anna.of('frame').length === 1);
    expect(anna.of('connected')).toHaveLength(3);
  });
});
