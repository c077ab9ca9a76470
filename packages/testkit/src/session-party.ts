// People in one private session, each with a send group of their own: what claims about SessionCrypto are told with.

import assert from 'node:assert/strict';
import { LIMITS, decodeUtf8, encodeUtf8, toHex } from '@parley/core';
import type {
  Credential,
  IdentityKey,
  Lifetime,
  NewKeyPackage,
  Psk,
  Reading,
  Result,
  SessionCrypto,
  SessionCryptoReason,
  Suite,
  Vouch,
} from '@parley/core';

export interface SessionCryptoHarness {
  /** A SessionCrypto of a node of its own. */
  create(vouch: Vouch): SessionCrypto;
  /** Of device keys. */
  readonly suite: Suite;
  /** What time it is; the real one asks the machine's clock, too. */
  readonly nowMs: number;
}

const hourMs = 3_600_000;
const fortnightMs = 336 * hourMs;

/** The value, or a failure that names the reason. */
export function must<Value>(result: Result<Value, SessionCryptoReason>): Value {
  if (!result.ok) assert.fail(`refused: ${result.reason}`);
  return result.value;
}

/** Asserts that there is no result, for just this reason. */
export function refused(result: Result<unknown, SessionCryptoReason>, reason: string): void {
  assert.equal(result.ok ? 'accepted' : result.reason, reason);
}

/** The reading, or null if it was refused. */
export function readingOf(result: Result<Reading, SessionCryptoReason>): Reading | null {
  return result.ok ? result.value : null;
}

/** The text of an application message. */
export function textOf(reading: Reading): string {
  assert.equal(reading.kind, 'application');
  const text = decodeUtf8(reading.plaintext);
  assert(text.ok);
  return text.value;
}

export const noData: Uint8Array = new Uint8Array();

/** One person: an own group, and the groups of others that are read. States advance as they would in a store. */
export class SessionMember {
  readonly name: string;
  readonly crypto: SessionCrypto;
  readonly credential: Credential;
  readonly deviceSeed: Uint8Array;
  readonly nowMs: number;
  readonly groupId: Uint8Array;
  /** State of the own group. */
  own: Uint8Array = noData;
  /** States of the groups of others, by their names. */
  readonly others: Map<string, Uint8Array> = new Map();

  constructor(harness: SessionCryptoHarness, name: string, vouch: Vouch = () => true) {
    const { suite } = harness;
    this.name = name;
    this.nowMs = harness.nowMs;
    this.crypto = harness.create(vouch);
    this.deviceSeed = suite.sha256(encodeUtf8(`device of ${name}`));
    const identity = toHex(suite.publicKey(suite.sha256(encodeUtf8(`identity of ${name}`))));
    const device = toHex(suite.publicKey(this.deviceSeed)) as Credential['device'];
    this.credential = { identity: identity as IdentityKey, device };
    this.groupId = suite.sha256(encodeUtf8(`group of ${name}`));
  }

  lifetime(): Lifetime {
    return { notBeforeMs: this.nowMs - hourMs, notAfterMs: this.nowMs + fortnightMs };
  }

  makeKeyPackage(lifetime: Lifetime = this.lifetime(), lastResort = false): Promise<NewKeyPackage> {
    const { credential, deviceSeed } = this;
    return this.crypto.makeKeyPackage({ credential, deviceSeed, lifetime, lastResort });
  }

  async createGroup(): Promise<void> {
    const { credential, deviceSeed, groupId } = this;
    const lifetime = this.lifetime();
    this.own = await this.crypto.createGroup({ credential, deviceSeed, groupId, lifetime });
  }

  /** Adds them to the own group; they join. Returns the commit, for those who are in it already. */
  async add(...newcomers: readonly SessionMember[]): Promise<Uint8Array> {
    const keyPackages = await Promise.all(newcomers.map((each) => each.makeKeyPackage()));
    const publics = keyPackages.map(({ keyPackage }) => keyPackage);
    const added = must(await this.crypto.addMembers(this.own, publics, this.nowMs));
    this.own = added.state;
    await Promise.all(
      newcomers.map((each, index) =>
        each.join(this, added.welcomes[index] ?? noData, keyPackages[index]?.secret ?? noData),
      ),
    );
    return added.message;
  }

  async join(
    owner: SessionMember,
    welcome: Uint8Array,
    keyPackageSecret: Uint8Array,
  ): Promise<void> {
    const { groupId, credential } = owner;
    const options = { welcome, keyPackageSecret, groupId, owner: credential };
    this.others.set(owner.name, must(await this.crypto.joinGroup(options)).state);
  }

  async say(text: string): Promise<Uint8Array> {
    const said = must(await this.crypto.encrypt(this.own, encodeUtf8(text), noData));
    this.own = said.state;
    return said.message;
  }

  async remove(...leavers: readonly SessionMember[]): Promise<Uint8Array> {
    const devices = leavers.map(({ credential }) => credential.device);
    const removed = must(await this.crypto.removeMembers(this.own, devices));
    this.own = removed.state;
    return removed.message;
  }

  async rotate(psk: Psk | null = null): Promise<Uint8Array> {
    const rotated = must(await this.crypto.rotate(this.own, psk));
    this.own = rotated.state;
    return rotated.message;
  }

  stateOf(owner: SessionMember): Uint8Array {
    return this.others.get(owner.name) ?? noData;
  }

  /** Reads without keeping the new state. */
  peek(
    owner: SessionMember,
    message: Uint8Array,
    psks: readonly Psk[] = [],
  ): Promise<Result<Reading, SessionCryptoReason>> {
    const options = { message, psks, sentMs: this.nowMs };
    return this.crypto.read(this.stateOf(owner), options);
  }

  async read(
    owner: SessionMember,
    message: Uint8Array,
    psks: readonly Psk[] = [],
  ): Promise<Reading> {
    const reading = must(await this.peek(owner, message, psks));
    this.others.set(owner.name, reading.state);
    return reading;
  }

  /** What is mixed into another group to heal it: the secret of the group of `owner` at its epoch, by our state of it. */
  async pskFrom(owner: SessionMember): Promise<Psk> {
    const state = owner === this ? this.own : this.stateOf(owner);
    const { epoch } = must(await this.crypto.membersOf(state));
    const secret = must(await this.crypto.exportSecret(state, 'parley psk'));
    return { id: encodeUtf8(`${owner.name} ${epoch}`), secret };
  }
}

/** People of whom each has a group that all others read. */
export async function sessionOf(
  harness: SessionCryptoHarness,
  ...names: readonly string[]
): Promise<SessionMember[]> {
  const members = names.map((name) => new SessionMember(harness, name));
  await Promise.all(
    members.map(async (owner) => {
      await owner.createGroup();
      await owner.add(...members.filter((each) => each !== owner));
    }),
  );
  return members;
}

/** Two people, with groups that the other reads. */
export async function pairOf(
  harness: SessionCryptoHarness,
): Promise<readonly [SessionMember, SessionMember]> {
  const [anna, bobby] = await sessionOf(harness, 'anna', 'bobby');
  assert(anna !== undefined && bobby !== undefined);
  return [anna, bobby];
}

/** The same bytes with one bit of one byte turned over, for each byte. */
export function flips(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (byte, at) => {
    const flipped = Uint8Array.from(bytes);
    flipped[at] = byte ^ (1 << (at % 8));
    return flipped;
  });
}

/** Beginnings of the bytes, every length up to 64 and some longer, and the bytes with one more. */
export function wrongLengths(bytes: Uint8Array): Uint8Array[] {
  const lengths = Array.from({ length: bytes.length }, (_, length) => length);
  const some = lengths.filter((length) => length < 64 || length % 97 === 0);
  const longer = Uint8Array.from([...bytes, 0]);
  return [...some.map((length) => bytes.slice(0, length)), longer];
}

/** As many bytes as no input may have. */
export const oversized: Uint8Array = new Uint8Array(LIMITS.groupStateBytesMax + 1);
