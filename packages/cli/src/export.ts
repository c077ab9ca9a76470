// `parley export`: all that was said, as signed entries for a machine or as text for people.

import { createWriteStream, existsSync, renameSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type { Writable } from 'node:stream';
import { findSession, sessionMissText } from '@parley/client';
import type { ExportedRun, SessionSummary, View } from '@parley/client';
import type { Context } from './context.ts';
import { historyPages } from './face/history-pages.ts';
import { jsonLine, lineObject, listedSession } from './face/json-objects.ts';
import { lineFormat } from './face/line-text.ts';
import { causeText, failed, isSystemError } from './failure.ts';
import type { TextSink } from './io/output.ts';
import { shownOn } from './io/screen.ts';
import { readProfile } from './profile/read.ts';
import { storedView } from './profile/stored-view.ts';
import type { ExportOptions } from './usage/invocation.ts';

const ownerOnly = 0o600;
/** What an import has to know to read it. */
const exportVersion = 1;

export async function exportLines(options: ExportOptions, context: Context): Promise<void> {
  const view = storedView(await readProfile(options.home, context));
  const sessions = chosen(view, options.session);
  const texts = options.isText ? textOf(view, sessions) : jsonOf(view, sessions);
  if (options.out === null) return printAll(texts, context.out);
  return writeFile(options.out, texts);
}

function chosen(view: View, wanted: string | null): readonly SessionSummary[] {
  const all = view.sessions();
  if (wanted === null) return all;
  const match = findSession(all, wanted);
  if (match.kind !== 'found') throw failed(sessionMissText(match, all, wanted));
  return [match.summary];
}

async function printAll(texts: Iterable<string>, out: TextSink): Promise<void> {
  for (const text of texts) {
    await out.ready();
    if (out.closed) return;
    out.write(text);
  }
}

/** There is the whole file or none. What somebody kept there is not lost by a slip. */
async function writeFile(path: string, texts: Iterable<string>): Promise<void> {
  if (existsSync(path)) throw failed(`${path} is there already: remove it, or choose another name`);
  const unborn = `${path}.${process.pid}.new`;
  const stream = createWriteStream(unborn, { flags: 'wx', mode: ownerOnly, flush: true });
  try {
    await writeAll(stream, texts);
    renameSync(unborn, path);
  } catch (error) {
    rmSync(unborn, { force: true });
    if (!isSystemError(error)) throw error;
    throw failed(`cannot write ${path}: ${causeText(error)}`, error);
  }
}

async function writeAll(stream: Writable, texts: Iterable<string>): Promise<void> {
  const done = finished(stream);
  // Told by what is awaited next.
  done.catch(() => undefined);
  for (const text of texts) {
    if (!stream.write(text)) await Promise.race([once(stream, 'drain'), done]);
  }
  stream.end();
  await done;
}

/** One object a line; see docs/local-api.md. */
function* jsonOf(view: View, sessions: readonly SessionSummary[]): Generator<string> {
  const { identity, name } = view.self;
  yield jsonLine({ type: 'export', version: exportVersion, identity, name });
  let [entries, lines] = [0, 0];
  for (const summary of sessions) {
    yield jsonLine({ ...listedSession(summary), type: 'session' });
    for (const run of view.runs(summary.session)) {
      entries += run.entries;
      lines += run.lines.length;
      yield jsonLine(entriesObject(summary.session, run));
    }
    if (summary.kind !== 'private') continue;
    // Its entries are sealed to keys of this profile: what they said is all that is of use elsewhere.
    for (const page of historyPages(view, summary.session, { sinceMs: 0 })) {
      lines += page.length;
      yield page.map((line) => jsonLine(lineObject(line))).join('');
    }
  }
  // Without it the file was cut off.
  yield jsonLine({ type: 'end', entries, lines });
}

function entriesObject(session: string, exported: ExportedRun): object {
  const { identity, name, chain, first, entries, bytes } = exported;
  const lines = exported.lines.map((line) => {
    const { id, text, kind, time } = lineObject(line);
    return { id, text, kind, time };
  });
  const run = Buffer.from(bytes).toString('base64');
  return { type: 'entries', session, from: { identity, name }, chain, first, entries, run, lines };
}

const screen = { color: false, unicode: true };

function* textOf(view: View, sessions: readonly SessionSummary[]): Generator<string> {
  const format = lineFormat({ screen, time: 'date' });
  for (const { session, number, title, kind } of sessions) {
    yield `# ${number} ${kind === 'private' ? `with ${shownOn(screen, title)}` : title}\n`;
    for (const page of historyPages(view, session, { sinceMs: 0 })) {
      yield page.map(format).join('');
    }
  }
}
