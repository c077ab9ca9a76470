// Reads the configuration and the theme from their files.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TUI_LIMITS } from '../limits.ts';
import { themes } from '../style/theme.ts';
import type { Theme } from '../style/theme.ts';
import { readConfig, usualConfig } from './config.ts';
import type { Config } from './config.ts';
import type { Complaint } from './jsonc.ts';
import { readTheme } from './theme-file.ts';

export interface Settings {
  readonly config: Config;
  readonly theme: Theme;
  /** One line each: "config.json:3: …". */
  readonly complaints: readonly string[];
}

export interface Places {
  /** Where config.json and themes/ may be, the first that has the file first. */
  readonly directories: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Never throws for what people wrote: what is wrong is told, and holds as usual. */
export function loadSettings({ directories, env }: Places): Settings {
  const found = readFirst(directories, 'config.json');
  const told: string[] = found.complaint === null ? [] : [found.complaint];
  const read =
    found.source === null ? { config: usualConfig, complaints: [] } : readConfig(found.source);
  told.push(...read.complaints.map((complaint) => lineOf(found.path, complaint)));
  const { theme, complaints } = themeNamed(read.config.theme, { directories, env });
  return { config: read.config, theme, complaints: [...told, ...complaints] };
}

function themeNamed(name: string, { directories, env }: Places): Omit<Settings, 'config'> {
  if (name === 'auto') return { theme: isLight(env) ? themes.light : themes.dark, complaints: [] };
  if (name === 'dark' || name === 'light' || name === 'none')
    return { theme: themes[name], complaints: [] };
  if (!/^[\w-]{1,64}$/u.test(name)) {
    return { theme: themes.dark, complaints: [`"${name}" cannot be the name of a theme file`] };
  }
  const found = readFirst(directories, join('themes', `${name}.json`));
  if (found.source === null) {
    return { theme: themes.dark, complaints: [found.complaint ?? `there is no ${found.path}`] };
  }
  const { theme, complaints } = readTheme(found.source);
  return { theme, complaints: complaints.map((complaint) => lineOf(found.path, complaint)) };
}

/** Some terminals tell their colours as "15;0": the last is that of the background. */
function isLight(env: Places['env']): boolean {
  const background = env['COLORFGBG']?.split(';').at(-1);
  return background === '7' || background === '15';
}

interface Found {
  readonly path: string;
  /** Null where there is no such file. */
  readonly source: string | null;
  readonly complaint: string | null;
}

function readFirst(directories: readonly string[], name: string): Found {
  let path = name;
  for (const directory of directories) {
    path = join(directory, name);
    try {
      const source = readFileSync(path, 'utf8');
      if (source.length <= TUI_LIMITS.configBytesMax) return { path, source, complaint: null };
      return { path, source: null, complaint: `${path} is too long to be read` };
    } catch (error) {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') continue;
      return { path, source: null, complaint: `cannot read ${path}: ${codeOf(error)}` };
    }
  }
  return { path, source: null, complaint: null };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

function lineOf(path: string, { line, text }: Complaint): string {
  return `${path}:${line}: ${text}`;
}
