// Arbitrary lines, names and signed chains, for property tests of any package.

import * as fc from 'fast-check';
import {
  LIMITS,
  chainKeyOf,
  checkName,
  encodeLines,
  lobbyId,
  makeCertificate,
  nextHlc,
  sealEntry,
  toHex,
} from '@parley/core';
import type {
  Certificate,
  ChainKey,
  ConversationId,
  DeviceKey,
  Entry,
  Hlc,
  Line,
  Suite,
} from '@parley/core';

/** 32 arbitrary bytes: a seed, a hash, a raw key. */
export function bytes32(): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: 32, maxLength: 32 });
}

/** 64 arbitrary hex digits. */
export function hex32(): fc.Arbitrary<string> {
  return bytes32().map(toHex);
}

/** Text that can be said: not empty, no lone surrogates, any script, now and then control characters. */
export function lineText(): fc.Arbitrary<string> {
  return fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
}

/** Names that `checkName` accepts as they are. */
export function name(): fc.Arbitrary<string> {
  const raw = fc.oneof(
    { weight: 4, arbitrary: fc.stringMatching(/^[a-z][a-z0-9_-]{0,14}$/u) },
    { weight: 1, arbitrary: fc.stringMatching(/^[а-яё]{1,15}$/u) },
    { weight: 1, arbitrary: fc.stringMatching(/^[ぁ-ゖァ-ヺ一-龥]{1,10}$/u) },
    { weight: 1, arbitrary: fc.stringMatching(/^[a-zäöüéñ]{1,10}$/u) },
  );
  return raw.map((text) => text.normalize('NFC')).filter((text) => checkName(text).ok);
}

export function line(): fc.Arbitrary<Line> {
  return fc.oneof(
    {
      weight: 6,
      arbitrary: lineText().map((text): Line => ({ type: 'say', text })),
    },
    { weight: 1, arbitrary: lineText().map((text): Line => ({ type: 'me', text })) },
    { weight: 1, arbitrary: name().map((value): Line => ({ type: 'nick', name: value })) },
    { weight: 1, arbitrary: lineText().map((text): Line => ({ type: 'topic', text })) },
    {
      weight: 1,
      arbitrary: fc.nat(LIMITS.keepDaysMax).map((days): Line => ({ type: 'keep', days })),
    },
  );
}

/** The lines of one entry. */
export function lines(countMax = 4): fc.Arbitrary<readonly Line[]> {
  return fc.array(line(), { minLength: 1, maxLength: countMax });
}

export function hlc(): fc.Arbitrary<Hlc> {
  return fc.record({
    ms: fc.nat(LIMITS.timeMsMax),
    counter: fc.nat(LIMITS.hlcCounterMax),
  });
}

/** A chain from its first entry on, with the seeds to extend it; every entry is signed. */
export interface SignedChain {
  readonly conversation: ConversationId;
  readonly chain: ChainKey;
  readonly certificate: Certificate;
  readonly identitySeed: Uint8Array;
  readonly deviceSeed: Uint8Array;
  readonly entries: readonly Entry[];
}

export interface ChainOptions {
  /** The lobby unless another is given. */
  readonly conversation?: ConversationId;
  readonly entriesMin?: number;
  readonly entriesMax?: number;
}

/** Chains by arbitrary authors, saying arbitrary lines at arbitrary, growing times. */
export function signedChain(suite: Suite, options: ChainOptions = {}): fc.Arbitrary<SignedChain> {
  const { conversation, entriesMin = 1, entriesMax = 6 } = options;
  return fc
    .record({
      identitySeed: bytes32(),
      deviceSeed: bytes32(),
      name: name(),
      startMs: fc.nat(2 ** 41),
      said: fc.array(fc.record({ stepMs: fc.nat(100), lines: lines() }), {
        minLength: entriesMin,
        maxLength: entriesMax,
      }),
    })
    .map(({ said, startMs, ...author }) => {
      const begun = beginChain(suite, { ...author, createdMs: startMs }, conversation);
      let ms = startMs;
      return said.reduce((chain, { stepMs, lines: next }) => {
        ms += stepMs;
        return extendChain(suite, chain, next, ms);
      }, begun);
    });
}

export interface Author {
  readonly identitySeed: Uint8Array;
  readonly deviceSeed: Uint8Array;
  readonly name: string;
  readonly createdMs: number;
}

/** An empty chain, number 0 of its device. */
export function beginChain(
  suite: Suite,
  author: Author,
  conversation: ConversationId = lobbyId(suite),
): SignedChain {
  const { identitySeed, deviceSeed, name: called, createdMs } = author;
  const device = toHex(suite.publicKey(deviceSeed)) as DeviceKey;
  const certificate = makeCertificate(suite, { identitySeed, device, createdMs, name: called });
  const chain = chainKeyOf(device, new Uint8Array(8));
  return { conversation, chain, certificate, identitySeed, deviceSeed, entries: [] };
}

/** The chain with one more plain entry; its time is `nowMs`, or just after the last entry's. */
export function extendChain(
  suite: Suite,
  chain: SignedChain,
  said: readonly Line[],
  nowMs: number,
): SignedChain {
  const { certificate, conversation, deviceSeed, entries } = chain;
  const last = entries.at(-1);
  const entry = sealEntry(suite, deviceSeed, {
    conversation,
    chain: chain.chain,
    seq: entries.length,
    prev: last?.id ?? certificate.hash,
    hlc: nextHlc(last?.header.hlc ?? null, nowMs),
    lineCount: said.length,
    keyId: null,
    payload: encodeLines(said),
    certificateHash: certificate.hash,
  });
  return { ...chain, entries: [...entries, entry] };
}
