// How the store contract gets a store, and gets rid of it.

import { onTestFinished } from 'vitest';
import type { Store } from '@parley/core';

export interface StoreUnderTest {
  readonly store: Store;
  /** Closes the store that is open and opens another on what it left. */
  readonly reopen: () => Promise<Store>;
  readonly dispose: () => Promise<void>;
}

/** Makes an empty store. */
export type MakeStore = () => Promise<StoreUnderTest>;

/** Makes the same claims of the open store, and again once it has been closed and opened. */
export async function claimTwice(
  { store, reopen }: StoreUnderTest,
  claim: (store: Store) => void,
): Promise<void> {
  claim(store);
  claim(await reopen());
}

/** A store for the test that is running, disposed of when that has ended. */
export async function storeForTest(make: MakeStore): Promise<StoreUnderTest> {
  const made = await make();
  onTestFinished(() => made.dispose());
  return made;
}
