// The key list, as it is with this configuration.

import { actionNames, actions, keysOf } from '../input/keymap.ts';
import type { Keymap } from '../input/keymap.ts';

const columnMax = 28;

export function keyRows(keymap: Keymap): readonly string[] {
  const rows = actionNames
    .filter((action) => actions[action].help !== '')
    .map((action) => [
      keysOf(keymap, action).join(', ') || '(no key)',
      `${actions[action].help} [${action}]`,
    ]);
  const widest = Math.max(...rows.map(([keys = '']) => keys.length));
  const width = Math.min(columnMax, widest);
  return rows.map(([keys = '', help = '']) => `${keys.padEnd(width)}  ${help}`);
}
