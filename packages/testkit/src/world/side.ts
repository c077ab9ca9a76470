// One run of a process as the simulated network sees it: its links and what it is told.

import type { NetworkEvent, PeerId } from '@parley/core';
import type { LinkEnd, LinkSide } from './link.ts';
import { lookAround } from './meeting.ts';
import type { Air } from './wire.ts';

const OVER_RELAY_MS = 3_000;

/** Every fourth pair, always the same ones, so that nothing is drawn for it. */
function beginsOverRelay(one: PeerId, other: PeerId): boolean {
  let sum = 0;
  for (const letter of one + other) sum += letter.charCodeAt(0);
  return sum % 4 === 0;
}

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
    const isRelayed = beginsOverRelay(this.peer, end.peer);
    const path = isRelayed ? 'relayed' : 'lan';
    this.tell({ kind: 'connected', peer: end.peer, direction, address, path });
    end.inbound.pump();
    lookAround(this.#air, this);
    this.#air.agenda.after(this.#delayMs(), () => {
      if (!end.isUp || end.link.isCut) return;
      this.tell({ kind: 'record', peer: end.peer, record, addresses: [address] });
    });
    if (isRelayed) this.#goAnotherWay(end);
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

  /** Each side learns of it in its time. */
  #goAnotherWay(end: LinkEnd): void {
    this.#air.agenda.after(OVER_RELAY_MS + this.#delayMs(), () => {
      if (!end.isUp || end.link.isCut) return;
      const { peer, other } = end;
      this.tell({ kind: 'path', peer, address: other.address, path: 'direct' });
    });
  }

  #delayMs(): number {
    const { chance, weather } = this.#air;
    return chance.between(weather.delayMsMin, weather.delayMsMax);
  }
}
