// The client: one peer at work, as every face uses it.

import type {
  Arrived,
  ConversationId,
  Network,
  PeerEvent,
  PeerState,
  Result,
  Store,
  StoredRoom,
  Suite,
} from '@parley/core';
import {
  checkLineText,
  checkName,
  fail,
  firstOutputs,
  lobbyId,
  nameReasonText,
  ok,
  openPeer,
  orderKeyOf,
  ownChainMeta,
} from '@parley/core';
import { readAddress } from './address.ts';
import type { Change, Client, SayReason, SessionName, Settled, View } from './api.ts';
import { IdleIndexer } from './idle-indexer.ts';
import type { Audience, Scheduler } from './loop.ts';
import { Loop } from './loop.ts';
import { noticeOf } from './notices.ts';
import { Outbox } from './outbox.ts';
import { Receipts } from './receipts.ts';
import { RecentEntries } from './recent.ts';
import { progressOf, settledOf, STALL_MS_MAX } from './settle.ts';
import { ClientView, findConversation } from './view.ts';

export interface ClientOptions {
  readonly suite: Suite;
  readonly store: Store;
  readonly network: Network;
  readonly scheduler: Scheduler;
  /** 32-byte Ed25519 seeds of the identity and of this device. */
  readonly identitySeed: Uint8Array;
  readonly deviceSeed: Uint8Array;
  /** A name that passed checkName. */
  readonly name: string;
  /** 32 bytes from the system's random generator. */
  readonly chance: Uint8Array;
  /** 'fresh' after an unclean stop on another boot, or in a copied profile: our next line begins a new chain. */
  readonly resume: 'continue' | 'fresh';
  /** Addresses to dial from the start, as typed; malformed ones throw. */
  readonly connect: readonly string[];
}

/** Opens the peer over an open store; nothing is listened on or dialled before `start`. */
export function createClient(options: ClientOptions): Client {
  const { suite, store, network, scheduler } = options;
  const state = openPeer({
    suite,
    identitySeed: options.identitySeed,
    deviceSeed: options.deviceSeed,
    name: options.name,
    peer: network.peer,
    chance: options.chance,
    rooms: [storedRoom(store, 'lobby', lobbyId(suite))],
    chains: store.chains(),
    proofs: store.proofs(),
    peers: store.peers(),
    resume: options.resume,
    now: scheduler.now(),
  });
  return new PeerClient(options, state);
}

function storedRoom(store: Store, name: string, id: ConversationId): StoredRoom {
  const newest = store.window({ conversation: id, entriesMax: 1 })[0];
  const top = newest === undefined ? null : orderKeyOf(newest.entry);
  return { id, name, top, nextParkedMs: store.nextParkedMs(id), own: store.meta(ownChainMeta(id)) };
}

type Listener = (change: Change) => void;

class PeerClient implements Client {
  readonly view: View;
  readonly #options: ClientOptions;
  readonly #state: PeerState;
  readonly #loop: Loop;
  readonly #view: ClientView;
  readonly #outbox = new Outbox();
  readonly #recent = new RecentEntries();
  readonly #receipts: Receipts;
  readonly #indexer: IdleIndexer;
  readonly #listeners = new Set<Listener>();
  #lastArrival: number;
  #stopping: Promise<void> | null = null;

  constructor(options: ClientOptions, state: PeerState) {
    const { store, network, scheduler } = options;
    this.#options = options;
    this.#state = state;
    this.#lastArrival = store.lastArrival();
    this.#receipts = new Receipts(state);
    this.#indexer = new IdleIndexer(store, scheduler, (error) => this.#failed(error));
    const lastArrival = (): number => this.#lastArrival;
    this.#view = new ClientView({ state, store, recent: this.#recent, lastArrival });
    this.view = this.#view;
    this.#loop = new Loop(state, { store, network, scheduler, audience: this.#audience() });
    this.#loop.refillFrom(() => this.#outbox.take());
  }

  get hasRoom(): boolean {
    return this.#outbox.hasRoom;
  }

  async start(): Promise<void> {
    const { network, store, connect } = this.#options;
    await network.start((event) => this.#loop.push({ kind: 'network', event }));
    store.onSynced((commit) => this.#synced(commit));
    this.#loop.start(firstOutputs(this.#state));
    this.#indexer.note();
    for (const address of connect) {
      const dialled = this.connect(address);
      if (!dialled.ok) throw new Error(dialled.reason);
    }
  }

  say(session: SessionName, text: string, kind: 'say' | 'me'): Result<null, SayReason> {
    if (this.#stopping !== null) return fail('stopping');
    const conversation = findConversation(this.#state, session);
    if (conversation === undefined) return fail('unknown-session');
    const checked = checkLineText(text);
    if (!checked.ok) return checked;
    this.#outbox.add(conversation.id, { type: kind, text });
    this.#loop.wake();
    return ok(null);
  }

  ready(): Promise<void> {
    return this.#outbox.ready();
  }

  rename(name: string): Result<null, string> {
    const checked = checkName(name);
    if (!checked.ok) return fail(nameReasonText(checked.reason));
    if (checked.value !== this.#state.self.name)
      this.#loop.push({ kind: 'rename', name: checked.value });
    return ok(null);
  }

  connect(address: string): Result<null, string> {
    const read = readAddress(address);
    if (!read.ok) return read;
    this.#loop.push({
      kind: 'connect',
      target: { addresses: [read.value], peer: null, record: null },
    });
    return ok(null);
  }

  resync(session: SessionName): void {
    const conversation = findConversation(this.#state, session);
    if (conversation !== undefined)
      this.#loop.push({ kind: 'resync', conversation: conversation.id });
  }

  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async settle(): Promise<Settled> {
    const { scheduler } = this.#options;
    let seen = -1;
    let progressMs = scheduler.now().monotonicMs;
    for (;;) {
      const { acknowledged, behind, arriving } = progressOf(this.#state);
      const isSaid = this.#outbox.isEmpty && this.#receipts.allSynced;
      if (isSaid && behind.length === 0 && arriving === 0) break;
      const nowMs = scheduler.now().monotonicMs;
      if (acknowledged !== seen) progressMs = nowMs;
      if (nowMs - progressMs > STALL_MS_MAX) break;
      seen = acknowledged;
      await new Promise<void>((resolve) => {
        scheduler.at(nowMs + SETTLE_LOOK_MS, resolve);
      });
    }
    return settledOf(this.#state, ({ peer, hello }) => hello?.name ?? peer);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#shutDown();
    return this.#stopping;
  }

  async #shutDown(): Promise<void> {
    this.#loop.flush();
    this.#loop.stop();
    this.#indexer.stop();
    await this.#options.network.stop();
    await this.#options.store.close();
  }

  #audience(): Audience {
    return {
      arrived: (entries, firstArrival, commit) => this.#arrived(entries, firstArrival, commit),
      unparked: () => this.#unparked(),
      told: (event) => this.#told(event),
      failed: (error) => this.#failed(error),
    };
  }

  #arrived(entries: readonly Arrived[], firstArrival: number, commit: number): void {
    for (const [index, { entry, lines, identity, late }] of entries.entries()) {
      this.#recent.add({ arrival: firstArrival + index, stored: { entry, identity, late }, lines });
    }
    this.#lastArrival = firstArrival + entries.length - 1;
    this.#receipts.arrived(entries, commit);
    this.#view.noteArrived(entries);
    this.#indexer.note();
    this.#tell({ kind: 'lines' });
  }

  #unparked(): void {
    this.#lastArrival = this.#options.store.lastArrival();
    this.#tell({ kind: 'lines' });
  }

  #synced(commit: number): void {
    for (const [id, line] of this.#receipts.synced(commit)) {
      const conversation = this.#state.conversations.get(id);
      if (conversation !== undefined)
        this.#tell({ kind: 'stored', session: conversation.name, id: line });
    }
  }

  #told(event: PeerEvent): void {
    switch (event.kind) {
      case 'neighbour': {
        this.#view.forgetLabels();
        const { identity, name, address, path } = event;
        this.#tell({ kind: 'peer', event: event.event, identity, name, address, path });
        return;
      }
      case 'status': {
        const session = this.#state.conversations.get(event.conversation)?.name;
        if (session !== undefined) this.#tell({ kind: 'status', session });
        return;
      }
      case 'held': {
        const conversation = this.#state.conversations.get(event.conversation);
        const id =
          conversation === undefined ? null : this.#receipts.lineAt(conversation, event.length);
        if (conversation === undefined || id === null) return;
        this.#tell({ kind: 'delivered', session: conversation.name, id, heldBy: event.heldBy });
        return;
      }
      case 'listening':
        return this.#tell({ kind: 'listening' });
      default:
        return this.#notice(event);
    }
  }

  #notice(event: Parameters<typeof noticeOf>[0]): void {
    if (event.kind === 'renamed') this.#view.forgetLabels();
    // Who was introduced or remembered has a key; an address that people gave has none.
    const isTyped = 'target' in event && event.target.peer === null;
    const notice = noticeOf(event, isTyped);
    if (notice !== null) this.#tell({ kind: 'notice', ...notice });
  }

  #failed(error: unknown): void {
    this.#tell({
      kind: 'failed',
      error: error instanceof Error ? error : new Error(String(error)),
    });
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }
}

const SETTLE_LOOK_MS = 20;
