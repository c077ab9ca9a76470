// The first line of a connection, which says what the rest is.

import type { Readable } from 'node:stream';

const NEWLINE = 0x0a;

/**
 * Takes the first line without its end from the stream, and nothing behind it; null where the stream ends before.
 * Of a longer line than bytesMax what came of it.
 */
export async function takeFirstLine(stream: Readable, bytesMax: number): Promise<Buffer | null> {
  let taken = Buffer.alloc(0);
  for (;;) {
    const chunk = stream.read() as Buffer | null;
    if (chunk === null) {
      if (!(await hasMore(stream))) return null;
      continue;
    }
    taken = Buffer.concat([taken, chunk]);
    const end = taken.indexOf(NEWLINE);
    if (end !== -1) {
      stream.unshift(taken.subarray(end + 1));
      return taken.subarray(0, end);
    }
    if (taken.length > bytesMax) return taken;
  }
}

function hasMore(stream: Readable): Promise<boolean> {
  if (stream.readableEnded || stream.destroyed) return Promise.resolve(false);
  return new Promise((resolve) => {
    const told = (more: boolean) => (): void => {
      for (const [event, listener] of listeners) stream.off(event, listener);
      resolve(more);
    };
    const listeners: readonly (readonly [string, () => void])[] = [
      ['readable', told(true)],
      ['end', told(false)],
      ['close', told(false)],
    ];
    for (const [event, listener] of listeners) stream.once(event, listener);
  });
}
