// `parley chat`: one peer, and a face between it and this process's terminal; or a face of the peer that runs already.

import { setTimeout as pause } from 'node:timers/promises';
import type { Duplex } from 'node:stream';
import { StoreError } from '@parley/core';
import { LocalError, connectLocal } from '@parley/local-api';
import type { Context, OwnTerminal } from './context.ts';
import { openFace } from './face/open-face.ts';
import type { FaceWishes, OpenedFace } from './face/open-face.ts';
import { hasFullScreen, isWatched } from './face/place.ts';
import type { Place } from './face/place.ts';
import { talk } from './face/talk.ts';
import { EXIT, exitCodeOf, failed } from './failure.ts';
import { closeTelling } from './last-words.ts';
import { attach, reachRunning } from './local/attach.ts';
import { openLocalServer } from './local/open.ts';
import { askName } from './profile/ask-name.ts';
import { profileDirectory } from './profile/home.ts';
import { openPeer } from './profile/open.ts';
import type { OpenedPeer } from './profile/open.ts';
import { askedRooms } from './profile/rooms.ts';
import { settingsFiles } from './profile/settings-files.ts';
import { chosenFor, withSettings } from './profile/settings.ts';
import type { Chosen } from './profile/settings.ts';
import { startListening } from './profile/start.ts';
import type { ChatOptions, Given } from './usage/invocation.ts';
import { CLI_LIMITS } from './limits.ts';

/** Resolves when the input has ended; the process goes on until its ending. */
export async function chat(given: Given<ChatOptions>, context: Context): Promise<void> {
  const chosen = await chosenFor(given, context.env);
  const options = withSettings(given, chosen.settings);
  const home = await profileDirectory(given.home, context.env);
  const giveUpMs = performance.now() + CLI_LIMITS.attachWaitMsMax;
  for (;;) {
    try {
      return await chatHere(options, chosen, context);
    } catch (error) {
      const isLocked = error instanceof StoreError && error.code === 'locked';
      if (!isLocked) throw error;
      const running = await reachRunning(home);
      if (running !== null) return await attachTo(running, home, { given, options }, context);
      if (performance.now() > giveUpMs) throw error;
    }
    // It may be starting, or have the profile for a moment only.
    await pause(CLI_LIMITS.attachIntervalMs);
  }
}

interface Wanted {
  readonly given: Given<ChatOptions>;
  readonly options: ChatOptions;
}

/** What the settings say holds for that process already; what was asked for at this start is passed on. */
async function attachTo(
  running: Duplex,
  home: string,
  { given, options }: Wanted,
  context: Context,
): Promise<void> {
  const { name, connect, listen } = given;
  const session = await enterThere(home, askedRooms(given, context.env));
  if (listen.length > 0 && options.face !== 'json')
    context.err.write('-- --listen changes nothing here: parley runs on this profile already\n');
  await attach({ ...options, name, connect }, running, { session, context });
}

/** Has the process that runs enter these rooms; which session the first of them is, or null for none. */
async function enterThere(home: string, rooms: readonly string[]): Promise<string | null> {
  if (rooms.length === 0) return null;
  const parley = await connectLocal(home);
  const sessions: string[] = [];
  try {
    for (const room of rooms) {
      const joined = await parley.command(`\\join ${room}`);
      sessions.push(joined.session);
    }
  } catch (error) {
    throw error instanceof LocalError ? failed(`--room: ${error.message}`, error) : error;
  }
  await parley.close();
  return sessions[0] ?? null;
}

async function chatHere(options: ChatOptions, chosen: Chosen, context: Context): Promise<void> {
  const { adapters, version, env, ending } = context;
  const place = ownPlace(context);
  const asks = options.face !== 'json' && isWatched(place);
  const ask = asks ? (): Promise<string> => askName(context.stdin, context.stderr) : null;
  const { settings } = chosen;
  const peer = await openPeer({ options, settings, adapters, version, env, askName: ask });
  let isSettled = false;
  ending.add(async () => {
    // At the end of the input the face has told it.
    await (isSettled ? peer.close() : closeTelling(peer, context));
  });
  if (ending.begun) return;
  const wishes = wishesOf(options, place);
  const opened = await openOwnFace(wishes, { place, peer, options }, context);
  const { client } = peer;
  ending.add(async () => {
    await Promise.race([opened.face.caughtUp(), pause(CLI_LIMITS.lastLinesMsMax)]);
    opened.face.stop();
    opened.close();
  });
  await startListening(client);
  if (ending.begun) return;
  const local = options.ephemeral ? null : await openLocalServer(peer, options, context);
  const notices = noticesOf(chosen, peer, wishes);
  if (local?.notice !== undefined) notices.push({ level: 'warn', text: local.notice });
  const { historyLines, stay } = options;
  const isEnding = (): boolean => ending.begun;
  if (!(await talk(opened, { client, version, historyLines, notices, stay, isEnding }))) return;
  isSettled = true;
  await context.out.flush();
  ending.end(EXIT.done);
}

function ownPlace(context: Context): Place {
  const { env, stdin, stdout, stderr, out, err, ending, adapters } = context;
  const openTerminal = async (): Promise<OwnTerminal> => {
    const terminal = new (await adapters.fullScreen()).NodeTerminal(stdin, stdout, out);
    ending.restoreWith(() => terminal.giveBackNow());
    return terminal;
  };
  return {
    env,
    input: stdin,
    out,
    err,
    isTerminal: { input: stdin.isTTY, out: stdout.isTTY, err: stderr.isTTY },
    promptOutput: stderr,
    openTerminal,
    interrupt: () => ending.interrupt(),
    isEnding: () => ending.begun,
  };
}

function wishesOf({ face, ...wishes }: ChatOptions, place: Place): FaceWishes {
  if (face !== 'auto') return { ...wishes, face };
  return { ...wishes, face: hasFullScreen(place) ? 'screen' : 'plain' };
}

interface Own {
  readonly place: Place;
  readonly peer: OpenedPeer;
  readonly options: ChatOptions;
}

async function openOwnFace(
  wishes: FaceWishes,
  { place, peer, options }: Own,
  { adapters, ending, env }: Context,
): Promise<OpenedFace> {
  const { client, suite } = peer;
  return openFace(wishes, place, {
    client,
    suite,
    fullScreen: adapters.fullScreen,
    readFile: await settingsFiles(options.home, env),
    attend: (session) => client.attend(session),
    goesOut: options.ephemeral ? 'never' : 'at-restart',
    onQuit: () => {
      // Settling is the first thing of the ending, so that its deadline covers it.
      ending.add(() =>
        Promise.race([client.settle().then(() => undefined), pause(CLI_LIMITS.quitSettleMsMax)]),
      );
      ending.end(EXIT.done);
    },
    onFailure: (error) => ending.end(exitCodeOf(error)),
  });
}

type Notice = { readonly level: 'info' | 'warn'; readonly text: string };

/** The full screen tells by itself what is wrong with its settings. */
function noticesOf(chosen: Chosen, peer: OpenedPeer, { face }: FaceWishes): Notice[] {
  const { complaints, fileComplaints } = chosen;
  const wrong = face === 'screen' ? complaints : [...fileComplaints, ...complaints];
  const told = wrong.map((text): Notice => ({ level: 'warn', text }));
  return [...told, ...peer.notices.map((text): Notice => ({ level: 'info', text }))];
}
