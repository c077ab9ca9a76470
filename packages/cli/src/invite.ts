// `parley invite`: the invite of a room on stdout, what there is to know of it on stderr.

import type { LocalClient } from '@parley/local-api';
import { LocalError } from '@parley/local-api';
import type { Context } from './context.ts';
import { failed } from './failure.ts';
import { screenOf } from './io/screen.ts';
import { quietPeer, reach } from './local/reach.ts';
import { sessionMeant } from './local/session.ts';
import { codeText, roomAbove } from './io/qr.ts';
import type { InviteOptions } from './usage/invocation.ts';

export async function invite(options: InviteOptions, context: Context): Promise<void> {
  const { home, room, qr, expires, logLevel } = options;
  const { parley } = await reach(quietPeer(home, logLevel), true, context);
  const { session, kind } = await sessionMeant(parley, room);
  if (kind === 'private')
    throw failed('a private session has no invite: type \\invite NAME in it while you are there');
  await printInvite(parley, { session, qr, expires }, context);
  await parley.close();
}

export interface InviteWishes {
  readonly session: string;
  readonly qr: boolean;
  /** So long as 3d; null: for ever. */
  readonly expires: string | null;
}

/** What \invite answers in that session. Throws Failure. */
export async function printInvite(
  parley: LocalClient,
  { session, qr, expires }: InviteWishes,
  { out, err, stdout, env }: Context,
): Promise<void> {
  const command = expires === null ? '\\invite' : `\\invite --expires ${expires}`;
  const answer = await parley.command(command, session).catch((error: unknown) => {
    throw error instanceof LocalError ? failed(error.message, error) : error;
  });
  const [text = '', ...notes] = answer.text.split('\n');
  const tell = (): void => {
    for (const note of notes) err.write(`-- ${note}\n`);
  };
  if (qr) {
    const terminal = stdout.isTTY ? { columns: stdout.columns, rows: stdout.rows } : null;
    const room = roomAbove(terminal, [text, 'the prompt']);
    const { picture, note } = codeText(text, room, screenOf(env, stdout.isTTY, true));
    if (note !== null) notes.push(note);
    // First, so that nothing moves the upper part of it off the screen.
    tell();
    out.write(picture);
  }
  out.write(`${text}\n`);
  if (!qr) tell();
}
