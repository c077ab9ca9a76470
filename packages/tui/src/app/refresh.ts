// What the state holds of the view, read anew.

import { counted } from '@parley/client';
import type { Attempt, ShownLine, View } from '@parley/client';
import { mentions } from '../model/mention.ts';
import { arrived } from '../model/scrollback.ts';
import { withScrollback } from '../model/state.ts';
import type { State } from '../model/state.ts';

type Readable = Pick<View, 'self' | 'sessions' | 'people' | 'connections' | 'attempts'>;

export function refreshed(state: State, view: Readable): State {
  return {
    ...state,
    sessions: view.sessions(),
    people: view.people(state.current),
    ownName: view.self.name,
    connection: connectionText(view),
  };
}

/** "connected to 3 peers", or why to nobody. */
function connectionText(view: Readable): string {
  const connections = view.connections().length;
  if (connections > 0) return `connected to ${counted(connections, 'peer')}`;
  const attempts = view.attempts();
  const [first] = attempts;
  if (first === undefined) return 'alone; \\connect ADDRESS dials someone';
  const more = attempts.length > 1 ? ` and ${attempts.length - 1} more` : '';
  return `dialling ${first.address}${more}${whyText(first)}`;
}

function whyText({ lastError }: Attempt): string {
  return lastError === null ? '' : `: ${lastError}`;
}

/** With lines that arrived, each in its session. */
export function withArrived(state: State, lines: readonly ShownLine[]): State {
  const bySession = Map.groupBy(lines, ({ session }) => session);
  let next = state;
  for (const [session, some] of bySession) {
    const back = state.scrollbacks.get(session);
    // What nobody has looked at yet is read when somebody does.
    if (back !== undefined) next = withScrollback(next, session, arrived(back, some));
    next = withMentions(next, session, some);
  }
  return next;
}

function withMentions(state: State, session: string, lines: readonly ShownLine[]): State {
  if (session === state.current && state.focused) return state;
  const isMentioned = lines.some(({ own, text }) => !own && mentions(text, state.ownName));
  if (!isMentioned || state.mentions.has(session)) return state;
  return { ...state, mentions: new Set(state.mentions).add(session) };
}
