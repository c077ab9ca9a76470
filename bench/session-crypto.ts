// Measures the encryption of private sessions: node --conditions=development bench/session-crypto.ts
// Milliseconds a message and lines a second at 1 and 256 lines a message; setting up a session of 2, 8, 16 and 32.

import { encodeLines, toHex } from '@parley/core';
import type {
  Credential,
  IdentityKey,
  Result,
  SessionCrypto,
  SessionCryptoReason,
  Signer,
} from '@parley/core';
import { createMlsSessionCrypto } from '@parley/crypto-mls';
import { createNodeSuite } from '@parley/crypto-node';

const text = 'a line of chat as long as most lines of chat are';
const suite = createNodeSuite();
const crypto: SessionCrypto = createMlsSessionCrypto(() => true);
const nowMs = Date.now();
const lifetime = { notBeforeMs: nowMs - 3_600_000, notAfterMs: nowMs + 86_400_000 };
const noData = new Uint8Array();

interface Person extends Signer {
  readonly groupId: Uint8Array;
}

interface Group {
  readonly own: Uint8Array;
  readonly readers: readonly Uint8Array[];
}

function must<Value>(result: Result<Value, SessionCryptoReason>): Value {
  if (!result.ok) throw new Error(result.reason);
  return result.value;
}

function person(_: unknown, index: number): Person {
  const deviceSeed = suite.sha256(Uint8Array.of(index));
  const identity = toHex(suite.publicKey(suite.sha256(deviceSeed))) as IdentityKey;
  const device = toHex(suite.publicKey(deviceSeed)) as Credential['device'];
  return { credential: { identity, device }, deviceSeed, groupId: deviceSeed };
}

/** What one member does so that all others read it, and what these do. */
async function setUp(owner: Person, others: readonly Person[]): Promise<Group> {
  const keyPackages = await Promise.all(
    others.map((each) => crypto.makeKeyPackage({ ...each, lifetime, lastResort: false })),
  );
  const publics = keyPackages.map(({ keyPackage }) => keyPackage);
  const group = await crypto.createGroup({ ...owner, lifetime });
  const added = must(await crypto.addMembers(group, publics, nowMs));
  const readers = await Promise.all(
    keyPackages.map(async ({ secret }, index) => {
      const welcome = added.welcomes[index] ?? noData;
      const { groupId, credential } = owner;
      const options = { welcome, keyPackageSecret: secret, groupId, owner: credential };
      return must(await crypto.joinGroup(options)).state;
    }),
  );
  return { own: added.state, readers };
}

/** Milliseconds of one call, the best of five rounds of `times`. */
async function best(times: number, once: () => Promise<void>): Promise<number> {
  let bestMs = Infinity;
  for (let round = 0; round < 5; round += 1) {
    const startMs = performance.now();
    for (let at = 0; at < times; at += 1) {
      // eslint-disable-next-line no-await-in-loop -- a state is used once
      await once();
    }
    bestMs = Math.min(bestMs, (performance.now() - startMs) / times);
  }
  return bestMs;
}

function report(name: string, ms: number, more = ''): void {
  console.log(`${name.padEnd(44)} ${ms.toFixed(3).padStart(10)} ms${more}`);
}

async function messages(memberCount: number, lineCount: number): Promise<void> {
  const [owner, ...others] = Array.from({ length: memberCount }, person);
  if (owner === undefined) throw new Error('nobody');
  const { own, readers } = await setUp(owner, others);
  const plaintext = encodeLines(Array.from({ length: lineCount }, () => ({ type: 'say', text })));
  let [sending, reading] = [own, readers[0] ?? noData];
  const said: Uint8Array[] = [];
  const encryptMs = await best(100, async () => {
    const { state, message } = must(await crypto.encrypt(sending, plaintext, noData));
    sending = state;
    said.push(message);
  });
  const bytes = said[0]?.length ?? 0;
  const readMs = await best(100, async () => {
    const message = said.shift() ?? noData;
    reading = must(await crypto.read(reading, { message, psks: [], sentMs: nowMs })).state;
  });
  const perSecond = (ms: number): string =>
    `, ${Math.round((lineCount * 1_000) / ms).toLocaleString('en')} lines/s`;
  const name = `${memberCount} members, ${lineCount} lines (${bytes} bytes)`;
  report(`${name}: encrypt`, encryptMs, perSecond(encryptMs));
  report(`${name}: read`, readMs, perSecond(readMs));
  console.log(`  stored with each: owner ${sending.length}, reader ${reading.length} bytes`);
}

async function session(memberCount: number): Promise<void> {
  const [owner, ...others] = Array.from({ length: memberCount }, person);
  if (owner === undefined) throw new Error('nobody');
  const setUpMs = await best(1, async () => {
    await setUp(owner, others);
  });
  report(`${memberCount} members: one group, all its members' work`, setUpMs);
  const { own, readers } = await setUp(owner, others);
  const rotated = must(await crypto.rotate(own, null));
  const rotateMs = await best(5, async () => {
    must(await crypto.rotate(own, null));
  });
  const readMs = await best(5, async () => {
    const options = { message: rotated.message, psks: [], sentMs: nowMs };
    must(await crypto.read(readers[0] ?? noData, options));
  });
  report(`${memberCount} members: a rotation (${rotated.message.length} bytes)`, rotateMs);
  report(`${memberCount} members: reading it`, readMs);
}

for (const memberCount of [2, 32]) {
  for (const lineCount of [1, 256]) {
    // eslint-disable-next-line no-await-in-loop -- measured alone
    await messages(memberCount, lineCount);
  }
}
for (const memberCount of [2, 8, 16, 32]) {
  // eslint-disable-next-line no-await-in-loop -- measured alone
  await session(memberCount);
}
