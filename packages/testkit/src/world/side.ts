// One run of a process as the simulated network sees it: its links, its topics, and the gossip it passes on.

import type { Network, NetworkEvent, PeerId } from '@parley/core';
import type { Gossip, LinkEnd, LinkSide } from './link.ts';
import { lookAround } from './meeting.ts';
import type { Air } from './wire.ts';

type Verdict = Parameters<Network['verdict']>[1];

export class Side implements LinkSide {
  readonly peer: PeerId;
  readonly address: string;
  readonly record: Uint8Array;
  readonly topics: Set<string> = new Set();
  keys: ReadonlySet<string> = new Set();
  /** The process ended. */
  isGone = false;
  handler: ((event: NetworkEvent) => void) | null = null;
  readonly #air: Air;
  readonly #ends = new Map<PeerId, LinkEnd>();
  readonly #seen = new Set<string>();
  readonly #undecided = new Map<string, { readonly gossip: Gossip; readonly from: PeerId }>();

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

  publish(topic: string, bytes: Uint8Array): void {
    this.#air.traffic.gossip += 1;
    const gossip = { topic, bytes, messageId: `${this.peer} ${this.#air.traffic.gossip}` };
    this.#seen.add(gossip.messageId);
    this.#flood(gossip, null);
  }

  decide(messageId: string, verdict: Verdict): void {
    const waiting = this.#undecided.get(messageId);
    if (waiting === undefined) throw new Error(`a verdict on unknown gossip: ${messageId}`);
    this.#undecided.delete(messageId);
    if (verdict === 'accept') this.#flood(waiting.gossip, waiting.from);
  }

  /** A repeat comes through though it was seen: what a cache of ids that has forgotten lets through. */
  hear(gossip: Gossip, from: PeerId, isRepeat: boolean): void {
    const end = this.#ends.get(from);
    if (end?.isUp !== true || end.link.isCut || !this.topics.has(gossip.topic)) return;
    if (!this.#air.ways.flows(from, this.peer)) return;
    const { topic, bytes, messageId } = gossip;
    if (this.#undecided.has(messageId) || (this.#seen.has(messageId) && !isRepeat)) return;
    this.#seen.add(messageId);
    this.#undecided.set(messageId, { gossip, from });
    this.tell({ kind: 'gossip', topic, from, bytes, messageId });
  }

  #delayMs(): number {
    const { chance, weather } = this.#air;
    return chance.between(weather.delayMsMin, weather.delayMsMax);
  }

  #flood(gossip: Gossip, from: PeerId | null): void {
    const { agenda, chance, weather } = this.#air;
    for (const { peer, isUp, other } of this.#ends.values()) {
      if (peer === from || !isUp || chance.often(weather.gossipLoss)) continue;
      const copies = chance.often(weather.gossipRepeat) ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1) {
        const heldMs = chance.between(0, weather.gossipHeldMsMax);
        const isRepeat = copy > 0;
        agenda.after(this.#delayMs() + heldMs, () => other.hear(gossip, this.peer, isRepeat));
      }
    }
  }
}
