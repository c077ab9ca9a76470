// TCP as libp2p's transport, with two ears: who fails to become a connection, and why an address cannot be bound.

import { tcp } from '@libp2p/tcp';
import type { TCPComponents } from '@libp2p/tcp';
import type { MultiaddrConnection, Transport, Upgrader } from '@libp2p/interface';
import type { Multiaddr } from '@multiformats/multiaddr';

export interface ListenerEvents {
  /** An inbound connection that ended before it was one; `proven` once its key was. */
  readonly upgradeFailed: (connection: MultiaddrConnection, error: unknown) => void;
  readonly listenFailed: (address: Multiaddr, error: unknown) => void;
}

export function observedTcp(events: ListenerEvents): (components: TCPComponents) => Transport {
  return (components) => {
    const transport = tcp()(components);
    const createListener = transport.createListener.bind(transport);
    transport.createListener = (options): ReturnType<typeof createListener> => {
      const listener = createListener({ ...options, upgrader: observed(options.upgrader, events) });
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
function observed(upgrader: Upgrader, events: ListenerEvents): Upgrader {
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
