// \sessions, \switch, \lobby, \gaps and \resync: which conversations there are, and how complete they are.

import type { SessionSummary } from '../api.ts';
import { columns, counted } from './columns.ts';
import { done, refuse } from './outcome.ts';
import type { CommandCall, CommandOutcome } from './outcome.ts';

export function sessions(call: CommandCall): CommandOutcome {
  const rows = call.client.view
    .sessions()
    .map((summary) => [
      `${summary.session === call.session ? '*' : ' '}${summary.number}`,
      summary.session,
      counted(summary.people, 'person', 'people'),
      counted(summary.peers, 'peer connected', 'peers connected'),
      `${summary.missing} missing`,
    ]);
  return done(call, ...columns(rows));
}

export function switchTo(call: CommandCall): CommandOutcome {
  return enter(call, call.words[0] ?? '');
}

export function lobby(call: CommandCall): CommandOutcome {
  return enter(call, '0');
}

function enter(call: CommandCall, wanted: string): CommandOutcome {
  const all = call.client.view.sessions();
  const found = all.find((summary) => isCalled(summary, wanted));
  if (found === undefined) {
    const known = all.map((summary) => `${summary.number} ${summary.session}`).join(', ');
    return refuse('unknown-session', `there is no session ${wanted}; there are: ${known}`);
  }
  const text = `now in ${found.session} (${counted(found.people, 'person', 'people')})`;
  return { kind: 'done', lines: [text], session: found.session };
}

function isCalled(summary: SessionSummary, wanted: string): boolean {
  return String(summary.number) === wanted || summary.session === wanted;
}

export function gaps(call: CommandCall): CommandOutcome {
  const found = call.client.view.gaps(call.session);
  if (found.length === 0) return done(call, `nothing is missing in ${call.session}`);
  const rows = found.map((gap) => [
    gap.author,
    `${gap.missing} missing`,
    gap.holders.length === 0 ? 'nobody connected has it' : `held by ${gap.holders.join(', ')}`,
  ]);
  return done(call, ...columns(rows));
}

export function resync(call: CommandCall): CommandOutcome {
  call.client.resync(call.session);
  const { peers } = call.client.view.status(call.session);
  return done(call, `comparing ${call.session} with ${counted(peers, 'peer')} now`);
}
