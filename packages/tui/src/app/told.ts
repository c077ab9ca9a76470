// What the client tells, as the screen shows it.

import { lobbyName } from '@parley/client';
import type { Change, SessionSummary } from '@parley/client';
import { marked } from '../model/scrollback.ts';
import type { Mark } from '../model/scrollback.ts';
import { withScrollback } from '../model/state.ts';
import { note, noteHere } from './desk.ts';
import type { Desk } from './desk.ts';
import { forgetHistory } from './history.ts';
import { enter, reread } from './sessions.ts';

/** What needs no more than the view to be read anew is not in here. */
export function told(desk: Desk, change: Change): void {
  switch (change.kind) {
    case 'delivered':
      return mark(desk, change, { stored: true, heldBy: change.heldBy });
    case 'stored':
      return mark(desk, change, { stored: true });
    case 'peer':
      return toldPeer(desk, change);
    case 'notice':
      return change.level === 'info' ? noteHere(desk, 'notice', change.text) : undefined;
    case 'error':
      return noteHere(desk, 'error', change.text);
    case 'session':
      return toldSession(desk, change);
    case 'blocking':
      return reread(desk);
    default:
  }
}

function toldPeer(desk: Desk, { event, name }: Extract<Change, { kind: 'peer' }>): void {
  if (!desk.config.presence || event === 'moved') return;
  const presence = [{ name, event: event === 'connected' ? 'came' : 'went' } as const];
  note(desk, lobbyName, { tone: 'presence', text: '', presence });
}

function mark(
  desk: Desk,
  { session, id }: { readonly session: string; readonly id: string },
  what: Partial<Mark>,
): void {
  const back = desk.state.scrollbacks.get(session);
  if (back !== undefined) desk.state = withScrollback(desk.state, session, marked(back, id, what));
}

function toldSession(desk: Desk, { event, session }: Extract<Change, { kind: 'session' }>): void {
  if (event === 'left') {
    const scrollbacks = new Map(desk.state.scrollbacks);
    scrollbacks.delete(session);
    const editors = new Map(desk.state.editors);
    editors.delete(session);
    desk.state = { ...desk.state, scrollbacks, editors };
    forgetHistory(desk.client, session);
    if (session === desk.state.current) enter(desk, lobbyName);
    return;
  }
  const isKnown = desk.state.sessions.some((summary) => summary.session === session);
  if (event !== 'opened' || isKnown) return;
  const summary = desk.client.view.sessions().find((each) => each.session === session);
  if (summary?.forkedBy === 'them') noteHere(desk, 'notice', openedText(summary));
}

function openedText({ number, title, with: others }: SessionSummary): string {
  const who = others.length === 1 ? title : `${title}: one of them`;
  return `${who} opened a private session with you: alt-${number} or \\switch ${number} goes there`;
}
