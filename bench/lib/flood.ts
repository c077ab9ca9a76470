// As many lines as will go, from the stdin of one program to the stdout of others.

import type { FanOut } from './fan-out.ts';
import { arrivalOf, faultsOf, numberedLines } from './lines.ts';
import type { Arrival } from './lines.ts';
import { whole } from './table.ts';

export const FLOOD_LINE_BYTES = 48;
const PEAK_MB_MAX = 300;
/** So long after its last word a receiver that still lacks lines will not get them. */
const SILENCE_MS = 5_000;

export interface Flood {
  /** The slowest receiver's. */
  readonly linesPerSecond: number;
  /** Of all receivers together, 0 … 1. */
  readonly lostShare: number;
  readonly senderMb: number;
  /** The largest receiver's. */
  readonly receiverMb: number;
  readonly senderCpu: number;
  /** One receiver's. */
  readonly receiverCpu: number;
  readonly faults: readonly string[];
}

/** Pipes so many lines into the sender, waits until all have them, and ends everyone. */
export async function flood(fanOut: FanOut, lines: number): Promise<Flood> {
  const { sender, receivers, everyone, prefix } = fanOut;
  const expected = numberedLines(lines, FLOOD_LINE_BYTES, prefix);
  const input = numberedLines(lines, FLOOD_LINE_BYTES);
  const startedMs = performance.now();
  sender.process.stdin.end(input);
  await Promise.all(receivers.map((one) => one.untilOutput(expected.length, SILENCE_MS)));
  for (const child of everyone) child.weigh();
  const codes = [await sender.end(), ...(await fanOut.stop())];
  const arrivals = receivers.map((one) => arrivalOf(one.output(), expected, lines));
  const seconds = receivers.map((one) => (one.lastOutputMs - startedMs) / 1000);
  const rates = arrivals.map(({ arrived }, at) => arrived / (seconds[at] ?? 0));
  return {
    linesPerSecond: Math.min(...rates),
    lostShare: mean(arrivals.map(({ lost }) => lost / lines)),
    senderMb: sender.usage.peakMb,
    receiverMb: Math.max(...receivers.map(({ usage }) => usage.peakMb)),
    senderCpu: sender.usage.cpuSeconds,
    receiverCpu: mean(receivers.map(({ usage }) => usage.cpuSeconds)),
    faults: faultsIn(arrivals, codes),
  };
}

/** What parley must not do, as words. */
export function objectionsTo({ faults, senderMb, receiverMb }: Flood): readonly string[] {
  const peakMb = Math.max(senderMb, receiverMb);
  const text = `a process of ${whole(peakMb)} MB, where ${PEAK_MB_MAX} are allowed`;
  return peakMb < PEAK_MB_MAX ? faults : [...faults, text];
}

/** The codes are empty where a program has no clean end. */
function faultsIn(arrivals: readonly Arrival[], codes: readonly (number | null)[]): string[] {
  const faults = arrivals.flatMap((arrival, at) =>
    faultsOf(arrival).map((fault) => `receiver ${at}: ${fault}`),
  );
  const bad = codes.filter((code) => code !== 0);
  return bad.length === 0 ? faults : [...faults, `exit codes ${bad.join(', ')}`];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
