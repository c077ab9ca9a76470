// The line above the scrollback, which says where one is, and the one below it, which says how things stand.

import { counted, forkMark } from '@parley/client';
import type { SessionSummary } from '@parley/client';
import { marksOf } from '../model/scrollback.ts';
import { currentSummary, levelOf, scrollbackOf } from '../model/state.ts';
import type { State } from '../model/state.ts';
import type { Span } from '../style/painter.ts';
import { widthOf } from '../text/width.ts';
import type { Look } from './look.ts';

export function topicRow(state: State, look: Look, width: number): string {
  const { painter, shown } = look;
  const summary = currentSummary(state);
  const spans: Span[] =
    summary === undefined
      ? [painter.span('barStrong', ` ${shown(state.current)}`)]
      : [
          painter.span('barStrong', ` ${shown(titleOf(summary))}`),
          painter.span('bar', `  ${topicOf(summary)}`),
        ];
  return painter.row(spans, width, 'bar');
}

function titleOf({ title, forkedBy, kind }: SessionSummary): string {
  return kind === 'private' ? `${forkMark(forkedBy)} ${title}` : title;
}

function topicOf({ kind, open, number }: SessionSummary): string {
  if (kind !== 'private') return 'open to whoever connects; signed, not secret';
  const state = open ? 'end-to-end encrypted' : 'closed; \\fork opens a new one';
  return `private session ${number}, ${state}`;
}

const besideNameMin = 8;

/** What has no room is cut from the right, but for the own name. */
export function statusRow(state: State, look: Look, width: number): string {
  const { painter, shown } = look;
  const name = painter.span('barStrong', ` ${shown(state.ownName)} `);
  const room = width - widthOf(name.text);
  if (room < besideNameMin) return painter.row([name], width, 'bar');
  const own = painter.row([name], width - room, 'bar');
  return painter.row(statusParts(state, look), room, 'bar') + own;
}

function statusParts(state: State, look: Look): readonly Span[] {
  const { painter, shown } = look;
  const summary = currentSummary(state);
  const back = scrollbackOf(state, state.current);
  const parts: Span[] = [];
  const add = (text: string, role: 'bar' | 'barWarning' = 'bar'): void => {
    parts.push(painter.span('bar', parts.length === 0 ? ' ' : ' · '), painter.span(role, text));
  };
  if (back.anchor !== null)
    add(back.below > 0 ? `${back.below} new below` : 'scrolled back', 'barWarning');
  if (summary !== undefined) {
    add(`[${summary.number}] ${hereText(summary)}`);
    const held = heldText(state);
    add(`missing ${summary.missing}${held}`, summary.missing > 0 ? 'barWarning' : 'bar');
  }
  const active = activeText(state);
  if (active !== '') add(active, 'barWarning');
  add(shown(state.connection));
  return parts;
}

function hereText({ kind, people, with: others }: SessionSummary): string {
  if (kind !== 'private') return counted(people, 'person', 'people');
  const here = others.filter(({ path }) => path !== null).length + 1;
  return `${here} of ${people} here`;
}

/** Of the newest own line. */
function heldText(state: State): string {
  const [newest] = marksOf(scrollbackOf(state, state.current)).values();
  if (newest === undefined) return '';
  if (newest.heldBy !== null) return ` · held by ${newest.heldBy}`;
  return newest.stored ? ' · held by 0' : '';
}

/** Numbers of the other sessions that call, as irssi has them. */
function activeText(state: State): string {
  const active = state.sessions.filter(
    (each) => each.session !== state.current && levelOf(state, each) !== 'none',
  );
  return active.length === 0 ? '' : `new in ${active.map(({ number }) => number).join(',')}`;
}
