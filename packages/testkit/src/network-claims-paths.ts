// Claims about links that go another way after a while: over a relay first, and then without it.

import assert from 'node:assert/strict';
import type { NetworkPath } from '@parley/core';
import { claim } from './network-claim.ts';
import type { NetworkClaim } from './network-claim.ts';
import type { RecordedNetwork } from './network-recorder.ts';

const FRAMES_A_TURN = 4;
const TURN_MS = 10;

function pathsTo(from: RecordedNetwork, to: RecordedNetwork): NetworkPath[] {
  return from.events.flatMap((event) =>
    (event.kind === 'connected' || event.kind === 'path') && event.peer === to.peer
      ? [event.path]
      : [],
  );
}

/** The numbers on the frames that came. */
function numbersFrom(from: RecordedNetwork, to: RecordedNetwork): number[] {
  return to
    .of('frame')
    .filter(({ peer }) => peer === from.peer)
    .map(({ bytes }) => Buffer.from(bytes).readUInt32BE());
}

/** How links go on another way. */
export const paths: readonly NetworkClaim[] = [
  claim(
    'a link over a relay goes on without it: no frame is lost, repeated or overtaken',
    async (party, harness) => {
      const [a, b] = [await party.join([]), await party.join([])];
      await harness.linkOverRelay(a, b);
      let sent = 0;
      const sendSome = (count: number): void => {
        for (let one = 0; one < count; one += 1) {
          const frame = Buffer.alloc(1_000);
          frame.writeUInt32BE(sent);
          sent += 1;
          a.network.send(b.peer, frame);
          b.network.send(a.peer, frame);
        }
      };
      const isOver = (): boolean => a.of('path').length > 0 && b.of('path').length > 0;
      for (const endMs = performance.now() + 15_000; !isOver() && performance.now() < endMs; ) {
        sendSome(FRAMES_A_TURN);
        // eslint-disable-next-line no-await-in-loop -- as fast as somebody speaks, until the way has changed
        await new Promise((resolve) => setTimeout(resolve, TURN_MS));
      }
      sendSome(100);
      const all = Array.from({ length: sent }, (_, index) => index);
      await b.until('all frames', () => b.of('frame').length >= sent);
      await a.until('all frames', () => a.of('frame').length >= sent);
      assert.deepEqual(numbersFrom(a, b), all);
      assert.deepEqual(numbersFrom(b, a), all);
      for (const told of [pathsTo(a, b), pathsTo(b, a)]) {
        assert.equal(told.length, 2);
        assert.equal(told[0], 'relayed');
        assert.notEqual(told[1], 'relayed');
      }
    },
  ),
];
