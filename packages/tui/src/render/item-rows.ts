// The rows of one item of a scrollback: time, who, what, and what became of it.

import type { IdentityKey } from '@parley/core';
import type { Item, LineItem, NoteItem } from '../model/item.ts';
import { timeOf } from '../model/item.ts';
import { mentions } from '../model/mention.ts';
import type { Mark, Scrollback } from '../model/scrollback.ts';
import { firstUnread, marksOf } from '../model/scrollback.ts';
import type { Span } from '../style/painter.ts';
import { plain } from '../style/painter.ts';
import { cut, widthOf } from '../text/width.ts';
import { wrap } from '../text/wrap.ts';
import type { Look } from './look.ts';
import { presenceText } from './presence.ts';

/** What the rows of a scrollback depend on beside its items. */
export interface Setting {
  readonly back: Scrollback;
  readonly width: number;
  readonly labels: ReadonlyMap<IdentityKey, string>;
  readonly ownName: string;
  /** The line that a search led to. */
  readonly found: string | null;
  readonly look: Look;
}

/** "10:23 " */
const timeWidth = 6;
const narrow = 30;
/** Behind the time of a line that came after newer ones were here. */
const lateSign = '~';

/** Makes the rows of any item of one scrollback, as they are at one moment. */
export function itemRows(setting: Setting): (index: number) => readonly string[] {
  const { back, width } = setting;
  const unread = firstUnread(back);
  const marks = shownMarks(back);
  return (index) => {
    const item = back.items[index];
    if (item === undefined) return [];
    const above: string[] = [];
    const before = back.items[index - 1];
    if (isOtherDay(before, item)) above.push(dayRow(setting, timeOf(item)));
    if (index === unread) above.push(rule(setting, 'unreadLine', 'new'));
    const label = item.kind === 'line' ? (setting.labels.get(item.line.from.identity) ?? '') : '';
    const mark = marks.get(item.key) ?? '';
    const found = item.key === setting.found ? 'found' : '';
    const key = `${width}/${label}/${mark}/${found}/${setting.ownName}`;
    const made = remembered(item, key, setting.look, () => bodyRows(setting, item, mark));
    return above.length === 0 ? made : [...above, ...made];
  };
}

interface Made {
  readonly key: string;
  readonly look: Look;
  readonly rows: readonly string[];
}

const known = new WeakMap<Item, Made>();

/** An item is drawn many times, and changes rarely. */
function remembered(
  item: Item,
  key: string,
  look: Look,
  make: () => readonly string[],
): readonly string[] {
  const found = known.get(item);
  if (found?.key === key && found.look === look) return found.rows;
  const rows = make();
  known.set(item, { key, look, rows });
  return rows;
}

function bodyRows(setting: Setting, item: Item, mark: string): readonly string[] {
  return item.kind === 'line' ? lineRows(setting, item, mark) : noteRows(setting, item);
}

function lineRows(setting: Setting, { line }: LineItem, mark: string): readonly string[] {
  const { look, labels, ownName, width } = setting;
  const { painter } = look;
  const label = look.shown(labels.get(line.from.identity) ?? line.from.label);
  const name = cut(label, Math.max(1, Math.floor(width / 2)));
  const head: readonly Span[] =
    line.kind === 'me'
      ? [plain('* '), painter.name(line.from.identity, name), plain(' ')]
      : [painter.name(line.from.identity, name), plain(': ')];
  const isMention = !line.own && mentions(line.text, ownName);
  const tail: Span[] = [];
  if (mark !== '') tail.push(painter.span('mark', ` (${mark})`));
  const text = line.text.split(/\r?\n/u).map(look.shown).join('\n');
  const isFound = line.id === setting.found;
  const role = isFound ? 'found' : isMention ? 'mention' : null;
  const body = (part: string): Span => (role === null ? plain(part) : painter.span(role, part));
  const { late, timeMs: atMs } = line;
  return hung(setting, { atMs, late, head, text, body, tail });
}

function noteRows(setting: Setting, note: NoteItem): readonly string[] {
  const { painter, shown } = setting.look;
  const isError = note.tone === 'error';
  const text = note.tone === 'presence' ? presenceText(note.presence) : note.text;
  const look = isError ? 'error' : note.tone === 'answer' ? 'own' : 'notice';
  const plainAnswer = note.tone === 'answer';
  const body = (part: string): Span => (plainAnswer ? plain(part) : painter.span(look, part));
  const head = [painter.span(isError ? 'error' : 'notice', isError ? '!! ' : '-- ')];
  const lines = text.split('\n').map(shown).join('\n');
  return hung(setting, { atMs: note.atMs, late: false, head, text: lines, body, tail: [] });
}

interface Hung {
  readonly atMs: number;
  readonly late: boolean;
  readonly head: readonly Span[];
  readonly text: string;
  readonly body: (part: string) => Span;
  readonly tail: readonly Span[];
}

/** Time and head in the first row; what has no room there hangs below the head. */
function hung({ look, width }: Setting, hanging: Hung): string[] {
  const { atMs, late, head, text, body, tail } = hanging;
  const { painter } = look;
  const indent = width >= narrow ? timeWidth : 0;
  const sign = late ? painter.span('late', lateSign) : plain(' ');
  const time = indent === 0 ? [] : [painter.span('time', look.clock(atMs)), sign];
  const headWidth = widthOfAll(head);
  const tailWidth = widthOfAll(tail);
  const room = Math.max(1, width - indent);
  // The head takes the place of so many narrow characters, which never break.
  const placeholder = '\u00a0'.repeat(Math.min(headWidth, room - 1));
  const rows = wrap(placeholder + text, room);
  const last = rows.length - 1;
  const fits = widthOf(rows[last] ?? '') + tailWidth <= room;
  const painted = rows.map((row, at) => {
    const start = at === 0 ? [...time, ...head] : [plain(' '.repeat(indent))];
    const part = at === 0 ? row.slice(placeholder.length) : row;
    const end = at === last && fits ? tail : [];
    return painter.row([...start, body(part), ...end], width);
  });
  if (!fits && tail.length > 0)
    painted.push(painter.row([plain(' '.repeat(indent)), ...tail], width));
  return painted;
}

function widthOfAll(spans: readonly Span[]): number {
  return spans.reduce((sum, { text }) => sum + widthOf(text), 0);
}

function dayRow(setting: Setting, ms: number): string {
  return rule(setting, 'day', setting.look.day(ms));
}

function rule({ look, width }: Setting, role: 'day' | 'unreadLine', text: string): string {
  const line = `── ${look.shown(text)} `;
  const filled = line + '─'.repeat(Math.max(0, width - widthOf(line)));
  return look.painter.row([look.painter.span(role, filled)], width);
}

function isOtherDay(before: Item | undefined, item: Item): boolean {
  const day = new Date(timeOf(item)).toDateString();
  return before === undefined || new Date(timeOf(before)).toDateString() !== day;
}

/** The mark of an own line, where the next own line does not have the same. */
function shownMarks(back: Scrollback): ReadonlyMap<string, string> {
  const shown = new Map<string, string>();
  // From the newest to the oldest.
  let newer = '';
  for (const [key, mark] of marksOf(back)) {
    const text = markText(mark);
    if (text !== newer) shown.set(key, text);
    newer = text;
  }
  return shown;
}

function markText({ stored, heldBy }: Mark): string {
  if (heldBy !== null && heldBy > 0) return `held by ${heldBy}`;
  return stored ? 'stored' : '';
}
