// Frames on a stream: four bytes of length, big-endian, then so many bytes.

const HEADER_BYTES = 4;

/**
 * In place of a length, where a link moves from one stream to another. 'moved' ends the old stream; 'ready' says on the
 * new one that the old one was read to that end, so that frames may come here.
 */
export type Mark = 'moved' | 'ready';

const marks: ReadonlyMap<number, Mark> = new Map([
  [0xff_ff_ff_ff, 'moved'],
  [0xff_ff_ff_fe, 'ready'],
]);

export function encodeMark(mark: Mark): Uint8Array {
  return Uint8Array.of(0xff, 0xff, 0xff, mark === 'moved' ? 0xff : 0xfe);
}

/** How many bytes a frame takes on the wire. */
export function wireBytes(frame: Uint8Array): number {
  return HEADER_BYTES + frame.byteLength;
}

/** The frames one after the other, each behind its length. */
export function encodeFrames(frames: readonly Uint8Array[], bytes: number): Uint8Array {
  const out = Buffer.allocUnsafe(bytes);
  let offset = 0;
  for (const frame of frames) {
    out.writeUInt32BE(frame.byteLength, offset);
    out.set(frame, offset + HEADER_BYTES);
    offset += HEADER_BYTES + frame.byteLength;
  }
  return out;
}

/** Cuts a stream of bytes into frames; each frame it hands out is a copy that pins no larger buffer. */
export class FrameDecoder {
  readonly #frameBytesMax: number;
  readonly #onFrame: (frame: Uint8Array) => void;
  readonly #onMark: (mark: Mark) => void;
  #length = 0;
  #lengthBytes = 0;
  #body: Uint8Array | null = null;
  #bodyBytes = 0;

  constructor(
    frameBytesMax: number,
    onFrame: (frame: Uint8Array) => void,
    onMark: (mark: Mark) => void = () => undefined,
  ) {
    this.#frameBytesMax = frameBytesMax;
    this.#onFrame = onFrame;
    this.#onMark = onMark;
  }

  /** False once a length exceeds the limit: the stream is of no use any more. */
  push(chunk: Uint8Array): boolean {
    let offset = 0;
    while (offset < chunk.byteLength) {
      if (this.#body !== null) {
        offset = this.#fillBody(this.#body, chunk, offset);
        continue;
      }
      this.#length = ((this.#length << 8) | (chunk[offset] ?? 0)) >>> 0;
      offset += 1;
      this.#lengthBytes += 1;
      if (this.#lengthBytes < HEADER_BYTES) continue;
      const length = this.#length;
      this.#length = 0;
      this.#lengthBytes = 0;
      const mark = marks.get(length);
      if (mark !== undefined) this.#onMark(mark);
      else if (length > this.#frameBytesMax) return false;
      else this.#openBody(length);
    }
    return true;
  }

  #openBody(length: number): void {
    const body = new Uint8Array(length);
    this.#bodyBytes = 0;
    if (body.byteLength === 0) this.#onFrame(body);
    else this.#body = body;
  }

  #fillBody(body: Uint8Array, chunk: Uint8Array, offset: number): number {
    const end = Math.min(chunk.byteLength, offset + body.byteLength - this.#bodyBytes);
    body.set(chunk.subarray(offset, end), this.#bodyBytes);
    this.#bodyBytes += end - offset;
    if (this.#bodyBytes === body.byteLength) {
      this.#body = null;
      this.#onFrame(body);
    }
    return end;
  }
}
