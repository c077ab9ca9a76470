// Commands that only a screen has.

import { TUI_LIMITS } from '../limits.ts';
import { helpRows } from './help.ts';
import { keyRows } from './key-list.ts';
import type { Desk } from './desk.ts';
import { noteHere } from './desk.ts';

export interface OwnCommand {
  readonly name: string;
  readonly usage: string;
  readonly help: string;
  readonly run: (desk: Desk, rest: string) => void;
}

export const ownCommands: readonly OwnCommand[] = [
  {
    name: 'search',
    usage: 'TEXT',
    help: 'finds lines in all sessions; enter goes to the chosen one',
    run: search,
  },
  {
    name: 'reload',
    usage: '',
    help: 'reads the configuration and the theme again',
    run: (desk) => {
      const complaint = desk.reload();
      noteHere(desk, complaint === null ? 'answer' : 'error', complaint ?? 'configuration read');
    },
  },
  { name: 'keys', usage: '', help: 'lists the keys', run: showKeys },
];

/** Without a command's name: \help is a list to read here. */
const help: OwnCommand = { name: 'help', usage: '', help: '', run: showHelp };

/** The command that was typed and what stands behind it; null for what is not one of these. */
export function ownCommandIn(
  text: string,
): { readonly command: OwnCommand; readonly rest: string } | null {
  const parts = /^[\\/](\w+)(?:\s+([^]*))?$/u.exec(text.trimEnd());
  const rest = parts?.[2]?.trim() ?? '';
  const all = rest === '' ? [...ownCommands, help] : ownCommands;
  const command = all.find(({ name }) => name === parts?.[1]?.toLowerCase());
  return command === undefined ? null : { command, rest };
}

export function showKeys(desk: Desk): void {
  const rows = keyRows(desk.keymap);
  desk.state = { ...desk.state, mode: { kind: 'list', title: 'keys', rows, top: 0 } };
}

function showHelp(desk: Desk): void {
  const rows = helpRows(desk, ownCommands);
  desk.state = { ...desk.state, mode: { kind: 'list', title: 'help', rows, top: 0 } };
}

function search(desk: Desk, query: string): void {
  if (query === '') {
    noteHere(desk, 'error', 'search for what? \\search TEXT');
    return;
  }
  const hits = desk.client.view.search(query, null, TUI_LIMITS.searchHits);
  if (hits.length === 0) {
    noteHere(desk, 'answer', `nothing found of: ${query}`);
    return;
  }
  desk.state = { ...desk.state, mode: { kind: 'hits', query, hits, at: 0 } };
}
