// Listens on the profile's socket for others of the same person: scripts, bots, a second parley.

import { chmodSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { claimSocketPath, dropSocket } from '@parley/local-api';
import { errorObject, jsonLine } from '../face/json-objects.ts';
import { CLI_LIMITS } from '../limits.ts';
import { Connection } from './connection.ts';
import type { Host } from './host.ts';

export interface LocalServerSettings {
  /** The directory of the profile, whose lock is ours. */
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly host: Host;
}

/** The file's mode and its directory's keep everyone else out. */
const ownerOnly = 0o600;

export class LocalServer {
  readonly #settings: LocalServerSettings;
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  #opened = 0;

  private constructor(settings: LocalServerSettings) {
    this.#settings = settings;
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
  }

  /** Returns null where the system has no such sockets. Throws the system's error where none can be made. */
  static async listen(settings: LocalServerSettings): Promise<LocalServer | null> {
    const path = claimSocketPath(settings.home, settings.env);
    if (path === null) return null;
    const local = new LocalServer(settings);
    await new Promise<void>((resolve, reject) => {
      local.#server.once('error', reject);
      local.#server.listen({ path, backlog: CLI_LIMITS.localConnectionsMax }, resolve);
    });
    chmodSync(path, ownerOnly);
    return local;
  }

  /** Tells everyone why, and ends. */
  async close(): Promise<void> {
    this.#server.close();
    const text = `process ${process.pid}, which had this profile, has ended`;
    await Promise.all(Array.from(this.#connections, (connection) => connection.end(text)));
    dropSocket(this.#settings.home);
  }

  #accept(socket: Socket): void {
    if (this.#connections.size >= CLI_LIMITS.localConnectionsMax) {
      const text = `no more than ${CLI_LIMITS.localConnectionsMax} can be connected at once`;
      socket.on('error', () => undefined).end(jsonLine(errorObject('too-many', text)));
      return;
    }
    this.#opened += 1;
    const connection = new Connection(socket, this.#settings.host, `local ${this.#opened}`);
    this.#connections.add(connection);
    const forget = (): void => void this.#connections.delete(connection);
    // A fault of ours is not swallowed: it ends the process, as any other does.
    void connection.run().finally(forget);
  }
}
