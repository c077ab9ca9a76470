// The store on SQLite keeps the contract of stores.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { storeContract } from '@parley/testkit';
import { openStore } from '../src/open.ts';

storeContract('the store on SQLite', async () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'parley-store-'));
  const file = path.join(directory, 'parley.db');
  let open = openStore({ path: file });
  return {
    store: open,
    reopen: async () => {
      await open.close();
      open = openStore({ path: file });
      return open;
    },
    dispose: async () => {
      await open.close();
      fs.rmSync(directory, { recursive: true });
    },
  };
});
