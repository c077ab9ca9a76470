// What a person is told after their face has gone.

import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@parley/client';
import type { Ending } from './ending.ts';
import { unsaidNotice } from './face/notice-text.ts';
import type { FlushedSink } from './io/output.ts';
import { CLI_LIMITS } from './limits.ts';

export interface Closing {
  readonly client: Pick<Client, 'unsaidLines'>;
  readonly close: () => Promise<void>;
}

export interface Hearer {
  readonly ending: Pick<Ending, 'restore'>;
  readonly err: FlushedSink;
}

/** Closes the peer, and says what is lost by that, whatever the face was; before all is closed where that takes long. */
export async function closeTelling(peer: Closing, { ending, err }: Hearer): Promise<void> {
  const closed = peer.close();
  await Promise.race([closed, pause(CLI_LIMITS.unsaidMsMax)]);
  const notice = unsaidNotice(peer.client.unsaidLines);
  if (notice !== null) {
    ending.restore();
    err.write(`-- ${notice.text}\n`);
    await err.flush();
  }
  await closed;
}
