// The full-screen face between a peer and the terminal that this process has.

import type { CommandTools } from '@parley/client';
import type { Context } from './context.ts';
import type { ChatFace } from './face/face.ts';
import { isTold } from './face/notice-text.ts';
import { failureText } from './failure.ts';
import { screenOf } from './io/screen.ts';
import { settingsFiles } from './profile/settings-files.ts';
import type { OpenedPeer } from './profile/open.ts';
import type { ChatOptions } from './usage/invocation.ts';

/** Someone sits at both ends, and the terminal can do more than print. */
export function hasFullScreen(options: ChatOptions, { stdin, stdout, env }: Context): boolean {
  const term = env['TERM'] ?? 'dumb';
  return options.face === 'auto' && stdin.isTTY && stdout.isTTY && term !== 'dumb' && term !== '';
}

export interface FullScreenWays {
  readonly tools: CommandTools;
  readonly onQuit: () => void;
  readonly onFailure: (error: unknown) => void;
}

/** Takes the terminal at once, before anything is connected. */
export async function openScreen(
  options: ChatOptions,
  context: Context,
  { client }: OpenedPeer,
  ways: FullScreenWays,
): Promise<ChatFace> {
  const { stdin, stdout, out, err, env, ending, adapters } = context;
  const { openFullScreen } = await adapters.fullScreen();
  const { color, unicode } = screenOf(env, stdout.isTTY, options.color);
  const streams = { input: stdin, screen: stdout, output: out };
  const readFile = await settingsFiles(options.home, env);
  const onInterrupt = (): void => ending.interrupt();
  const face = openFullScreen({
    client,
    ...ways,
    ...streams,
    env,
    readFile,
    color,
    unicode,
    onInterrupt,
  });
  ending.restoreWith(() => face.restoreNow());
  stdin.on('end', onInterrupt);
  return {
    begin: () => face.begin(),
    notice: (level, text) => {
      if (isTold(level, options.logLevel)) face.notice(text);
    },
    error: (error) => {
      face.stop();
      err.write(failureText(error, options.logLevel === 'debug'));
    },
    settled: () => undefined,
    caughtUp: () => Promise.resolve(),
    stop: () => face.stop(),
  };
}
