// How keys are called: "ctrl-n", "alt-enter", "pageup", "shift-tab".

const modifiers = ['ctrl', 'alt', 'shift', 'super'] as const;
const aliases: ReadonlyMap<string, string> = new Map([
  ['esc', 'escape'],
  ['return', 'enter'],
  ['pgup', 'pageup'],
  ['pgdn', 'pagedown'],
  ['del', 'delete'],
  ['ins', 'insert'],
  ['meta', 'alt'],
]);

const named = new Set(
  'escape enter tab space backspace delete insert home end pageup pagedown up down left right'
    .split(' ')
    .concat(Array.from({ length: 12 }, (_, index) => `f${index + 1}`)),
);

/** One spelling for each key: modifiers in one order, joined by "-". Null for what is no key. */
export function keyName(written: string): string | null {
  const found = new Set<string>();
  let rest = written.trim().toLowerCase();
  for (;;) {
    const part = /^(ctrl|alt|meta|shift|super)[+-](?=.)/u.exec(rest);
    if (part === null) break;
    found.add(aliases.get(part[1] ?? '') ?? part[1] ?? '');
    rest = rest.slice(part[0].length);
  }
  const key = aliases.get(rest) ?? rest;
  if (!named.has(key) && Array.from(key).length !== 1) return null;
  return [...modifiers.filter((modifier) => found.has(modifier)), key].join('-');
}
