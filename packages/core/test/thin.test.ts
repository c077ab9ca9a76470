import { describe, expect, it } from 'vitest';
import type { PeerId } from '../src/brand.ts';
import { LIMITS } from '../src/limits.ts';
import { accountOf, addDebt } from '../src/peer/author-account.ts';
import type { Neighbour } from '../src/peer/state.ts';
import type { Output } from '../src/peer/step-types.ts';
import { LOBBY, TestPeer, carry, link } from './peers.ts';

const SOFT = LIMITS.neighboursSoftMax;

/** Someone in the middle of a lobby; each of the others says that it has so many links there. */
function crowdOf(count: number, linksOfEach: number): TestPeer {
  const anna = new TestPeer('anna');
  for (let at = 0; at < count; at += 1) {
    const each = new TestPeer(`crowd-${at}`);
    link(each, anna, 0);
    const links = Array.from({ length: linksOfEach }, (_, of) => `friend-${of}` as PeerId);
    const neighbour = anna.state.neighbours.get(each.id);
    if (neighbour !== undefined) neighbour.links = new Set(links);
  }
  return anna;
}

/** Someone who wrote so much lately that others go first. */
function makeHeavy({ state }: TestPeer, { hello }: Neighbour): void {
  addDebt(accountOf(state.guard, hello!.identity, 0), LIMITS.debtLightBytes * 16, 0);
}

function letGoIn(outputs: readonly Output[]): readonly PeerId[] {
  return outputs.flatMap((each) => (each.kind === 'hangUp' ? [each.peer] : []));
}

/** Who is let go of within a minute, or a part of it. */
function letGo(anna: TestPeer, fromMs: number = 0, toMs: number = 55_000): readonly PeerId[] {
  const gone: PeerId[] = [];
  for (let nowMs = fromMs; nowMs < toMs; nowMs += LIMITS.thinOutIntervalMs)
    gone.push(...letGoIn(anna.take({ kind: 'tick' }, nowMs)));
  return gone;
}

describe('a peer with more links than enough', () => {
  it('lets go of those beyond enough, and of no more', () => {
    const anna = crowdOf(SOFT + 8, SOFT);
    expect(letGo(anna)).toHaveLength(8);
    expect(anna.state.neighbours.size).toBe(SOFT);
  });

  it('gives everyone time to find others first', () => {
    const anna = crowdOf(SOFT + 8, SOFT);
    expect(letGoIn(anna.take({ kind: 'tick' }, LIMITS.settleMs - 100))).toEqual([]);
    expect(letGoIn(anna.take({ kind: 'tick' }, LIMITS.settleMs + 2_000))).not.toEqual([]);
  });

  it('lets go of nobody who has too few without it', () => {
    expect(letGo(crowdOf(SOFT + 8, LIMITS.neighboursMeshMax))).toEqual([]);
  });

  it('keeps who was typed by hand, who serves, and who keeps something for it', () => {
    const anna = crowdOf(SOFT + 8, SOFT);
    const [typed, server, holder] = [...anna.state.neighbours.values()];
    const addresses = ['host:1'];
    const target = { addresses, peer: typed?.peer ?? null, record: null };
    anna.take({ kind: 'connect', target }, 10);
    if (server !== undefined) server.serves = true;
    holder?.askedToHold.set(LOBBY, new Map());
    const gone = letGo(anna);
    expect(gone).toHaveLength(8);
    for (const kept of [typed, server, holder]) expect(gone).not.toContain(kept?.peer);
  });

  it('keeps those it was linked with first, and people whom it trusts', () => {
    const anna = crowdOf(SOFT * 2, SOFT);
    const all = [...anna.state.neighbours.values()];
    const friend = all.at(-1)!;
    anna.state.guard.trusted.add(friend.hello!.identity);
    const gone = letGo(anna);
    expect(gone).toHaveLength(SOFT);
    for (const { peer } of [...all.slice(0, LIMITS.neighboursMeshMax), friend])
      expect(gone).not.toContain(peer);
  });

  it('lets go of those who flood first, however few links they say that they have', () => {
    const anna = crowdOf(SOFT + 8, SOFT);
    const flooding = [...anna.state.neighbours.values()].slice(2, 12);
    for (const each of flooding) {
      each.links = new Set();
      makeHeavy(anna, each);
    }
    const names = flooding.map(({ peer }) => peer);
    const gone = letGo(anna);
    expect(gone).toHaveLength(8);
    for (const peer of gone) expect(names).toContain(peer);
  });

  it('does not count those who flood as ways to the others, and lets go of none of these for them', () => {
    const anna = crowdOf(LIMITS.neighboursMeshMax, SOFT);
    const honest = [...anna.state.neighbours.values()];
    for (let at = 0; at < SOFT * 2; at += 1) {
      const each = new TestPeer(`mallory-${at}`);
      link(each, anna, 0);
      const neighbour = anna.state.neighbours.get(each.id)!;
      makeHeavy(anna, neighbour);
      // Who stays up for others is kept, flood or not.
      neighbour.serves = true;
    }
    expect(letGo(anna)).toEqual([]);
    for (const { peer } of honest) expect(anna.state.neighbours.has(peer)).toBe(true);
  });

  it('does not count those who pass nothing on where there was something to pass on', () => {
    const anna = crowdOf(SOFT * 2, SOFT);
    const bobby = new TestPeer('bobby');
    link(bobby, anna, 0);
    const nowMs = LIMITS.settleMs * 2;
    const lines = [{ type: 'say', text: 'hello' }] as const;
    const said = bobby.take({ kind: 'say', conversation: LOBBY, lines }, nowMs);
    carry([anna, bobby], [[bobby, said]], nowMs);
    expect(anna.state.newsMs).toBeGreaterThan(LIMITS.settleMs);
    expect(letGo(anna, 0, 30_000)).toEqual([]);
    // Of those who do there are enough, so that the others can go.
    const relays = [...anna.state.neighbours.values()].slice(0, LIMITS.neighboursMeshMax + 1);
    for (const each of relays) each.relays = true;
    expect(letGo(anna, 30_000)).not.toEqual([]);
  });

  it('keeps who shares with it what few others do', () => {
    const anna = crowdOf(SOFT + 8, SOFT);
    const room = { kind: 'open', name: 'ops' } as const;
    anna.take({ kind: 'join', room }, 10);
    const ops = [...anna.state.conversations.values()].find(({ name }) => name === 'ops');
    const pair = [...anna.state.neighbours.values()].slice(0, 2);
    for (const { tags } of pair) if (ops !== undefined) tags.set(ops.id, 'their tag');
    const gone = letGo(anna);
    expect(gone).toHaveLength(8);
    for (const { peer } of pair) expect(gone).not.toContain(peer);
  });

  it('does not call who let go of it again at once, and ever less often', () => {
    const anna = crowdOf(LIMITS.neighboursMeshMax + 1, SOFT);
    const bobby = 'bobby' as PeerId;
    const target = { addresses: ['host:1'], peer: bobby, record: null };
    const up = { kind: 'connected', peer: bobby, direction: 'outbound', address: 'a' } as const;
    let nowMs = 1_000;
    anna.take({ kind: 'connect', target }, nowMs);
    const pauses: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      anna.take({ kind: 'network', event: { kind: 'dialled', target, peer: bobby } }, nowMs);
      anna.take({ kind: 'network', event: { ...up, path: 'direct' } }, nowMs);
      const gone = { kind: 'disconnected', peer: bobby, reason: 'hung up' } as const;
      anna.take({ kind: 'network', event: gone }, nowMs + 10);
      const known = anna.state.links.targets.get(bobby);
      pauses.push((known?.nextMs ?? 0) - nowMs);
      // Whoever tells of it does not make it sooner.
      const found = { kind: 'discovered', target, key: null } as const;
      anna.take({ kind: 'network', event: found }, nowMs + 20);
      expect((known?.nextMs ?? 0) - nowMs).toBe(pauses.at(-1));
      nowMs = Math.ceil(known?.nextMs ?? 0);
    }
    for (const [round, pause] of pauses.entries())
      expect(pause).toBeGreaterThanOrEqual(LIMITS.redialPartedMs * 2 ** round);
  });
});

describe('a newcomer where all places are taken', () => {
  it('is told of others before it is let go of', () => {
    const anna = new TestPeer('anna', 0, 0, { limits: { neighboursMax: 32 } });
    for (let at = 0; at < 32; at += 1) {
      const each = new TestPeer(`crowd-${at}`);
      link(each, anna, 0, `198.51.100.${at}:9`);
      const record = Uint8Array.of(at);
      const event = { kind: 'record', peer: each.id, record, addresses: ['a:1'] } as const;
      anna.take({ kind: 'network', event }, 0);
    }
    const newcomer = new TestPeer('newcomer');
    link(newcomer, anna, 10, '203.0.113.1:9');
    expect(newcomer.state.links.targets.size).toBeGreaterThanOrEqual(LIMITS.introducedPerRoomMax);
    expect(letGoIn(anna.take({ kind: 'tick' }, 10 + LIMITS.passingMs + 1))).toEqual([newcomer.id]);
  });
});
