// Who passes on what an author signed is not held to account for the author: or one author could set all others at odds.

import { describe, expect, it } from 'vitest';
import type { ChainKey, PeerId } from '../src/brand.ts';
import { makeCertificate } from '../src/identity/certificate.ts';
import type { Certificate } from '../src/identity/certificate.ts';
import { chainKeyOf } from '../src/log/chain-key.ts';
import type { Entry } from '../src/log/entry.ts';
import { encodeLines } from '../src/log/line.ts';
import { encodeRun } from '../src/log/run.ts';
import { sealEntry } from '../src/log/seal.ts';
import { LIMITS } from '../src/limits.ts';
import { encodeMessage } from '../src/sync/message.ts';
import { EPOCH_MS, LOBBY, TestPeer, link, suite } from './peers.ts';

const seed = new Uint8Array(32).fill(9);
const device = suite.publicKey(seed);

function vouched(createdMs: number): Certificate {
  const deviceKey = Buffer.from(device).toString('hex') as Certificate['device'];
  return makeCertificate(suite, { identitySeed: seed, device: deviceKey, createdMs, name: 'mal' });
}

const chain: ChainKey = chainKeyOf(vouched(1).device, new Uint8Array(8));
/** Of a chain that is read from its newest end. */
const FAR = LIMITS.newestFirstEntries + 100;

function entryAt(seq: number, prev: string, ms: number, { hash }: Certificate): Entry {
  const payload = encodeLines([{ type: 'say', text: 'x' }]);
  const hlc = { ms: EPOCH_MS + ms, counter: 0 };
  const place = { conversation: LOBBY, chain, seq, prev, hlc, lineCount: 1, keyId: null };
  return sealEntry(suite, seed, { ...place, payload, certificateHash: hash });
}

function linked(): readonly [TestPeer, TestPeer] {
  const [anna, bobby] = [new TestPeer('anna'), new TestPeer('bobby')];
  link(bobby, anna, 0);
  return [anna, bobby];
}

function push(to: TestPeer, from: PeerId, certificate: Certificate, entry: Entry): void {
  const [tag] = to.state.neighbours.get(from)!.rooms.keys();
  const run = encodeRun(certificate.bytes, [entry]);
  const bytes = encodeMessage({ type: 'run', tag: tag!, request: 0, last: true, run });
  to.take({ kind: 'network', event: { kind: 'frame', peer: from, bytes } }, 1_000);
}

function lengthAt({ state }: TestPeer): number | undefined {
  return state.conversations.get(LOBBY)?.table.get(chain)?.length;
}

const toldKinds = (peer: TestPeer): string[] => peer.told().map(({ kind }) => kind);

describe('whoever passes on what an author signed', () => {
  it('is not blamed where the author showed others another certificate', () => {
    const [anna, bobby] = linked();
    const [one, other] = [vouched(1), vouched(2)];
    const first = entryAt(FAR, 'ab'.repeat(32), 0, one);
    push(anna, bobby.id, one, first);
    expect(lengthAt(anna)).toBe(FAR + 1);
    const next = entryAt(FAR + 1, first.id, 1, other);
    for (let times = 0; times < 2 * LIMITS.badFramesMax; times += 1)
      push(anna, bobby.id, other, next);
    expect(lengthAt(anna)).toBe(FAR + 1);
    expect(toldKinds(anna)).not.toContain('badFrame');
  });

  it('is not blamed where the author let time run backwards', () => {
    const [anna, bobby] = linked();
    const certificate = vouched(1);
    const first = entryAt(FAR, 'ab'.repeat(32), 10, certificate);
    push(anna, bobby.id, certificate, first);
    for (let times = 0; times < 2 * LIMITS.badFramesMax; times += 1)
      push(anna, bobby.id, certificate, entryAt(FAR + 1, first.id, 9 - times, certificate));
    expect(lengthAt(anna)).toBe(FAR + 1);
    expect(toldKinds(anna)).not.toContain('badFrame');
  });

  it('is blamed for what no author signed', () => {
    const [anna, bobby] = linked();
    const certificate = vouched(1);
    const entry = entryAt(FAR, 'ab'.repeat(32), 0, certificate);
    const forged = { ...entry, signature: new Uint8Array(64) };
    for (let times = 0; times < LIMITS.badFramesMax; times += 1)
      push(anna, bobby.id, certificate, forged);
    expect(toldKinds(anna)).toContain('banned');
  });
});
