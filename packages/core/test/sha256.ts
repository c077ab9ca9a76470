// SHA-256 of a text as hex, for made-up names in tests.

import { createHash } from 'node:crypto';

export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
