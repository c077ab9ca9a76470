// A line as line mode prints it.

import { clockText, dateText, forkMark, lobbyName, sanitise, sanitiseLines } from '@parley/client';
import type { ShownLine } from '@parley/client';
import { paintName } from '../io/paint.ts';
import { shownOn } from '../io/screen.ts';
import type { Screen } from '../io/screen.ts';
import { CLI_LIMITS } from '../limits.ts';

/** What stands before the rest of a line that has newlines in it; no name begins with a blank. */
export const continuationIndent = '    ';

const minuteMs = 60_000;

export interface LineStyle {
  readonly screen: Screen;
  /** What stands before each line: nothing, HH:MM, or the date too; by the clock of this place. */
  readonly time: 'none' | 'clock' | 'date';
}

/** What is printed of a line. */
export type PrintedLine = Pick<
  ShownLine,
  'from' | 'session' | 'forkedBy' | 'text' | 'kind' | 'timeMs'
>;

export type LineFormat = (line: PrintedLine) => string;

/**
 * "bobby: text", "* bobby text", "#ops bobby: text", "P-> bobby: text"; ends with a newline. Names and times are remembered between
 * calls, since many lines come from few people and minutes.
 */
export function lineFormat({ screen, time }: LineStyle): LineFormat {
  const names = new Map<string, string>();
  const times = new Map<number, string>();
  return (line) => {
    const name = remembered(names, `${line.from.identity}${line.from.label}`, () =>
      nameText(line, screen),
    );
    const body = bodyText(line.text, screen);
    const place = placeMark(line, screen);
    const stamp =
      time === 'none'
        ? ''
        : remembered(times, Math.floor(line.timeMs / minuteMs), () => stampText(line.timeMs, time));
    return line.kind === 'me'
      ? `${stamp}${place}* ${name} ${body}\n`
      : `${stamp}${place}${name}: ${body}\n`;
  };
}

/** A private session by who forked it, a room by its name. */
function placeMark({ session, forkedBy }: PrintedLine, screen: Screen): string {
  if (forkedBy !== null) return `${forkMark(forkedBy)} `;
  return session === lobbyName ? '' : `#${shownOn(screen, sanitise(session))} `;
}

function nameText({ from }: PrintedLine, screen: Screen): string {
  const shown = shownOn(screen, sanitise(from.label));
  return screen.color ? paintName(from.identity, shown) : shown;
}

function bodyText(text: string, screen: Screen): string {
  const shown = shownOn(screen, sanitiseLines(text));
  return shown.includes('\n') ? shown.replaceAll('\n', `\n${continuationIndent}`) : shown;
}

function remembered<Key>(known: Map<Key, string>, key: Key, make: () => string): string {
  const found = known.get(key);
  if (found !== undefined) return found;
  if (known.size >= CLI_LIMITS.rememberedTextsMax) known.clear();
  const made = make();
  known.set(key, made);
  return made;
}

function stampText(ms: number, time: 'clock' | 'date'): string {
  return `${time === 'clock' ? clockText(ms) : dateText(ms)} `;
}
