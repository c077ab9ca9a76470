// What holds for a peer: what the command line says, else config.json, else the usual.

import { complaintText, readPeerSettings, usualSettings } from '@parley/client';
import type { PeerSettings, ReadSettingsFile } from '@parley/client';
import type { Given, PeerOptions } from '../usage/invocation.ts';
import { settingsFiles } from './settings-files.ts';

export interface Chosen {
  readonly settings: PeerSettings;
  /** One line each: "…/config.json:3: …". What they are about holds as usual. */
  readonly complaints: readonly string[];
  /** Those about the file as a whole, of which the full screen tells by itself. */
  readonly fileComplaints: readonly string[];
  /** False where there is a file, and nothing of it could be read. */
  readonly isRead: boolean;
}

/** Reads the settings of a profile; a broken file keeps nobody from chatting. */
export async function chosenFor(
  { home }: Pick<PeerOptions, 'home'>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Chosen> {
  return readChosen(await settingsFiles(home, env));
}

export function readChosen(readFile: ReadSettingsFile): Chosen {
  const { path, source, complaint } = readFile('config.json');
  if (source === null) {
    const fileComplaints = complaint === null ? [] : [complaint];
    return { settings: usualSettings, complaints: [], fileComplaints, isRead: complaint === null };
  }
  const { settings, ...read } = readPeerSettings(source);
  return {
    settings,
    isRead: read.isRead,
    complaints: read.complaints.map((each) => complaintText(path, each)),
    fileComplaints: read.fileComplaints.map((each) => complaintText(path, each)),
  };
}

/** The command line comes first; to whom it connects is added to whom the file does. */
export function withSettings<Options extends PeerOptions>(
  given: Given<Options>,
  settings: PeerSettings,
): Given<Options> & PeerOptions {
  const { network } = settings;
  return {
    ...given,
    name: given.name ?? settings.name,
    listen: given.listen.length > 0 ? given.listen : network.listen,
    connect: [...new Set([...network.connect, ...given.connect])],
    discovery: given.discovery && network.discovery,
    logLevel: given.logLevel ?? settings.logLevel,
  };
}
