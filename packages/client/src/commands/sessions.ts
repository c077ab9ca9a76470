// \sessions, \switch, \lobby, \gaps and \resync: which conversations there are, and how complete they are.

import type { Gap, SessionName, SessionSummary, View } from '../api.ts';
import { columns, counted } from './columns.ts';
import { findSession, lobbyName, placeOf, placeText, sessionMissText } from './lookup.ts';
import { done, refuse } from './outcome.ts';
import type { CommandCall, CommandOutcome } from './outcome.ts';

export function sessions(call: CommandCall): CommandOutcome {
  const rows = call.client.view
    .sessions()
    .map((summary) => [
      `${summary.session === call.session ? '*' : ' '}${summary.number}`,
      forkMark(summary.forkedBy),
      summary.title,
      `${summary.unread} unread`,
      `${summary.missing} missing`,
      hereText(summary),
    ]);
  return done(call, ...columns(rows));
}

/** "P->" for a session that we forked, "P~>" for one that they did, nothing for what is not forked. */
export function forkMark(forkedBy: SessionSummary['forkedBy']): string {
  if (forkedBy === null) return '';
  return forkedBy === 'us' ? 'P->' : 'P~>';
}

function hereText({ kind, people, with: others, open }: SessionSummary): string {
  if (kind !== 'private') return `${counted(people, 'person', 'people')} here`;
  const ours = people - others.length;
  const here = others.filter((person) => person.path !== null).length + ours;
  return `${here} of ${counted(people, 'person', 'people')} here${open ? '' : ', closed'}`;
}

export function switchTo(call: CommandCall): CommandOutcome {
  return enter(call, call.words.join(' '));
}

export function lobby(call: CommandCall): CommandOutcome {
  return enter(call, lobbyName);
}

export function summaryOf(
  view: Pick<View, 'sessions'>,
  session: SessionName,
): SessionSummary | undefined {
  return view.sessions().find((summary) => summary.session === session);
}

function enter(call: CommandCall, wanted: string): CommandOutcome {
  const all = call.client.view.sessions();
  const match = findSession(all, wanted);
  if (match.kind !== 'found') {
    const code = match.kind === 'unknown' ? 'unknown-session' : 'ambiguous-name';
    return refuse(code, sessionMissText(match, all, wanted));
  }
  const { summary } = match;
  const text = `now in ${placeOf(summary)} (${hereText(summary)})`;
  return { kind: 'done', lines: [text], session: summary.session };
}

export function gaps(call: CommandCall): CommandOutcome {
  const found = call.client.view.gaps(call.session);
  if (found.length === 0) {
    return done(call, `nothing is missing in ${placeText(call.client.view, call.session)}`);
  }
  const rows = found.map((gap) => [gap.author, `${gap.missing} missing`, whereText(gap)]);
  return done(call, ...columns(rows));
}

function whereText({ bar, holders }: Gap): string {
  if (bar === 'quarantine') return 'not fetched: in quarantine, they wrote too much';
  if (bar === 'quota') return 'not fetched: the room is full, and they have their share of it';
  return holders.length === 0 ? 'nobody connected has it' : `held by ${holders.join(', ')}`;
}

export function resync(call: CommandCall): CommandOutcome {
  call.client.resync(call.session);
  const { view } = call.client;
  const { peers } = view.status(call.session);
  return done(
    call,
    `comparing ${placeText(view, call.session)} with ${counted(peers, 'peer')} now`,
  );
}
