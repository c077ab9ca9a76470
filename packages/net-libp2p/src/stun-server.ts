// Answering STUN where we listen, so that nobody needs a company's server to learn how their router shows them.

import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';
import type { Endpoint } from './address.ts';
import type { NetworkLimits } from './limits.ts';
import type { Log } from './log.ts';
import { decodeBindingRequest, encodeBindingSuccess } from './stun.ts';

type Place = Pick<Endpoint, 'host' | 'port' | 'v6'>;

/** How often one host, and all together, are answered: whoever forges senders must not make us shout at others. */
export class AnswerRate {
  readonly #limits: NetworkLimits;
  readonly #counts = new Map<string, number>();
  #all = 0;
  #sinceMs: number;

  constructor(limits: NetworkLimits, nowMs: number) {
    this.#limits = limits;
    this.#sinceMs = nowMs;
  }

  allows(host: string, nowMs: number): boolean {
    const { stunPerSecondMax, stunPerHostPerSecond } = this.#limits;
    if (nowMs - this.#sinceMs >= 1_000) {
      this.#sinceMs = nowMs;
      this.#all = 0;
      this.#counts.clear();
    }
    const count = this.#counts.get(host) ?? 0;
    if (this.#all >= stunPerSecondMax || count >= stunPerHostPerSecond) return false;
    this.#all += 1;
    this.#counts.set(host, count + 1);
    return true;
  }
}

export class StunServer {
  readonly #limits: NetworkLimits;
  readonly #log: Log | undefined;
  readonly #rate: AnswerRate;
  readonly #sockets: Map<string, Socket> = new Map();

  constructor(limits: NetworkLimits, log: Log | undefined) {
    this.#limits = limits;
    this.#log = log;
    this.#rate = new AnswerRate(limits, performance.now());
  }

  /** Answers at these places from now on, and at no others; a port that another program has is left out. */
  answerAt(places: readonly Place[]): void {
    const wanted = new Map(
      places
        .slice(0, this.#limits.announcedMax)
        .map((place): [string, Place] => [`${place.host} ${place.port}`, place]),
    );
    for (const [key, socket] of this.#sockets) {
      if (wanted.has(key)) continue;
      this.#sockets.delete(key);
      socket.close();
    }
    for (const [key, place] of wanted) {
      if (!this.#sockets.has(key)) this.#open(key, place);
    }
  }

  stop(): void {
    this.answerAt([]);
  }

  #open(key: string, { host, port, v6 }: Place): void {
    const socket = createSocket({ type: v6 ? 'udp6' : 'udp4', ipv6Only: v6 });
    this.#sockets.set(key, socket);
    socket.on('message', (bytes, from) => this.#answer(socket, bytes, from));
    socket.on('error', (error) => {
      this.#log?.('warn', `no STUN at ${host}:${port}: ${error.message}`);
      if (this.#sockets.get(key) === socket) this.#sockets.delete(key);
      socket.close();
    });
    socket.unref();
    socket.bind({ address: host, port, exclusive: true });
  }

  #answer(socket: Socket, bytes: Uint8Array, { address, port }: RemoteInfo): void {
    const request = decodeBindingRequest(bytes);
    if (!request.ok || port === 0 || !this.#rate.allows(address, performance.now())) return;
    socket.send(encodeBindingSuccess(request.value, address, port), port, address, (error) => {
      if (error !== null) this.#log?.('debug', `no STUN answer to ${address}: ${error.message}`);
    });
  }
}
