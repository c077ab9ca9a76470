// The opener's half of opening a link: the stream is ours once the other side has accepted it.

import type { Stream, StreamMessageEvent } from '@libp2p/interface';
import { ACCEPTED, hasEnded } from './link.ts';

/** The peer closed the stream instead of accepting it. */
class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/** Returns the bytes that came with the acceptance. Throws RefusedError, or the reason of the signal. */
export function handshakeAccepted(stream: Stream, signal: AbortSignal): Promise<Uint8Array> {
  return new Promise<Uint8Array>((resolve, reject) => {
    const settle = (act: () => void): void => {
      stream.removeEventListener('message', onMessage);
      stream.removeEventListener('close', onEnd);
      stream.removeEventListener('remoteCloseWrite', onEnd);
      signal.removeEventListener('abort', onAbort);
      act();
    };
    const give = (error: Error): void => {
      settle(() => {
        stream.abort(error);
        reject(error);
      });
    };
    const onMessage = (event: StreamMessageEvent): void => {
      const bytes = event.data.subarray();
      if (bytes[0] === ACCEPTED) settle(() => resolve(bytes.subarray(1)));
      else give(new Error('the peer does not speak this protocol'));
    };
    const onEnd = (): void => give(new RefusedError('the peer refused the link'));
    const onAbort = (): void => give(signal.reason as Error);
    stream.addEventListener('message', onMessage);
    stream.addEventListener('close', onEnd);
    stream.addEventListener('remoteCloseWrite', onEnd);
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
    else if (hasEnded(stream)) onEnd();
  });
}
