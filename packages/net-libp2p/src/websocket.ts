// WebSockets as a transport of libp2p, with the limits on strangers that its listener lacks.

import type { Server, Socket } from 'node:net';
import type { Transport } from '@libp2p/interface';
import { webSockets } from '@libp2p/websockets';
import type { WebSocketsComponents } from '@libp2p/websockets';
import type { NetworkLimits } from './limits.ts';

/** The parts of libp2p's listener that its interface leaves out. */
interface Insides {
  readonly server: Server;
  readonly wsServer: {
    readonly options: { maxPayload?: number };
    on(event: 'headers', heard: (headers: unknown, request: { socket: Socket }) => void): void;
  };
}

export function limitedWebSockets(
  limits: NetworkLimits,
): (components: WebSocketsComponents) => Transport {
  const create = webSockets({ maxBufferedAmount: limits.sendQueueBytesMax });
  return (components) => {
    const transport = create(components);
    const createListener = transport.createListener.bind(transport);
    transport.createListener = (options): ReturnType<typeof createListener> => {
      const listener = createListener(options);
      limit(listener as unknown as Insides, limits);
      return listener;
    };
    return transport;
  };
}

/**
 * By default sockets that never become WebSockets stay for ever (Node's own timeouts are for servers that listen
 * themselves, and this one is handed its sockets), and a message may have 100 MiB.
 */
function limit({ server, wsServer }: Insides, limits: NetworkLimits): void {
  const upgraded = new WeakSet<Socket>();
  wsServer.on('headers', (_headers, { socket }) => upgraded.add(socket));
  server.maxConnections = limits.inboundPendingMax + limits.connectionsMax;
  wsServer.options.maxPayload = limits.webSocketMessageBytesMax;
  server.on('connection', (socket: Socket) => {
    const timer = setTimeout(() => {
      if (!upgraded.has(socket)) socket.destroy();
    }, limits.upgradeTimeoutMs);
    socket.once('close', () => clearTimeout(timer));
  });
}
