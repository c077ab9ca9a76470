// Fills the small disk it is given, closes and opens the store on it, and says what it saw.

import fs from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { StoreError } from '@parley/core';
import { TestChain, newConversation } from '@parley/testkit';
import { openStore } from '../../src/open.ts';
import { dump } from '../dump.ts';

const [directory = ''] = process.argv.slice(2);
const file = path.join(directory, 'parley.db');
const ballast = path.join(directory, 'ballast');
const text = 'x'.repeat(2_000);

/** The code of the StoreError that it throws, or null. */
function codeOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof StoreError) return error.code;
    throw error;
  }
}

fs.writeFileSync(ballast, new Uint8Array(8 * 1_048_576));
const store = openStore({ path: file });
const chain = new TestChain(newConversation());
let code: string | null = null;
while (code === null) {
  const from = chain.entries.length;
  for (let said = 0; said < 10; said += 1) chain.say([text]);
  code = codeOf(() => store.commit([chain.write(from)]));
  if (code !== null) chain.entries.splice(from);
}
const refusedToo = codeOf(() => store.commit([{ kind: 'meta', key: 'a', value: 'b' }]));
const reserveWhileFull = fs.existsSync(`${file}.reserve`);
// The search would want to index what is not indexed yet.
const contentOf = (of: typeof store): unknown =>
  of.arrivals(0, 99_999).map(({ entry }) => entry.id);
const committed = chain.entries.map(({ id }) => id);
await store.close();

// No byte is left, whatever closing gave back.
const rest = fs.openSync(path.join(directory, 'rest'), 'w');
try {
  for (;;) fs.writeSync(rest, new Uint8Array(4_096));
} catch {
  fs.closeSync(rest);
}
const full = openStore({ path: file });
const sameWhileFull = isDeepStrictEqual(contentOf(full), committed);
const refusedAfterOpening = codeOf(() => full.commit([{ kind: 'meta', key: 'a', value: 'b' }]));
await full.close();

fs.rmSync(ballast);
fs.rmSync(path.join(directory, 'rest'));
const roomy = openStore({ path: file });
const sameWithRoom = isDeepStrictEqual(contentOf(roomy), committed);
chain.say(['room']);
const committedWithRoom = roomy.commit([chain.write(committed.length)]) === 1;
dump(roomy);
await roomy.close();
const reserveWithRoom = fs.existsSync(`${file}.reserve`);
console.log(
  JSON.stringify({
    code,
    refusedToo,
    reserveWhileFull,
    closed: true,
    openedWhileFull: true,
    sameWhileFull,
    refusedAfterOpening,
    sameWithRoom,
    committedWithRoom,
    reserveWithRoom,
  }),
);
