// The room that every peer starts in (spec/log.md §1).

import type { ConversationId } from '../brand.ts';
import { encodeUtf8 } from '../bytes/utf8.ts';
import type { Suite } from '../crypto/suite.ts';
import { TAGS, taggedHashHex } from '../crypto/tagged.ts';

/** SHA-256("parley/room/1\0" ‖ "lobby"): the same for everyone, with no secret in it. */
export function lobbyId(suite: Suite): ConversationId {
  return taggedHashHex(suite, TAGS.room, encodeUtf8('lobby')) as ConversationId;
}
