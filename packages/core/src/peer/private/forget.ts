// Keys that nobody here needs any more are erased: those of groups given up, and all of a session that was left.

import type { Write } from '../../ports.ts';
import { ownWrite, readerWrite } from '../../session/memory.ts';
import { groupValueKey, readerValueKey } from '../../session/names.ts';
import type { Session } from '../../session/state.ts';

/** We read nobody any more. How far we did is known still, so that nothing is shown twice to who comes back. */
export function forgetReaders({ id, readers }: Session): readonly Write[] {
  const writes: Write[] = [];
  for (const reader of readers.values()) {
    reader.isIn = false;
    reader.waits = null;
    reader.members = new Set();
    writes.push({ kind: 'value', key: readerValueKey(id, reader.chain), value: null });
    writes.push(readerWrite(id, reader));
  }
  return writes;
}

/** Our group is given up. */
export function forgetOwn(session: Session): readonly Write[] {
  const { id, own } = session;
  session.own = null;
  const forgotten = ownWrite(session);
  if (own === null) return [forgotten];
  return [{ kind: 'value', key: groupValueKey(id, own.chain), value: null }, forgotten];
}
