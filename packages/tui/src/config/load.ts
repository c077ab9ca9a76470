// Reads the configuration and the theme from their files.

import { complaintText } from '@parley/client';
import type { ReadSettingsFile } from '@parley/client';
import { themes } from '../style/theme.ts';
import type { Theme } from '../style/theme.ts';
import { readConfig, usualConfig } from './config.ts';
import type { Config } from './config.ts';
import { readTheme } from './theme-file.ts';

export interface Settings {
  readonly config: Config;
  readonly theme: Theme;
  /** One line each: "config.json:3: …". */
  readonly complaints: readonly string[];
}

export interface Places {
  readonly readFile: ReadSettingsFile;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Never throws for what people wrote: what is wrong is told, and holds as usual. */
export function loadSettings({ readFile, env }: Places): Settings {
  const found = readFile('config.json');
  const told: string[] = found.complaint === null ? [] : [found.complaint];
  const read =
    found.source === null ? { config: usualConfig, complaints: [] } : readConfig(found.source);
  told.push(...read.complaints.map((complaint) => complaintText(found.path, complaint)));
  const { theme, complaints } = themeNamed(read.config.theme, { readFile, env });
  return { config: read.config, theme, complaints: [...told, ...complaints] };
}

function themeNamed(name: string, { readFile, env }: Places): Omit<Settings, 'config'> {
  if (name === 'auto') return { theme: isLight(env) ? themes.light : themes.dark, complaints: [] };
  if (name === 'dark' || name === 'light' || name === 'none')
    return { theme: themes[name], complaints: [] };
  if (!/^[\w-]{1,64}$/u.test(name)) {
    return { theme: themes.dark, complaints: [`"${name}" cannot be the name of a theme file`] };
  }
  const found = readFile(`themes/${name}.json`);
  if (found.source === null) {
    return { theme: themes.dark, complaints: [found.complaint ?? `there is no ${found.path}`] };
  }
  const { theme, complaints } = readTheme(found.source);
  return { theme, complaints: complaints.map((complaint) => complaintText(found.path, complaint)) };
}

/** Some terminals tell their colours as "15;0": the last is that of the background. */
function isLight(env: Places['env']): boolean {
  const background = env['COLORFGBG']?.split(';').at(-1);
  return background === '7' || background === '15';
}
