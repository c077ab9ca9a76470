// People whose private sessions are worked on without a network: what claims about performWork are told with.

import assert from 'node:assert/strict';
import {
  LIMITS,
  Vouchers,
  bytesOf,
  chainKeyOf,
  directoryId,
  encodeLines,
  encodeUtf8,
  inboxId,
  inboxPeriod,
  lobbyId,
  makeCertificate,
  mergeRosters,
  nextHlc,
  performWork,
  sealEntry,
  sessionIdFrom,
  toHex,
} from '@parley/core';
import type {
  Certificate,
  ChainKey,
  ChainRecord,
  ConversationId,
  DeviceKey,
  Entry,
  EntryId,
  IdentityKey,
  Line,
  Newcomer,
  PackagesMade,
  Read,
  ReadThrough,
  SessionCrypto,
  SessionRoster,
  Signer,
  Speak,
  Spoken,
  Suite,
  Work,
  WorkResult,
  Write,
} from '@parley/core';
import { MemoryDisk } from './memory-store.ts';
import type { MemoryStore } from './memory-store.ts';
import type { SessionCryptoHarness } from './session-party.ts';

const SESSION_KEY_ID = 1;

/** A chain that is written to, with a key of its own. */
export class WrittenChain {
  readonly conversation: ConversationId;
  readonly chain: ChainKey;
  readonly certificate: Certificate;
  readonly entries: Entry[] = [];
  readonly #suite: Suite;
  readonly #seed: Uint8Array;

  constructor(suite: Suite, conversation: ConversationId, label: string) {
    this.#suite = suite;
    this.conversation = conversation;
    this.#seed = suite.sha256(encodeUtf8(`chain of ${label}`));
    const device = toHex(suite.publicKey(this.#seed)) as DeviceKey;
    const fields = { identitySeed: this.#seed, device, createdMs: 1, name: 'someone' };
    this.certificate = makeCertificate(suite, fields);
    this.chain = chainKeyOf(device, new Uint8Array(8));
  }

  append(
    payload: Uint8Array,
    nowMs: number,
    of: Partial<Pick<Entry['header'], 'keyId' | 'lineCount'>> = {},
  ): Entry {
    const { keyId = SESSION_KEY_ID, lineCount = 1 } = of;
    const last = this.entries.at(-1);
    const entry = sealEntry(this.#suite, this.#seed, {
      conversation: this.conversation,
      chain: this.chain,
      seq: this.entries.length,
      prev: last?.id ?? this.certificate.hash,
      hlc: nextHlc(last?.header.hlc ?? null, nowMs),
      lineCount,
      keyId,
      payload,
      certificateHash: this.certificate.hash,
    });
    this.entries.push(entry);
    return entry;
  }

  /** What stores all of it from a number on. */
  write(from: number): Write {
    const head = this.entries.at(-1);
    assert(head !== undefined, 'nothing was written');
    const { conversation, chain, certificate, entries } = this;
    const record: ChainRecord = {
      conversation,
      chain,
      identity: certificate.identity,
      certificate: certificate.bytes,
      floor: 0,
      length: entries.length,
      bytes: bytesOf(entries),
      headId: head.id,
      floorPrev: certificate.hash,
      headHlc: head.header.hlc,
      name: certificate.name,
      stopped: null,
    };
    const sealed = head.header.keyId !== null;
    const flags = { late: false, parked: false, sealed };
    return { kind: 'entries', chain: record, entries: entries.slice(from), arrivedMs: 1, ...flags };
  }
}

/** One person in one session, with a store of their own. */
export class WorkerPerson {
  readonly name: string;
  readonly suite: Suite;
  readonly crypto: SessionCrypto;
  readonly store: MemoryStore;
  readonly vouchers: Vouchers;
  readonly certificate: Certificate;
  readonly signer: Signer;
  readonly own: WrittenChain;
  readonly directory: WrittenChain;
  readonly session: ConversationId;
  readonly secret: Uint8Array;
  roster: SessionRoster | null = null;
  /** Key packages that the directory names, that of last resort first. */
  stated: readonly Uint8Array[] = [];
  nowMs: number;
  /** Number of the next entry to be read, of each chain. */
  readonly next: Map<ChainKey, number> = new Map();

  constructor(harness: SessionCryptoHarness, name: string) {
    const { suite } = harness;
    this.name = name;
    this.suite = suite;
    this.nowMs = harness.nowMs;
    this.secret = suite.sha256(encodeUtf8('a session'));
    this.session = sessionIdFrom(suite, this.secret);
    this.vouchers = new Vouchers(suite);
    this.crypto = harness.create(this.vouchers.vouch);
    this.store = new MemoryDisk().open();
    const deviceSeed = suite.sha256(encodeUtf8(`device of ${name}`));
    const identitySeed = suite.sha256(encodeUtf8(`identity of ${name}`));
    const device = toHex(suite.publicKey(deviceSeed)) as DeviceKey;
    this.certificate = makeCertificate(suite, { identitySeed, device, createdMs: 1, name });
    this.signer = { credential: { identity: this.certificate.identity, device }, deviceSeed };
    this.own = new WrittenChain(suite, this.session, `${name} in the session`);
    this.directory = new WrittenChain(
      suite,
      directoryId(suite, lobbyId(suite)),
      `${name} in the directory`,
    );
  }

  get identity(): IdentityKey {
    return this.certificate.identity;
  }

  get device(): DeviceKey {
    return this.certificate.device;
  }

  perform(work: Work): Promise<WorkResult> {
    const { crypto, suite, store, signer, vouchers } = this;
    return performWork(work, { crypto, suite, store, signer, certify: vouchers.certify });
  }

  /** Makes key packages, and states them in the directory if that is due. */
  async makePackages(oneTime: number = LIMITS.keyPackagesOneTime): Promise<PackagesMade> {
    const made = await this.perform({ kind: 'packages', oneTime, nowMs: this.nowMs });
    assert(made.kind === 'packages');
    this.store.commit(made.writes);
    if (made.statement !== null) this.state(made.statement);
    return made;
  }

  /** Says in the directory that these key packages are ours. */
  state(keyPackages: readonly Uint8Array[]): EntryId {
    this.stated = keyPackages;
    const lines = keyPackages.map((keyPackage): Line => ({ type: 'package', keyPackage }));
    const of = { keyId: null, lineCount: lines.length };
    return this.directory.append(encodeLines(lines), this.nowMs, of).id;
  }

  /** The person as a newcomer who is found in the directory by `finder`. */
  asNewcomer(finder: WorkerPerson, change: Partial<Newcomer> = {}): Newcomer {
    finder.receive(this.directory);
    const statement = this.directory.entries.at(-1);
    return {
      identity: this.identity,
      device: this.device,
      keyPackage: null,
      directory: statement === undefined ? [] : [statement.id],
      inbox: null,
      ...change,
    };
  }

  inbox(): ConversationId {
    return inboxId(this.suite, this.identity, inboxPeriod(this.nowMs));
  }

  /** Stores what we have not of somebody's chain. */
  receive(chain: WrittenChain): void {
    const held = this.store.chains().find((record) => record.chain === chain.chain)?.length ?? 0;
    if (held < chain.entries.length) this.store.commit([chain.write(held)]);
  }

  /** Performs and publishes; whatever is not asked for is not done. */
  async speak(wish: Partial<Speak> = {}): Promise<Spoken> {
    const spoken = await this.trySpeaking(wish);
    assert(spoken.kind === 'spoken', `failed: ${spoken.kind === 'failed' ? spoken.reason : ''}`);
    this.store.commit(spoken.writes);
    for (const { payload } of spoken.payloads) this.own.append(payload, this.nowMs);
    return spoken;
  }

  /** Performs only. */
  async trySpeaking(wish: Partial<Speak>): Promise<WorkResult> {
    const certificates = [...(this.roster?.members.values() ?? [])].map((one) => one.certificate);
    return this.perform({
      kind: 'speak',
      session: this.session,
      secret: this.secret,
      chain: this.own.chain,
      begins: false,
      leaves: false,
      certificates,
      remove: [],
      add: [],
      rotates: false,
      heals: null,
      roster: null,
      asks: [],
      batches: [],
      nowMs: this.nowMs,
      agreedMs: this.nowMs,
      chance: 0,
      ...wish,
    });
  }

  say(...texts: readonly string[]): Promise<Spoken> {
    return this.speak({ batches: [texts.map((text): Line => ({ type: 'say', text }))] });
  }

  /** Receives and reads somebody's chain from where we are, and takes in what it says of the roster. */
  async read(author: WorkerPerson, change: Partial<Read> = {}): Promise<ReadThrough> {
    const through = await this.tryReading(author, change);
    this.store.commit(through.writes);
    this.next.set(author.own.chain, through.next);
    for (const event of through.events) {
      if (event.kind !== 'content' || event.roster === null) continue;
      this.roster = this.roster === null ? event.roster : mergeRosters(this.roster, event.roster);
    }
    return through;
  }

  /** Performs only. */
  async tryReading(author: WorkerPerson, change: Partial<Read> = {}): Promise<ReadThrough> {
    const { chain, entries } = author.own;
    if (entries.length > 0) this.receive(author.own);
    const through = await this.perform({
      kind: 'read',
      session: this.session,
      chain,
      certificates: [...(this.roster?.members.values() ?? [])].map((one) => one.certificate),
      from: this.next.get(chain) ?? 0,
      to: entries.length,
      throughMs: this.nowMs + LIMITS.futureMsMax,
      nowMs: this.nowMs,
      ...change,
    });
    assert(through.kind === 'read');
    return through;
  }
}

/** What was said, in order. */
export function saidIn({ events }: ReadThrough): string[] {
  return events.flatMap((event) =>
    event.kind === 'content'
      ? event.lines.map((line) => (line.type === 'say' ? line.text : line.type))
      : [],
  );
}

/** The kinds of what was read, in order; of what could not be read the reason. */
export function eventsIn({ events }: ReadThrough): string[] {
  return events.map((event) => (event.kind === 'unreadable' ? event.reason : event.kind));
}
