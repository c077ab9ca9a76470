// A theme that someone wrote: looks in place of those of a theme that comes along.

import { roles, themes } from '../style/theme.ts';
import type { Role, Theme } from '../style/theme.ts';
import { Fields, oneOf, textsOf } from './fields.ts';
import type { Reader } from './fields.ts';
import { parseJsonc } from './jsonc.ts';
import type { Complaint } from './jsonc.ts';

const bases = ['dark', 'light', 'none'] as const;
/** Numbers of an SGR sequence and nothing else: a theme must not be able to write anything else to a terminal. */
const SGR = /^(?:\d{1,3}(?:;\d{1,3}){0,15})?$/u;
const what = 'numbers of a terminal colour sequence, such as "1;36"';

const look: Reader<string> = (node) =>
  node.kind === 'text' && SGR.test(node.value) ? { value: node.value } : { wanted: what };

function sgrIn(name: string): string | null {
  return SGR.test(name) ? name : null;
}

export interface ReadTheme {
  readonly theme: Theme;
  readonly complaints: readonly Complaint[];
}

export function readTheme(source: string): ReadTheme {
  const parsed = parseJsonc(source);
  if (!parsed.ok) return { theme: themes.dark, complaints: [parsed.reason] };
  const complaints: Complaint[] = [];
  const fields = new Fields(parsed.value, ['base', 'looks', 'names'], '', complaints);
  const base = themes[fields.read('base', 'dark', oneOf(bases))];
  const node = fields.node('looks');
  const looks = node === null ? null : new Fields(node, roles, 'looks.', complaints);
  const read = (role: Role): string =>
    looks?.read(role, base.looks[role], look) ?? base.looks[role];
  const entries = roles.map((role) => [role, read(role)] as const);
  const own = Object.fromEntries(entries) as Record<Role, string>;
  const names = fields.read('names', base.names, textsOf(sgrIn, `a list of ${what}`));
  return { theme: { looks: own, names }, complaints };
}
