// A file that is there to be deleted: on a full disk even a checkpoint needs room, and this is
// where it comes from.

import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

import { writePrivateFile } from './files.ts';

/**
 * How much must be free for a reserve to be made, in reserves: what is left must not be nothing.
 */
const ROOM_FACTOR = 2;

export class Reserve {
  readonly #file: string;
  readonly #bytes: number;
  #present = false;

  constructor(file: string, bytes: number) {
    this.#file = file;
    this.#bytes = bytes;
  }

  /** True if the room is set aside, be it only now; false while the disk has none. */
  hold(): boolean {
    if (this.#present) return true;
    if (this.#isThere()) this.#present = true;
    else if (this.#hasRoom()) this.#present = this.#make();
    return this.#present;
  }

  /** Gives the room back to the disk. */
  free(): void {
    fs.rmSync(this.#file, { force: true });
    this.#present = false;
  }

  #isThere(): boolean {
    return fs.statSync(this.#file, { throwIfNoEntry: false })?.size === this.#bytes;
  }

  #hasRoom(): boolean {
    const room = fs.statfsSync(path.dirname(this.#file));
    return room.bavail * room.bsize >= ROOM_FACTOR * this.#bytes;
  }

  #make(): boolean {
    try {
      // Random, because some file systems keep no room for what compresses away.
      writePrivateFile(this.#file, randomBytes(this.#bytes));
      return true;
    } catch (error) {
      fs.rmSync(this.#file, { force: true });
      if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return false;
      throw error;
    }
  }
}
