// Measures the log: node --conditions=development bench/log.ts
// Lines a second of one processor core for sealing and encoding, and for verifying and decoding, by lines an entry.

import {
  chainKeyOf,
  decode,
  encode,
  encodeLines,
  encodeRun,
  lobbyId,
  makeCertificate,
  sealEntry,
  toHex,
  verifyRun,
} from '@parley/core';
import type { DeviceKey, Entry } from '@parley/core';
import { createNodeSuite } from '@parley/crypto-node';

const text = 'a line of chat that is as long as lines of chat are';
const suite = createNodeSuite();
const deviceSeed = new Uint8Array(32).fill(2);
const device = toHex(suite.publicKey(deviceSeed)) as DeviceKey;
const { bytes: certificate, hash: certificateHash } = makeCertificate(suite, {
  identitySeed: new Uint8Array(32).fill(1),
  device,
  createdMs: 1,
  name: 'anna',
});
const chain = chainKeyOf(device, new Uint8Array(8));
const conversation = lobbyId(suite);
const known = (): Uint8Array => certificate;

/** Milliseconds of processor time so far: unlike the clock it does not count what other programs do. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Times a second of processor time, the best of five tries of at least 200 ms. */
function rate(once: () => unknown): number {
  let best = 0;
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const startMs = processorMs();
    let times = 0;
    let elapsedMs = 0;
    while (elapsedMs < 200) {
      for (let repeat = 0; repeat < 10; repeat += 1) once();
      times += 10;
      elapsedMs = processorMs() - startMs;
    }
    best = Math.max(best, (times * 1_000) / elapsedMs);
  }
  return best;
}

/** One entry after another, as while a person talks: each is signed. */
function seal(entryCount: number, linesPerEntry: number): Entry[] {
  const entries: Entry[] = [];
  const lines = Array.from({ length: linesPerEntry }, () => ({ type: 'say', text }) as const);
  for (let seq = 0; seq < entryCount; seq += 1) {
    entries.push(
      sealEntry(suite, deviceSeed, {
        conversation,
        chain,
        seq,
        prev: entries.at(-1)?.id ?? certificateHash,
        hlc: { ms: seq, counter: 0 },
        lineCount: linesPerEntry,
        keyId: null,
        payload: encodeLines(lines),
        certificateHash,
      }),
    );
  }
  return entries;
}

function verify(run: Uint8Array): void {
  const read = verifyRun(suite, run, known);
  if (!read.ok) throw new Error(read.reason);
}

function report(name: string, perSecond: number): void {
  console.log(`${name.padEnd(58)} ${Math.round(perSecond).toLocaleString('en').padStart(12)}`);
}

for (const linesPerEntry of [1, 64, 256]) {
  const run = encodeRun(certificate, seal(1, linesPerEntry));
  const bytesPerLine = (run.length / linesPerEntry).toFixed(0);
  const name = `${linesPerEntry} lines an entry, runs of one (${bytesPerLine} bytes a line)`;
  report(
    `${name}: seal`,
    rate(() => encodeRun(certificate, seal(1, linesPerEntry))) * linesPerEntry,
  );
  report(`${name}: verify`, rate(() => verify(run)) * linesPerEntry);
}
const sixtyFour = encodeRun(certificate, seal(64, 1));
report('1 line an entry, runs of 64: verify', rate(() => verify(sixtyFour)) * 64);

const strings = Array.from({ length: 1_000 }, (_, at) => `short text ${at}`);
const encoded = encode(strings);
report('CBOR, short strings: encode', rate(() => encode(strings)) * strings.length);
report('CBOR, short strings: decode', rate(() => decode(encoded)) * strings.length);
