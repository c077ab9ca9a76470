// Asks the router to lead a port to us, by UPnP: some time after the start, and quietly where there is no such router.

import type { Logger } from '@libp2p/interface';
import type { UPnPNATComponents } from '@libp2p/upnp-nat';
import type { UpnpReport } from '@parley/core';
import type { NetworkLimits } from './limits.ts';

export interface PortMappingEvents {
  /** There is a private address that a router could lead to, and no public one. */
  readonly isNeeded: () => boolean;
  readonly mapped: () => void;
  readonly log: (text: string) => void;
}

type AddMapping = UPnPNATComponents['addressManager']['addPublicAddressMapping'];

interface Service {
  start(): Promise<void>;
  stop(): Promise<void>;
}

export class PortMapping {
  readonly #components: UPnPNATComponents;
  readonly #limits: NetworkLimits;
  readonly #events: PortMappingEvents;
  readonly #mapped = new Set<string>();
  #reason: UpnpReport['reason'] = 'looking';
  #timer: NodeJS.Timeout | null = null;
  #service: Service | null = null;
  #stopped = false;

  constructor(components: UPnPNATComponents, limits: NetworkLimits, events: PortMappingEvents) {
    this.#components = components;
    this.#limits = limits;
    this.#events = events;
  }

  /** Begins later: whoever only sends a line need not wait for a router. */
  begin(): void {
    if (!this.#events.isNeeded()) {
      this.#reason = 'not-needed';
      return;
    }
    this.#timer = setTimeout(() => {
      this.#start().catch((cause: unknown) => this.#events.log(`no UPnP: ${String(cause)}`));
    }, this.#limits.mappingDelayMs).unref();
  }

  report(): UpnpReport {
    const mapped = [...this.#mapped];
    if (mapped.length > 0) return { state: 'mapped', reason: 'mapped', mapped };
    const reason = this.#reason;
    const state = reason === 'double-nat' ? 'refused' : STATES[reason];
    return { state, reason, mapped };
  }

  /** The router is told to end the mapping, if it answers at once. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#service?.stop();
  }

  async #start(): Promise<void> {
    const { uPnPNAT } = await import('@libp2p/upnp-nat');
    if (this.#stopped) return;
    const { peerId, events } = this.#components;
    const service = uPnPNAT({
      portMappingDescription: 'parley',
      // Others are told of the address only once somebody has dialled it.
      autoConfirmAddress: true,
      initialGatewaySearchTimeout: this.#limits.mappingSearchMs,
    })({
      peerId,
      events,
      nodeInfo: { name: 'parley', version: '1', userAgent: 'parley' },
      logger: { forComponent: () => this.#listeningLogger() },
      addressManager: this.#addressManager(),
    }) as unknown as Service;
    this.#service = service;
    await service.start();
    this.#timer = setTimeout(() => {
      if (this.#reason === 'looking') this.#reason = 'no-gateway';
    }, this.#limits.mappingSearchMs).unref();
  }

  #addressManager(): UPnPNATComponents['addressManager'] {
    const { addressManager } = this.#components;
    const add: AddMapping = (...mapping) => {
      const [, , host, port] = mapping;
      this.#mapped.add(host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);
      addressManager.addPublicAddressMapping(...mapping);
      this.#events.mapped();
    };
    const own: Partial<typeof addressManager> = { addPublicAddressMapping: add };
    return new Proxy(addressManager, {
      get(target, name): unknown {
        const value: unknown = Reflect.get(own, name) ?? Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }

  /** That it was refused is told in its log alone. */
  #listeningLogger(): Logger {
    const error = (format: unknown, ...details: readonly unknown[]): void => {
      const text = String(format);
      const isDouble = details.some(
        (each) => each instanceof Error && each.name === 'DoubleNATError',
      );
      if (isDouble) this.#reason = 'double-nat';
      else if (text.startsWith('failed to create mapping')) this.#reason = 'refused';
      this.#events.log(`UPnP: ${text}`);
    };
    const newScope = (): Logger => this.#listeningLogger();
    return Object.assign(() => undefined, { error, trace: nothing, enabled: false, newScope });
  }
}

function nothing(): void {
  // What goes well is seen by its results.
}

const STATES = {
  'switched-off': 'off',
  'not-needed': 'off',
  looking: 'looking',
  mapped: 'mapped',
  refused: 'refused',
  'no-gateway': 'no-gateway',
} as const;
