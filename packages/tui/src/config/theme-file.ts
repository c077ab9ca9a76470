// A theme that someone wrote: looks in place of those of a theme that comes along.

import { Fields, oneOf, parseJsonc, textOf, textsOf } from '@parley/client';
import type { Complaint } from '@parley/client';
import { roles, themes } from '../style/theme.ts';
import type { Role, Theme } from '../style/theme.ts';

const bases = ['dark', 'light', 'none'] as const;
/** Numbers of an SGR sequence and nothing else: a theme must not be able to write anything else to a terminal. */
const SGR = /^(?:\d{1,3}(?:;\d{1,3}){0,15})?$/u;
const what = 'numbers of a terminal colour sequence, such as "1;36"';

function sgrIn(text: string): string | null {
  return SGR.test(text) ? text : null;
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
    looks?.read(role, base.looks[role], textOf(sgrIn, what)) ?? base.looks[role];
  const entries = roles.map((role) => [role, read(role)] as const);
  const own = Object.fromEntries(entries) as Record<Role, string>;
  const names = fields.read('names', base.names, textsOf(sgrIn, `a list of ${what}`));
  return { theme: { looks: own, names }, complaints };
}
