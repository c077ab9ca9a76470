// Which session someone means, by what a running parley lists.

import { findSession, sessionMissText } from '@parley/client';
import type { ListedSession, LocalClient } from '@parley/local-api';
import { failed } from '../failure.ts';

/** By number, name or people. Throws Failure that names the candidates. */
export async function sessionMeant(parley: LocalClient, wanted: string): Promise<ListedSession> {
  const all = await parley.sessions();
  const match = findSession(all, wanted);
  if (match.kind !== 'found') throw failed(sessionMissText(match, all, wanted));
  return match.summary;
}
