// The manual and the code are one: the commands of the shell and of the chat, every option, every limit that it promises.

import { readFileSync } from 'node:fs';
import { commandTable } from '@parley/client';
import { LIMITS } from '@parley/core';
import { LOCAL_LIMITS } from '@parley/local-api';
import { NETWORK_LIMITS } from '@parley/net-libp2p';
import { limitsIn } from '@parley/testkit';
import { TUI_LIMITS } from '@parley/tui';
import { describe, expect, it } from 'vitest';
import { CLI_LIMITS } from '../src/limits.ts';
import { parseCommandLine } from '../src/usage/parse.ts';

const manual = readFileSync(new URL('../../../docs/manual.md', import.meta.url), 'utf8');

/** What stands under a heading, until the next one of its rank or above. */
function section(heading: string): string {
  const rank = heading.indexOf(' ');
  const [, rest] = manual.split(`\n${heading}\n`);
  if (rest === undefined) throw new Error(`the manual has no ${heading}`);
  return rest.split(new RegExp(`^#{1,${rank}} `, 'mu'))[0] ?? '';
}

/** The cells of each row of a table, without its head. */
function rowsOf(text: string): string[][] {
  const rows = text.split('\n').filter((line) => line.startsWith('| '));
  return rows
    .slice(2)
    .map((row) => row.split(/(?<!\\)\|/u).map((cell) => cell.trim().replaceAll('\\|', '|')));
}

/** What stands in backquotes. */
function quoted(cell: string): string[] {
  return Array.from(cell.matchAll(/`(?<text>[^`]+)`/gu), ({ groups }) => groups?.['text'] ?? '');
}

function helpOf(...words: readonly string[]): string {
  const invocation = parseCommandLine([...words, '--help'], '1.2.3');
  if (invocation.kind !== 'text') throw new Error('--help asks for a text');
  return invocation.text;
}

function optionsOf(command: string): string[] {
  const found = helpOf(...command.split(' ')).matchAll(/^ {2}(?<option>--[\w-]+)/gmu);
  return Array.from(found, ({ groups }) => groups?.['option'] ?? '').filter(
    (each) => each !== '--help',
  );
}

const listed = helpOf().split('\nCommands:\n')[1]?.split('\n\n')[0] ?? '';
const commands = Array.from(listed.matchAll(/^ {2}(?<name>[a-z]+) /gmu), ({ groups }) => {
  const name = groups?.['name'] ?? '';
  return name === 'room' ? 'room new' : name;
}).filter((name) => name !== 'help');

describe('the manual', () => {
  it('has every command of the shell', () => {
    const [table = ''] = section('## Commands of the shell').split('\n### ');
    const texts = rowsOf(table).flatMap(([, cell = '']) => quoted(cell));
    const named = texts.flatMap(
      (text) => /^parley \[?(?<name>room new|[a-z]+)/u.exec(text)?.groups?.['name'] ?? [],
    );
    expect(commands.length).toBeGreaterThan(8);
    expect(named.filter((name) => name !== 'help').toSorted()).toEqual(commands.toSorted());
  });

  it('has every option of every command, and no other', () => {
    const rows = rowsOf(section('### Options'));
    const described = rows.flatMap(([, options = '', of = '']) =>
      (of === 'all' ? commands : of.split(', ')).flatMap((command) =>
        quoted(options).map((option) => `${command} ${option.split(' ')[0]}`),
      ),
    );
    // Taken, and listed nowhere but in the manual.
    const hidden = ['chat', 'serve', 'send'].map((command) => `${command} --listen-addr`);
    const all = commands.flatMap((command) =>
      optionsOf(command).map((option) => `${command} ${option}`),
    );
    expect(described.toSorted()).toEqual([...all, ...hidden].toSorted());
  });

  it('has every command of the chat as it is used, with its short names', () => {
    const rows = rowsOf(section('## In the chat'));
    const described = rows.map(([, cell = '']) => quoted(cell).join(', '));
    const usages = commandTable.map(({ name, aliases, usage }) =>
      [name, ...aliases].map((each) => `\\${each} ${usage}`.trim()).join(', '),
    );
    expect(described.toSorted()).toEqual(usages.toSorted());
  });

  it('promises the limits that there are', () => {
    const limits = { ...LIMITS, ...NETWORK_LIMITS, ...LOCAL_LIMITS, ...CLI_LIMITS, ...TUI_LIMITS };
    const rows = rowsOf(section('## Limits'));
    expect(rows.length).toBeGreaterThan(15);
    for (const [, what = '', most = '', names = ''] of rows)
      for (const name of quoted(names))
        expect(limitsIn(most), `${what}: ${name}`).toContain(
          new Map(Object.entries(limits)).get(name),
        );
  });
});
