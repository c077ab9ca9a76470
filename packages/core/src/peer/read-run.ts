// What a verified run says to those who are in its conversation: in a secret room it is decrypted first (spec/rooms.md §3).

import type { Suite } from '../crypto/suite.ts';
import type { Line } from '../log/entry.ts';
import { decodeLines } from '../log/line.ts';
import type { LineReason } from '../log/line.ts';
import type { VerifiedRun } from '../log/run.ts';
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import { ROOM_KEY_ID, openPayload } from '../room/sealed.ts';
import { secretOf } from './conversation.ts';
import type { Conversation } from './state.ts';

export type ReadReason = 'no-payload' | 'not-sealed' | 'other-key' | 'not-opened' | LineReason;

/** A run, or a part of one, and what it says. */
export interface Part extends Pick<VerifiedRun, 'entries' | 'lines'> {
  /** Of a secret room: the plain payload of each entry. Null elsewhere. */
  readonly opened: readonly Uint8Array[] | null;
}

export type ReadRun = VerifiedRun & Part;

/**
 * No honest peer has or passes on what is refused here. A payload that was left out would count as held and never be
 * seen, so it is no answer to any question.
 */
export function readRun(
  suite: Suite,
  conversation: Conversation,
  run: VerifiedRun,
): Result<ReadRun, ReadReason> {
  if (run.entries.some(({ payload }) => payload === null)) return fail('no-payload');
  const secret = secretOf(conversation);
  if (secret === null) return ok({ ...run, opened: null });
  const opened: Uint8Array[] = [];
  const lines: (readonly Line[])[] = [];
  for (const { header, payload } of run.entries) {
    if (header.keyId === null) return fail('not-sealed');
    if (header.keyId !== ROOM_KEY_ID) return fail('other-key');
    const plain = payload === null ? null : openPayload(suite, secret, header, payload);
    if (plain === null) return fail('not-opened');
    const said = decodeLines(plain, header.lineCount);
    if (!said.ok) return said;
    opened.push(plain);
    lines.push(said.value);
  }
  return ok({ ...run, opened, lines });
}
