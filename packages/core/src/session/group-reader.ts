// What a reader of a send group makes of the frames of its owner's chain (spec/session.md §4).

import type { DeviceKey } from '../brand.ts';
import type { Entry } from '../log/entry.ts';
import { LIMITS } from '../limits.ts';
import { decodeContent } from './content.ts';
import { decodeEnvelope, envelopeAad } from './envelope.ts';
import type { Envelope } from './envelope.ts';
import { keepExporter, psksOf } from './exporters.ts';
import { decodeFrames } from './frames.ts';
import type { Frame } from './frames.ts';
import { encodeOwnPackage, keptPackages } from './key-packages.ts';
import type { KeptPackage } from './key-packages.ts';
import { groupIdOf, readerValueKey } from './names.ts';
import type { Psk, Reading, Roster, SessionCryptoReason } from './session-crypto.ts';
import { ValueDraft } from './value-draft.ts';
import type { WorkTools } from './work-tools.ts';
import type { Read, ReadEvent } from './work-types.ts';

/** The key id of every entry of a private session: encrypted in send groups. */
const SESSION_KEY_ID = 1;

/** 'psk': the entry mixes in what we have not read yet; 'broken': we cannot read on. */
export type EntryOutcome = 'read' | 'psk' | 'broken';

/** Of these a group's state is as good as before. */
const harmless: ReadonlySet<SessionCryptoReason> = new Set<SessionCryptoReason>([
  'replayed',
  'own-message',
  'old-epoch',
  'wrong-group',
  'not-owner',
  'forbidden',
]);

type Committed = Extract<Reading, { kind: 'commit' }>;

/** Changes to the store gather in `values`; those of an entry that has to wait are taken back. */
export class GroupReader {
  readonly events: ReadEvent[] = [];
  values: ValueDraft;
  readonly #work: Read;
  readonly #tools: WorkTools;
  readonly #groupId: Uint8Array;
  readonly #stateKey: string;
  /** Null until a message mixes one in, which few do, and where they must be looked up anew. */
  #psks: readonly Psk[] | null = null;
  /** How often a key of ours did not open a Welcome. */
  tries = 0;
  /** Welcomes of the entry that were tried. */
  #entryWelcomes = 0;
  /** Null until they are needed, and once one was used. */
  #kept: readonly KeptPackage[] | null = null;
  /** Lines that the entry has said so far: it says no more than any other may. */
  #entryLines = 0;

  constructor(work: Read, tools: WorkTools) {
    this.#work = work;
    this.#tools = tools;
    this.values = new ValueDraft(tools.store);
    this.#groupId = groupIdOf(tools.suite, work.session, work.chain);
    this.#stateKey = readerValueKey(work.session, work.chain);
  }

  async readEntry(entry: Entry): Promise<EntryOutcome> {
    const { seq, keyId } = entry.header;
    const frames =
      entry.payload === null || keyId !== SESSION_KEY_ID ? null : decodeFrames(entry.payload);
    if (frames === null || !frames.ok) {
      this.#unreadable(seq, 'malformed');
      return 'read';
    }
    const before = { values: this.values.copy(), events: this.events.length };
    this.#entryLines = 0;
    this.#entryWelcomes = 0;
    let isBroken = false;
    for (const frame of frames.value) {
      const outcome = await this.#readFrame(entry, frame);
      if (outcome === 'psk') {
        this.values = before.values;
        this.events.length = before.events;
        return 'psk';
      }
      isBroken ||= outcome === 'broken';
    }
    return isBroken && this.#state === null ? 'broken' : 'read';
  }

  get #state(): Uint8Array | null {
    return this.values.value(this.#stateKey);
  }

  #unreadable(seq: number, reason: SessionCryptoReason): void {
    this.events.push({ kind: 'unreadable', seq, reason });
  }

  async #readFrame(entry: Entry, { kind, bytes }: Frame): Promise<EntryOutcome> {
    const state = this.#state;
    // Welcomes are for those who cannot read yet, messages for those who can.
    if (kind === 'welcome') {
      this.#entryWelcomes += 1;
      // Nobody lets in more at once; each costs us as many tries as we have keys, and strangers nothing.
      const isTried = state === null && this.#entryWelcomes < LIMITS.sessionMembersMax;
      if (isTried) await this.#enter(entry.header.seq, bytes);
      return 'read';
    }
    return state === null ? 'read' : this.#readMessage(entry, state, bytes);
  }

  async #enter(seq: number, sealed: Uint8Array): Promise<void> {
    const opened = await this.#openSealed(sealed);
    if (opened === null) return;
    const { suite, crypto: mls } = this.#tools;
    const decoded = decodeEnvelope(suite, opened.plaintext);
    if (!decoded.ok) return this.#unreadable(seq, 'malformed');
    const { owner, members, welcome }: Envelope = decoded.value;
    for (const { bytes } of [owner, ...members]) this.#tools.certify(bytes);
    const { identity, device } = owner;
    const joined = await mls.joinGroup({
      welcome,
      keyPackageSecret: opened.own.secret,
      groupId: this.#groupId,
      owner: { identity, device },
    });
    if (!joined.ok) return this.#unreadable(seq, joined.reason);
    this.values.set(this.#stateKey, joined.value.state);
    const usedMs = this.#work.nowMs;
    this.values.set(opened.own.key, encodeOwnPackage({ ...opened.own, usedMs }));
    this.#kept = null;
    const inside = devicesOf(joined.value.roster);
    this.events.push({ kind: 'joined', seq, owner: { identity, device }, members: inside });
  }

  /** Nothing outside says whose it is: each of our keys is tried, those first that nobody has used. */
  async #openSealed(
    sealed: Uint8Array,
  ): Promise<{ readonly own: KeptPackage; readonly plaintext: Uint8Array } | null> {
    const { session, chain } = this.#work;
    const aad = envelopeAad(session, chain);
    this.#kept ??= freeFirst(keptPackages(this.values));
    for (const own of this.#kept) {
      const opened = await this.#tools.crypto.open({ secret: own.secret, sealed, aad });
      if (opened.ok) return { own, plaintext: opened.value };
      this.tries += 1;
    }
    return null;
  }

  async #readMessage(entry: Entry, state: Uint8Array, message: Uint8Array): Promise<EntryOutcome> {
    const { seq, hlc } = entry.header;
    const { crypto: mls, suite } = this.#tools;
    const options = { message, sentMs: hlc.ms };
    let read = await mls.read(state, { ...options, psks: this.#psks ?? [] });
    if (!read.ok && read.reason === 'unknown-psk' && this.#psks === null) {
      this.#psks = psksOf(suite, this.values, this.#work.session);
      read = await mls.read(state, { ...options, psks: this.#psks });
    }
    if (!read.ok) return this.#onFailure(seq, read.reason);
    const reading = read.value;
    this.values.set(this.#stateKey, reading.kind === 'removed' ? null : reading.state);
    if (reading.kind === 'application') this.#onContent(entry, reading.plaintext);
    else if (reading.kind === 'removed') this.events.push({ kind: 'removed', seq });
    else return this.#onCommit(seq, reading);
    return 'read';
  }

  #onFailure(seq: number, reason: SessionCryptoReason): EntryOutcome {
    if (reason === 'unknown-psk') return 'psk';
    this.#unreadable(seq, reason);
    if (harmless.has(reason)) return 'read';
    this.values.set(this.#stateKey, null);
    return 'broken';
  }

  #onContent(entry: Entry, plaintext: Uint8Array): void {
    const { seq } = entry.header;
    const decoded = decodeContent(this.#tools.suite, plaintext);
    if (!decoded.ok) return this.#unreadable(seq, 'malformed');
    const { roster, lines } = decoded.value;
    this.#entryLines += lines.length;
    if (this.#entryLines > LIMITS.entryLinesMax) return this.#unreadable(seq, 'too-large');
    for (const { certificate } of roster?.members.values() ?? []) this.#tools.certify(certificate);
    this.events.push({ kind: 'content', seq, entry, ...decoded.value });
  }

  async #onCommit(seq: number, commit: Committed): Promise<EntryOutcome> {
    const { state, roster, added, removed, pskIds } = commit;
    // One that only adds or only mixes in a secret has no path (RFC 9420 §12.4).
    const isFresh = removed.length > 0 || (added.length === 0 && pskIds.length === 0);
    if (isFresh) {
      const { session, chain } = this.#work;
      const of = { session, chain, state, roster };
      const kept = await keepExporter(this.#tools.crypto, this.values, of);
      if (!kept.ok) return this.#onFailure(seq, kept.reason);
      this.#psks = null;
    }
    const members = devicesOf(roster);
    this.events.push({ kind: 'commit', seq, epoch: roster.epoch, isFresh, members });
    return 'read';
  }
}

function freeFirst(kept: readonly KeptPackage[]): readonly KeptPackage[] {
  return kept.toSorted((one, other) => Number(one.usedMs !== null) - Number(other.usedMs !== null));
}

function devicesOf({ members }: Roster): readonly DeviceKey[] {
  return members.map(({ device }) => device);
}
