// Puts the full-screen face together over a terminal.

import type { Client, CommandTools, ReadSettingsFile, SessionName } from '@parley/client';
import { loadSettings } from './config/load.ts';
import type { Settings } from './config/load.ts';
import { FullScreen } from './app/full-screen.ts';
import { TUI_LIMITS } from './limits.ts';
import type { Terminal } from './output/terminal.ts';

export interface OpenOptions {
  readonly client: Client;
  readonly tools: CommandTools;
  /** Which session a person looks at in this face. */
  readonly attend: (session: SessionName | null) => void;
  readonly terminal: Terminal;
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
}

/** Takes the terminal at once, and shows what the store has. */
export function openFullScreen(options: OpenOptions): OpenedScreen {
  const { readFile, ...rest } = options;
  const { env } = options;
  const settings = (): Settings => loadSettings({ readFile, env });
  const isRemote = (env['SSH_CONNECTION'] ?? env['SSH_TTY'] ?? '') !== '';
  const escapeWaitMs = isRemote ? TUI_LIMITS.escapeWaitRemoteMs : TUI_LIMITS.escapeWaitMs;
  const face = new FullScreen({
    ...rest,
    settings,
    escapeWaitMs,
    nowMs: () => performance.now(),
  });
  face.open();
  return {
    begin: () => face.begin(),
    notice: (text) => face.notice(text),
    stop: () => face.stop(),
  };
}
