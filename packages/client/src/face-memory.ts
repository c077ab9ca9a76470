// What faces keep for themselves in the profile, such as what was typed before.

import type { Store } from '@parley/core';
import { LIMITS, encodeUtf8 } from '@parley/core';

const PREFIX = 'face/';

export function recalled(store: Store, key: string): string | null {
  const bytes = store.value(PREFIX + key);
  return bytes === null ? null : new TextDecoder().decode(bytes);
}

/** An empty text is forgotten. */
export function keptText(store: Store, key: string, text: string): void {
  const value = encodeUtf8(text);
  if (value.length > LIMITS.faceTextBytesMax) throw new Error(`too long to be kept: ${key}`);
  store.commit([{ kind: 'value', key: PREFIX + key, value: text === '' ? null : value }]);
}
