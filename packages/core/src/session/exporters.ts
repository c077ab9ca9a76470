// What the members of a group shared after its owner's fresh commits: mixed into other groups to heal them (spec/session.md §4).

import type { ChainKey, ConversationId, DeviceKey } from '../brand.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { encode } from '../codec/cbor.ts';
import { CborReader } from '../codec/reader.ts';
import type { Suite } from '../crypto/suite.ts';
import { LIMITS } from '../limits.ts';
import { ok } from '../result.ts';
import type { Result } from '../result.ts';
import { exporterId, exporterValueKey, exporterValuePrefix, groupIdOf } from './names.ts';
import type { Psk, Roster, SessionCrypto, SessionCryptoReason } from './session-crypto.ts';
import type { ValueDraft } from './value-draft.ts';
import type { ExporterName } from './work-types.ts';

const EXPORTER_LABEL = 'parley heal';
const secretBytes = 32;
const deviceBytes = 32;

export interface Exporter {
  readonly secret: Uint8Array;
  /** Who was in the group then, and so knows it. */
  readonly members: readonly DeviceKey[];
}

/** Keeps the secret of a group at its epoch, and forgets those of the same chain that are too many. */
export async function keepExporter(
  mls: SessionCrypto,
  values: ValueDraft,
  of: {
    readonly session: ConversationId;
    readonly chain: ChainKey;
    readonly state: Uint8Array;
    readonly roster: Roster;
  },
): Promise<Result<null, SessionCryptoReason>> {
  const { session, chain, state, roster } = of;
  const secret = await mls.exportSecret(state, EXPORTER_LABEL);
  if (!secret.ok) return secret;
  const members = roster.members.map(({ device }) => fromHex(device));
  values.set(exporterValueKey(session, chain, roster.epoch), encode([secret.value, members]));
  const kept = values.values(`${exporterValuePrefix(session)}${chain}/`);
  for (const { key } of kept.slice(0, -LIMITS.exportersKept)) values.set(key, null);
  return ok(null);
}

/** Null if we have it not, or no longer. */
export function findExporter(
  values: ValueDraft,
  session: ConversationId,
  { chain, epoch }: ExporterName,
): Exporter | null {
  const bytes = values.value(exporterValueKey(session, chain, epoch));
  return bytes === null ? null : decodeExporter(bytes);
}

function decodeExporter(bytes: Uint8Array): Exporter | null {
  const reader = new CborReader(bytes);
  reader.tuple(2);
  const secret = reader.byteString(secretBytes);
  const count = reader.arrayLength();
  const members: DeviceKey[] = [];
  for (let at = 0; at < count && !reader.failed; at += 1) {
    members.push(toHex(reader.byteString(deviceBytes)) as DeviceKey);
  }
  return reader.finish() === null ? { secret, members } : null;
}

/** All that are kept of a session, as a reader of its commits needs them. */
export function psksOf(suite: Suite, values: ValueDraft, session: ConversationId): Psk[] {
  const prefix = exporterValuePrefix(session);
  const psks = values.values(prefix).flatMap(({ key, value }): Psk[] => {
    const [chain = '', digits = ''] = key.slice(prefix.length).split('/');
    const exporter = decodeExporter(value);
    if (exporter === null) return [];
    return [pskOf(suite, session, { chain: chain as ChainKey, epoch: Number(digits) }, exporter)];
  });
  return psks.slice(-LIMITS.psksPerReadMax);
}

export function pskOf(
  suite: Suite,
  session: ConversationId,
  { chain, epoch }: ExporterName,
  { secret }: Exporter,
): Psk {
  return { id: exporterId(suite, groupIdOf(suite, session, chain), epoch), secret };
}
