// Joining and reading the group of somebody else, in the fake SessionCrypto.

import { LIMITS, decode, equalBytes, fail, fromHex, ok } from '@parley/core';
import type {
  JoinOptions,
  Joined,
  Psk,
  ReadOptions,
  Reading,
  Result,
  SessionCryptoReason,
} from '@parley/core';
import { digest, publicOf, readRecord, unbox } from './fake-session-bytes.ts';
import {
  confirmationOf,
  decodeBody,
  decodeFrame,
  nextSecret,
  noSecret,
  openFrame,
  splitConfirmation,
} from './fake-session-frame.ts';
import type { CommitBody, Frame } from './fake-session-frame.ts';
import { leafOf, loadGroup, rosterOf, storeGroup } from './fake-session-group.ts';
import type {
  Checked,
  EpochKeys,
  FakeContext,
  Group,
  Leaf,
  LeafFields,
} from './fake-session-group.ts';
import { checkKeyPackage, readSecret } from './fake-session-key-package.ts';
import type { FakeKeyPackage, KeyPackageSecret } from './fake-session-key-package.ts';
import { withNewcomers } from './fake-session-owner.ts';

const noData = new Uint8Array();

interface WelcomeInfo {
  readonly groupId: Uint8Array;
  readonly epoch: number;
  readonly secret: Uint8Array;
  readonly leaves: readonly (Leaf | null)[];
  /** Of the owner, over all the rest. */
  readonly signature: Uint8Array;
  readonly signed: Uint8Array;
}

export function joinGroup(context: FakeContext, options: JoinOptions): Checked<Joined> {
  const secret = readSecret(options.keyPackageSecret);
  if (!secret.ok) return secret;
  const info = openWelcome(options.welcome, secret.value);
  if (!info.ok) return info;
  const { groupId, epoch, leaves, signature, signed } = info.value;
  const owner = leaves[0]?.credential;
  if (!equalBytes(groupId, options.groupId)) return fail('wrong-group');
  const { identity, device } = options.owner;
  if (owner?.identity !== identity || owner.device !== device) return fail('wrong-owner');
  if (!leaves.every((leaf) => leaf === null || context.vouch(leaf.credential))) {
    return fail('not-vouched');
  }
  if (!context.suite.verify(fromHex(owner.device), signed, signature)) return fail('invalid');
  const { leafSecret, deviceSeed } = secret.value;
  const leafPublic = publicOf(leafSecret);
  const self = leaves.findIndex((leaf) => leaf !== null && equalBytes(leaf.publicKey, leafPublic));
  if (self < 1) return fail('invalid');
  const keys = { epoch, secret: info.value.secret, next: 0, skipped: [] };
  const whose = { groupId, self, isRemoved: false, deviceSeed, leafSecret };
  const group: Group = { ...whose, keys, former: [], leaves };
  const roster = rosterOf(group);
  return roster.ok ? ok({ state: storeGroup(group), roster: roster.value }) : roster;
}

type WelcomeFields = readonly [info: Uint8Array, signature: Uint8Array];
type InfoFields = readonly [
  groupId: Uint8Array,
  epoch: number,
  secret: Uint8Array,
  leaves: readonly LeafFields[],
];

function openWelcome(
  welcome: Uint8Array,
  { initSecret, ref }: KeyPackageSecret,
): Checked<WelcomeInfo> {
  const fields = readRecord('welcome', welcome, { fields: 2, bytesMax: LIMITS.welcomeBytesMax });
  if (!fields.ok) return fields;
  const [foundRef, boxed] = fields.value;
  if (!(foundRef instanceof Uint8Array && boxed instanceof Uint8Array)) return fail('malformed');
  if (!equalBytes(foundRef, ref)) return fail('not-for-us');
  const opened = unbox(initSecret, boxed, ref);
  if (opened === null) return fail('invalid');
  const [info, signature] = unpack(opened) as WelcomeFields;
  const [groupId, epoch, secret, leaves] = unpack(info) as InfoFields;
  const signed = digest('welcome', info);
  return ok({ groupId, epoch, secret, leaves: leaves.map(leafOf), signature, signed });
}

/** Of bytes that a box or a lock has kept as they were made. */
function unpack(bytes: Uint8Array): unknown {
  const decoded = decode(bytes);
  if (!decoded.ok) throw new Error(`what was opened does not decode: ${decoded.reason}`);
  return decoded.value;
}

export function read(
  context: FakeContext,
  state: Uint8Array,
  options: ReadOptions,
): Checked<Reading> {
  const loaded = loadGroup(state);
  if (!loaded.ok) return loaded;
  const group = loaded.value;
  if (group.self === 0) return fail('own-message');
  const frame = decodeFrame(options.message);
  if (!frame.ok) return frame;
  const keys = keysFor(group, frame.value);
  if (!keys.ok) return keys;
  const objection = generationObjection(keys.value, frame.value);
  if (objection !== null) return fail(objection);
  const plaintext = openFrame(keys.value, frame.value);
  if (plaintext === null) return fail('invalid');
  return frame.value.head.kind === 'commit'
    ? readCommit(context, group, { plaintext, options })
    : ok(readApplication(group, frame.value, plaintext));
}

function keysFor(group: Group, { head }: Frame): Checked<EpochKeys> {
  const { keys, former, isRemoved, groupId } = group;
  if (!equalBytes(head.groupId, groupId)) return fail('wrong-group');
  if (head.epoch > keys.epoch) return fail(isRemoved ? 'removed' : 'future-epoch');
  if (head.epoch === keys.epoch) {
    return head.kind === 'commit' && isRemoved ? fail('removed') : ok(keys);
  }
  const old = former.find(({ epoch }) => epoch === head.epoch);
  return head.kind === 'commit' || old === undefined ? fail('old-epoch') : ok(old);
}

function generationObjection(
  { next, skipped }: EpochKeys,
  { head }: Frame,
): SessionCryptoReason | null {
  if (head.kind === 'commit') return null;
  if (head.generation - next > LIMITS.groupGenerationsAheadMax) return 'too-far-ahead';
  return head.generation < next && !skipped.includes(head.generation) ? 'replayed' : null;
}

function readApplication(group: Group, { head }: Frame, plaintext: Uint8Array): Reading {
  const advanced = (keys: EpochKeys): EpochKeys =>
    keys.epoch === head.epoch ? advance(keys, head.generation) : keys;
  const { keys, former } = group;
  const after = { ...group, keys: advanced(keys), former: former.map(advanced) };
  const { authenticatedData } = head;
  return { kind: 'application', state: storeGroup(after), plaintext, authenticatedData };
}

function advance(keys: EpochKeys, generation: number): EpochKeys {
  const skipped = keys.skipped.filter((each) => each !== generation);
  for (let at = keys.next; at < generation; at += 1) skipped.push(at);
  const next = Math.max(keys.next, generation + 1);
  return { ...keys, next, skipped: skipped.slice(-LIMITS.groupGenerationsKept) };
}

interface Opened {
  readonly plaintext: Uint8Array;
  readonly options: ReadOptions;
}

function readCommit(
  context: FakeContext,
  group: Group,
  { plaintext, options }: Opened,
): Checked<Reading> {
  const { confirmation, body: bodyBytes } = splitConfirmation(plaintext);
  const body = decodeBody(bodyBytes);
  const psks = findPsks(body.pskIds, options.psks);
  if (!psks.ok) return psks;
  const newcomers = checkNewcomers(context, body.adds, options.sentMs);
  if (!newcomers.ok) return newcomers;
  const removed = body.removes.flatMap((leaf) => group.leaves[leaf]?.credential ?? []);
  const staying = group.leaves.map((leaf, at) => (body.removes.includes(at) ? null : leaf));
  if (staying[group.self] === null) {
    const state = storeGroup({ ...group, isRemoved: true, leaves: staying });
    return ok({ kind: 'removed', state });
  }
  const commitSecret = commitSecretOf(group, body);
  if (commitSecret === null) return fail('invalid');
  const secret = nextSecret(group.keys, commitSecret, psks.value, bodyBytes);
  if (!equalBytes(confirmation, confirmationOf(secret))) return fail('invalid');
  const keys = { epoch: group.keys.epoch + 1, secret, next: 0, skipped: [] };
  const former = [...group.former, group.keys].slice(-LIMITS.groupEpochsKept);
  const after = { ...group, keys, former, leaves: withNewcomers(staying, newcomers.value) };
  const roster = rosterOf(after);
  if (!roster.ok) return roster;
  return ok({
    kind: 'commit',
    state: storeGroup(after),
    roster: roster.value,
    added: newcomers.value.map(({ content }) => content.credential),
    removed,
    pskIds: body.pskIds,
  });
}

function commitSecretOf({ self, leafSecret }: Group, { path }: CommitBody): Uint8Array | null {
  if (path.length === 0) return noSecret;
  const [, boxed] = path.find(([leaf]) => leaf === self) ?? [];
  return boxed === undefined ? null : unbox(leafSecret, boxed, noData);
}

function findPsks(ids: readonly Uint8Array[], known: readonly Psk[]): Result<Psk[], 'unknown-psk'> {
  const found = ids.map((id) => known.find((psk) => equalBytes(psk.id, id)));
  const psks = found.filter((psk) => psk !== undefined);
  return psks.length === ids.length ? ok(psks) : fail('unknown-psk');
}

function checkNewcomers(
  context: FakeContext,
  adds: readonly Uint8Array[],
  sentMs: number,
): Checked<FakeKeyPackage[]> {
  const newcomers: FakeKeyPackage[] = [];
  for (const add of adds) {
    const checked = checkKeyPackage(context, add, sentMs);
    if (!checked.ok) return checked;
    newcomers.push(checked.value);
  }
  return ok(newcomers);
}
