// Chains of entries for tests of stores: quickly made, freely timed, signed or not.

import {
  LIMITS,
  bytesOf,
  chainKeyOf,
  encodeLines,
  makeCertificate,
  sealEntry,
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
  Hlc,
  Suite,
  Write,
} from '@parley/core';
import { createFakeSuite } from './fake-suite.ts';

const suite: Suite = createFakeSuite();
let made = 0;

/** 32 bytes that no call gave before. */
function newBytes(): Uint8Array {
  made += 1;
  return suite.sha256(Buffer.from(`store entries ${made}`));
}

export function newConversation(): ConversationId {
  return toHex(newBytes()) as ConversationId;
}

/** An id that nothing has. */
export function newEntryId(): EntryId {
  return toHex(newBytes()) as EntryId;
}

export interface EntryOptions {
  readonly ms?: number;
  readonly counter?: number;
  /** False: as received in a run, where a later signature covers it. */
  readonly signed?: boolean;
  /** Says that the payload is encrypted; it is not. */
  readonly keyId?: number | null;
  readonly pruned?: boolean;
}

/** One author in one conversation, who need not tell the truth about the time. */
export class TestChain {
  readonly chain: ChainKey;
  readonly certificate: Certificate;
  readonly entries: Entry[] = [];
  readonly #deviceSeed: Uint8Array;
  readonly #conversation: ConversationId;

  constructor(conversation: ConversationId) {
    this.#conversation = conversation;
    this.#deviceSeed = newBytes();
    const device = toHex(suite.publicKey(this.#deviceSeed)) as DeviceKey;
    const identitySeed = newBytes();
    this.certificate = makeCertificate(suite, { identitySeed, device, createdMs: 1, name: 'anna' });
    this.chain = chainKeyOf(device, new Uint8Array(8));
  }

  /** Extends the chain by an entry that says these texts, a line each. */
  say(texts: readonly string[], options: EntryOptions = {}): Entry {
    const { ms = this.entries.length, counter = 0, keyId = null } = options;
    const entry = sealEntry(suite, this.#deviceSeed, {
      conversation: this.#conversation,
      chain: this.chain,
      seq: this.entries.length,
      prev: this.entries.at(-1)?.id ?? this.certificate.hash,
      hlc: { ms, counter },
      lineCount: texts.length,
      keyId,
      payload: encodeLines(texts.map((text) => ({ type: 'say', text }))),
      certificateHash: this.certificate.hash,
    });
    const stored: Entry = {
      ...entry,
      signature: options.signed === false ? null : entry.signature,
      payload: options.pruned === true ? null : entry.payload,
    };
    this.entries.push(stored);
    return stored;
  }

  /** Entry `seq`, which must have been said. */
  at(seq: number): Entry {
    const entry = this.entries[seq];
    if (entry === undefined) throw new Error(`nothing was said as number ${seq}`);
    return entry;
  }

  /** The record of a peer that holds floor ≤ seq < length of it. */
  record(floor = 0, length: number = this.entries.length): ChainRecord {
    const head = this.entries[length - 1];
    const headHlc: Hlc = head?.header.hlc ?? { ms: 0, counter: 0 };
    return {
      conversation: this.#conversation,
      chain: this.chain,
      identity: this.certificate.identity,
      certificate: this.certificate.bytes,
      floor,
      length,
      bytes: bytesOf(this.entries.slice(floor, length)),
      headId: head?.id ?? newEntryId(),
      floorPrev: this.entries[floor]?.header.prev ?? this.certificate.hash,
      headHlc,
      name: this.certificate.name,
      stopped: null,
    };
  }

  /** What stores the entries from ≤ seq < to. */
  write(
    from = 0,
    to: number = this.entries.length,
    options: Partial<
      Pick<
        Extract<Write, { kind: 'entries' }>,
        'arrivedMs' | 'late' | 'parked' | 'sealed' | 'opened'
      >
    > = {},
  ): Write {
    const fate = { arrivedMs: 1, late: false, parked: false, sealed: false, ...options };
    const entries = this.entries.slice(from, to);
    return { kind: 'entries', chain: this.record(0, to), entries, ...fate };
  }

  /** What says that entry `seq`, which was sealed, turned out to say these texts, a line each. */
  opened(
    seq: number,
    texts: readonly string[],
    options: Partial<Pick<Extract<Write, { kind: 'opened' }>, 'arrivedMs' | 'late'>> = {},
  ): Write {
    const { arrivedMs = 1, late = false } = options;
    const lines = encodeLines(texts.map((text) => ({ type: 'say', text })));
    return { kind: 'opened', chain: this.chain, seq, lines, arrivedMs, late };
  }
}

/** A chain of entries, one line each. */
export function chainOf(conversation: ConversationId, texts: readonly string[]): TestChain {
  const chain = new TestChain(conversation);
  for (const text of texts) chain.say([text]);
  return chain;
}

/** A chain of so many entries whose payloads no reader may take for lines: each is a word, `cipher`. */
export function sealedChain(conversation: ConversationId, entries: number): TestChain {
  const chain = new TestChain(conversation);
  for (let said = 0; said < entries; said += 1) chain.say(['cipher'], { keyId: 1 });
  return chain;
}

/** So many bytes that every run fits. */
export const ALL_BYTES: number = LIMITS.runEntriesMax * LIMITS.entryPayloadBytesMax;
