// Dialling: every address of a target with a short head start for the first, equal targets once, never too many at once.

import type { Connection } from '@libp2p/interface';
import type { DialTarget, PeerId } from '@parley/core';
import { parseAddress, peerAddress } from './address.ts';
import { isDnsaddr, resolveDnsaddr } from './dnsaddr.ts';
import { DialError, dialError, mostTelling, openingError } from './errors.ts';
import type { NetworkLimits } from './limits.ts';
import type { Links } from './links.ts';
import type { Destination, Reach } from './reach.ts';
import { openRecord } from './records.ts';

/** Ways over relays that are tried, however many addresses there are. */
const RELAYED_LEAST = 2;

export interface DialerEvents {
  readonly dialled: (target: DialTarget, peer: PeerId) => void;
  readonly failed: (target: DialTarget, error: DialError) => void;
}

interface Attempt {
  readonly target: DialTarget;
  readonly sharers: DialTarget[];
}

export class Dialer {
  readonly #reach: Reach;
  readonly #self: PeerId;
  readonly #links: Links;
  readonly #limits: NetworkLimits;
  readonly #events: DialerEvents;
  readonly #attempts = new Map<string, Attempt>();
  readonly #waiting: (readonly [string, Attempt])[] = [];
  readonly #stopped = new AbortController();
  #running = 0;

  constructor(
    reach: Reach,
    links: Links,
    limits: NetworkLimits,
    events: DialerEvents & { readonly self: PeerId },
  ) {
    this.#reach = reach;
    this.#links = links;
    this.#limits = limits;
    this.#events = events;
    this.#self = events.self;
  }

  dial(target: DialTarget): void {
    const key = keyOf(target);
    const same = this.#attempts.get(key);
    if (same !== undefined) {
      // Whoever asks a thousand times for one target gets one answer for the rest.
      if (same.sharers.length < this.#limits.dialsWaitingMax) same.sharers.push(target);
      return;
    }
    if (this.#waiting.length >= this.#limits.dialsWaitingMax) {
      const error = new DialError('unreachable', 'too many dials are waiting');
      queueMicrotask(() => this.#events.failed(target, error));
      return;
    }
    const attempt = { target, sharers: [target] };
    this.#attempts.set(key, attempt);
    this.#waiting.push([key, attempt]);
    queueMicrotask(() => this.#runNext());
  }

  /** Ends what is under way: each target fails as 'stopped'. */
  stop(): void {
    this.#stopped.abort(new DialError('stopped', 'the network was stopped'));
    while (this.#waiting.length > 0) this.#runNext();
  }

  #runNext(): void {
    const stopped = this.#stopped.signal.aborted;
    if (!stopped && this.#running >= this.#limits.dialsRunningMax) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    const [key, attempt] = next;
    this.#running += 1;
    void this.#run(key, attempt);
  }

  async #run(key: string, attempt: Attempt): Promise<void> {
    const outcome = await this.#outcome(attempt.target);
    this.#running -= 1;
    this.#attempts.delete(key);
    for (const target of attempt.sharers) {
      if (outcome instanceof DialError) this.#events.failed(target, outcome);
      else this.#events.dialled(target, outcome);
    }
    this.#runNext();
  }

  async #outcome(target: DialTarget): Promise<PeerId | DialError> {
    const deadline = AbortSignal.timeout(this.#limits.dialTimeoutMs);
    try {
      this.#stopped.signal.throwIfAborted();
      if (target.peer === this.#self) throw new DialError('self', 'this is our own key');
      if (target.peer !== null && this.#links.get(target.peer) !== null) return target.peer;
      const destinations = await this.#destinations(target);
      return await this.#race(destinations, AbortSignal.any([deadline, this.#stopped.signal]));
    } catch (error) {
      if (this.#stopped.signal.aborted) return this.#stopped.signal.reason as DialError;
      return dialError(error, deadline.aborted);
    }
  }

  /**
   * Addresses of the record and those known otherwise by turns: the former are proven, but may be of long ago, and must
   * not take the places of the latter.
   */
  async #destinations(target: DialTarget): Promise<Destination[]> {
    const reasons: DialError[] = [];
    const proven = await recorded(target).catch(noRecord(reasons));
    const known: Destination[] = [];
    for (const text of await this.#resolved(target)) {
      const parsed = parseAddress(text);
      if (!parsed.ok) {
        reasons.push(new DialError('bad-address', parsed.reason));
        continue;
      }
      const { multiaddr, peer } = parsed.value;
      known.push({ address: multiaddr, peer: target.peer ?? (peer as PeerId | null) });
    }
    const found = new Map<string, Destination>();
    for (let at = 0; at < Math.max(proven.length, known.length); at += 1) {
      for (const destination of [proven[at], known[at]])
        if (destination !== undefined) found.set(destination.address.toString(), destination);
    }
    if (found.size === 0) throw mostTelling(reasons);
    return inOrder([...found.values()], this.#limits.dialAddressesMax);
  }

  /** Names are looked up only for whoever typed them: others shall not make us ask for any. */
  async #resolved({ addresses, peer, record }: DialTarget): Promise<readonly string[]> {
    if (peer !== null || record !== null || !addresses.some(isDnsaddr)) return addresses;
    const found = await Promise.all(
      addresses.map(async (text) => {
        if (!isDnsaddr(text)) return [text];
        const records = await resolveDnsaddr(text, this.#limits).catch((cause: unknown) => {
          throw new DialError('unreachable', `'${text}' cannot be looked up`, { cause });
        });
        if (records.length > 0) return records;
        throw new DialError('unreachable', `'${text}' names no address`);
      }),
    );
    return found.flat();
  }

  /** The first address that leads to a link decides; the others are given up. */
  async #race(destinations: readonly Destination[], signal: AbortSignal): Promise<PeerId> {
    const won = new AbortController();
    const either = AbortSignal.any([signal, won.signal]);
    const errors: DialError[] = [];
    let oneFailed: Promise<unknown> = Promise.resolve();
    const attempts = destinations.map(async (destination, index) => {
      const previous = oneFailed;
      const attempt = (async (): Promise<PeerId> => {
        if (index > 0) await headStart(previous, index * this.#limits.dialStaggerMs, either);
        return this.#link(destination, either);
      })();
      oneFailed = new Promise((resolve) => {
        attempt.catch(resolve);
      });
      try {
        return await attempt;
      } catch (error) {
        errors.push(dialError(error, signal.aborted));
        throw error;
      }
    });
    try {
      return await Promise.any(attempts);
    } catch {
      throw mostTelling(errors);
    } finally {
      won.abort(new Error('another address was faster'));
    }
  }

  async #link(destination: Destination, signal: AbortSignal): Promise<PeerId> {
    let connection: Connection;
    try {
      connection = await this.#reach(destination, signal);
    } catch (error) {
      const failed = dialError(error, false);
      if (failed.failure !== 'self' || destination.peer === null) throw error;
      throw new DialError('wrong-peer', 'the address leads to ourselves');
    }
    try {
      await this.#links.open(connection, signal);
    } catch (error) {
      throw signal.aborted ? error : openingError(error);
    }
    return connection.remotePeer.toString() as PeerId;
  }
}

async function recorded({ peer, record }: DialTarget): Promise<readonly Destination[]> {
  if (record === null) return [];
  if (peer === null) throw new Error('it is of nobody');
  const addresses = await openRecord(record, peer);
  return addresses.map((address) => ({ address, peer }));
}

/** Addresses that are known otherwise are dialled all the same: a false record, which anyone can make, shall not hide them. */
function noRecord(reasons: DialError[]): (cause: unknown) => readonly Destination[] {
  return (cause) => {
    const text = cause instanceof Error ? cause.message : String(cause);
    reasons.push(new DialError('bad-address', `bad peer record: ${text}`, { cause }));
    return [];
  };
}

/** Relays come last, but are not left out for it. */
function inOrder(found: readonly Destination[], most: number): Destination[] {
  const relayed = found.filter(({ address }) => peerAddress(address)?.kind === 'circuit');
  const direct = found.filter((destination) => !relayed.includes(destination));
  const room = most - Math.min(relayed.length, RELAYED_LEAST);
  return [...direct.slice(0, room), ...relayed].slice(0, most);
}

function keyOf(target: DialTarget): string {
  const record = target.record === null ? '' : Buffer.from(target.record).toString('base64');
  return [target.peer ?? '', record, ...target.addresses.toSorted()].join(' ');
}

/** Until the one before has failed, or for so long at most. */
async function headStart(
  previous: Promise<unknown>,
  waitMs: number,
  signal: AbortSignal,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const time = new Promise((resolve) => {
    timer = setTimeout(resolve, waitMs);
    signal.addEventListener('abort', resolve, { once: true });
  });
  await Promise.race([previous, time]);
  clearTimeout(timer);
}
