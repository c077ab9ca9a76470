// `parley send`: one message, through the peer that runs or one of its own.

import { isUtf8 } from 'node:buffer';
import { setTimeout as pause } from 'node:timers/promises';
import { LIMITS } from '@parley/core';
import { tooLongText } from '@parley/client';
import { LocalError } from '@parley/local-api';
import type { LocalClient } from '@parley/local-api';
import type { Context } from './context.ts';
import { isTold, settledNotice } from './face/notice-text.ts';
import type { Notice } from './face/notice-text.ts';
import { failed, usageFailure } from './failure.ts';
import { reach } from './local/reach.ts';
import { sessionMeant } from './local/session.ts';
import type { Given, SendOptions } from './usage/invocation.ts';
import { CLI_LIMITS } from './limits.ts';

/** Resolves when those who are here have it, or nobody is; then it is stored. */
export async function send(given: Given<SendOptions>, context: Context): Promise<void> {
  const text = given.text ?? (await readMessage(context));
  if (text.trim() === '') throw usageFailure('there is nothing to send; see parley send --help');
  const { parley, isRunning } = await reach(given, false, context);
  const { session } = await sessionMeant(parley, given.to);
  try {
    if (isRunning) await obey(parley, given);
    else await someoneCame(parley);
    await parley.say(text, session);
    const settled = await parley.settle();
    if (given.ephemeral && settled.acknowledged === 0)
      throw failed(
        'nobody took the message, and an ephemeral profile keeps nothing: --connect names a peer',
      );
    tell(settledNotice(1, settled, isRunning ? 'at-meeting' : 'at-restart'), given, context);
  } catch (error) {
    throw error instanceof LocalError ? failed(error.message, error) : error;
  }
  await parley.close();
}

/** What a peer of our own would do at its start. */
async function obey(parley: LocalClient, { name, connect }: Given<SendOptions>): Promise<void> {
  if (name !== null) await parley.command(`\\nick ${name}`);
  for (const address of connect) await parley.command(`\\connect ${address}`);
}

/** Who is known from before is dialled at the start: without a moment for that, nobody would ever be here. */
async function someoneCame(parley: LocalClient): Promise<void> {
  const late = new AbortController();
  const came = async (): Promise<void> => {
    for await (const { type } of parley) if (type === 'peer') return;
  };
  await Promise.race([came(), pause(CLI_LIMITS.sendMeetMsMax, undefined, late)]);
  late.abort();
}

function tell(notice: Notice | null, { logLevel }: Given<SendOptions>, { err }: Context): void {
  if (notice === null || notice.level === 'info') return;
  if (isTold(notice.level, logLevel ?? 'info')) err.write(`-- ${notice.text}\n`);
}

/** All of stdin as one text, without the newline at its end. */
async function readMessage({ stdin }: Context): Promise<string> {
  if (stdin.isTTY) throw usageFailure('there is nothing to send; see parley send --help');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdin as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Read to the end, so as to tell how long it is; kept only as far as it may be sent.
    if (bytes <= LIMITS.lineTextBytesMax + 2) chunks.push(chunk);
  }
  const whole = Buffer.concat(chunks);
  if (bytes > LIMITS.lineTextBytesMax + 2)
    throw failed(`${tooLongText(bytes, LIMITS.lineTextBytesMax)}; nothing was sent`);
  if (!isUtf8(whole)) throw failed('the input is not UTF-8; nothing was sent');
  return whole.toString('utf8').replace(/\r?\n$/u, '');
}
