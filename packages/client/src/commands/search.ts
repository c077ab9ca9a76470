// \search: what was said, here and in all other sessions, as far back as the store goes.

import type { ShownLine } from '../api.ts';
import { dateText } from '../time-text.ts';
import { columns, counted } from './columns.ts';
import { placeText } from './lookup.ts';
import { done } from './outcome.ts';
import type { CommandCall, CommandOutcome } from './outcome.ts';

const hitsMax = 20;

/** The newest lines that have all words, in the order in which they were said. */
export function search(call: CommandCall): CommandOutcome {
  const query = call.rest.trim();
  const hits = call.client.view.search(query, null, hitsMax + 1);
  if (hits.length === 0) return done(call, `nothing found of: ${query}`);
  const shown = hits.slice(0, hitsMax).toReversed();
  const rows = shown.map((line) => [
    dateText(line.timeMs),
    placeText(call.client.view, line.session),
    saidText(line),
  ]);
  const more =
    hits.length > hitsMax ? [`the newest ${counted(hitsMax, 'line')}; more words find fewer`] : [];
  return done(call, ...columns(rows), ...more);
}

function saidText({ kind, from, text }: ShownLine): string {
  const said = text.replaceAll('\n', ' ');
  return kind === 'me' ? `* ${from.label} ${said}` : `${from.label}: ${said}`;
}
