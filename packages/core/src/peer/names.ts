// What people are called in each conversation, and when that is news.

import type { IdentityKey } from '../brand.ts';
import type { Hlc } from '../log/entry.ts';
import { compareHlc } from '../log/hlc.ts';
import type { Conversation, PeerState } from './state.ts';
import type { Turn } from './step-types.ts';

/** Keeps the latest name of an identity; tells when it is another than before, once for all conversations. */
export function noteName(
  turn: Turn,
  conversation: Conversation,
  identity: IdentityKey,
  dated: { readonly name: string; readonly hlc: Hlc },
): void {
  const known = conversation.names.get(identity);
  if (known !== undefined && compareHlc(dated.hlc, known.hlc) < 0) return;
  const isNews =
    known !== undefined &&
    known.name !== dated.name &&
    !isNamedSince(turn.state, known.hlc, { identity, name: dated.name });
  conversation.names.set(identity, dated);
  if (!isNews) return;
  turn.out.push({
    kind: 'tell',
    event: { kind: 'renamed', identity, from: known.name, to: dated.name },
  });
}

/** Whether some conversation has heard of this name after that moment. */
function isNamedSince(
  { conversations }: PeerState,
  since: Hlc,
  { identity, name }: { readonly identity: IdentityKey; readonly name: string },
): boolean {
  return [...conversations.values()].some(({ names }) => {
    const heard = names.get(identity);
    return heard?.name === name && compareHlc(heard.hlc, since) > 0;
  });
}
