// The simulated network: who listens where, and how they reach each other.

import type { DialFailure, DialTarget, Network, PeerId } from '@parley/core';
import { decodeUtf8, emptyNetworkReport, encodeUtf8, toHex } from '@parley/core';
import type { Agenda } from './agenda.ts';
import type { Chance } from './chance.ts';
import { connectSides } from './link.ts';
import { Side } from './side.ts';
import { Ways } from './weather.ts';
import type { Weather } from './weather.ts';
import { newTraffic } from './wire.ts';
import type { Air, Traffic } from './wire.ts';

const DIAL_TIMEOUT_MS = 3_000;

/** What one run of a process has of the network. */
export interface Endpoint extends Network {
  /** The process is gone without a word. */
  vanish(): void;
}

export class SimNetwork {
  readonly ways: Ways = new Ways();
  readonly traffic: Traffic;
  readonly #air: Air;
  readonly #sides = new Map<string, Side>();

  constructor(agenda: Agenda, chance: Chance, weather: Weather) {
    this.traffic = newTraffic();
    this.#air = { agenda, chance, weather, ways: this.ways, traffic: this.traffic };
  }

  /** For one run of a process; whoever held the address before must be gone. */
  open(peer: PeerId, address: string): Endpoint {
    const side = new Side(this.#air, { peer, address, record: encodeUtf8(`${peer}\n${address}`) });
    this.#sides.set(address, side);
    const vanish = (): void => {
      if (this.#sides.get(address) === side) this.#sides.delete(address);
      side.vanish();
    };
    return { ...portOf(this.#air, side), dial: (target) => this.#dial(side, target), vanish };
  }

  /** From here on nothing gets lost or repeated. */
  calm(): void {
    const calm = { linkLoss: 0, pushRepeat: 0, frameFaults: 0 };
    this.#air.weather = { ...this.#air.weather, ...calm };
  }

  /** Ends the links between two peers. */
  cut(one: PeerId, other: PeerId): void {
    for (const side of this.#sides.values()) if (side.peer === one) side.linkTo(other)?.link.cut();
  }

  cutAll(): void {
    for (const side of this.#sides.values()) for (const { link } of side.ends()) link.cut();
  }

  /** After ways have opened: what was held up goes on. */
  resume(): void {
    for (const side of this.#sides.values()) for (const { inbound } of side.ends()) inbound.pump();
  }

  #dial(from: Side, target: DialTarget): void {
    const { agenda, chance, weather } = this.#air;
    this.traffic.dials += 1;
    const thereMs = chance.between(weather.delayMsMin, weather.delayMsMax);
    agenda.after(thereMs, () => {
      if (from.isGone) return;
      const found = this.#reach(from, target);
      if (typeof found !== 'string') return this.#meet(from, found, target);
      const backMs = found === 'timeout' ? DIAL_TIMEOUT_MS : thereMs;
      const event = { kind: 'dialFailed', target, failure: found, text: found } as const;
      agenda.after(backMs, () => from.tell(event));
    });
  }

  #reach(from: Side, target: DialTarget): Side | DialFailure {
    const read = readRecord(target.record);
    if (read !== null && target.peer !== null && read.peer !== target.peer) return 'wrong-peer';
    const addresses = read === null ? target.addresses : [...target.addresses, read.address];
    let failure: DialFailure = 'unreachable';
    for (const address of addresses) {
      const found = this.#sides.get(address);
      if (found === undefined) continue;
      if (found.peer === from.peer) failure = 'self';
      else if (target.peer !== null && found.peer !== target.peer) failure = 'wrong-peer';
      else if (!this.ways.connects(from.peer, found.peer)) failure = 'timeout';
      else return found;
    }
    return failure;
  }

  /** A dial came through: to a new link, or to the one that is there. */
  #meet(from: Side, to: Side, target: DialTarget): void {
    const known = from.linkTo(to.peer);
    const isLinked = known !== undefined && !known.link.isCut && known.other === to;
    if (isLinked) from.tell({ kind: 'dialled', target, peer: to.peer });
    else connectSides(this.#air, from, to, target);
  }
}

function portOf({ agenda }: Air, side: Side): Omit<Network, 'dial'> {
  return {
    peer: side.peer,
    start: (handler) => {
      side.handler = handler;
      side.tell({ kind: 'listening', addresses: [side.address] });
      return Promise.resolve();
    },
    hangUp: (peer) => {
      const end = side.linkTo(peer);
      end?.link.cut();
      if (end !== undefined) agenda.after(0, () => side.lost(end, 'hung up'));
    },
    send: (peer, frame) => {
      const end = side.linkTo(peer);
      return end?.isUp === true ? end.outbound.send(frame) : true;
    },
    meet: (keys) => side.meet(new Set(keys.map(toHex))),
    report: emptyNetworkReport,
    stop: () => {
      side.vanish();
      return Promise.resolve();
    },
  };
}

/** What stands for a signed peer record: whose it is, and where it can be reached. */
function readRecord(
  record: Uint8Array | null,
): { readonly peer: string; readonly address: string } | null {
  const text = record === null ? null : decodeUtf8(record);
  const [peer, address] = text?.ok === true ? text.value.split('\n') : [];
  return peer === undefined || address === undefined ? null : { peer, address };
}
