// Saying something: what a message may not be, in words for the person who typed it.

import { LIMITS, utf8Length } from '@parley/core';
import type { SayReason } from '../api.ts';
import { placeText } from './lookup.ts';
import { done, refuse } from './outcome.ts';
import type { CommandCall, CommandOutcome } from './outcome.ts';
import { closedText } from './private.ts';

export function me(call: CommandCall): CommandOutcome {
  return say(call, call.rest, 'me');
}

export function say(call: CommandCall, text: string, kind: 'say' | 'me'): CommandOutcome {
  const said = call.client.say(call.session, text, kind);
  if (said.ok) return done(call);
  const place = placeText(call.client.view, call.session);
  return refuse(said.reason, sayReasonText(said.reason, place, text));
}

const texts: Readonly<Record<SayReason, (session: string, text: string) => string>> = {
  empty: () => 'there is nothing in it to say',
  'too-long': (_session, text) => tooLongText(utf8Length(text), LIMITS.lineTextBytesMax),
  'lone-surrogate': () => 'the text holds half a character (a lone surrogate)',
  'unknown-session': (session) => `there is no session ${session}; \\sessions lists them`,
  'closed-session': closedText,
  stopping: () => 'parley is stopping; this was not said',
};

/** `session` as a person calls it. */
export function sayReasonText(reason: SayReason, session: string, text: string): string {
  return texts[reason](session, text);
}

/** Shared with those who refuse a line before it is text. */
export function tooLongText(bytes: number, bytesMax: number): string {
  return `the line has ${bytes} bytes, ${bytesMax} are allowed`;
}
