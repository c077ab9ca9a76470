// Rooms: what names one, and the conversation that it is (spec/rooms.md §1).

import type { ConversationId } from '../brand.ts';
import { encodeUtf8, utf8Length } from '../bytes/utf8.ts';
import type { Suite } from '../crypto/suite.ts';
import { TAGS, taggedHashHex } from '../crypto/tagged.ts';
import { isSingleScript } from '../identity/scripts.ts';
import { LIMITS } from '../limits.ts';
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';

/** All that it takes to be in a room. A name is in the form that `checkRoomName` gives. */
export type RoomKey =
  | { readonly kind: 'open'; readonly name: string }
  /** 32 bytes that were drawn for it; the name is a label that travels with them. */
  | { readonly kind: 'secret'; readonly name: string; readonly secret: Uint8Array };

/** A room that we are in. */
export interface Room {
  readonly key: RoomKey;
  /** In the list of sessions; 0 for the lobby. */
  readonly number: number;
  /** By the wall clock. */
  readonly joinedMs: number;
}

/** The room that everyone starts in, unless they were given another. */
export const LOBBY: RoomKey = { kind: 'open', name: 'lobby' };

export type RoomNameReason =
  | 'empty'
  | 'too-long'
  | 'bad-character'
  | 'only-digits'
  | 'mixed-scripts';

/** An open room is found by its name, a secret one by its secret alone. */
export function roomId(suite: Suite, key: RoomKey): ConversationId {
  const hash =
    key.kind === 'open'
      ? taggedHashHex(suite, TAGS.room, encodeUtf8(key.name))
      : taggedHashHex(suite, TAGS.secretRoom, key.secret);
  return hash as ConversationId;
}

export function lobbyId(suite: Suite): ConversationId {
  return roomId(suite, LOBBY);
}

/** The name in its one form (NFC, lower case), or why it cannot be one; without the # that people write before it. */
export function checkRoomName(text: string): Result<string, RoomNameReason> {
  if (text.length > LIMITS.roomNameBytesMax) return fail('too-long');
  const name = text.normalize('NFC').toLowerCase().normalize('NFC');
  if (name === '') return fail('empty');
  if (utf8Length(name) > LIMITS.roomNameBytesMax) return fail('too-long');
  if (!ALLOWED.test(name) || INVISIBLE.test(name)) return fail('bad-character');
  // A number is how a private session is named.
  if (/^\p{N}+$/u.test(name)) return fail('only-digits');
  return isSingleScript(name) ? ok(name) : fail('mixed-scripts');
}

/** One sentence for the person who typed the name. */
export function roomNameReasonText(reason: RoomNameReason): string {
  return texts[reason];
}

/** Accents follow letters. */
const ALLOWED = /^[\p{L}\p{N}_.-][\p{L}\p{M}\p{N}_.-]*$/u;
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;

const texts: Readonly<Record<RoomNameReason, string>> = {
  empty: "a room's name needs at least one character",
  'too-long': `a room's name has at most ${LIMITS.roomNameBytesMax} bytes`,
  'bad-character': "a room's name has letters, digits, -, _ and . in it, and nothing else",
  'only-digits': "a room's name is not a number: those are private sessions",
  'mixed-scripts': "the letters of a room's name are all of one script",
};
