// \join, \topic, \keep and the \invite of rooms: rooms, and how a friend gets into one.

import { LIMITS, checkRoomName, isInviteText, roomNameReasonText } from '@parley/core';
import type { JoinRefusal, SessionName, SessionSummary, SettingRefusal } from '../api.ts';
import { inviteReasonText } from '../invite-text.ts';
import { dateText } from '../time-text.ts';
import { counted } from './columns.ts';
import { periodMs } from './duration.ts';
import { placeText, sessionNamed } from './lookup.ts';
import { done, refuse } from './outcome.ts';
import type { CommandCall, CommandOutcome } from './outcome.ts';
import { summaryOf, switchTo } from './sessions.ts';

export function join(call: CommandCall): CommandOutcome {
  if (isInviteText(call.rest)) return joinInvite(call);
  if (call.words.length > 1)
    return refuse('wrong-usage', '\\join takes the name of one room, or an invite: \\join ops');
  const typed = (call.words[0] ?? '').replace(/^#/u, '');
  const name = checkRoomName(typed);
  if (!name.ok) return refuse('bad-name', roomNameReasonText(name.reason));
  const { rooms, view } = call.client;
  // A secret room of that name is what one means who is in it, and not an open one that anyone can read.
  const known = sessionNamed(view.sessions(), name.value);
  if (known !== undefined) return switchTo({ ...call, words: [known.session] });
  const joined = rooms.join({ kind: 'open', name: name.value });
  if (!joined.ok) return refuseJoin(joined.reason);
  return entered(call, joined.value, [
    'it is open: whoever knows its name can join it and read what is said there',
  ]);
}

function joinInvite(call: CommandCall): CommandOutcome {
  const { rooms } = call.client;
  const invite = rooms.read(call.rest);
  if (!invite.ok) return refuse('bad-invite', inviteReasonText(invite.reason));
  const joined = rooms.enter(invite.value);
  if (!joined.ok) return refuseJoin(joined.reason);
  return entered(call, joined.value, [reachText(call, invite.value)]);
}

type Taken = Extract<ReturnType<CommandCall['client']['rooms']['read']>, { ok: true }>['value'];

function reachText({ client }: CommandCall, { inviter, addresses }: Taken): string {
  const { name, identity } = inviter;
  if (identity === client.view.self.identity) return 'this is an invite of your own';
  return addresses.length === 0
    ? `the invite is from ${name}, and names no address: you meet through others`
    : `the invite is from ${name}; dialling ${addresses.join(', ')}`;
}

function entered(call: CommandCall, session: SessionName, more: readonly string[]): CommandOutcome {
  const { view } = call.client;
  const known = summaryOf(view, session)?.topic ?? '';
  const about = known === '' ? [] : [`topic: ${known}`];
  return {
    kind: 'done',
    lines: [`now in ${placeText(view, session)}`, ...about, ...more],
    session,
  };
}

function refuseJoin(reason: JoinRefusal): CommandOutcome {
  return reason === 'too-many'
    ? refuse('too-many', `you are in ${LIMITS.roomsMax} rooms already: \\leave one first`)
    : refuse('stopping', 'parley is stopping; nothing was done');
}

/** Without a text: what the topic is; "-" takes it away. */
export function topic(call: CommandCall): CommandOutcome {
  const { client, session } = call;
  const text = call.rest.trim();
  const place = placeText(client.view, session);
  const now = summaryOf(client.view, session)?.topic ?? '';
  const told = now === '' ? `${place} has no topic` : `topic of ${place}: ${now}`;
  if (text === '') return done(call, told);
  const wanted = text === '-' ? '' : text;
  const set = client.rooms.setTopic(session, wanted);
  if (!set.ok)
    return refuseSetting(call, set.reason, `a topic has at most ${LIMITS.topicBytesMax} bytes`);
  // What changes is told to everyone; what does not is answered here.
  return wanted === now ? done(call, told) : done(call);
}

/** Without a number: how long what is said here is kept. */
export function keep(call: CommandCall): CommandOutcome {
  const { client, session, words } = call;
  const [word] = words;
  const place = placeText(client.view, session);
  const days = summaryOf(client.view, session)?.keepDays ?? 0;
  const told = `what is said in ${place} is kept ${keptText(days)}`;
  if (word === undefined) return done(call, told);
  const isForever = /^(?:forever|0)$/iu.test(word);
  if (!isForever && !/^\d{1,9}$/u.test(word))
    return refuse('wrong-usage', `\\keep takes a number of days, or forever, not ${word}`);
  const wanted = isForever ? 0 : Number(word);
  const set = client.rooms.setKeep(session, wanted);
  if (!set.ok)
    return refuseSetting(call, set.reason, `at most ${LIMITS.keepDaysMax} days; or \\keep forever`);
  return wanted === days ? done(call, told) : done(call);
}

function keptText(days: number): string {
  return days === 0 ? 'for ever' : `for ${counted(days, 'day')}`;
}

function refuseSetting(call: CommandCall, reason: SettingRefusal, tooLong: string): CommandOutcome {
  switch (reason) {
    case 'too-long':
      return refuse('too-long', tooLong);
    case 'lone-surrogate':
      return refuse('lone-surrogate', 'the text holds half a character (a lone surrogate)');
    case 'stopping':
      return refuse('stopping', 'parley is stopping; nothing was done');
    case 'private':
    case 'unknown-session':
      return refuse('not-here', `${placeText(call.client.view, call.session)} is no room`);
  }
  return reason satisfies never;
}

/** The invite of the room that one is in. */
export function inviteToRoom(call: CommandCall, summary: SessionSummary): CommandOutcome {
  const wishes = inviteWishes(call);
  if ('kind' in wishes) return wishes;
  const { expiresMs, isDrawn } = wishes;
  const written = call.client.rooms.inviteTo(call.session, expiresMs);
  if (!written.ok)
    return refuse('not-here', `${placeText(call.client.view, call.session)} is no room`);
  const { invite, text } = written.value;
  const answer = done(call, text, ...inviteNotes(summary, invite));
  return isDrawn && answer.kind === 'done' ? { ...answer, code: text } : answer;
}

/** What whoever passes an invite on should know. */
function inviteNotes(
  { title, secret }: Pick<SessionSummary, 'title' | 'secret'>,
  { addresses, expiresMs }: Pick<Taken, 'addresses' | 'expiresMs'>,
): readonly string[] {
  const until = expiresMs === null ? '' : `, until ${dateText(expiresMs)}`;
  const notes = [
    secret
      ? `whoever has this invite to ${title} can read all that is said there: give it to nobody else${until}`
      : `an invite to ${title}, which is open${until}: a friend types \\join and this text`,
  ];
  if (addresses.length === 0)
    notes.push('it names no address, since nobody can dial you now: you meet through others');
  return notes;
}

interface InviteWishes {
  readonly expiresMs: number | null;
  readonly isDrawn: boolean;
}

/** Of `\invite --qr --expires 2d`. */
function inviteWishes(call: CommandCall): InviteWishes | CommandOutcome {
  const words = [...call.words];
  let [expiresMs, isDrawn]: [number | null, boolean] = [null, false];
  for (let option = words.shift(); option !== undefined; option = words.shift()) {
    if (option === '--qr') {
      isDrawn = true;
      continue;
    }
    if (option !== '--expires')
      return refuse(
        'wrong-usage',
        `\\invite alone prints the invite of this room, which you give to ${option}; \\fork ${option} opens a private session`,
      );
    const ms = periodMs(words.shift() ?? '');
    if (ms === null)
      return refuse('wrong-usage', '\\invite --expires takes so long as 30m, 2h, 3d or 1w');
    expiresMs = call.tools.nowMs() + ms;
  }
  return { expiresMs, isDrawn };
}
