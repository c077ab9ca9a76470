// Commits entries until it is killed, and writes the id of each once its commit has returned.

import fs from 'node:fs';
import { TestChain, newConversation } from '@parley/testkit';
import { openStore } from '../../src/open.ts';

const [file = '', round = '0'] = process.argv.slice(2);
const store = openStore({ path: file });
// Names are counted from one in each process: these were given in the rounds before.
for (let given = 0; given < 10 * Number(round); given += 1) newConversation();
const chain = new TestChain(newConversation());
for (let from = 0; ; from = chain.entries.length) {
  const batch = 1 + (from % 7);
  for (let said = 0; said < batch; said += 1) chain.say([`quick ${from} ${said}`]);
  store.commit([chain.write(from)]);
  const ids = chain.entries.slice(from).map(({ id }) => id);
  fs.writeSync(1, `${ids.join('\n')}\n`);
  if (from % 50 === 0) store.indexSome(100);
}
