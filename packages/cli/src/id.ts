// `parley id`: who I am, also while parley runs.

import { nameFromKey, safetyWordsOf, shortKey, shortKeySuffix } from '@parley/core';
import type { Context } from './context.ts';
import { jsonLine } from './face/json-objects.ts';
import { nameKey, peerKey } from './profile/open.ts';
import { readProfile } from './profile/read.ts';
import type { IdOptions } from './usage/invocation.ts';

const suffixLength = 8;

export async function id(options: IdOptions, context: Context): Promise<void> {
  const { identity, store, suite, addresses, files } = await readProfile(options.home, context);
  const name = store.meta(nameKey) ?? nameFromKey(identity);
  const peer = store.meta(peerKey) ?? '';
  const words = safetyWordsOf(suite, identity).join(' ');
  if (options.json) {
    const shortened = shortKeySuffix(identity, suffixLength);
    const key = shortKey(identity);
    const fields = { identity, name, shortKey: shortened, key, safetyWords: words, peer };
    context.out.write(jsonLine({ ...fields, listen: addresses, home: files.directory }));
    return;
  }
  const rows: [string, string][] = [
    ['name', name],
    ['short key', shortKeySuffix(identity, suffixLength)],
    ['key', shortKey(identity)],
    ['identity', identity],
    ['safety words', words],
    ['peer id', peer],
    ['listening', addresses.length === 0 ? 'no: not running' : addresses.join(', ')],
    ['profile', files.directory],
  ];
  context.out.write(rows.map(([title, value]) => `${title.padEnd(14)}${value}\n`).join(''));
}
