// \help: the table as text.

import { columns } from './columns.ts';
import { nearest } from './nearest.ts';
import { done, refuse } from './outcome.ts';
import type { CommandCall, CommandOutcome, CommandSpec } from './outcome.ts';

export function help(call: CommandCall): CommandOutcome {
  const word = call.words[0];
  if (word === undefined) {
    const rows = call.table.map((spec) => [usageOf(spec), `${spec.help}${aliasesOf(spec)}`]);
    return done(
      call,
      ...columns(rows),
      'A message that begins with \\ or / is sent by doubling it. \\help COMMAND shows an example.',
    );
  }
  const name = word.replace(/^[\\/]/u, '').toLowerCase();
  const spec = findCommand(call.table, name);
  if (spec === undefined) return refuse('unknown-command', unknownCommandText(call.table, name));
  return done(call, `${usageOf(spec)}  ${spec.help}${aliasesOf(spec)}`, `example: ${spec.example}`);
}

function aliasesOf({ aliases }: CommandSpec): string {
  return aliases.length === 0 ? '' : ` (also ${aliases.map((alias) => `\\${alias}`).join(', ')})`;
}

export function findCommand(table: readonly CommandSpec[], name: string): CommandSpec | undefined {
  return table.find((spec) => spec.name === name || spec.aliases.includes(name));
}

/** "\whois NAME" */
export function usageOf(spec: CommandSpec): string {
  return spec.usage === '' ? `\\${spec.name}` : `\\${spec.name} ${spec.usage}`;
}

const shownNameMax = 40;

export function unknownCommandText(table: readonly CommandSpec[], name: string): string {
  const known = table.flatMap((spec) => [spec.name, ...spec.aliases]);
  const shown = name.length > shownNameMax ? `${name.slice(0, shownNameMax)}…` : name;
  const near = nearest(name, known);
  return (
    `unknown command \\${shown}; the nearest is \\${near ?? 'help'}; ` +
    'to say a line that begins with \\ or /, double that sign'
  );
}
