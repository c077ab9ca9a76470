// What a person chose is read; what cannot be is told with its line, and the rest holds.

import { screenSettingNames } from '@parley/client';
import type { SettingsFile } from '@parley/client';
import { beforeEach, describe, expect, it } from 'vitest';
import { readConfig, usualConfig } from '../src/config/config.ts';
import { loadSettings } from '../src/config/load.ts';
import { readTheme } from '../src/config/theme-file.ts';
import { themes } from '../src/style/theme.ts';
import { Stage } from './kit/screen.ts';

describe('the configuration', () => {
  it('takes what is right, and tells what is not with line and nearest name', () => {
    const { config, complaints } = readConfig(`{
      "theme": "light",
      "bel": "all",
      "notify": "sometimes",
      "keys": { "send": "ctrl-s", "newline": ["enter", "hyper-x"], "sned": "x" },
    }`);
    expect(config).toEqual({
      ...usualConfig,
      theme: 'light',
      keys: new Map([['send', ['ctrl-s']]]),
    });
    expect(complaints).toEqual([
      { line: 3, text: 'there is no setting bel; the nearest is bell' },
      { line: 4, text: 'notify has to be one of "off", "mention", "all"' },
      { line: 5, text: 'there is no setting keys.sned; the nearest is send' },
      {
        line: 5,
        text: 'keys.newline has to be a key such as "ctrl-n" or "alt-enter", or a list of keys',
      },
    ]);
  });

  it('has the settings that the file may have for a screen', () => {
    expect(Object.keys(usualConfig)).toEqual(screenSettingNames);
  });

  it('leaves what is of the peer to others', () => {
    const source = '{ "name": 3, "network": { "listn": 1 }, "limits": 7, "theme": "none" }';
    const { config, complaints } = readConfig(source);
    expect(config).toEqual({ ...usualConfig, theme: 'none' });
    expect(complaints).toEqual([]);
  });

  it('that is no object at all is told of', () => {
    expect(readConfig('[1]').complaints).toEqual([{ line: 1, text: 'the file has to be {…}' }]);
  });
});

describe('a theme', () => {
  it('changes some looks of another, and can write nothing but colours', () => {
    const { theme, complaints } = readTheme(`{
      "base": "light",
      "looks": { "time": "1;36", "own": "0m\\u001b]0;x" },
      "names": ["31", "32"],
    }`);
    expect(theme.looks).toEqual({ ...themes.light.looks, time: '1;36' });
    expect(theme.names).toEqual(['31', '32']);
    expect(complaints).toEqual([
      {
        line: 3,
        text: 'looks.own has to be numbers of a terminal colour sequence, such as "1;36"',
      },
    ]);
  });
});

describe('files', () => {
  let files: Map<string, string>;
  beforeEach(() => {
    files = new Map();
  });
  const readFile = (name: string): SettingsFile => {
    return { path: `/chosen/${name}`, source: files.get(name) ?? null, complaint: null };
  };
  const load = (env = {}): ReturnType<typeof loadSettings> => loadSettings({ readFile, env });

  it('that are not there leave everything as usual', () => {
    expect(load()).toEqual({ config: usualConfig, theme: themes.dark, complaints: [] });
    expect(load({ COLORFGBG: '0;15' }).theme).toBe(themes.light);
  });

  it('are named in complaints', () => {
    files.set('config.json', '{\n"theme": "mine",\n"people": 3 }');
    files.set('themes/mine.json', '{ "looks": { "tim": "1" } }');
    expect(load().complaints).toEqual([
      '/chosen/config.json:3: people has to be true or false',
      '/chosen/themes/mine.json:1: there is no setting looks.tim; the nearest is time',
    ]);
  });

  it('cannot be reached outside their directory', () => {
    files.set('config.json', '{ "theme": "../../etc/passwd" }');
    expect(load().complaints).toEqual(['"../../etc/passwd" cannot be the name of a theme file']);
  });

  it('are read again by \\reload, which tells what is wrong', async () => {
    const stage = new Stage(120, 24, undefined, { settings: load }).open();
    files.set('config.json', '{ "keys": { "send": "ctrl-s" }, "people": false }');
    stage.type('\\reload\r');
    await stage.shows((text) => text.includes('configuration read') && !text.includes('(you)'));
    stage.type('said\x13');
    await stage.shows((text) => text.includes('anna: said'));
    files.set('config.json', '{\n\n oops }');
    stage.type('\\reload\x13');
    await stage.shows((text) => text.includes('config.json:3:'));
    stage.face.stop();
    expect(stage.told).toEqual([]);
  });
});
