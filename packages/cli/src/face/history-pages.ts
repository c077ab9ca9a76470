// A session's lines from the old end, however many there are.

import type { ShownLine, View } from '@parley/client';
import { CLI_LIMITS } from '../limits.ts';

/** Page by page from the old end; a page begins in the millisecond in which the last one ended. */
export function* historyPages(
  view: View,
  session: string,
  range: { readonly sinceMs: number; readonly untilMs?: number },
): Generator<readonly ShownLine[]> {
  let sinceMs = range.sinceMs;
  let seen = new Set<string>();
  for (;;) {
    const linesMax = CLI_LIMITS.logPageLines + seen.size;
    const page = view.history(session, { ...range, sinceMs, linesMax });
    const fresh = page.filter((line) => !seen.has(line.id));
    if (fresh.length > 0) yield fresh;
    const last = page.at(-1);
    if (last === undefined || page.length < linesMax) return;
    sinceMs = last.timeMs;
    seen = new Set(page.filter((line) => line.timeMs === sinceMs).map((line) => line.id));
  }
}
