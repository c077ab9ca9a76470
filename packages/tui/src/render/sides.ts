// The columns at the sides: sessions on the left, people on the right.

import { forkMark } from '@parley/client';
import type { Person, SessionSummary } from '@parley/client';
import { levelOf } from '../model/state.ts';
import type { Level, State } from '../model/state.ts';
import type { Span } from '../style/painter.ts';
import { plain } from '../style/painter.ts';
import type { Role } from '../style/theme.ts';
import { cut, widthOf } from '../text/width.ts';
import type { Look } from './look.ts';
import { sliceAround } from './slice.ts';

const levelRoles: Readonly<Record<Level, Role>> = {
  none: 'notice',
  message: 'unread',
  private: 'unreadPrivate',
  mention: 'unreadMention',
};
/** So that levels are told without colours too. */
const levelSigns: Readonly<Record<Level, string>> = {
  none: '',
  message: '',
  private: '*',
  mention: '!',
};
const unreadShownMax = 999;

/** Rows of `width` cells, the last of which is the border; as many as there is room for. */
export function sessionRows(state: State, look: Look, width: number, height: number): string[] {
  const at = state.sessions.findIndex(({ session }) => session === state.current);
  const seen = sliceAround(state.sessions, at, height);
  const rows = seen.map((summary) => sessionRow(state, look, summary, width - 1));
  return bordered(look, rows, width, height);
}

function sessionRow(state: State, look: Look, summary: SessionSummary, width: number): string {
  const { painter, shown } = look;
  const { number, title, unread, forkedBy, open, session } = summary;
  const level = levelOf(state, summary);
  const count = unread === 0 ? '' : ` ${levelSigns[level]}${countText(unread)}`;
  const mark = forkMark(forkedBy);
  const start = `${number} ${mark === '' ? '' : `${mark} `}`;
  const room = Math.max(1, width - widthOf(start) - widthOf(count));
  const name = cut(shown(open ? title : `${title} (closed)`), room);
  const text = start + name + ' '.repeat(Math.max(0, room - widthOf(name))) + count;
  const role = session === state.current ? 'current' : levelRoles[level];
  return painter.row([painter.span(role, cut(text, width))], width);
}

function countText(unread: number): string {
  return unread > unreadShownMax ? `${unreadShownMax}+` : String(unread);
}

/** Those who are here first, each by name. */
export function peopleRows(state: State, look: Look, width: number, height: number): string[] {
  const here = state.people.filter(isHere).toSorted(byLabel);
  const away = state.people.filter((person) => !isHere(person)).toSorted(byLabel);
  const rows = [...here, ...away].map((person) => personRow(look, person, width - 1));
  const shown = rows.length <= height ? rows : rows.slice(0, height - 1);
  const more = rows.length - shown.length;
  const { painter } = look;
  if (more > 0) shown.push(painter.row([painter.span('away', `… ${more} more`)], width - 1));
  const border = painter.row([painter.span('frame', '│')], 1);
  return Array.from({ length: height }, (_, at) => border + (shown[at] ?? ' '.repeat(width - 1)));
}

function personRow({ painter, shown }: Look, person: Person, width: number): string {
  const name = shown(person.label);
  const spans: Span[] = isHere(person)
    ? [plain(' '), painter.name(person.identity, name)]
    : [painter.span('away', ` ${name}`)];
  if (person.you) spans.push(painter.span('away', ' (you)'));
  else if (person.verified) spans.push(painter.span('here', ' ✓'));
  return painter.row(spans, width);
}

function isHere({ you, path }: Person): boolean {
  return you || path !== null;
}

const alphabet = new Intl.Collator();

function byLabel(left: Person, right: Person): number {
  return alphabet.compare(left.label, right.label);
}

function bordered(look: Look, rows: readonly string[], width: number, height: number): string[] {
  const { painter } = look;
  const border = painter.row([painter.span('frame', '│')], 1);
  return Array.from({ length: height }, (_, at) => (rows[at] ?? ' '.repeat(width - 1)) + border);
}
