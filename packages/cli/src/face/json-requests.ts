// What JSON mode answers from the view: requests that change nothing.

import { sessionNamed } from '@parley/client';
import type { Client, SessionName } from '@parley/client';
import type {
  FoundMessage,
  Input,
  LineMessage,
  Output,
  PeopleMessage,
  SessionsMessage,
} from '@parley/local-api';
import { errorObject, lineObject, listedPerson, listedSession } from './json-objects.ts';
import { CLI_LIMITS } from '../limits.ts';

export type Query = Extract<Input, { type: 'sessions' | 'people' | 'search' | 'doctor' }>;

/** `current`: the session that is meant where none is named. */
export function answerOf(client: Client, query: Query, current: SessionName): Output {
  const { view } = client;
  const { re } = query;
  const asked = re === undefined ? {} : { re };
  if (query.type === 'doctor') return { type: 'diagnosis', findings: client.diagnosis(), ...asked };
  const all = view.sessions();
  if (query.type === 'sessions') {
    const sessions = all.map(listedSession);
    return { type: 'sessions', sessions, ...asked } satisfies SessionsMessage;
  }
  const { session: wanted } = query;
  if (wanted === undefined) return answerIn(client, query, { session: null, current });
  const session = sessionNamed(all, wanted)?.session;
  return session === undefined
    ? errorObject('unknown-session', `there is no session ${wanted}`, re)
    : answerIn(client, query, { session, current });
}

interface Place {
  /** Which was named; null for none. */
  readonly session: SessionName | null;
  readonly current: SessionName;
}

function answerIn(
  { view }: Client,
  query: Extract<Query, { type: 'people' | 'search' }>,
  { session, current }: Place,
): PeopleMessage | FoundMessage {
  const asked = query.re === undefined ? {} : { re: query.re };
  if (query.type === 'people') {
    const people = view.people(session ?? current).slice(0, CLI_LIMITS.listedPeopleMax);
    const listed = people.map(listedPerson);
    return { type: 'people', session: session ?? current, people: listed, ...asked };
  }
  const { query: words, limit = CLI_LIMITS.searchLinesUsual } = query;
  const linesMax = Math.min(limit, CLI_LIMITS.searchLinesMax);
  const hits = view.search(words, session, linesMax + 1);
  const lines = withinSize(hits.slice(0, linesMax).map(lineObject));
  return { type: 'found', lines: lines.toReversed(), more: hits.length > lines.length, ...asked };
}

/** The first, which are the newest, as far as one object may hold them. */
function withinSize(lines: readonly LineMessage[]): readonly LineMessage[] {
  let left: number = CLI_LIMITS.foundCharactersMax;
  const end = lines.findIndex(({ text }) => {
    left -= text.length;
    return left < 0;
  });
  return end === -1 ? lines : lines.slice(0, end);
}
