// Labels: a name, with as much of the key behind it as tells it from its namesakes (spec/identity.md §4).

import type { IdentityKey } from '../brand.ts';
import { normaliseBase32 } from '../bytes/base32.ts';
import { LABEL_SEPARATOR } from './name.ts';
import { shortKey, shortKeySuffix } from './short-key.ts';

const suffixLengthMin = 4;

export type LabelMatch =
  | { readonly kind: 'found'; readonly identity: IdentityKey }
  | { readonly kind: 'unknown' }
  /** The labels to choose from. */
  | { readonly kind: 'ambiguous'; readonly candidates: string[] };

/** "anna", or "anna·7k2f" where others in `all` (the identity itself may be among them) have a like name. */
export function labelOf(
  identity: IdentityKey,
  name: string,
  all: ReadonlyMap<IdentityKey, string>,
): string {
  const namesakes = namesakesOf(name, all).filter((other) => other !== identity);
  if (namesakes.length === 0) return name;
  const own = shortKey(identity);
  let length = suffixLengthMin;
  for (const other of namesakes) {
    const common = commonLength(own, shortKey(other));
    length = Math.max(length, common + 1);
  }
  return `${name}${LABEL_SEPARATOR}${own.slice(0, length)}`;
}

/** Whom a typed name or label means: by name alone only where one identity bears it. */
export function findByLabel(text: string, all: ReadonlyMap<IdentityKey, string>): LabelMatch {
  const at = text.lastIndexOf(LABEL_SEPARATOR);
  const name = at === -1 ? text : text.slice(0, at);
  const suffix = at === -1 ? '' : text.slice(at + LABEL_SEPARATOR.length);
  const matches = namesakesOf(name, all).filter((identity) => hasSuffix(identity, suffix));
  const [first, ...others] = matches;
  if (first === undefined) return { kind: 'unknown' };
  if (others.length === 0) return { kind: 'found', identity: first };
  const candidates = matches.map((identity) => labelOf(identity, all.get(identity) ?? name, all));
  return { kind: 'ambiguous', candidates: candidates.toSorted() };
}

/** What two names have in common if people may take one for the other. */
export function skeletonOf(name: string): string {
  return name.normalize('NFKC').toLowerCase().normalize('NFC');
}

function namesakesOf(name: string, all: ReadonlyMap<IdentityKey, string>): IdentityKey[] {
  const skeleton = skeletonOf(name);
  const found: IdentityKey[] = [];
  for (const [identity, other] of all) {
    if (other === name || skeletonOf(other) === skeleton) found.push(identity);
  }
  return found;
}

function hasSuffix(identity: IdentityKey, typed: string): boolean {
  const suffix = normaliseBase32(typed);
  return suffix.ok && shortKeySuffix(identity, suffix.value.length) === suffix.value;
}

function commonLength(left: string, right: string): number {
  let length = 0;
  while (length < left.length && left[length] === right[length]) length += 1;
  return length;
}
