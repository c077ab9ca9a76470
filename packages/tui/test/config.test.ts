// What a person chose is read; what cannot be is told with its line, and the rest holds.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig, usualConfig } from '../src/config/config.ts';
import { parseJsonc } from '../src/config/jsonc.ts';
import type { Node } from '../src/config/jsonc.ts';
import { loadSettings } from '../src/config/load.ts';
import { readTheme } from '../src/config/theme-file.ts';
import { themes } from '../src/style/theme.ts';
import { Stage } from './kit/screen.ts';

/** The value without its lines. */
function bare(node: Node): unknown {
  switch (node.kind) {
    case 'null':
      return null;
    case 'list':
      return node.items.map(bare);
    case 'object':
      return Object.fromEntries(node.fields.map(({ name, value }) => [name, bare(value)]));
    default:
      return node.value;
  }
}

describe('JSON with comments', () => {
  it('takes all that JSON has', () => {
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(
          fc.string({ minLength: 1 }).filter((key) => key !== '__proto__'),
          tie('node'),
          {
            maxKeys: 3,
          },
        ),
      ),
    })).node;
    fc.assert(
      fc.property(value, (given) => {
        const parsed = parseJsonc(JSON.stringify(given, null, 1));
        expect(parsed.ok && bare(parsed.value)).toEqual(given);
      }),
    );
  });

  it('takes comments and commas at the end', () => {
    const parsed = parseJsonc('// one\n{ "a": [1, 2,], /* two\n */ "b": "// no",\n}');
    expect(parsed.ok && bare(parsed.value)).toEqual({ a: [1, 2], b: '// no' });
  });

  it('says in which line something is wrong', () => {
    const broken: readonly (readonly [string, number, string])[] = [
      ['{\n"a": 1\n"b": 2}', 3, 'a comma or } is missing before "b"'],
      ['{\n"a": yes\n}', 2, 'yes has to stand in quotes'],
      ['{\n\n"a": "x', 3, 'does not belong here'],
      ['[1, 2', 1, 'the end of the file'],
      ['{}\n{}', 2, 'does not belong here'],
      ['"\\q"', 1, 'not a text that JSON knows'],
      ['[['.repeat(30), 1, 'nested too deeply'],
    ];
    for (const [source, line, text] of broken) {
      const parsed = parseJsonc(source);
      expect(parsed.ok ? null : parsed.reason).toMatchObject({ line });
      expect(parsed.ok ? '' : parsed.reason.text).toContain(text);
    }
  });

  it('never throws for any text', () => {
    const unit = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      'a',
      '1',
      ' ',
      '\n',
      '/',
      '*',
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 40 }), (source) => {
        expect(typeof parseJsonc(source).ok).toBe('boolean');
      }),
    );
  });
});

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
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'parley-config-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));
  const load = (env = {}): ReturnType<typeof loadSettings> =>
    loadSettings({ directories: [join(directory, 'none'), directory], env });

  it('that are not there leave everything as usual', () => {
    expect(load()).toEqual({ config: usualConfig, theme: themes.dark, complaints: [] });
    expect(load({ COLORFGBG: '0;15' }).theme).toBe(themes.light);
  });

  it('are named in complaints', () => {
    writeFileSync(join(directory, 'config.json'), '{\n"theme": "mine",\n"people": 3 }');
    mkdirSync(join(directory, 'themes'));
    writeFileSync(join(directory, 'themes', 'mine.json'), '{ "looks": { "tim": "1" } }');
    expect(load().complaints).toEqual([
      `${join(directory, 'config.json')}:3: people has to be true or false`,
      `${join(directory, 'themes', 'mine.json')}:1: there is no setting looks.tim; the nearest is time`,
    ]);
  });

  it('cannot be reached outside their directory', () => {
    writeFileSync(join(directory, 'config.json'), '{ "theme": "../../etc/passwd" }');
    expect(load().complaints).toEqual(['"../../etc/passwd" cannot be the name of a theme file']);
  });

  it('are read again by \\reload, which tells what is wrong', async () => {
    const stage = new Stage(120, 24, undefined, { settings: load }).open();
    writeFileSync(
      join(directory, 'config.json'),
      '{ "keys": { "send": "ctrl-s" }, "people": false }',
    );
    stage.type('\\reload\r');
    await stage.shows((text) => text.includes('configuration read') && !text.includes('(you)'));
    stage.type('said\x13');
    await stage.shows((text) => text.includes('anna: said'));
    writeFileSync(join(directory, 'config.json'), '{\n\n oops }');
    stage.type('\\reload\x13');
    await stage.shows((text) => text.includes('config.json:3:'));
    stage.face.stop();
    expect(stage.told).toEqual([]);
  });
});
