// A colour for each key, so that two people of one name differ and a rename changes nothing.

import { styleText } from 'node:util';
import type { IdentityKey } from '@parley/core';

const palette = [
  'cyan',
  'green',
  'yellow',
  'magenta',
  'blue',
  'red',
  'cyanBright',
  'greenBright',
  'yellowBright',
  'magentaBright',
  'blueBright',
  'redBright',
] as const;

export type PaintName = (identity: IdentityKey, label: string) => string;

export const paintName: PaintName = (identity, label) => {
  const color = palette[Number.parseInt(identity.slice(0, 8), 16) % palette.length] ?? 'cyan';
  return styleText(color, label, { validateStream: false });
};
