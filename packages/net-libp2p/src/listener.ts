// A listening transport of libp2p with two ears: who fails to become a connection, and why an address cannot be bound.

import type { MultiaddrConnection, Transport, Upgrader } from '@libp2p/interface';
import type { Multiaddr } from '@multiformats/multiaddr';

export interface ListenerEvents {
  /** An inbound connection that ended before it was one; `proven` once its key was. */
  readonly upgradeFailed: (connection: MultiaddrConnection, error: unknown) => void;
  readonly listenFailed: (address: Multiaddr, error: unknown) => void;
}

export function observed<Components>(
  create: (components: Components) => Transport,
  events: ListenerEvents,
): (components: Components) => Transport {
  return (components) => {
    const transport = create(components);
    const createListener = transport.createListener.bind(transport);
    transport.createListener = (options): ReturnType<typeof createListener> => {
      const upgrader = observedUpgrader(options.upgrader, events);
      const listener = createListener({ ...options, upgrader });
      const listen = listener.listen.bind(listener);
      listener.listen = async (address): Promise<void> => {
        try {
          await listen(address);
        } catch (error) {
          events.listenFailed(address, error);
          throw error;
        }
      };
      return listener;
    };
    return transport;
  };
}

/** Upgraders are classes: what is not observed must still find its own `this`. */
function observedUpgrader(upgrader: Upgrader, events: ListenerEvents): Upgrader {
  const upgradeInbound: Upgrader['upgradeInbound'] = async (connection, options) => {
    try {
      await upgrader.upgradeInbound(connection, options);
    } catch (error) {
      events.upgradeFailed(connection, error);
      throw error;
    }
  };
  return new Proxy(upgrader, {
    get(target, name): unknown {
      if (name === 'upgradeInbound') return upgradeInbound;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
