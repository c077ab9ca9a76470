// `parley search`: lines that have all words, the newest last.

import { existsSync } from 'node:fs';
import type { LineMessage, ListedSession } from '@parley/local-api';
import type { Context } from './context.ts';
import { jsonLine } from './face/json-objects.ts';
import { lineFormat } from './face/line-text.ts';
import type { PrintedLine } from './face/line-text.ts';
import { failed, usageFailure } from './failure.ts';
import { screenOf } from './io/screen.ts';
import { quietPeer, reach } from './local/reach.ts';
import { sessionMeant } from './local/session.ts';
import { profileDirectory, profileFiles } from './profile/home.ts';
import type { SearchOptions } from './usage/invocation.ts';

export async function search(options: SearchOptions, context: Context): Promise<void> {
  const { home, query, session: wanted, limit, logLevel } = options;
  if (query.trim() === '') throw usageFailure('there is no word to search for');
  const { keys, directory } = profileFiles(await profileDirectory(home, context.env));
  // Looking for something makes no profile.
  if (!existsSync(keys))
    throw failed(`there is no profile in ${directory}: run parley once, or give --home`);
  const { parley } = await reach(quietPeer(home, logLevel), true, context);
  const place = wanted === null ? {} : { session: (await sessionMeant(parley, wanted)).session };
  const count = limit === null ? {} : { limit };
  const { lines, more } = await parley.search(query, { ...place, ...count });
  const sessions = await parley.sessions();
  await parley.close();
  const { env, stdout, out, err } = context;
  if (options.json) {
    out.write(lines.map(jsonLine).join(''));
    return;
  }
  const screen = screenOf(env, stdout.isTTY, options.color);
  const format = lineFormat({ screen, time: 'date' });
  out.write(lines.map((line) => format(printed(line, sessions))).join(''));
  if (lines.length === 0) err.write(`-- nothing found of: ${query}\n`);
  else if (more) err.write(`-- the newest ${lines.length}; --limit N finds more\n`);
}

function printed(line: LineMessage, sessions: readonly ListedSession[]): PrintedLine {
  const listed = sessions.find(({ session }) => session === line.session);
  const forkedBy = listed?.kind === 'private' ? (listed.initiator ? 'us' : 'them') : null;
  const from = { ...line.from, label: line.from.name } as PrintedLine['from'];
  return { ...line, from, forkedBy, timeMs: Date.parse(line.time) };
}
