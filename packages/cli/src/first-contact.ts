// Waits for those one dials before the input is read: what a pipe brings then comes to them live, in its order.

import { readAddress } from '@parley/client';
import type { Client } from '@parley/client';
import { CLI_LIMITS } from './limits.ts';

/**
 * Resolves when each address has been reached, and its peer is in the lobby with us, or has failed once; or after
 * firstContactMsMax.
 * `isOver` says that it does not matter any more.
 */
export async function firstContact(
  { view }: Pick<Client, 'view'>,
  connect: readonly string[],
  isOver: () => boolean,
): Promise<void> {
  const addresses = new Set(connect.map((text) => keyOf(text)));
  const isPending = (): boolean =>
    view.connections().length > view.status('lobby').peers ||
    view.attempts().some(({ address, failures }) => failures === 0 && addresses.has(address));
  const { firstContactMsMax: msMax, firstContactLookMs: lookMs } = CLI_LIMITS;
  for (let waitedMs = 0; addresses.size > 0 && waitedMs < msMax; waitedMs += lookMs) {
    // Even the first look comes after a pause: the client takes up its addresses a turn after it has started.
    await pause(lookMs);
    if (isOver() || !isPending()) return;
  }
}

function keyOf(text: string): string {
  const address = readAddress(text);
  return address.ok ? address.value : text;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
