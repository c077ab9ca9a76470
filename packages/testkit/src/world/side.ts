// One run of a process as the simulated network sees it: its links and what it is told.

import type { NetworkEvent, PeerId } from '@parley/core';
import type { LinkEnd, LinkSide } from './link.ts';
import { lookAround } from './meeting.ts';
import type { Air } from './wire.ts';

export class Side implements LinkSide {
  readonly peer: PeerId;
  readonly address: string;
  readonly record: Uint8Array;
  keys: ReadonlySet<string> = new Set();
  /** The process ended. */
  isGone = false;
  handler: ((event: NetworkEvent) => void) | null = null;
  readonly #air: Air;
  readonly #ends = new Map<PeerId, LinkEnd>();

  constructor(air: Air, who: Pick<LinkSide, 'peer' | 'address' | 'record'>) {
    this.#air = air;
    this.peer = who.peer;
    this.address = who.address;
    this.record = who.record;
  }

  linkTo(peer: PeerId): LinkEnd | undefined {
    return this.#ends.get(peer);
  }

  ends(): readonly LinkEnd[] {
    return [...this.#ends.values()];
  }

  tell(event: NetworkEvent): void {
    this.handler?.(event);
  }

  /** No events any more, and the links end. */
  vanish(): void {
    this.isGone = true;
    this.handler = null;
    for (const end of this.#ends.values()) end.link.cut();
  }

  reserve(end: LinkEnd): void {
    const old = this.#ends.get(end.peer);
    if (old !== undefined) this.lost(old, 'replaced');
    this.#ends.set(end.peer, end);
  }

  up(end: LinkEnd, direction: 'inbound' | 'outbound'): void {
    if (this.isGone) return;
    end.isUp = true;
    const { address, record } = end.other;
    this.tell({ kind: 'connected', peer: end.peer, direction, address, path: 'lan' });
    end.inbound.pump();
    lookAround(this.#air, this);
    this.#air.agenda.after(this.#delayMs(), () => {
      if (!end.isUp || end.link.isCut) return;
      this.tell({ kind: 'record', peer: end.peer, record, addresses: [address] });
    });
  }

  lost(end: LinkEnd, reason: string): void {
    if (this.#ends.get(end.peer) === end) this.#ends.delete(end.peer);
    if (!end.isUp) return;
    end.isUp = false;
    this.tell({ kind: 'disconnected', peer: end.peer, reason });
  }

  meet(keys: ReadonlySet<string>): void {
    this.keys = keys;
    lookAround(this.#air, this);
  }

  #delayMs(): number {
    const { chance, weather } = this.#air;
    return chance.between(weather.delayMsMin, weather.delayMsMax);
  }
}
