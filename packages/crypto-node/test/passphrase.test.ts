import { scryptSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { secretFromPassphrase } from '../src/passphrase.ts';

interface Vector {
  readonly room: string;
  readonly passphrase: string;
  readonly secret: string;
}

const file = new URL('../../../spec/vectors/passphrases.jsonl', import.meta.url);
const vectors = readFileSync(file, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Vector);

describe('the secret of a passphrase', () => {
  it.each(vectors)('for $room from $passphrase is that of the vectors', async (vector) => {
    const secret = await secretFromPassphrase(vector.room, vector.passphrase);
    expect(Buffer.from(secret).toString('hex')).toBe(vector.secret);
  });

  it('is what RFC 7914 makes of the room as salt, with the cost that the spec names', async () => {
    const reference = scryptSync('correct horse battery', 'parley/passphrase/1\0ops', 32, {
      N: 2 ** 17,
      r: 8,
      p: 1,
      maxmem: 2 ** 28,
    });
    const secret = await secretFromPassphrase('ops', 'correct horse battery');
    expect(Buffer.from(secret)).toEqual(reference);
  });

  it('leaves the event loop free meanwhile', async () => {
    let turns = 0;
    const turning = setInterval(() => {
      turns += 1;
    }, 1);
    await secretFromPassphrase('ops', 'correct horse battery');
    clearInterval(turning);
    expect(turns).toBeGreaterThan(10);
  });
});
