// The client: one peer at work, as every face uses it.

import type { Arrived, GuardLimits, IdentityKey, PeerState, Result } from '@parley/core';
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
  isInviteText,
  sessionIdFrom,
} from '@parley/core';
import { readAddress } from './address.ts';
import type {
  BlockRefusal,
  Change,
  Client,
  ForkRefusal,
  Rooms,
  SayReason,
  SessionName,
  Settled,
  View,
} from './api.ts';
import type { ClientOptions } from './options.ts';
import { diagnose } from './diagnosis/diagnose.ts';
import type { Finding } from './diagnosis/finding.ts';
import { figuresOf } from './figures-of.ts';
import type { Figures } from './figures.ts';
import { IdleIndexer } from './idle-indexer.ts';
import type { Audience } from './loop.ts';
import { Loop } from './loop.ts';
import { checkFork, checkInvite, checkRemove, secretOf } from './forking.ts';
import { Attention } from './attention.ts';
import { keptText, recalled } from './face-memory.ts';
import { importRun } from './importing.ts';
import { News } from './news.ts';
import { inviteReasonText } from './invite-text.ts';
import { MetByInvite } from './met-by-invite.ts';
import { Outbox } from './outbox.ts';
import { Receipts } from './receipts.ts';
import { RecentEntries } from './recent.ts';
import { ClientRooms } from './rooms.ts';
import { untilHandedOver, untilSettled } from './settle.ts';
import { SessionList, isOpen } from './session-list.ts';
import { hasRoomFor, isWorking, unsaidIn, workOf } from './private-work.ts';
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
    era: options.era,
    canFork: options.sessionCrypto !== null,
    serves: options.serves ?? false,
    trusted: verifiedIn(store),
    limits: options.limits ?? {},
    ...(options.lobby === undefined ? {} : { lobby: options.lobby }),
    now: scheduler.now(),
  });
  return new PeerClient(options, state);
}

type Listener = (change: Change) => void;

class PeerClient implements Client {
  readonly view: View;
  readonly rooms: Rooms;
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
  readonly #met: MetByInvite;
  readonly #news: News;
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
    this.#met = new MetByInvite(store);
    const shown = { sessions: this.#sessions, attention: this.#attention, met: this.#met };
    const storeSaid = (): void => this.#loop.flush();
    const stored = { store, recent: this.#recent, lastArrival, storeSaid };
    this.#view = new ClientView({ state, ...stored, ...shown });
    this.view = this.#view;
    const work = workOf(options);
    const { committed } = options;
    const ports = { store, network, scheduler, work, committed };
    this.#loop = new Loop(state, { ...ports, audience: this.#audience() });
    this.#loop.refillFrom(() => this.#outbox.take((id) => hasRoomFor(state, id)));
    const rooms = this.#makeRooms();
    this.rooms = rooms;
    this.#news = new News({
      state,
      ...shown,
      receipts: this.#receipts,
      who: this.#view.who,
      rooms,
      tell: (change) => this.#tell(change),
    });
  }

  #makeRooms(): ClientRooms {
    const { suite, scheduler } = this.#options;
    return new ClientRooms({
      suite,
      state: this.#state,
      sessions: this.#sessions,
      met: this.#met,
      nowMs: () => scheduler.now().wallMs,
      decide: (input) => {
        this.#loop.push(input);
        // What it is called is needed at once, for what is said in it next.
        this.#loop.flush();
      },
      say: (conversation, line) => {
        this.#outbox.add(conversation, line);
        this.#loop.wake();
        // Whoever set something may ask at once what holds.
        this.#loop.flush();
      },
      isStopping: () => this.#stopping !== null,
    });
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
    if (listed === undefined || listed.kind === 'lobby') return fail({ kind: 'closed' });
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
    if (checked.value !== this.#state.self.name) {
      this.#loop.push({ kind: 'rename', name: checked.value });
      this.#loop.flush();
      // Where we said nothing yet nobody tells of it.
      this.#view.who.forgetLabels();
    }
    return ok(null);
  }

  connect(address: string): Result<null, string> {
    if (isInviteText(address)) return this.#reach(address);
    const read = readAddress(address);
    if (!read.ok) return read;
    this.#loop.push({
      kind: 'connect',
      target: { addresses: [read.value], peer: null, record: null },
    });
    return ok(null);
  }

  #reach(text: string): Result<null, string> {
    const invite = this.rooms.read(text);
    if (!invite.ok) return fail(inviteReasonText(invite.reason));
    if (invite.value.addresses.length === 0)
      return fail('this invite names no address to dial: \\join takes it all the same');
    this.rooms.reach(invite.value);
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

  diagnosis(): readonly Finding[] {
    const { network, scheduler } = this.#options;
    return diagnose(this.#state, network, scheduler.now());
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

  get unsaidLines(): number {
    return unsaidIn(this.#state);
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
      told: (event) => this.#news.told(event),
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
