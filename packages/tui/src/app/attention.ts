// Bell and desktop notification: when something calls for a person who does not look.

import type { ShownLine } from '@parley/client';
import { sanitise } from '@parley/client';
import type { Config, NotifyWay, Occasion } from '../config/config.ts';
import { TUI_LIMITS } from '../limits.ts';
import { mentions } from '../model/mention.ts';
import type { State } from '../model/state.ts';
import { cut } from '../text/width.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The newest line of these that calls, and how loudly; null for none. */
export function callingLine(
  state: State,
  lines: readonly ShownLine[],
  nowMs: number,
): { readonly line: ShownLine; readonly occasion: 'mention' | 'all' } | null {
  const others = lines.filter(
    (line) =>
      !line.own &&
      nowMs - line.timeMs < TUI_LIMITS.callAgeMsMax &&
      !(state.focused && line.session === state.current),
  );
  const loud = others.findLast(
    ({ text, forkedBy }) => forkedBy !== null || mentions(text, state.ownName),
  );
  if (loud !== undefined) return { line: loud, occasion: 'mention' };
  const last = others.at(-1);
  return last === undefined ? null : { line: last, occasion: 'all' };
}

/** The bytes that ring and notify; '' where nobody wants to be called for this. */
export function callBytes(
  { line, occasion }: { readonly line: ShownLine; readonly occasion: 'mention' | 'all' },
  { bell, notify, notifyBy, notifyContent }: Config,
  env: Environment,
): string {
  const rings = isWanted(bell, occasion);
  if (!isWanted(notify, occasion)) return rings ? '\x07' : '';
  const way = notifyBy === 'auto' ? usualWay(env) : notifyBy;
  if (way === 'bell') return '\x07';
  const text = notifyContent ? contentOf(line) : 'something new';
  const told = way === 'osc9' ? `\x1b]9;${text}\x07` : `\x1b]777;notify;parley;${text}\x07`;
  return rings ? `${told}\x07` : told;
}

function isWanted(wanted: Occasion, occasion: 'mention' | 'all'): boolean {
  return wanted === 'all' || (wanted === 'mention' && occasion === 'mention');
}

/** tmux and screen drop what is not the bell; where it is not known what a terminal does, neither is anything else sent. */
function usualWay(env: Environment): NotifyWay {
  if ((env['TMUX'] ?? env['STY'] ?? '') !== '') return 'bell';
  const program = env['TERM_PROGRAM'] ?? '';
  if (/^(?:iTerm\.app|WezTerm|ghostty)$/u.test(program)) return 'osc9';
  const term = env['TERM'] ?? '';
  if (/kitty|foot/u.test(term)) return 'osc9';
  if (term.startsWith('rxvt') || env['VTE_VERSION'] !== undefined) return 'osc777';
  return 'bell';
}

/** Semicolons part the fields of such a sequence. */
function contentOf({ from, text }: ShownLine): string {
  const said = sanitise(`${from.label}: ${text.replaceAll(/\s+/gu, ' ')}`);
  return cut(said, TUI_LIMITS.notifiedCells).replaceAll(';', ',');
}

/** The title of the window: where one is, and how much is new elsewhere. */
export function titleBytes(state: State): string {
  const here = state.sessions.find(({ session }) => session === state.current)?.title;
  const unread = state.sessions.reduce((sum, summary) => sum + summary.unread, 0);
  const text = `${unread === 0 ? '' : `(${unread}) `}parley: ${here ?? state.current}`;
  return `\x1b]2;${cut(sanitise(text), TUI_LIMITS.notifiedCells)}\x07`;
}
