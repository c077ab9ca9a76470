// `parley log`: what the store holds, in the order on screen; with --follow then what arrives, in the order of arrival.

import { setTimeout as pause } from 'node:timers/promises';
import { findSession, sessionMissText } from '@parley/client';
import type { ShownLine, View } from '@parley/client';
import type { Context } from './context.ts';
import { historyPages } from './face/history-pages.ts';
import { jsonLine, lineObject } from './face/json-objects.ts';
import { lineFormat } from './face/line-text.ts';
import { failed } from './failure.ts';
import { screenOf } from './io/screen.ts';
import { readProfile } from './profile/read.ts';
import type { ReadProfile } from './profile/read.ts';
import { storedView } from './profile/stored-view.ts';
import type { LogOptions } from './usage/invocation.ts';
import { CLI_LIMITS } from './limits.ts';

/** Resolves when all is written; with --follow, when nobody reads any more. */
export async function log(asked: LogOptions, context: Context): Promise<void> {
  const profile = await readProfile(asked.home, context);
  const view = storedView(profile);
  const known = view.sessions();
  const match = findSession(known, asked.session);
  if (match.kind !== 'found') throw failed(sessionMissText(match, known, asked.session));
  const options = { ...asked, session: match.summary.session };
  const write = writer(options, context);
  const after = profile.store.lastArrival();
  /** Lines that arrived while the older ones were printed, and are printed. */
  const printed = new Set<string>();
  for await (const lines of chosenLines(view, options)) {
    for (const line of lines) if (line.arrival > after) printed.add(line.id);
    await write(lines);
    if (context.out.closed) return;
  }
  if (options.follow) await follow(profile, { options, write, after, printed }, context);
}

type Write = (lines: readonly ShownLine[]) => Promise<void>;

function writer(options: LogOptions, { env, stdout, out }: Context): Write {
  const screen = screenOf(env, stdout.isTTY, options.color);
  const format = options.json
    ? (line: ShownLine): string => jsonLine(lineObject(line))
    : lineFormat({ screen, time: 'date' });
  return async (lines) => {
    await out.ready();
    out.write(lines.map(format).join(''));
  };
}

async function* chosenLines(
  view: View,
  { session, sinceMs, untilMs, limit }: LogOptions,
): AsyncGenerator<readonly ShownLine[]> {
  const until = untilMs === null ? {} : { untilMs };
  if (limit !== null && sinceMs === null) {
    yield view.history(session, { linesMax: limit, ...until });
    return;
  }
  let last: ShownLine[] = [];
  for (const lines of historyPages(view, session, { sinceMs: sinceMs ?? 0, ...until })) {
    if (limit === null) yield lines;
    else last = limit === 0 ? [] : [...last, ...lines].slice(-limit);
  }
  yield last;
}

interface Following {
  readonly options: LogOptions;
  readonly write: Write;
  readonly after: number;
  readonly printed: ReadonlySet<string>;
}

async function follow(
  profile: ReadProfile,
  { options, write, after, printed }: Following,
  { out, ending }: Context,
): Promise<void> {
  let reached = after;
  while (!out.closed && !ending.begun) {
    if (profile.store.lastArrival() === reached) {
      await pause(CLI_LIMITS.followIntervalMs);
      continue;
    }
    // Made anew, because it knows only the names that the store had when it was made.
    const page = storedView(profile).linesAfter(reached, CLI_LIMITS.logPageLines);
    reached = page.through;
    const fresh = page.lines.filter(
      (line) => line.session === options.session && !printed.has(line.id),
    );
    await write(fresh);
  }
}
