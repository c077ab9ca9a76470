// A bounded memory of key objects, because importing a key costs as much as using it.

import type { KeyObject } from 'node:crypto';

/** Forgets the key imported longest ago when full. */
export class KeyCache {
  readonly #keys = new Map<string, KeyObject>();
  readonly #keysMax: number;
  readonly #import: (raw: Uint8Array) => KeyObject;

  constructor(keysMax: number, importKey: (raw: Uint8Array) => KeyObject) {
    this.#keysMax = keysMax;
    this.#import = importKey;
  }

  get(raw: Uint8Array): KeyObject {
    const name = Buffer.from(raw.buffer, raw.byteOffset, raw.length).toString('latin1');
    const known = this.#keys.get(name);
    if (known !== undefined) return known;
    const key = this.#import(raw);
    if (this.#keys.size >= this.#keysMax) {
      const [oldest] = this.#keys.keys();
      if (oldest !== undefined) this.#keys.delete(oldest);
    }
    this.#keys.set(name, key);
    return key;
  }
}
