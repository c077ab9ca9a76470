// Clients in one process, over memory, for tests that read as a story.

import { createClient, systemScheduler } from '@parley/client';
import type { Client, ShownLine } from '@parley/client';
import type { RoomKey, Store } from '@parley/core';
import { createMlsSessionCrypto } from '@parley/crypto-mls';
import { createNodeSuite } from '@parley/crypto-node';
import { MemoryDisk, MemoryHub } from '@parley/testkit';
import { setTimeout as later } from 'node:timers/promises';

const suite = createNodeSuite();
const DEADLINE_MS = 5_000;

export interface Member {
  readonly client: Client;
  readonly disk: MemoryDisk;
  readonly store: Store;
  readonly address: string;
}

export class Swarm {
  readonly hub: MemoryHub = new MemoryHub((task) => {
    setImmediate(task);
  });
  readonly #clients: Client[] = [];
  #made = 0;

  async start(
    name: string,
    options: {
      connect?: readonly string[];
      disk?: MemoryDisk;
      called?: string;
      lobby?: RoomKey;
      canFork?: boolean;
      wrap?: (store: Store) => Store;
    } = {},
  ): Promise<Member> {
    this.#made += 1;
    const address = `10.1.0.${this.#made}:4747`;
    const disk = options.disk ?? new MemoryDisk({ sync: 'soon' });
    const store = (options.wrap ?? ((opened) => opened))(disk.open());
    const client = createClient({
      suite,
      store,
      network: this.hub.create([address]),
      scheduler: systemScheduler,
      identitySeed: seed(name, 1),
      deviceSeed: seed(name, 2),
      name: options.called ?? name,
      chance: seed(name, 3 + this.#made),
      sessionCrypto:
        options.canFork === false
          ? null
          : (vouch) => Promise.resolve(createMlsSessionCrypto(vouch)),
      era: 0,
      connect: options.connect ?? [],
      ...(options.lobby === undefined ? {} : { lobby: options.lobby }),
    });
    await client.start();
    this.#clients.push(client);
    return { client, disk, store, address };
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) await client.stop();
  }
}

function seed(name: string, salt: number): Uint8Array {
  return suite.sha256(new TextEncoder().encode(`${name}/${salt}`));
}

/** Every line that arrived, as "name: text". */
export function heard({ client }: Member): readonly string[] {
  const lines: ShownLine[] = [];
  let through = 0;
  for (;;) {
    const page = client.view.linesAfter(through, 100);
    lines.push(...page.lines);
    through = page.through;
    if (page.end) return lines.map(({ from, text }) => `${from.label}: ${text}`);
  }
}

/** Waits until `isSo`, or fails saying what was waited for. */
export async function until(what: string, isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`not within ${DEADLINE_MS} ms: ${what}`);
    await later(5);
  }
}
