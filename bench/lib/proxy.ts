// A TCP proxy on loopback that counts what it carries, both ways.

import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';

export class CountingProxy {
  /** host:port to connect to. */
  readonly address: string;
  /** Payload of TCP in both directions, in bytes; its headers not counted. */
  bytes = 0;
  /** When the first connection came, on the clock of performance.now(); null before. */
  connectedMs: number | null = null;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;

  constructor(server: Server, sockets: Set<Socket>) {
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('it must listen already');
    this.address = `127.0.0.1:${address.port}`;
    this.#server = server;
    this.#sockets = sockets;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** Listens on a free port; each connection is carried on to `target`, a host:port. */
export async function startProxy(target: string): Promise<CountingProxy> {
  const port = Number(target.slice(target.lastIndexOf(':') + 1));
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true });
  const listening = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', () => listening.resolve());
  await listening.promise;
  const proxy = new CountingProxy(server, sockets);
  server.on('connection', (inbound) => {
    proxy.connectedMs ??= performance.now();
    const outbound = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    for (const [from, to] of [
      [inbound, outbound],
      [outbound, inbound],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      from.on('data', (chunk: Buffer) => {
        proxy.bytes += chunk.length;
      });
      from.pipe(to);
      // Where one side breaks the other does too; why is for the programs to say.
      from.on('error', () => to.destroy());
    }
  });
  return proxy;
}
