// Asks the router to lead our ports to us, by UPnP: some time after the start, and quietly where there is no such router.

import { multiaddr } from '@multiformats/multiaddr';
import type { Multiaddr } from '@multiformats/multiaddr';
import type { UpnpReport } from '@parley/core';
import { isPublicIp4 } from './address.ts';
import type { Gateway } from './gateway.ts';
import type { NetworkLimits } from './limits.ts';

/** One of our private IPv4 addresses, and a TCP port where we listen there. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

/** What is used of libp2p's. */
export interface AddressBook {
  addPublicAddressMapping(host: string, port: number, outside: string, outer: number): void;
  removePublicAddressMapping(host: string, port: number, outside: string, outer: number): void;
  confirmObservedAddr(address: Multiaddr, options: { readonly ttl: number }): void;
}

export interface PortMappingEvents {
  /** Where a router could lead to; empty where there is no need. */
  readonly places: () => readonly Place[];
  readonly mapped: () => void;
  readonly log: (text: string) => void;
}

export type Router = Pick<Gateway, 'own' | 'outside' | 'lead' | 'end'>;

export type FindGateway = (
  owns: readonly string[],
  limits: NetworkLimits,
  signal: AbortSignal,
) => Promise<Router | null>;

interface Mapping {
  readonly gateway: Router;
  readonly place: Place;
  /** The router's address and port; null for the address as long as it is not known to be led. */
  readonly outside: string | null;
  readonly outer: number;
}

export class PortMapping {
  readonly #book: AddressBook;
  readonly #limits: NetworkLimits;
  readonly #events: PortMappingEvents;
  readonly #find: FindGateway;
  /** By our own port. */
  readonly #mappings = new Map<number, Mapping>();
  #reason: UpnpReport['reason'] = 'looking';
  #gateway: Router | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** Ends what is under way. */
  #round = new AbortController();
  #stopped = false;

  constructor(
    book: AddressBook,
    limits: NetworkLimits,
    events: PortMappingEvents,
    find: FindGateway = findLate,
  ) {
    this.#book = book;
    this.#limits = limits;
    this.#events = events;
    this.#find = find;
  }

  /** Begins later: whoever only sends a line need not wait for a router. */
  begin(): void {
    if (this.#events.places().length === 0) this.#reason = 'not-needed';
    this.#schedule(this.#limits.mappingDelayMs);
  }

  /** The machine's network changed: there may be another router now, or none. */
  moved(): void {
    if (this.#timer === null || this.#stopped) return;
    this.#round.abort();
    this.#round = new AbortController();
    this.#forget();
    this.#reason = 'looking';
    this.#schedule(this.#limits.mappingDelayMs);
  }

  report(): UpnpReport {
    const mapped = [...this.#mappings.values()].flatMap(({ outside, outer }) =>
      outside === null ? [] : [`${outside}:${outer}`],
    );
    if (mapped.length > 0) return { state: 'mapped', reason: 'mapped', mapped };
    return { state: STATES[this.#reason], reason: this.#reason, mapped };
  }

  /** The router is told to end what it leads to us, if it answers at once; else it does so when the lease is over. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#round.abort();
    const signal = AbortSignal.timeout(this.#limits.mappingStopMs);
    const ends = [...this.#mappings.values()].map(async ({ gateway, outer }) => {
      await gateway.end(outer, signal).catch((cause: unknown) => {
        this.#events.log(`the router goes on leading port ${outer} to us: ${String(cause)}`);
      });
    });
    await Promise.all(ends);
  }

  #schedule(ms: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    const { signal } = this.#round;
    this.#timer = setTimeout(() => void this.#look(signal), ms).unref();
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { mappingDelayMs, mappingAgainMs, mappingRenewMs } = this.#limits;
    // A router that was restarted may answer at another place.
    let againMs = this.#reason === 'mapped' ? mappingDelayMs : mappingAgainMs;
    try {
      this.#reason = await this.#map(signal);
    } catch (cause) {
      if (signal.aborted) return;
      this.#reason = 'refused';
      this.#events.log(`no UPnP: ${String(cause)}`);
    }
    if (signal.aborted) return;
    if (this.#reason === 'mapped') againMs = mappingRenewMs;
    else this.#forget();
    this.#schedule(againMs);
  }

  /** Asks anew for what is mapped already, which makes it last, also where the router has forgotten it. */
  async #map(signal: AbortSignal): Promise<UpnpReport['reason']> {
    const places = this.#events.places();
    if (places.length === 0) return 'not-needed';
    const owns = [...new Set(places.map(({ host }) => host))].slice(0, this.#limits.mappingOwnsMax);
    const gateway = this.#gateway ?? (await this.#find(owns, this.#limits, signal));
    // It may be one of a network that we left meanwhile.
    signal.throwIfAborted();
    this.#gateway = gateway;
    if (gateway === null) return 'no-gateway';
    const outside = await gateway.outside(signal);
    if (!isPublicIp4(outside)) return 'double-nat';
    const led = places.filter(({ host }) => host === gateway.own);
    const refusals: unknown[] = [];
    for (const place of led.slice(0, this.#limits.mappingsMax))
      await this.#lead(gateway, place, outside, signal).catch((cause) => refusals.push(cause));
    signal.throwIfAborted();
    // One port of two is better than none.
    if (this.#mappings.size === 0) throw refusals[0];
    return 'mapped';
  }

  async #lead(gateway: Router, place: Place, outside: string, signal: AbortSignal): Promise<void> {
    const { port } = place;
    const before = this.#mappings.get(port);
    const wanted = before?.outer ?? port;
    // If we are stopped while it is asked, it may have done so all the same.
    if (before === undefined)
      this.#mappings.set(port, { gateway, place, outside: null, outer: wanted });
    const outer = await gateway.lead(port, wanted, signal).catch((error: unknown) => {
      // Where it said no, the port may be somebody else's, and must not be ended for them.
      this.#unlist(before);
      this.#mappings.delete(port);
      throw error;
    });
    if (before?.outside === outside && before.outer === outer) return;
    this.#unlist(before);
    this.#mappings.set(port, { gateway, place, outside, outer });
    this.#book.addPublicAddressMapping(place.host, port, outside, outer);
    this.#book.confirmObservedAddr(multiaddr(`/ip4/${outside}/tcp/${outer}`), { ttl: ALWAYS_MS });
    this.#events.log(`UPnP: the router leads ${outside}:${outer} to our port ${port}`);
    this.#events.mapped();
  }

  #forget(): void {
    for (const mapping of this.#mappings.values()) this.#unlist(mapping);
    this.#mappings.clear();
    this.#gateway = null;
  }

  #unlist(mapping: Mapping | undefined): void {
    if (mapping === undefined || mapping.outside === null) return;
    const { place, outside, outer } = mapping;
    this.#book.removePublicAddressMapping(place.host, place.port, outside, outer);
  }
}

/** Until it is taken back. */
const ALWAYS_MS = Number.MAX_SAFE_INTEGER;

/** Most start, say a line and end before a router is asked for anything. */
const findLate: FindGateway = async (...args) => {
  const { findGateway } = await import('./gateway.ts');
  return await findGateway(...args);
};

const STATES = {
  'switched-off': 'off',
  'not-needed': 'off',
  looking: 'looking',
  mapped: 'mapped',
  refused: 'refused',
  'double-nat': 'refused',
  'no-gateway': 'no-gateway',
} as const;
