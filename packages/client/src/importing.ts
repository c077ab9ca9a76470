// Entries of an export: verified here, placed by the peer, and counted.

import type { ChainKey, ChainRecord, Result, Suite } from '@parley/core';
import { fail, ok, verifyRun } from '@parley/core';
import type { Loop } from './loop.ts';

/** Returns how many entries are new; the reason is for a person. */
export function importRun(suite: Suite, loop: Loop, bytes: Uint8Array): Result<number, string> {
  const { conversations } = loop.state;
  // Which conversation it is for stands under the signature, so a chain's certificate is looked up in all.
  const recordOf = (chain: ChainKey): ChainRecord | undefined => {
    for (const { table } of conversations.values()) {
      const record = table.get(chain);
      if (record !== undefined) return record;
    }
    return undefined;
  };
  const run = verifyRun(suite, bytes, (chain) => recordOf(chain)?.certificate ?? null);
  if (!run.ok) return fail(`it is no signed run of entries: ${run.reason}`);
  const { conversation: id, chain, from, to } = run.value;
  const conversation = conversations.get(id);
  if (conversation === undefined)
    return fail('this profile is not in the room it is from: join it first');
  if (conversation.kind !== 'lobby' && conversation.kind !== 'room')
    return fail('it is from no room');
  const heldBefore = heldOf(conversation.table.get(chain));
  loop.push({ kind: 'import', conversation: id, run: run.value });
  loop.flush();
  const record = conversation.table.get(chain);
  const held = heldOf(record);
  if (record !== undefined && record.floor <= from && record.length >= to)
    return ok(held - heldBefore);
  return fail('it does not fit to what is held of that chain');
}

function heldOf(record: ChainRecord | undefined): number {
  return record === undefined ? 0 : record.length - record.floor;
}
