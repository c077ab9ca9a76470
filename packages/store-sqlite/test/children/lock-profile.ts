// Locks the profile it is given, says how that went, and keeps the lock until its standard input
// ends.

import { StoreError } from '@parley/core';
import { lockProfile } from '../../src/lock.ts';

const [directory = ''] = process.argv.slice(2);
try {
  const lock = lockProfile(directory);
  console.log(JSON.stringify({ held: process.pid }));
  process.stdin.resume().once('end', () => lock.release());
} catch (error) {
  if (!(error instanceof StoreError)) throw error;
  const { code, pid, message } = error;
  console.log(JSON.stringify({ code, pid, message }));
}
