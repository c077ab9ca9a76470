// One way for commands to reach a peer: the one that runs on the profile, or one of their own for as long as they need it.

import { duplexPair } from 'node:stream';
import { LocalClient, LocalError, connectLocal } from '@parley/local-api';
import { StoreError } from '@parley/core';
import type { Context } from '../context.ts';
import { profileDirectory } from '../profile/home.ts';
import { openPeer } from '../profile/open.ts';
import type { OpenedPeer } from '../profile/open.ts';
import { settingsFiles } from '../profile/settings-files.ts';
import { chosenFor, withSettings } from '../profile/settings.ts';
import { startListening } from '../profile/start.ts';
import type { Given, LogLevel, PeerOptions } from '../usage/invocation.ts';
import { waitForRunning } from './attach.ts';
import { Connection } from './connection.ts';

export interface Reached {
  readonly parley: LocalClient;
  /** False for a peer that was opened for this command. */
  readonly isRunning: boolean;
}

/** Ends with the process. Offline: what is asked of it needs the store alone. */
export async function reach(
  given: Given<PeerOptions>,
  isOffline: boolean,
  context: Context,
): Promise<Reached> {
  const home = await profileDirectory(given.home, context.env);
  const running = given.ephemeral ? null : await tryRunning(home);
  if (running !== null) return { parley: running, isRunning: true };
  try {
    return { parley: await openOwn(given, isOffline, context), isRunning: false };
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'locked') throw error;
    // Another one has just been started.
    const stream = await waitForRunning(home);
    if (stream === null) throw error;
    return { parley: await LocalClient.over(stream), isRunning: true };
  }
}

async function tryRunning(home: string): Promise<LocalClient | null> {
  try {
    return await connectLocal(home);
  } catch (error) {
    if (error instanceof LocalError && error.code === 'not-running') return null;
    throw error;
  }
}

async function openOwn(
  given: Given<PeerOptions>,
  isOffline: boolean,
  context: Context,
): Promise<LocalClient> {
  const { adapters, version, env, ending } = context;
  const { settings } = await chosenFor(given, env);
  const options = withSettings(given, settings);
  const about = { options, settings, adapters, version, env };
  const peer = await openPeer({ ...about, askName: null, isOffline });
  ending.add(() => peer.close());
  if (isOffline) await peer.client.start();
  else await startListening(peer.client);
  return speakWith(peer, options, context);
}

/** The same JSON as over the socket. */
async function speakWith(
  { client, suite }: OpenedPeer,
  { home }: PeerOptions,
  { adapters, version, env }: Context,
): Promise<LocalClient> {
  const readFile = await settingsFiles(home, env);
  const host = { client, suite, version, fullScreen: adapters.fullScreen, readFile };
  const [ours, theirs] = duplexPair();
  ours.once('close', () => theirs.destroy());
  void new Connection(theirs, host, 'command').run();
  return LocalClient.over(ours);
}

/** Of a command that takes no options of a peer: one of its own listens for nobody. */
export function quietPeer(home: string | null, logLevel: LogLevel): Given<PeerOptions> {
  const listen = ['127.0.0.1:0'];
  const rest = {
    name: null,
    connect: [],
    rooms: [],
    roomFiles: [],
    discovery: false,
    ephemeral: false,
  };
  return { ...rest, home, listen, logLevel };
}
