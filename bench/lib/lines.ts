// Numbered lines, and what became of them on their way.

const NUMBER_DIGITS = 8;

/** What a receiver has of the lines that were sent. */
export interface Arrival {
  /** Different lines that came whole. */
  readonly arrived: number;
  readonly lost: number;
  /** Came more than once. */
  readonly repeated: number;
  /** Came after one with a higher number. */
  readonly disordered: number;
  /** Pieces, or lines that nobody sent. */
  readonly damaged: number;
}

/** Line `number` of `bytes` bytes, its end included. */
export function numberedLine(number: number, bytes: number): string {
  return `${String(number)
    .padStart(NUMBER_DIGITS, '0')
    .padEnd(bytes - 1, ' chat')}\n`;
}

/** Lines 0 … count − 1, each after `prefix`. */
export function numberedLines(count: number, bytes: number, prefix = ''): Buffer {
  let text = '';
  for (let number = 0; number < count; number += 1) text += prefix + numberedLine(number, bytes);
  return Buffer.from(text);
}

/** Compares what came with the `count` lines that were sent, to the letter. */
export function arrivalOf(received: Buffer, expected: Buffer, count: number): Arrival {
  if (received.equals(expected))
    return { arrived: count, lost: 0, repeated: 0, disordered: 0, damaged: 0 };
  const sent = new Map<string, number>();
  for (const line of linesOf(expected)) sent.set(line, sent.size);
  const seen = new Uint8Array(count);
  let [arrived, repeated, disordered, damaged, highest] = [0, 0, 0, 0, -1];
  for (const line of linesOf(received)) {
    const number = sent.get(line);
    if (number === undefined) {
      damaged += 1;
      continue;
    }
    if (seen[number] === 0) arrived += 1;
    else repeated += 1;
    seen[number] = 1;
    if (number < highest) disordered += 1;
    else highest = number;
  }
  return { arrived, lost: count - arrived, repeated, disordered, damaged };
}

/** What is wrong with an arrival that should be complete and in order, as words; empty for nothing. */
export function faultsOf(arrival: Arrival): string[] {
  const { lost, repeated, disordered, damaged } = arrival;
  return Object.entries({ lost, repeated, disordered, damaged })
    .filter(([, count]) => count > 0)
    .map(([fault, count]) => `${count} lines ${fault}`);
}

function linesOf(bytes: Buffer): string[] {
  const lines = bytes.toString('latin1').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
