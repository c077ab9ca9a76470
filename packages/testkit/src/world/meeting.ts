// The directory of the simulated network: who has a key in common finds each other through someone both are linked to.

import { fromHex } from '@parley/core';
import type { LinkSide } from './link.ts';
import type { Air } from './wire.ts';

/** Where nobody answered, they are asked again after so long. */
const LOOK_AGAIN_MS = 10_000;

type Seeker = LinkSide & { readonly isGone: boolean };

/** Asks those that `side` is linked to now, and hears of the others that they are linked to. */
export function lookAround(air: Air, side: Seeker): void {
  if (side.keys.size === 0) return;
  for (const end of side.ends()) ask(air, side, end.other);
}

function ask(air: Air, side: Seeker, helper: LinkSide): void {
  const { agenda, chance, weather, ways } = air;
  agenda.after(2 * chance.between(weather.delayMsMin, weather.delayMsMax), () => {
    if (side.isGone || !side.ends().some(({ other, isUp }) => other === helper && isUp)) return;
    if (!ways.flows(side.peer, helper.peer) || !ways.flows(helper.peer, side.peer)) {
      agenda.after(LOOK_AGAIN_MS, () => ask(air, side, helper));
      return;
    }
    for (const { other, isUp } of helper.ends()) {
      if (!isUp || other === side) continue;
      const { peer, address } = other;
      const target = { peer, addresses: [address], record: null };
      for (const key of inCommon(side.keys, other.keys))
        side.tell({ kind: 'discovered', target, key: fromHex(key) });
    }
  });
}

export function inCommon(some: ReadonlySet<string>, others: ReadonlySet<string>): string[] {
  return [...some].filter((key) => others.has(key));
}
