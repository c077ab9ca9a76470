// Starting a peer, up to where it is known how others reach it.

import type { Client } from '@parley/client';

/** Throws NetworkError or StoreError. */
export async function startListening(client: Client): Promise<void> {
  const listening = new Promise<void>((resolve) => {
    const forget = client.onChange((change) => {
      if (change.kind !== 'listening') return;
      forget();
      resolve();
    });
  });
  await client.start();
  await listening;
}
