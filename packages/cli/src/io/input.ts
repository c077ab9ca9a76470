// Reads lines from a stream as fast as they can be taken, and no faster.

import type { LineSplitter, RefusedLine } from './line-splitter.ts';

export interface LineTaker {
  /** False: the rest of the input is not wanted. */
  take(line: string | RefusedLine): boolean;
  /** A promise to wait for before the next line; null to go on. */
  gate(): Promise<void> | null;
}

/** Resolves at the end of the stream, or when the taker wants no more. Throws what reading throws. */
export async function readLines(
  stream: AsyncIterable<Uint8Array>,
  splitter: LineSplitter,
  taker: LineTaker,
): Promise<void> {
  for await (const chunk of stream) {
    if (!(await hand(splitter.push(chunk), taker))) return;
  }
  await hand(splitter.end(), taker);
}

async function hand(lines: readonly (string | RefusedLine)[], taker: LineTaker): Promise<boolean> {
  for (const line of lines) {
    const gate = taker.gate();
    if (gate !== null) await gate;
    if (!taker.take(line)) return false;
  }
  return true;
}
