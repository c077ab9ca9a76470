// Takes over settings that changed while a peer runs, and says which ones have to wait.

import { changedSettings } from '@parley/client';
import type { Client, PeerSettings } from '@parley/client';
import type { Chosen } from '../profile/settings.ts';
import { guardChoices } from '../profile/network-choices.ts';
import type { Given, PeerOptions } from '../usage/invocation.ts';
import type { ServeLog } from './log.ts';

export interface ReloadOptions {
  readonly given: Given<PeerOptions>;
  readonly client: Client;
  readonly log: ServeLog;
  /** Reads the settings anew. */
  readonly read: () => Chosen;
}

/** Returns what holds from now on. */
export function reload(
  before: PeerSettings,
  { given, client, log, read }: ReloadOptions,
): PeerSettings {
  const { settings, complaints, fileComplaints, isRead } = read();
  for (const text of [...fileComplaints, ...complaints]) log.write('warn', 'setting', { text });
  // A slip of whoever edits it must not undo the quotas of a peer that runs.
  if (!isRead) {
    log.write('warn', 'setting', { text: 'nothing of it could be read: what held before goes on' });
    return before;
  }
  const changed = changedSettings(before, settings);
  log.level = given.logLevel ?? settings.logLevel;
  if (given.name === null && settings.name !== null) client.rename(settings.name);
  client.limit(guardChoices(settings));
  const [dialled, wanted] = [before.network.connect, settings.network.connect];
  for (const address of wanted) if (!dialled.includes(address)) client.connect(address);
  const live = changed.filter(({ isLive }) => isLive).map(({ path }) => path);
  const later = changed.filter(({ isLive }) => !isLive).map(({ path }) => path);
  // Whom it dials already it goes on dialling.
  if (dialled.some((address) => !wanted.includes(address))) later.push('network.connect');
  log.write('info', 'reloaded', { changed: live });
  if (later.length > 0) log.write('warn', 'restart needed', { settings: later });
  return settings;
}
