// The client: one peer at work, as every face uses it.

import type { Arrived, GuardLimits, IdentityKey, PeerEvent, PeerState, Result } from '@parley/core';
import {
  LIMITS,
  checkLineText,
  checkName,
  fail,
  firstOutputs,
  isBlocked,
  nameReasonText,
  ok,
  openPeer,
  sessionIdFrom,
} from '@parley/core';
import { readAddress } from './address.ts';
import type {
  BlockRefusal,
  Change,
  Client,
  ForkRefusal,
  SayReason,
  SessionName,
  Settled,
  View,
} from './api.ts';
import type { ClientOptions } from './options.ts';
import { figuresOf } from './figures-of.ts';
import type { Figures } from './figures.ts';
import { IdleIndexer } from './idle-indexer.ts';
import type { Audience } from './loop.ts';
import { Loop } from './loop.ts';
import { checkFork, checkInvite, checkRemove, secretOf } from './forking.ts';
import { Attention } from './attention.ts';
import { keptText, recalled } from './face-memory.ts';
import { forkFailedText, noticeOf } from './notices.ts';
import { importRun } from './importing.ts';
import { Outbox } from './outbox.ts';
import { Receipts } from './receipts.ts';
import { RecentEntries } from './recent.ts';
import { untilHandedOver, untilSettled } from './settle.ts';
import { SessionList, isOpen } from './session-list.ts';
import { hasRoomFor, isWorking, workOf } from './private-work.ts';
import { verifiedIn } from './people-view.ts';
import { ClientView } from './view.ts';

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
    memory: store,
    resume: options.resume,
    canFork: options.sessionCrypto !== null,
    serves: options.serves ?? false,
    trusted: verifiedIn(store),
    limits: options.limits ?? {},
    now: scheduler.now(),
  });
  return new PeerClient(options, state);
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
  readonly #sessions: SessionList;
  readonly #attention: Attention;
  readonly #listeners = new Set<Listener>();
  #lastArrival: number;
  #forks = 0;
  #stopping: Promise<void> | null = null;

  constructor(options: ClientOptions, state: PeerState) {
    const { store, network, scheduler } = options;
    this.#options = options;
    this.#state = state;
    this.#lastArrival = store.lastArrival();
    this.#receipts = new Receipts(state);
    this.#indexer = new IdleIndexer(store, scheduler, (error) => this.#failed(error));
    const lastArrival = (): number => this.#lastArrival;
    this.#sessions = new SessionList(state);
    this.#attention = new Attention({ sessions: this.#sessions, store, view: () => this.#view });
    const shown = { sessions: this.#sessions, attention: this.#attention };
    this.#view = new ClientView({ state, store, recent: this.#recent, lastArrival, ...shown });
    this.view = this.#view;
    const work = workOf(options);
    const { committed } = options;
    const ports = { store, network, scheduler, work, committed };
    this.#loop = new Loop(state, { ...ports, audience: this.#audience() });
    this.#loop.refillFrom(() => this.#outbox.take((id) => hasRoomFor(state, id)));
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
    const listed = this.#sessions.find(session);
    if (listed === undefined) return fail('unknown-session');
    if (!isOpen(this.#state, listed)) return fail('closed-session');
    const checked = checkLineText(text);
    if (!checked.ok) return checked;
    this.#outbox.add(listed.conversation.id, { type: kind, text });
    this.#loop.wake();
    return ok(null);
  }

  ready(): Promise<void> {
    return this.#outbox.ready();
  }

  fork(people: readonly IdentityKey[]): Result<SessionName, ForkRefusal> {
    if (this.#stopping !== null) return fail({ kind: 'stopping' });
    const checked = checkFork(this.#state, this.#sessions, people);
    if (!checked.ok) return checked;
    this.#forks += 1;
    const secret = secretOf(this.#options, this.#forks);
    this.#loop.push({ kind: 'fork', secret, people: checked.value });
    // Its number is needed at once, for what is said in it next.
    this.#loop.flush();
    const session = this.#sessions.of(sessionIdFrom(this.#options.suite, secret))?.name;
    if (session === undefined) throw new Error('a fork from within a change');
    return ok(session);
  }

  invite(session: SessionName, person: IdentityKey): Result<null, ForkRefusal> {
    const checked = checkInvite(this.#state, this.#sessions.find(session), person);
    if (!checked.ok) return checked;
    return this.#change('invite', session, person);
  }

  remove(session: SessionName, person: IdentityKey): Result<null, ForkRefusal> {
    const checked = checkRemove(this.#state, this.#sessions.find(session), person);
    if (!checked.ok) return checked;
    return this.#change('remove', session, person);
  }

  /** In all that is shown as one session. */
  #change(
    kind: 'invite' | 'remove',
    session: SessionName,
    person: IdentityKey,
  ): Result<null, never> {
    for (const { id } of this.#sessions.find(session)?.conversations ?? [])
      this.#outbox.order(id, { kind, conversation: id, person });
    this.#loop.flush();
    return ok(null);
  }

  leave(session: SessionName): Result<null, ForkRefusal> {
    const listed = this.#sessions.find(session);
    if (listed === undefined || listed.session === null) return fail({ kind: 'closed' });
    for (const { id } of listed.conversations)
      this.#outbox.order(id, { kind: 'leave', conversation: id });
    this.#loop.flush();
    this.#sessions.forget();
    this.#tell({ kind: 'session', event: 'left', session: listed.name });
    return ok(null);
  }

  verify(person: IdentityKey, verified: boolean): void {
    this.#view.who.verify(person, verified);
    this.#loop.push({ kind: 'trust', person, isTrusted: verified });
  }

  block(person: IdentityKey, blocked: boolean): Result<null, BlockRefusal> {
    const { self, guard } = this.#state;
    if (this.#stopping !== null) return fail('stopping');
    if (person === self.identity) return fail('self');
    if (blocked && guard.rulings.size >= LIMITS.rulingsMax) return fail('too-many');
    this.#loop.push({ kind: blocked ? 'block' : 'unblock', person });
    this.#loop.flush();
    return ok(null);
  }

  attend(session: SessionName | null, face: string = 'own'): void {
    this.#attention.attend(session, face);
  }

  recall(key: string): string | null {
    return recalled(this.#options.store, key);
  }

  keep(key: string, text: string): void {
    keptText(this.#options.store, key, text);
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
    for (const { id } of this.#sessions.find(session)?.conversations ?? [])
      this.#loop.push({ kind: 'resync', conversation: id });
  }

  limit(limits: Partial<GuardLimits>): void {
    this.#loop.push({ kind: 'limit', limits });
  }

  figures(): Figures {
    const { network, scheduler } = this.#options;
    const parts = { loop: this.#loop, outbox: this.#outbox, sessions: this.#sessions, network };
    return figuresOf({ ...parts, nowMs: scheduler.now().monotonicMs });
  }

  importRun(bytes: Uint8Array): Result<number, string> {
    return importRun(this.#options.suite, this.#loop, bytes);
  }

  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  settle(): Promise<Settled> {
    return untilSettled(this.#state, this.#options.scheduler, () => {
      return this.#outbox.isEmpty && !isWorking(this.#state) && this.#receipts.allSynced;
    });
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#shutDown();
    return this.#stopping;
  }

  async #shutDown(): Promise<void> {
    this.#loop.flush();
    await untilHandedOver(this.#state, this.#options.scheduler, () => this.#loop.flush());
    this.#loop.stop();
    this.#indexer.stop();
    this.#attention.save();
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
    this.#view.who.noteArrived(entries);
    this.#attention.arrived(entries.filter(({ identity }) => !this.#isMute(identity)));
    this.#indexer.note();
    this.#tell({ kind: 'lines' });
  }

  /** What we said, and what those say who are blocked, is not new to us. */
  #isMute(identity: IdentityKey): boolean {
    return identity === this.#state.self.identity || isBlocked(this.#state, identity);
  }

  #unparked(): void {
    this.#lastArrival = this.#options.store.lastArrival();
    this.#tell({ kind: 'lines' });
  }

  #synced(commit: number): void {
    for (const [id, line] of this.#receipts.synced(commit)) {
      const session = this.#sessions.of(id)?.name;
      if (session !== undefined) this.#tell({ kind: 'stored', session, id: line });
    }
  }

  #told(event: PeerEvent): void {
    switch (event.kind) {
      case 'neighbour': {
        this.#view.who.forgetLabels();
        const { identity, name, address, path } = event;
        this.#tell({ kind: 'peer', event: event.event, identity, name, address, path });
        return;
      }
      case 'status': {
        const session = this.#sessions.of(event.conversation)?.name;
        if (session !== undefined) this.#tell({ kind: 'status', session });
        return;
      }
      case 'held':
        return this.#toldHeld(event);
      case 'session':
        return this.#toldSession(event);
      case 'forkFailed':
        return this.#forkFailed(event);
      case 'listening':
        return this.#tell({ kind: 'listening' });
      case 'blocking':
        this.#attention.recount();
        return this.#tell({ kind: 'blocking', identity: event.identity, blocked: event.isBlocked });
      default:
        return this.#notice(event);
    }
  }

  #toldHeld({ conversation: of, length, heldBy }: Extract<PeerEvent, { kind: 'held' }>): void {
    const conversation = this.#state.conversations.get(of);
    const session = this.#sessions.of(of)?.name;
    if (conversation === undefined || session === undefined) return;
    const id = this.#receipts.lineAt(conversation, length);
    if (id !== null) this.#tell({ kind: 'delivered', session, id, heldBy });
  }

  #toldSession({ event, conversation }: Extract<PeerEvent, { kind: 'session' }>): void {
    this.#sessions.forget();
    this.#view.who.forgetLabels();
    const session = this.#sessions.of(conversation)?.name;
    // Who leaves tells so itself, since it knows what it was called.
    if (session === undefined || event === 'left') return;
    // The other half of two crossing forks is news of a session that is there already.
    const isNew = event === 'opened' && this.#sessions.of(conversation)?.conversations.length === 1;
    this.#tell({
      kind: 'session',
      event: event === 'opened' && !isNew ? 'changed' : event,
      session,
    });
  }

  #forkFailed({ number, because, lines }: Extract<PeerEvent, { kind: 'forkFailed' }>): void {
    this.#sessions.forget();
    this.#tell({ kind: 'session', event: 'left', session: String(number) });
    if (because.length === 0) return;
    const names = because.map((each) => this.#view.who.labelOf(each)).join(', ');
    this.#tell({ kind: 'error', code: 'no-keys', text: forkFailedText(names, lines) });
  }

  #notice(event: Parameters<typeof noticeOf>[0]): void {
    if (event.kind === 'renamed') this.#view.who.forgetLabels();
    // Who was introduced or remembered has a key; an address that people gave has none.
    const isTyped = 'target' in event && event.target.peer === null;
    const place = 'conversation' in event ? this.#sessions.of(event.conversation) : undefined;
    const notice = noticeOf(event, { isTyped, ...this.#view.who.wordsIn(place) });
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
