// What Kademlia keeps of other peers: provider records in memory, bounded in number, by key and by peer, for a while.

/** A name in a datastore, as Kademlia makes them: /dht/provider/<key>/<peer>. */
export interface RecordName {
  toString(): string;
}

export interface RecordQuery {
  readonly prefix?: string;
}

export interface NamedRecord<Name extends RecordName> {
  readonly key: Name;
  readonly value: Uint8Array;
}

interface Kept<Name extends RecordName> {
  readonly name: Name;
  readonly value: Uint8Array;
  readonly untilMs: number;
}

export interface RecordLimits {
  readonly recordsMax: number;
  readonly recordsPerKeyMax: number;
  readonly recordsPerPeerMax: number;
  readonly recordMs: number;
}

/** The part of a datastore that Kademlia uses. What is no provider record is not kept: nobody here needs values. */
export class ProviderRecords<Name extends RecordName> {
  readonly #limits: RecordLimits;
  readonly #nowMs: () => number;
  /** By key and then peer, oldest first. */
  readonly #byKey = new Map<string, Map<string, Kept<Name>>>();
  readonly #countOf = new Map<string, number>();
  #count = 0;

  constructor(limits: RecordLimits, nowMs: () => number) {
    this.#limits = limits;
    this.#nowMs = nowMs;
  }

  get count(): number {
    return this.#count;
  }

  put(name: Name, value: Uint8Array): Name {
    const place = placeOf(name);
    if (place === null) return name;
    const { key, peer } = place;
    this.#drop(key, peer);
    const { recordsMax, recordsPerKeyMax, recordsPerPeerMax, recordMs } = this.#limits;
    if ((this.#countOf.get(peer) ?? 0) >= recordsPerPeerMax) return name;
    const peers = this.#byKey.get(key) ?? new Map<string, Kept<Name>>();
    const [oldestPeer] = peers.keys();
    if (peers.size >= recordsPerKeyMax && oldestPeer !== undefined) this.#drop(key, oldestPeer);
    if (this.#count >= recordsMax) this.#makeRoom();
    peers.set(peer, { name, value, untilMs: this.#nowMs() + recordMs });
    // Last, so that the key that was written longest ago is first.
    this.#byKey.delete(key);
    this.#byKey.set(key, peers);
    this.#countOf.set(peer, (this.#countOf.get(peer) ?? 0) + 1);
    this.#count += 1;
    return name;
  }

  get(name: Name): Uint8Array {
    const found = this.#find(name);
    if (found !== undefined) return found.value;
    const error = new Error(`no record ${name.toString()}`);
    error.name = 'NotFoundError';
    throw error;
  }

  has(name: Name): boolean {
    return this.#find(name) !== undefined;
  }

  delete(name: Name): void {
    const place = placeOf(name);
    if (place !== null) this.#drop(place.key, place.peer);
  }

  async *query({ prefix = '' }: RecordQuery): AsyncGenerator<NamedRecord<Name>> {
    const [key] = /(?<=\/provider\/)[^/]+/u.exec(prefix) ?? [];
    const keys = key === undefined ? [...this.#byKey.keys()] : [key];
    for (const one of keys) {
      for (const [peer, { name, value, untilMs }] of this.#byKey.get(one) ?? []) {
        if (untilMs <= this.#nowMs()) this.#drop(one, peer);
        else yield { key: name, value };
      }
    }
  }

  #find(name: Name): Kept<Name> | undefined {
    const place = placeOf(name);
    const found = place === null ? undefined : this.#byKey.get(place.key)?.get(place.peer);
    return found === undefined || found.untilMs <= this.#nowMs() ? undefined : found;
  }

  #drop(key: string, peer: string): void {
    const peers = this.#byKey.get(key);
    if (peers?.delete(peer) !== true) return;
    if (peers.size === 0) this.#byKey.delete(key);
    const left = (this.#countOf.get(peer) ?? 1) - 1;
    if (left === 0) this.#countOf.delete(peer);
    else this.#countOf.set(peer, left);
    this.#count -= 1;
  }

  /** Whoever has the most records loses one, so that no crowd of keys drives out the others. */
  #makeRoom(): void {
    let most: string | null = null;
    for (const [peer, count] of this.#countOf) {
      if (most === null || count > (this.#countOf.get(most) ?? 0)) most = peer;
    }
    for (const [key, peers] of this.#byKey) {
      if (most !== null && peers.has(most)) return this.#drop(key, most);
    }
  }
}

function placeOf(name: RecordName): { readonly key: string; readonly peer: string } | null {
  const [, kind, key, peer] = /\/([^/]+)\/([^/]+)\/([^/]+)$/u.exec(name.toString()) ?? [];
  if (kind !== 'provider' || key === undefined || peer === undefined) return null;
  return { key, peer };
}
