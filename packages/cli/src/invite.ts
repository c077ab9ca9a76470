// `parley invite`: the invite of a room on stdout, what there is to know of it on stderr.

import type { LocalClient } from '@parley/local-api';
import { LocalError } from '@parley/local-api';
import type { Context } from './context.ts';
import { failed } from './failure.ts';
import { screenOf } from './io/screen.ts';
import { quietPeer, reach } from './local/reach.ts';
import { sessionMeant } from './local/session.ts';
import { codeText } from './io/qr.ts';
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
  if (qr) {
    const room = stdout.isTTY ? { columns: stdout.columns, rows: stdout.rows } : null;
    const drawn = codeText(text, room, screenOf(env, stdout.isTTY, true));
    out.write(drawn.picture);
    if (drawn.note !== null) notes.push(drawn.note);
  }
  out.write(`${text}\n`);
  for (const note of notes) err.write(`-- ${note}\n`);
}
