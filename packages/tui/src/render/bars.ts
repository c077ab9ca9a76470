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
          painter.span('bar', `  ${shown(topicOf(summary))}`),
        ];
  return painter.row(spans, width, 'bar');
}

function titleOf({ title, forkedBy, kind }: SessionSummary): string {
  return kind === 'private' ? `${forkMark(forkedBy)} ${title}` : title;
}

function topicOf(summary: SessionSummary): string {
  const { kind, open, number, topic } = summary;
  if (kind !== 'private') return topic === '' ? natureOf(summary) : topic;
  const state = open ? 'end-to-end encrypted' : 'closed; \\fork opens a new one';
  return `private session ${number}, ${state}`;
}

function natureOf({ kind, secret }: SessionSummary): string {
  if (secret) return 'secret: whoever has its invite reads it';
  const who = kind === 'lobby' ? 'connects' : 'knows its name';
  return `open to whoever ${who}; signed, not secret`;
}

const besideNameMin = 8;
/** On narrower screens what is missing comes first, since what has no room is cut. */
const fullStatusFrom = 40;

/** What has no room is cut from the right, but for the own name. */
export function statusRow(state: State, look: Look, width: number): string {
  const { painter, shown } = look;
  const name = painter.span('barStrong', ` ${shown(state.ownName)} `);
  const room = width - widthOf(name.text);
  if (width < fullStatusFrom) return painter.row(narrowParts(state, look), width, 'bar');
  if (room < besideNameMin) return painter.row([name], width, 'bar');
  const own = painter.row([name], width - room, 'bar');
  return painter.row(statusParts(state, look), room, 'bar') + own;
}

function narrowParts(state: State, look: Look): readonly Span[] {
  const { painter } = look;
  const summary = currentSummary(state);
  if (summary === undefined) return [];
  const { number, missing } = summary;
  const role = missing > 0 ? 'barWarning' : 'bar';
  const { anchor, below } = scrollbackOf(state, state.current);
  const behind = anchor === null ? '' : below > 0 ? ` · ${below} below` : ' · scrolled';
  const active = activeText(state);
  return [
    painter.span(role, ` [${number}] missing ${missing}`),
    painter.span('barWarning', `${behind}${active === '' ? '' : ` · ${active}`}`),
    painter.span('bar', ` · ${hereText(summary)}`),
  ];
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
