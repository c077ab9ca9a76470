// Puts the full-screen face together over this process's terminal.

import type { ReadStream } from 'node:tty';
import type { Client, CommandTools, ReadSettingsFile } from '@parley/client';
import { loadSettings } from './config/load.ts';
import type { Settings } from './config/load.ts';
import { FullScreen } from './app/full-screen.ts';
import { TUI_LIMITS } from './limits.ts';
import { NodeTerminal } from './output/node-terminal.ts';
import type { Screen, TextOutput } from './output/node-terminal.ts';

export interface OpenOptions {
  readonly client: Client;
  readonly tools: CommandTools;
  readonly input: ReadStream;
  readonly screen: Screen;
  /** Writes to `screen`. */
  readonly output: TextOutput;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The configuration and themes: "config.json", "themes/NAME.json". */
  readonly readFile: ReadSettingsFile;
  readonly color: boolean;
  readonly unicode: boolean;
  readonly onQuit: () => void;
  readonly onInterrupt: () => void;
  readonly onFailure: (error: unknown) => void;
}

export interface OpenedScreen {
  /** The client has started. */
  begin(): void;
  notice(text: string): void;
  /** Gives the terminal back. Idempotent. */
  stop(): void;
  /** The same without waiting for anything: for the very end of the process. */
  restoreNow(): void;
}

/** Takes the terminal at once, and shows what the store has. */
export function openFullScreen(options: OpenOptions): OpenedScreen {
  const { input, screen, output, readFile, ...rest } = options;
  const { env } = options;
  const settings = (): Settings => loadSettings({ readFile, env });
  const terminal = new NodeTerminal(input, screen, output);
  const isRemote = (env['SSH_CONNECTION'] ?? env['SSH_TTY'] ?? '') !== '';
  const escapeWaitMs = isRemote ? TUI_LIMITS.escapeWaitRemoteMs : TUI_LIMITS.escapeWaitMs;
  const face = new FullScreen({
    ...rest,
    settings,
    terminal,
    escapeWaitMs,
    nowMs: () => performance.now(),
  });
  face.open();
  return {
    begin: () => face.begin(),
    notice: (text) => face.notice(text),
    stop: () => face.stop(),
    restoreNow: () => terminal.giveBackNow(),
  };
}
