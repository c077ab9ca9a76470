// By which key package a newcomer is let in: one that was handed over, or one of the directory (spec/session.md §4, §6).

import type { EntryId } from '../brand.ts';
import { LIMITS } from '../limits.ts';
import { decodeLines } from '../log/line.ts';
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import type { KeyPackageContent, SessionCrypto } from './session-crypto.ts';
import type { WorkTools } from './work-tools.ts';
import type { Newcomer, NewcomerReason } from './work-types.ts';

/** A newcomer with a package that is good now. */
export interface Chosen {
  readonly newcomer: Newcomer;
  readonly keyPackage: Uint8Array;
  readonly content: KeyPackageContent;
  /** Public key that a first contact is sealed to. */
  readonly contactKey: Uint8Array;
}

interface When {
  readonly nowMs: number;
  /** 0 ≤ chance < 1: where in a statement the search begins, so that two do not take the same package. */
  readonly chance: number;
}

export async function choosePackage(
  newcomer: Newcomer,
  tools: Pick<WorkTools, 'crypto' | 'store'>,
  when: When,
): Promise<Result<Chosen, NewcomerReason>> {
  const found = await findInDirectory(newcomer, tools, when);
  const { keyPackage } = newcomer;
  const { nowMs } = when;
  const taken =
    keyPackage === null
      ? bestOf(found)
      : await readPackage(newcomer, keyPackage, { crypto: tools.crypto, nowMs });
  if (!taken.ok) return taken;
  const contactKey = (found.lastResort ?? taken.value).content.publicKey;
  return ok({ newcomer, ...taken.value, contactKey });
}

type Candidate = Pick<Chosen, 'keyPackage' | 'content'>;

async function readPackage(
  { identity, device }: Newcomer,
  keyPackage: Uint8Array,
  { crypto: mls, nowMs }: { readonly crypto: SessionCrypto; readonly nowMs: number },
): Promise<Result<Candidate, NewcomerReason>> {
  const read = await mls.readKeyPackage(keyPackage, nowMs);
  if (!read.ok) return read;
  const { credential } = read.value;
  const isTheirs = credential.identity === identity && credential.device === device;
  return isTheirs ? ok({ keyPackage, content: read.value }) : fail('not-vouched');
}

interface Found {
  readonly oneTime: Candidate | null;
  readonly lastResort: Candidate | null;
  /** Why there is none. */
  readonly reason: NewcomerReason;
}

const nothingFound: Found = { oneTime: null, lastResort: null, reason: 'no-package' };

function bestOf({ oneTime, lastResort, reason }: Found): Result<Candidate, NewcomerReason> {
  const best = oneTime ?? lastResort;
  return best === null ? fail(reason) : ok(best);
}

/** What the best statement offers that offers anything. */
async function findInDirectory(
  newcomer: Newcomer,
  tools: Pick<WorkTools, 'crypto' | 'store'>,
  when: When,
): Promise<Found> {
  // Who was handed one needs another only to seal a first contact to.
  if (newcomer.keyPackage !== null && newcomer.inbox === null) return nothingFound;
  let found = nothingFound;
  for (const id of newcomer.directory) {
    found = await findInStatement(newcomer, packagesOf(tools, id, when.chance), {
      crypto: tools.crypto,
      nowMs: when.nowMs,
    });
    if (found.oneTime !== null || found.lastResort !== null) return found;
  }
  return found;
}

async function findInStatement(
  newcomer: Newcomer,
  packages: readonly Uint8Array[],
  reading: { readonly crypto: SessionCrypto; readonly nowMs: number },
): Promise<Found> {
  let { oneTime, lastResort, reason } = nothingFound;
  for (const keyPackage of packages) {
    const read = await readPackage(newcomer, keyPackage, reading);
    if (!read.ok) reason = read.reason;
    else if (read.value.content.lastResort) lastResort ??= read.value;
    else oneTime ??= read.value;
    if (oneTime !== null && lastResort !== null) break;
  }
  return { oneTime, lastResort, reason };
}

/** Those that a statement names: the first, which is that of last resort, then the others from a place by chance. */
function packagesOf(
  { store }: Pick<WorkTools, 'store'>,
  id: EntryId,
  chance: number,
): readonly Uint8Array[] {
  const entry = store.entry(id)?.entry;
  if (entry === undefined || entry.payload === null || entry.header.keyId !== null) return [];
  const lines = decodeLines(entry.payload, entry.header.lineCount);
  if (!lines.ok) return [];
  const named = lines.value.flatMap((line) => (line.type === 'package' ? [line.keyPackage] : []));
  const [first, ...rest] = named.slice(0, LIMITS.keyPackagesLookedAtMax);
  if (first === undefined) return [];
  const place = Math.floor(chance * rest.length);
  return [first, ...rest.slice(place), ...rest.slice(0, place)];
}
