// What JSON mode answers from the view: requests that change nothing.

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
  const place = query.type === 'sessions' ? undefined : query.session;
  const isKnown = place === undefined || view.sessions().some(({ session }) => session === place);
  if (!isKnown) return errorObject('unknown-session', `there is no session ${place}`, re);
  switch (query.type) {
    case 'sessions': {
      const sessions = view.sessions().map(listedSession);
      return { type: 'sessions', sessions, ...asked } satisfies SessionsMessage;
    }
    case 'people': {
      const session = place ?? current;
      const people = view.people(session).slice(0, CLI_LIMITS.listedPeopleMax).map(listedPerson);
      return { type: 'people', session, people, ...asked } satisfies PeopleMessage;
    }
    case 'search': {
      const { query: words, limit = CLI_LIMITS.searchLinesUsual } = query;
      const linesMax = Math.min(limit, CLI_LIMITS.searchLinesMax);
      const hits = view.search(words, place ?? null, linesMax + 1);
      const lines = withinSize(hits.slice(0, linesMax).map(lineObject));
      const more = hits.length > lines.length;
      return { type: 'found', lines: lines.toReversed(), more, ...asked } satisfies FoundMessage;
    }
  }
  return query satisfies never;
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
