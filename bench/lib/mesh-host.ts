// Several peers in one process, told by its parent what to say; started by mesh-processes.ts alone.

import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, systemScheduler } from '@parley/client';
import type { Client, ShownLine } from '@parley/client';
import { MESSAGE_TYPES, decode } from '@parley/core';
import type { Network, NetworkEvent } from '@parley/core';
import { createNodeSuite } from '@parley/crypto-node';
import { createNetwork } from '@parley/net-libp2p';
import { openStore } from '@parley/store-sqlite';
import type { HostAnswer, HostOrder, PeerReport } from './mesh-orders.ts';

const PAGE_LINES = 1_000;
const MICROSECONDS = 1_000;

const suite = createNodeSuite();
const homes = mkdtempSync(join(tmpdir(), 'parley-mesh-'));
process.on('exit', () => rmSync(homes, { recursive: true, force: true }));

/** The same clock in every process of a machine, in milliseconds since 1970. */
export function sharedMs(): number {
  return performance.timeOrigin + performance.now();
}

/** How many entries a frame brings: 0 for all that is no run. */
function entriesIn(frame: Uint8Array): number {
  const message = decode(frame);
  if (!message.ok || !Array.isArray(message.value)) return 0;
  const [type, , , , run] = message.value;
  if (type !== MESSAGE_TYPES.indexOf('run') || !(run instanceof Uint8Array)) return 0;
  const parts = decode(run);
  if (!parts.ok || !Array.isArray(parts.value)) return 0;
  const [, entries] = parts.value;
  return Array.isArray(entries) ? entries.length : 0;
}

class HostedPeer {
  readonly client: Client;
  readonly #network: Network;
  #texts: string[] = [];
  #delaysMs: number[] = [];
  #copies = 0;
  #through = 0;
  #bytesBefore = 0;

  constructor(name: string, connect: readonly string[], changed: () => void) {
    this.#network = this.#counted(
      createNetwork({
        privateKey: randomBytes(32),
        listen: ['127.0.0.1:0'],
        discovery: false,
        userAgent: 'bench',
      }),
    );
    this.client = createClient({
      suite,
      store: openStore({ path: join(homes, `${name}.db`) }),
      network: this.#network,
      scheduler: systemScheduler,
      identitySeed: randomBytes(32),
      deviceSeed: randomBytes(32),
      name,
      chance: randomBytes(32),
      sessionCrypto: null,
      era: 0,
      connect,
    });
    this.client.onChange((change) => {
      if (change.kind === 'failed') throw change.error;
      if (change.kind === 'lines') this.#read();
      changed();
    });
  }

  /** Lines of everyone, this peer's included. */
  get lines(): number {
    return this.#texts.length;
  }

  get links(): number {
    return this.client.view.connections().length;
  }

  async start(): Promise<string> {
    await this.client.start();
    const [address] = this.client.view.listening();
    if (address !== undefined) return address;
    const listening = Promise.withResolvers<void>();
    const forget = this.client.onChange(({ kind }) => {
      if (kind === 'listening') listening.resolve();
    });
    await listening.promise;
    forget();
    return this.client.view.listening()[0] ?? '';
  }

  say(text: string): void {
    const said = this.client.say('lobby', text, 'say');
    if (!said.ok) throw new Error(said.reason);
  }

  /** Forgets what was measured, but not what was said. */
  reset(): void {
    this.#delaysMs = [];
    this.#copies = 0;
    this.#bytesBefore = this.#bytes();
  }

  report(): PeerReport {
    const digest = createHash('sha256');
    for (const text of this.#texts.toSorted()) digest.update(`${text}\n`);
    return {
      delaysMs: this.#delaysMs,
      copies: this.#copies,
      bytes: this.#bytes() - this.#bytesBefore,
      links: this.links,
      texts: digest.digest('hex'),
    };
  }

  #bytes(): number {
    const { frameBytesReceived, frameBytesSent } = this.client.figures().counters;
    return frameBytesReceived + frameBytesSent;
  }

  #read(): void {
    const nowMs = sharedMs();
    for (;;) {
      const page = this.client.view.linesAfter(this.#through, PAGE_LINES);
      this.#through = page.through;
      for (const line of page.lines) this.#took(line, nowMs);
      if (page.end) return;
    }
  }

  /** A line begins with the time of its saying. */
  #took({ text, own }: ShownLine, nowMs: number): void {
    this.#texts.push(text);
    if (!own) this.#delaysMs.push(nowMs - Number(text.split(' ')[0]));
  }

  /** Counts the entries that come, as often as they come. */
  #counted(network: Network): Network {
    const start = (handler: (event: NetworkEvent) => void): Promise<void> =>
      network.start((event) => {
        if (event.kind === 'frame') this.#copies += entriesIn(event.bytes);
        handler(event);
      });
    return new Proxy(network, {
      get: (target, name) => {
        if (name === 'start') return start;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }
}

const peers: HostedPeer[] = [];
let wanted: { readonly lines: number; readonly links: number } | null = null;
let cpuBefore = process.cpuUsage();

function answer(object: HostAnswer): void {
  process.send?.(object);
}

/** Tells the parent once what it waits for has come. */
function look(): void {
  if (wanted === null) return;
  const { lines, links } = wanted;
  if (!peers.every((peer) => peer.lines >= lines && peer.links >= links)) return;
  wanted = null;
  answer({ kind: 'there' });
}

async function obey(order: HostOrder): Promise<void> {
  switch (order.kind) {
    case 'start': {
      const peer = new HostedPeer(order.name, order.connect, look);
      peers.push(peer);
      answer({ kind: 'started', address: await peer.start() });
      return;
    }
    case 'say':
      peers[order.peer]?.say(`${sharedMs().toFixed(3)} ${order.text}`);
      return;
    case 'await':
      wanted = order;
      look();
      return;
    case 'reset':
      for (const peer of peers) peer.reset();
      cpuBefore = process.cpuUsage();
      answer({ kind: 'reset' });
      return;
    case 'report': {
      const { user, system } = process.cpuUsage(cpuBefore);
      const cpuMs = (user + system) / MICROSECONDS;
      answer({ kind: 'report', cpuMs, peers: peers.map((peer) => peer.report()) });
      return;
    }
    case 'stop':
      await Promise.all(peers.map(({ client }) => client.stop()));
      process.disconnect?.();
  }
}

process.on('message', (order: HostOrder) => void obey(order));
// Whoever started it is gone: nobody would ever end it.
process.on('disconnect', () => process.exit(0));
