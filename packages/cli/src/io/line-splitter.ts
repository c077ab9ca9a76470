// Bytes to lines: strict UTF-8, a limit on each line, and no more memory than that limit however long a line gets.

import { isUtf8 } from 'node:buffer';

/** A line that was not taken, and why; `line` counts from 1, empty lines included. */
export interface RefusedLine {
  readonly line: number;
  readonly reason: 'not-utf8' | 'too-long';
  /** How long it is, without its end. */
  readonly bytes: number;
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
/** The bytes of a UTF-16 unit in UTF-8, at most: so short a text needs no counting. */
const bytesPerUnitMax = 3;

/** Splits at \n and \r\n. Empty lines are skipped. */
export class LineSplitter {
  readonly #lineBytesMax: number;
  /** The beginning of a line whose end has not come; at most lineBytesMax + 1 bytes, for a \r. */
  #rest: Buffer = Buffer.alloc(0);
  /** Bytes of the current line that were thrown away, it being too long; 0 while it may still fit. */
  #thrownBytes = 0;
  #endsInReturn = false;
  #line = 0;

  constructor(lineBytesMax: number) {
    this.#lineBytesMax = lineBytesMax;
  }

  /** The lines that end in this chunk. */
  push(chunk: Uint8Array): (string | RefusedLine)[] {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const lines: (string | RefusedLine)[] = [];
    const end = bytes.lastIndexOf(NEWLINE);
    if (end === -1) {
      this.#keep(bytes);
      return lines;
    }
    const start = this.#thrownBytes > 0 ? this.#endThrown(bytes, lines) : 0;
    this.#split(this.#joined(bytes.subarray(start, end + 1)), lines);
    this.#keep(bytes.subarray(end + 1));
    return lines;
  }

  /** What stands after the last newline is a line too. */
  end(): (string | RefusedLine)[] {
    return this.#rest.length + this.#thrownBytes === 0 ? [] : this.push(Buffer.of(NEWLINE));
  }

  #joined(bytes: Buffer): Buffer {
    if (this.#rest.length === 0) return bytes;
    const joined = Buffer.concat([this.#rest, bytes]);
    this.#rest = Buffer.alloc(0);
    return joined;
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    if (this.#thrownBytes > 0) {
      this.#throwAway(bytes);
    } else if (this.#rest.length + bytes.length > this.#lineBytesMax + 1) {
      this.#throwAway(this.#rest);
      this.#throwAway(bytes);
      this.#rest = Buffer.alloc(0);
    } else {
      // A copy, so that a short rest does not hold on to the whole chunk.
      this.#rest = Buffer.concat([this.#rest, bytes]);
    }
  }

  #throwAway(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#thrownBytes += bytes.length;
    this.#endsInReturn = bytes.at(-1) === RETURN;
  }

  /** Refuses the line that was thrown away; returns where the next one begins. */
  #endThrown(bytes: Buffer, lines: (string | RefusedLine)[]): number {
    const end = bytes.indexOf(NEWLINE);
    this.#throwAway(bytes.subarray(0, end));
    const length = this.#thrownBytes - (this.#endsInReturn ? 1 : 0);
    this.#line += 1;
    lines.push({ line: this.#line, reason: 'too-long', bytes: length });
    this.#thrownBytes = 0;
    return end + 1;
  }

  /** `bytes` end with a newline, or are none. */
  #split(bytes: Buffer, lines: (string | RefusedLine)[]): void {
    if (bytes.length === 0) return;
    const text = isUtf8(bytes) ? bytes.toString('utf8') : null;
    if (text === null) {
      this.#splitOneByOne(bytes, lines);
      return;
    }
    const parts = text.split('\n');
    parts.pop();
    for (const part of parts) this.#take(part, lines);
  }

  /** Some line among them is not UTF-8: the others go on. */
  #splitOneByOne(bytes: Buffer, lines: (string | RefusedLine)[]): void {
    for (let start = 0; start < bytes.length; ) {
      const end = bytes.indexOf(NEWLINE, start);
      const line = bytes.subarray(start, end);
      start = end + 1;
      if (isUtf8(line)) {
        this.#take(line.toString('utf8'), lines);
        continue;
      }
      this.#line += 1;
      const length = line.at(-1) === RETURN ? line.length - 1 : line.length;
      const reason = length > this.#lineBytesMax ? 'too-long' : 'not-utf8';
      lines.push({ line: this.#line, reason, bytes: length });
    }
  }

  #take(part: string, lines: (string | RefusedLine)[]): void {
    this.#line += 1;
    const line = part.endsWith('\r') ? part.slice(0, -1) : part;
    if (line === '') return;
    if (line.length * bytesPerUnitMax > this.#lineBytesMax) {
      const length = Buffer.byteLength(line);
      if (length > this.#lineBytesMax) {
        lines.push({ line: this.#line, reason: 'too-long', bytes: length });
        return;
      }
    }
    lines.push(line);
  }
}

/** What to tell the person whose line was refused. */
export function refusedLineText(refused: RefusedLine, lineBytesMax: number): string {
  const { line, reason, bytes } = refused;
  return reason === 'not-utf8'
    ? `line ${line} of the input is not UTF-8 and was not sent`
    : `line ${line} of the input has ${bytes} bytes, ${lineBytesMax} are allowed; it was not sent`;
}
