import { MemoryDisk } from '@parley/testkit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../src/limits.ts';
import type { Line } from '../src/log/entry.ts';
import type { Input, PeerEvent } from '../src/peer/step-types.ts';
import { EPOCH_MS, LOBBY, TestPeer, link, tick } from './peers.ts';
import { act } from './private/party.ts';

function set(...lines: readonly Line[]): Input {
  return { kind: 'say', conversation: LOBBY, lines };
}

function topic(text: string): Line {
  return { type: 'topic', text };
}

function topicOf(peer: TestPeer): string | undefined {
  return peer.state.conversations.get(LOBBY)?.settings.topic?.value;
}

function toldBy(peer: TestPeer): PeerEvent[] {
  return peer.told().filter(({ kind }) => kind === 'setting');
}

describe('a topic', () => {
  it('is what was set last, for everyone, and is told of when it changes', () => {
    const peers = [new TestPeer('anna'), new TestPeer('bobby')] as const;
    const [anna, bobby] = peers;
    link(anna, bobby, 0);
    act(peers, anna, set(topic('first'), topic('second'), { type: 'keep', days: 30 }), 1_000);
    act(peers, bobby, set(topic('second')), 2_000);
    act(peers, bobby, set(topic('')), 3_000);
    for (const peer of peers) {
      expect(topicOf(peer)).toBe('');
      expect(peer.state.conversations.get(LOBBY)?.settings.keep?.value).toBe(30);
      const by = { kind: 'setting', conversation: LOBBY };
      expect(toldBy(peer)).toEqual([
        { ...by, by: anna.identity, setting: { topic: 'second' } },
        { ...by, by: anna.identity, setting: { keepDays: 30 } },
        { ...by, by: bobby.identity, setting: { topic: '' } },
      ]);
    }
  });

  it('that was taken away again is no news to who comes later', () => {
    const [anna, bobby] = [new TestPeer('anna'), new TestPeer('bobby')];
    anna.take(set(topic('first'), { type: 'keep', days: 30 }), 1_000);
    anna.take(set(topic(''), { type: 'keep', days: 0 }), 2_000);
    link(anna, bobby, 3_000);
    tick([anna, bobby], 4_000);
    expect(bobby.state.conversations.get(LOBBY)?.settings.topic?.value).toBe('');
    expect(toldBy(bobby)).toEqual([]);
  });

  it('is the same for all who hold the same, in whatever order it came', () => {
    const texts = fc.array(fc.tuple(fc.nat(2), fc.nat(50)), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(texts, fc.nat(2), (said, first) => {
        const peers = [0, 1, 2].map((at) => new TestPeer(`peer-${at}`));
        let nowMs = 0;
        for (const [at, [who, stepMs]] of said.entries()) {
          nowMs += stepMs;
          peers[who]!.take(set(topic(`${at}`)), nowMs);
        }
        // They say it alone, and meet in different orders.
        for (const at of [0, 1, 2])
          link(peers[(first + at) % 3]!, peers[(first + at + 1) % 3]!, 100_000);
        tick(peers, 101_000);
        expect(new Set(peers.map(topicOf)).size).toBe(1);
      }),
      { numRuns: 50 },
    );
  });

  it('is known after a restart', () => {
    const disk = new MemoryDisk();
    const anna = new TestPeer('anna', 0, 0, { disk });
    anna.take(set(topic('kept'), { type: 'keep', days: 7 }), 1_000);
    const { settings } = anna.state.conversations.get(LOBBY)!;
    const again = new TestPeer('anna', 2_000, 0, { disk });
    expect(again.state.conversations.get(LOBBY)?.settings).toEqual(settings);
    expect(settings.topic).toMatchObject({ by: anna.identity, heardMs: EPOCH_MS + 1_000 });
  });

  it('of a later time holds once that time has come', () => {
    const peers = [new TestPeer('anna'), new TestPeer('bobby', 0, LIMITS.futureMsMax * 2)] as const;
    const [anna, bobby] = peers;
    bobby.take(set(topic('from the future')), 0);
    link(anna, bobby, 0);
    act(peers, anna, set(topic('now')), 1_000);
    expect(topicOf(anna)).toBe('now');
    tick([anna], LIMITS.futureMsMax + 5_000);
    expect(topicOf(anna)).toBe('from the future');
  });
});
