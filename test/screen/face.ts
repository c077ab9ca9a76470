// parley's full-screen client in a terminal of a test, with peers in JSON mode to talk with.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newHome } from '../e2e/peer.ts';
import type { Peer } from '../e2e/peer.ts';
import { Terminal } from './terminal.ts';
import type { TerminalSettings } from './terminal.ts';

const program: string = fileURLToPath(new URL('../../packages/cli/bin/parley', import.meta.url));

export interface FaceSettings extends TerminalSettings {
  readonly home?: string;
  readonly args?: readonly string[];
  /** What config.json says. */
  readonly config?: string;
  /** Whom to dial. */
  readonly with?: readonly Peer[];
}

export interface Face {
  readonly terminal: Terminal;
  readonly home: string;
}

/** Its profile, arguments and environment, without starting anything. */
export function prepared(name: string, settings: FaceSettings = {}): Prepared {
  const { home = newHome(), args = [], config, with: others = [], env = {} } = settings;
  if (config !== undefined) configure(home, config);
  const dialled = others.flatMap(({ address }) => ['--connect', address]);
  const usual = ['--no-discovery', '--listen', '127.0.0.1:0', '--name', name];
  return {
    home,
    command: [program, ...usual, ...dialled, ...args],
    // Nobody's own configuration is to be found.
    settings: { ...settings, env: { PARLEY_HOME: home, XDG_CONFIG_HOME: home, ...env } },
  };
}

interface Prepared {
  readonly home: string;
  readonly command: readonly string[];
  readonly settings: TerminalSettings;
}

/** The client, once it shows that nothing is missing, and somebody of those it is to be with. */
export async function openFace(name: string, settings: FaceSettings = {}): Promise<Face> {
  const { home, command, settings: wishes } = prepared(name, settings);
  const terminal = new Terminal(command, wishes);
  const isMet = settings.with === undefined ? /missing 0/u : /(?:is|are) here[^]*missing 0/u;
  await terminal.until('client that has started', (screen) => isMet.test(screen));
  return { terminal, home };
}

export function configure(home: string, config: string): void {
  writeFileSync(join(home, 'config.json'), config);
}

/** The process that has this profile. */
export function pidOf(home: string): number {
  return Number.parseInt(readFileSync(join(home, 'lock.pid'), 'utf8'), 10);
}
