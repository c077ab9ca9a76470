// What was typed in each session, kept in the profile.

import type { Client, SessionName } from '@parley/client';
import { TUI_LIMITS } from '../limits.ts';

export function recalledHistory(client: Client, session: SessionName): readonly string[] {
  const kept = client.recall(keyOf(session));
  if (kept === null) return [];
  const entries = parsed(kept);
  if (!Array.isArray(entries)) return [];
  return entries.filter((entry) => typeof entry === 'string').slice(-TUI_LIMITS.historyEntries);
}

/** Null for what is no JSON: a history is not worth failing for. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** A command with what may be an invite. */
const INVITE = /parley:|^[\\/](?:join|connect)\s+\S{65}/iu;

/** As many of the newest as have room, and no invites. */
export function keepHistory(
  client: Client,
  session: SessionName,
  history: readonly string[],
): void {
  const kept: string[] = [];
  let left: number = TUI_LIMITS.historyCharacters;
  for (const entry of history.toReversed()) {
    // An invite is the key of a room, which may be left one day.
    if (INVITE.test(entry)) continue;
    left -= entry.length;
    if (left < 0) break;
    kept.unshift(entry);
  }
  client.keep(keyOf(session), JSON.stringify(kept));
}

export function forgetHistory(client: Client, session: SessionName): void {
  client.keep(keyOf(session), '');
}

function keyOf(session: SessionName): string {
  return `history/${session}`;
}
