// `parley chat`: one peer, and a face between it and stdin, stdout and stderr.

import { setTimeout as pause } from 'node:timers/promises';
import { lobbyName, peopleAround } from '@parley/client';
import type { Client, ShownLine } from '@parley/client';
import { safetyWordsOf } from '@parley/core';
import type { Context } from './context.ts';
import { complete } from './face/complete.ts';
import type { ChatFace, Face, FaceOptions } from './face/face.ts';
import { JsonFace } from './face/json.ts';
import { lineFormat } from './face/line-text.ts';
import { PlainFace } from './face/plain.ts';
import { Prompt, promptText } from './face/prompt.ts';
import { EXIT, exitCodeOf, failed, isSystemError } from './failure.ts';
import { hasFullScreen, openScreen } from './full-screen.ts';
import { readLines } from './io/input.ts';
import { LineSplitter } from './io/line-splitter.ts';
import { screenOf } from './io/screen.ts';
import type { Screen } from './io/screen.ts';
import { askName } from './profile/ask-name.ts';
import { openPeer } from './profile/open.ts';
import type { OpenedPeer } from './profile/open.ts';
import { chosenFor, withSettings } from './profile/settings.ts';
import type { ChatOptions, Given } from './usage/invocation.ts';
import { CLI_LIMITS } from './limits.ts';

/** Resolves when the input has ended; the process goes on until its ending. */
export async function chat(given: Given<ChatOptions>, context: Context): Promise<void> {
  const { adapters, version, env, ending } = context;
  const { settings, complaints, fileComplaints } = await chosenFor(given, env);
  const options = withSettings(given, settings);
  const asks = options.face !== 'json' && isTerminal(context);
  const ask = asks ? (): Promise<string> => askName(context.stdin, context.stderr) : null;
  const peer = await openPeer({ options, settings, adapters, version, env, askName: ask });
  ending.add(() => peer.close());
  if (ending.begun) return;
  const { face, input } = await makeFace(options, context, peer);
  const { client, notices } = peer;
  ending.add(async () => {
    await Promise.race([face.caughtUp(), pause(CLI_LIMITS.lastLinesMsMax)]);
    face.stop();
  });
  await startListening(client);
  if (ending.begun) return;
  face.begin({ version, history: historyOf(peer, options.historyLines) });
  const told = hasFullScreen(options, context) ? complaints : [...fileComplaints, ...complaints];
  for (const text of told) face.notice('warn', text);
  for (const text of notices) face.notice('info', text);
  await input();
  if (options.stay || ending.begun) return;
  face.settled(await client.settle());
  // However slowly it is read: there is no hurry before the ending.
  await face.caughtUp();
  await context.out.flush();
  ending.end(EXIT.done);
}

/** Starts, and waits until it is known where others reach us. */
async function startListening(client: Client): Promise<void> {
  const listening = new Promise<void>((resolve) => {
    const forget = client.onChange((change) => {
      if (change.kind !== 'listening') return;
      forget();
      resolve();
    });
  });
  await client.start();
  await listening;
}

interface Made {
  readonly face: ChatFace;
  /** Reads to the end of the input. */
  readonly input: () => Promise<void>;
}

async function makeFace(options: ChatOptions, context: Context, peer: OpenedPeer): Promise<Made> {
  const { client, suite } = peer;
  const { out, err, ending, env } = context;
  let failing: ChatFace | null = null;
  const shared: Omit<FaceOptions, 'stdout' | 'stderr'> = {
    client,
    tools: {
      wordsOf: (identity) => safetyWordsOf(suite, identity),
      nowMs: () => Date.now(),
    },
    logLevel: options.logLevel,
    after: client.view.newest(),
    onQuit: () => {
      // Settling is the first thing of the ending, so that its deadline covers it.
      ending.add(() =>
        Promise.race([client.settle().then(() => undefined), pause(CLI_LIMITS.quitSettleMsMax)]),
      );
      ending.end(EXIT.done);
    },
    onFailure: (error) => {
      failing?.error(error);
      ending.end(exitCodeOf(error));
    },
  };
  if (hasFullScreen(options, context)) {
    const face = await openScreen(options, context, peer, shared);
    failing = face;
    // It ends when the person leaves, by whichever way.
    return { face, input: () => new Promise(() => undefined) };
  }
  const streams = { stdout: out, stderr: err };
  if (options.face === 'json') {
    const face = new JsonFace({ ...shared, ...streams });
    failing = face;
    return { face, input: () => readInput(face, context) };
  }
  const screen = screenOf(env, context.stdout.isTTY, options.color);
  const format = lineFormat({ screen, time: options.time ? 'clock' : 'none' });
  const prompt = hasPrompt(context) ? makePrompt(context, peer, screen) : null;
  const above = prompt === null ? streams : promptedStreams(context, prompt.prompt);
  const isWatched = isTerminal(context);
  const face = new PlainFace({ ...shared, ...above, format, screen, isWatched });
  failing = face;
  if (prompt === null) return { face, input: () => readInput(face, context) };
  return { face, input: () => prompt.run(face) };
}

function isTerminal({ stdin, stderr }: Context): boolean {
  return stdin.isTTY && stderr.isTTY;
}

/** Someone sits there, and the terminal can move its cursor. */
function hasPrompt(context: Context): boolean {
  return isTerminal(context) && context.env['TERM'] !== 'dumb';
}

function promptedStreams(
  { stdout, out, err }: Context,
  prompt: Prompt,
): Pick<FaceOptions, 'stdout' | 'stderr'> {
  return { stdout: stdout.isTTY ? prompt.above(out) : out, stderr: prompt.above(err) };
}

interface PromptRun {
  readonly prompt: Prompt;
  /** Resolves when there will be no more input. */
  readonly run: (face: PlainFace) => Promise<void>;
}

function makePrompt(
  { stdin, stderr, ending }: Context,
  { client }: OpenedPeer,
  screen: Screen,
): PromptRun {
  const ended = Promise.withResolvers<void>();
  let face: PlainFace | null = null;
  const prompt = new Prompt({
    input: stdin,
    output: stderr,
    text: () => promptText(face?.current.title ?? lobbyName, screen),
    complete: (typed) =>
      complete(typed, peopleAround(client.view, face?.current.name ?? lobbyName)),
    onLine: (line) => {
      if (line !== '') face?.taker.take(line);
      const gate = face?.taker.gate() ?? null;
      if (gate !== null) void prompt.pauseFor(gate);
    },
    onEnd: () => ended.resolve(),
    onInterrupt: () => ending.interrupt(),
  });
  ending.add(() => prompt.close());
  const run = (taker: PlainFace): Promise<void> => {
    face = taker;
    prompt.show();
    return ended.promise;
  };
  return { prompt, run };
}

async function readInput(face: Face, { stdin, ending }: Context): Promise<void> {
  const { taker, lineBytesMax } = face;
  try {
    await readLines(stdin, new LineSplitter(lineBytesMax), {
      gate: () => taker.gate(),
      take: (line) => !ending.begun && taker.take(line),
    });
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw failed(`cannot read the input: ${error.message}`, error);
  }
}

function historyOf({ client }: OpenedPeer, linesMax: number): readonly ShownLine[] {
  if (linesMax === 0) return [];
  const { view } = client;
  return view.sessions().flatMap(({ session }) => view.history(session, { linesMax }));
}
