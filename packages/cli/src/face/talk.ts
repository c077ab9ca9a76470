// A face at work: from its first word to the end of its input.

import type { Client } from '@parley/client';
import type { LogLevel } from '../usage/invocation.ts';
import { historyOf } from './open-face.ts';
import type { OpenedFace } from './open-face.ts';

export interface TalkSettings {
  readonly client: Client;
  readonly version: string;
  readonly historyLines: number;
  /** What the person ought to know first. */
  readonly notices: readonly { readonly level: LogLevel; readonly text: string }[];
  /** Goes on after the end of the input. */
  readonly stay: boolean;
  readonly isEnding: () => boolean;
}

/** Resolves to true when the input ended and all that was said is settled; to false where it goes on without. */
export async function talk({ face, read }: OpenedFace, settings: TalkSettings): Promise<boolean> {
  const { client, version, historyLines, notices, stay, isEnding } = settings;
  face.begin({ version, history: historyOf(client, historyLines) });
  for (const { level, text } of notices) face.notice(level, text);
  await read();
  if (stay || isEnding()) return false;
  face.settled(await client.settle());
  // However slowly it is read: there is no hurry before the ending.
  await face.caughtUp();
  return true;
}
