// Lines at an even pace, each with the time of its writing, from the stdin of one program to the stdout of others.

import type { Child } from './child.ts';
import type { FanOut } from './fan-out.ts';
import { percentile } from './statistics.ts';
import { percent } from './table.ts';

const LINE_BYTES = 48;
/** A stamp: milliseconds of performance.now(), with zeros in front. */
const STAMP_DIGITS = 3;
const STAMP_BYTES = 16;
/** After the last line, for those still on their way. */
const SILENCE_MS = 2_000;

export interface Pace {
  readonly linesPerSecond: number;
  readonly seconds: number;
}

export interface Paced {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly mostMs: number;
  readonly lostShare: number;
  /** Processor time of all programs together, a line. */
  readonly cpuMsPerLine: number;
  readonly codes: readonly (number | null)[];
}

/** Each line says when it was written; the reader has the same clock, being the same process. Ends everyone. */
export async function pace(fanOut: FanOut, { linesPerSecond, seconds }: Pace): Promise<Paced> {
  const { sender, receivers, everyone, prefix } = fanOut;
  const delaysMs: number[] = [];
  for (const receiver of receivers) {
    const read = stampReader((stampMs, nowMs) => delaysMs.push(nowMs - stampMs));
    receiver.onOutput(read);
  }
  const count = linesPerSecond * seconds;
  const cpuSeconds = cpuSecondsOf(everyone);
  await everyTick(count, 1000 / linesPerSecond, () => {
    sender.process.stdin.write(stampedLine(performance.now()));
  });
  const bytes = count * (prefix.length + LINE_BYTES);
  await Promise.all(receivers.map((one) => one.untilOutput(bytes, SILENCE_MS)));
  const cpuMsPerLine = ((cpuSecondsOf(everyone) - cpuSeconds) * 1000) / count;
  sender.process.stdin.end();
  const codes = [await sender.end(), ...(await fanOut.stop())];
  return {
    p50Ms: percentile(delaysMs, 0.5),
    p99Ms: percentile(delaysMs, 0.99),
    mostMs: percentile(delaysMs, 1),
    lostShare: 1 - delaysMs.length / (count * receivers.length),
    cpuMsPerLine,
    codes,
  };
}

/** What parley must not do, as words. */
export function objectionsToPaced({ lostShare, codes }: Paced): readonly string[] {
  return [
    ...(lostShare === 0 ? [] : [`${percent(lostShare)} lost`]),
    ...(codes.every((code) => code === 0) ? [] : [`exit codes ${codes.join(', ')}`]),
  ];
}

function cpuSecondsOf(children: readonly Child[]): number {
  for (const child of children) child.weigh();
  return children.reduce((sum, { usage }) => sum + usage.cpuSeconds, 0);
}

function stampedLine(nowMs: number): string {
  return `${nowMs
    .toFixed(STAMP_DIGITS)
    .padStart(STAMP_BYTES, '0')
    .padEnd(LINE_BYTES - 1, '.')}\n`;
}

/** Takes pieces of output, and tells of each line's stamp and of when the line was whole. */
function stampReader(found: (stampMs: number, nowMs: number) => void): Reader {
  let rest = '';
  return (chunk, nowMs) => {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const start = line.length + 1 - LINE_BYTES;
      found(Number(line.slice(start, start + STAMP_BYTES)), nowMs);
    }
  };
}

type Reader = (chunk: Buffer, nowMs: number) => void;

/** Calls `each` so often, at even times that do not drift. */
async function everyTick(count: number, intervalMs: number, each: () => void): Promise<void> {
  const startMs = performance.now();
  for (let tick = 0; tick < count; tick += 1) {
    const waitMs = startMs + tick * intervalMs - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    each();
  }
}
