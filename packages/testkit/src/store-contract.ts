// What every Store must do, as a suite that each adapter runs against itself.

import { describe } from 'vitest';
import { commitClaims } from './store-contract-commits.ts';
import { dropClaims } from './store-contract-drop.ts';
import { orderClaims } from './store-contract-order.ts';
import { parkingClaims } from './store-contract-parking.ts';
import { pruneClaims } from './store-contract-prune.ts';
import { recordClaims } from './store-contract-records.ts';
import { runClaims } from './store-contract-runs.ts';
import { sealingClaims } from './store-contract-sealing.ts';
import { searchClaims } from './store-contract-search.ts';
import { valueClaims } from './store-contract-values.ts';
import type { MakeStore } from './store-under-test.ts';

/** Calls of vitest's describe and test: to be called at the top of a test file. */
export function storeContract(name: string, make: MakeStore): void {
  describe(`${name} is a Store`, () => {
    commitClaims(make);
    recordClaims(make);
    orderClaims(make);
    parkingClaims(make);
    runClaims(make);
    searchClaims(make);
    sealingClaims(make);
    dropClaims(make);
    pruneClaims(make);
    valueClaims(make);
  });
}
