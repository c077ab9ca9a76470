// Asking several peers that serve, from one socket, how our router shows us: what they see alike or not tells its kind.

import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import type { NetworkLimits } from './limits.ts';
import type { Log } from './log.ts';
import type { Sighting } from './nat.ts';
import { decodeBindingSuccess, encodeBindingRequest } from './stun.ts';
import type { Transaction } from './stun.ts';

export interface NatProbeEvents {
  readonly saw: (sighting: Sighting) => void;
  readonly log: Log | undefined;
}

export class NatProbe {
  readonly #limits: NetworkLimits;
  readonly #events: NatProbeEvents;
  /** Whom we asked last. */
  #asked = '';
  #rounds = 0;
  #end: (() => void) | null = null;

  constructor(limits: NetworkLimits, events: NatProbeEvents) {
    this.#limits = limits;
    this.#events = events;
  }

  /** Asks these (IPv4 host:port) unless they were asked before; one alone can tell nothing. */
  ask(places: readonly string[]): void {
    const some = [...new Set(places)].slice(0, this.#limits.natProbePlacesMax);
    const key = some.toSorted().join(' ');
    if (some.length < 2 || key === this.#asked) return;
    this.stop();
    this.#asked = key;
    this.#rounds += 1;
    this.#run(some, `round ${this.#rounds}`);
  }

  /** The network changed: what was said before holds no more. */
  forget(): void {
    this.#asked = '';
  }

  stop(): void {
    this.#end?.();
    this.#end = null;
  }

  #run(places: readonly string[], socketName: string): void {
    const socket = createSocket('udp4');
    const open = new Map<string, Transaction>(places.map((place) => [place, randomBytes(12)]));
    const { natProbeAgainMs, natProbeMs } = this.#limits;
    const ask = (): void => {
      for (const [place, transaction] of open) this.#send(socket, place, transaction);
    };
    const again = setInterval(ask, natProbeAgainMs).unref();
    const end = (): void => {
      clearInterval(again);
      clearTimeout(limit);
      socket.close();
      if (this.#end === end) this.#end = null;
    };
    const limit = setTimeout(end, natProbeMs).unref();
    this.#end = end;
    socket.unref();
    socket.on('error', (error) => this.#events.log?.('debug', `asking STUN: ${error.message}`));
    socket.on('message', (bytes, { address, port: from }) => {
      const observer = `${address}:${from}`;
      const transaction = open.get(observer);
      if (transaction === undefined) return;
      const seen = decodeBindingSuccess(bytes, transaction);
      if (!seen.ok) return;
      open.delete(observer);
      this.#events.saw({ observer, socket: socketName, ...seen.value });
      if (open.size === 0) end();
    });
    socket.bind(0, ask);
  }

  #send(socket: Socket, place: string, transaction: Transaction): void {
    const at = place.lastIndexOf(':');
    const port = Number(place.slice(at + 1));
    socket.send(encodeBindingRequest(transaction), port, place.slice(0, at), (error) => {
      if (error !== null) this.#events.log?.('debug', `asking ${place}: ${error.message}`);
    });
  }
}
