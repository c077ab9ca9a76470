// Whom everyone looks to for what is left for someone: the first three by a hash, of all who are in the lobby.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IdentityKey, PeerId } from '../src/brand.ts';
import { fromHex } from '../src/bytes/hex.ts';
import { encodeUtf8 } from '../src/bytes/utf8.ts';
import { tag, taggedHashHex } from '../src/crypto/tagged.ts';
import { LIMITS } from '../src/limits.ts';
import { peersNear } from '../src/peer/holders.ts';
import { encodeMessage } from '../src/sync/message.ts';
import { LOBBY, TestPeer, link, suite } from './peers.ts';

/** A neighbour says whom it is linked to. */
function tellLinks(from: TestPeer, to: TestPeer, peers: readonly PeerId[]): void {
  const named = from.state.neighbours.get(to.id)?.tags.get(LOBBY);
  if (named === undefined) throw new Error('they share no lobby');
  const bytes = encodeMessage({ type: 'links', tag: named, peers });
  to.take({ kind: 'network', event: { kind: 'frame', peer: from.id, bytes } }, 1_000);
}

/** By the definition: all are ranked, and none is named twice. */
function firstThree(person: IdentityKey, peers: Iterable<PeerId>): readonly PeerId[] {
  const rankOf = (peer: PeerId): string =>
    taggedHashHex(suite, tag('holder'), fromHex(person), encodeUtf8(peer));
  const all = [...new Set(peers)].map((peer) => [rankOf(peer), peer] as const);
  return all
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .slice(0, 3)
    .map(([, peer]) => peer);
}

const peerIds = fc.array(
  fc.nat(40).map((number) => `peer-${number}` as PeerId),
  { maxLength: LIMITS.peersPerFrameMax },
);

describe('those near a person', () => {
  it('are the same for ourselves and for others, however often and by whom each is named', () => {
    fc.assert(
      fc.property(peerIds, peerIds, peerIds, (earlier, ofBob, ofCarmen) => {
        const [anna, bob, carmen] = [new TestPeer('anna'), new TestPeer('bob'), new TestPeer('c')];
        link(anna, bob, 0);
        link(anna, carmen, 0);
        tellLinks(bob, anna, earlier);
        tellLinks(bob, anna, [anna.id, ...ofBob]);
        tellLinks(carmen, anna, [...ofCarmen, anna.id]);
        const here = [bob.id, carmen.id, ...ofBob, ...ofCarmen];
        for (const person of [anna.identity, bob.identity])
          expect(peersNear(anna.state, person)).toEqual(firstThree(person, here));
      }),
    );
  });
});
