// The secret of a room from a passphrase that people can say to each other (spec/invites.md §5).

import { scrypt } from 'node:crypto';

/**
 * 128 MiB and about half a second for each guess: the least that the OWASP Password Storage Cheat Sheet (2024) asks of
 * scrypt, and as much as a small machine can spare.
 */
const cost = { N: 131_072, r: 8, p: 1 } as const;
const workBytesMax = 268_435_456;
const secretBytes = 32;
const saltTag = 'parley/passphrase/1\0';

/**
 * 32 bytes: the same for everyone who types this passphrase for a room of this name. The name is in its one form; the
 * passphrase is brought to NFKC, without blanks around it. Off the event loop, in a thread of the pool.
 */
export function secretFromPassphrase(roomName: string, passphrase: string): Promise<Uint8Array> {
  const words = passphrase.normalize('NFKC').trim();
  const options = { ...cost, maxmem: workBytesMax };
  return new Promise((resolve, reject) => {
    scrypt(words, `${saltTag}${roomName}`, secretBytes, options, (error, secret) => {
      if (error === null) resolve(new Uint8Array(secret));
      else reject(error);
    });
  });
}
