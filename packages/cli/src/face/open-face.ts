// Opens a face in a place: the full screen, line mode with or without a prompt, or JSON mode.

import type {
  CharacterRoom,
  Client,
  CommandTools,
  ReadSettingsFile,
  ShownLine,
} from '@parley/client';
import { lobbyName, peopleAround } from '@parley/client';
import type { Suite } from '@parley/core';
import { safetyWordsOf } from '@parley/core';
import type { FullScreens } from '../context.ts';
import { failed, isSystemError } from '../failure.ts';
import { readLines } from '../io/input.ts';
import { LineSplitter } from '../io/line-splitter.ts';
import { screenOf } from '../io/screen.ts';
import type { Screen } from '../io/screen.ts';
import type { LogLevel } from '../usage/invocation.ts';
import { complete } from './complete.ts';
import type { Attend } from './current-session.ts';
import type { ChatFace, Face, FaceOptions } from './face.ts';
import { FullScreenFace } from './full-screen.ts';
import { JsonFace } from './json.ts';
import type { GoesOut } from './notice-text.ts';
import { lineFormat } from './line-text.ts';
import { isWatched, roomOf } from './place.ts';
import type { Place } from './place.ts';
import { PlainFace } from './plain.ts';
import { Prompt, promptText } from './prompt.ts';

export interface FaceWishes {
  readonly face: 'screen' | 'plain' | 'json';
  readonly time: boolean;
  readonly color: boolean;
  readonly historyLines: number;
  readonly logLevel: LogLevel;
}

export interface FaceSources {
  readonly client: Client;
  readonly suite: Suite;
  readonly fullScreen: () => Promise<FullScreens>;
  readonly readFile: ReadSettingsFile;
  readonly attend: Attend;
  readonly goesOut: GoesOut;
  /** The person wants to leave. */
  readonly onQuit: () => void;
  /** Something broke; it was told already. */
  readonly onFailure: (error: unknown) => void;
}

export interface OpenedFace {
  readonly face: ChatFace;
  /** Reads to the end of the input. */
  readonly read: () => Promise<void>;
  /** Gives the terminal back. Idempotent. */
  readonly close: () => void;
}

const nothing = (): void => undefined;

/** Takes the terminal, if it is to have it, at once. */
export async function openFace(
  wishes: FaceWishes,
  place: Place,
  sources: FaceSources,
): Promise<OpenedFace> {
  let failing: ChatFace | null = null;
  const shared = sharedOptions(wishes, sources, (error) => {
    failing?.error(error);
    sources.onFailure(error);
  });
  const opened = await open(wishes, { place, shared, sources });
  failing = opened.face;
  return opened;
}

type Shared = Omit<FaceOptions, 'stdout' | 'stderr'>;

interface Making {
  readonly place: Place;
  readonly shared: Shared;
  readonly sources: FaceSources;
}

async function open(wishes: FaceWishes, making: Making): Promise<OpenedFace> {
  const { place, shared } = making;
  if (wishes.face === 'screen') return openScreen(wishes, making);
  const streams = { stdout: place.out, stderr: place.err };
  if (wishes.face === 'json') {
    const face = new JsonFace({ ...shared, ...streams });
    return { face, read: () => readInput(face, place), close: nothing };
  }
  const screen = screenOf(place.env, place.isTerminal.out, wishes.color);
  const format = lineFormat({ screen, time: wishes.time ? 'clock' : 'none' });
  const room = (): CharacterRoom | null => roomOf(place);
  const about = { ...shared, format, screen, isWatched: isWatched(place), room };
  // Someone sits there, and the terminal can move its cursor.
  if (isWatched(place) && place.env['TERM'] !== 'dumb') {
    const { prompt, run } = makePrompt(place, shared.client, screen);
    const { out, err } = place;
    const stdout = place.isTerminal.out ? prompt.above(out) : out;
    const face = new PlainFace({ ...about, stdout, stderr: prompt.above(err) });
    return { face, read: () => run(face), close: () => prompt.close() };
  }
  const face = new PlainFace({ ...about, ...streams });
  return { face, read: () => readInput(face, place), close: nothing };
}

function sharedOptions(
  { logLevel }: FaceWishes,
  { client, suite, attend, goesOut, onQuit }: FaceSources,
  onFailure: (error: unknown) => void,
): Shared {
  const tools: CommandTools = {
    wordsOf: (identity) => safetyWordsOf(suite, identity),
    nowMs: () => Date.now(),
  };
  const after = client.view.newest();
  return { client, tools, attend, goesOut, logLevel, after, onQuit, onFailure };
}

async function openScreen(
  { color, logLevel }: FaceWishes,
  { place, shared, sources }: Making,
): Promise<OpenedFace> {
  const { env, input, err, interrupt } = place;
  const { client, tools, attend, onQuit, onFailure } = shared;
  const { openFullScreen } = await sources.fullScreen();
  const terminal = await place.openTerminal();
  const shown = screenOf(env, true, color);
  const { readFile } = sources;
  const ways = { onQuit, onInterrupt: interrupt, onFailure };
  const about = { client, tools, attend, terminal, env, readFile };
  const opened = openFullScreen({ ...about, ...shown, ...ways });
  input.on('end', interrupt);
  const face = new FullScreenFace(opened, err, logLevel);
  return { face, read: untilLeft, close: () => opened.stop() };
}

/** It ends when the person leaves, by whichever way. */
function untilLeft(): Promise<void> {
  return new Promise(nothing);
}

interface PromptRun {
  readonly prompt: Prompt;
  /** Resolves when there will be no more input. */
  readonly run: (face: PlainFace) => Promise<void>;
}

function makePrompt(place: Place, { view }: Client, screen: Screen): PromptRun {
  const ended = Promise.withResolvers<void>();
  let face: PlainFace | null = null;
  const prompt = new Prompt({
    input: place.input,
    output: place.promptOutput,
    text: () => promptText(face?.current.title ?? lobbyName, screen),
    complete: (typed) => complete(typed, peopleAround(view, face?.current.name ?? lobbyName)),
    onLine: (line) => {
      if (line !== '') face?.taker.take(line);
      const gate = face?.taker.gate() ?? null;
      if (gate !== null) void prompt.pauseFor(gate);
    },
    onEnd: () => ended.resolve(),
    onInterrupt: place.interrupt,
  });
  const run = (taker: PlainFace): Promise<void> => {
    face = taker;
    prompt.show();
    return ended.promise;
  };
  return { prompt, run };
}

async function readInput({ taker, lineBytesMax }: Face, place: Place): Promise<void> {
  try {
    await readLines(place.input, new LineSplitter(lineBytesMax), {
      gate: () => taker.gate(),
      take: (line) => !place.isEnding() && taker.take(line),
    });
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw failed(`cannot read the input: ${error.message}`, error);
  }
}

/** The last lines of every session, to be shown first. */
export function historyOf({ view }: Client, linesMax: number): readonly ShownLine[] {
  if (linesMax === 0) return [];
  return view.sessions().flatMap(({ session }) => view.history(session, { linesMax }));
}
