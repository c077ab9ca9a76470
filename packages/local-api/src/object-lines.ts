// From bytes to the objects in them, one a line, each within the limit.

import { LOCAL_LIMITS } from './limits.ts';

export class ObjectLines {
  #pieces: Buffer[] = [];
  #bytes = 0;

  /** The objects that end in this chunk. Throws for what is no object, or too long: whoever writes it is no parley. */
  push(chunk: Uint8Array): object[] {
    const objects: object[] = [];
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, start)) {
      this.#keep(chunk.subarray(start, end));
      objects.push(parsed(Buffer.concat(this.#pieces).toString('utf8')));
      this.#pieces = [];
      this.#bytes = 0;
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
    return objects;
  }

  #keep(piece: Uint8Array): void {
    this.#bytes += piece.length;
    if (this.#bytes > LOCAL_LIMITS.outputBytesMax) throw new Error('an object is too long');
    if (piece.length > 0) this.#pieces.push(Buffer.from(piece));
  }
}

function parsed(line: string): object {
  const value: unknown = JSON.parse(line);
  if (typeof value !== 'object' || value === null) throw new Error('that is no object');
  return value;
}
