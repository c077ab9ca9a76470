// Keeps enough key packages of ours in the directory, and forgets the secrets of old ones (spec/session.md §6).

import { LIMITS } from '../limits.ts';
import { encodeOwnPackage, keptPackages, makeOwnPackage } from './key-packages.ts';
import type { KeptPackage } from './key-packages.ts';
import { ValueDraft } from './value-draft.ts';
import type { WorkTools } from './work-tools.ts';
import type { MakePackages, PackagesMade } from './work-types.ts';

const halfOfLastResortMs = LIMITS.keyPackageLastResortMs / 2;

export async function makePackages(work: MakePackages, tools: WorkTools): Promise<PackagesMade> {
  const { nowMs } = work;
  const values = new ValueDraft(tools.store);
  forgetOld(values, nowMs);
  const statement = isStale(keptPackages(values), work) ? await state(values, tools, work) : null;
  const againMs = dueMs(keptPackages(values), nowMs);
  return { kind: 'packages', statement, againMs, writes: values.writes() };
}

/** One of last resort may be used again and again, so it goes only with its time. */
function forgetOld(values: ValueDraft, nowMs: number): void {
  for (const own of keptPackages(values)) {
    if (forgottenMs(own) <= nowMs) values.set(own.key, null);
  }
}

function forgottenMs({ notAfterMs, usedMs, lastResort }: KeptPackage): number {
  const expiredMs = notAfterMs + LIMITS.keyPackageExpiredKeptMs;
  if (usedMs === null || lastResort) return expiredMs;
  return Math.min(expiredMs, usedMs + LIMITS.keyPackageUsedKeptMs);
}

/** Whether the directory names too few, or some that nobody can use any more. */
function isStale(kept: readonly KeptPackage[], { nowMs, oneTime: wanted }: MakePackages): boolean {
  const listed = kept.filter((own) => own.listed);
  const oneTime = listed.filter((own) => isFree(own, nowMs) && !own.lastResort);
  return (
    oneTime.length < Math.min(wanted, LIMITS.keyPackagesLeast) ||
    !listed.some((own) => isLasting(own, nowMs)) ||
    listed.some((own) => own.notAfterMs <= nowMs)
  );
}

function isFree({ notAfterMs, usedMs, lastResort }: KeptPackage, nowMs: number): boolean {
  return notAfterMs > nowMs && (lastResort || usedMs === null);
}

/** Of last resort, with more than half its life left. */
function isLasting({ lastResort, notAfterMs }: KeptPackage, nowMs: number): boolean {
  return lastResort && notAfterMs - nowMs > halfOfLastResortMs;
}

/** Makes what is missing; what the directory names from now on, that of last resort first. */
async function state(
  values: ValueDraft,
  tools: WorkTools,
  { nowMs, oneTime: wanted }: MakePackages,
): Promise<readonly Uint8Array[]> {
  const listed = keptPackages(values).filter((own) => own.listed);
  const lasting =
    listed.find((own) => isLasting(own, nowMs)) ??
    (await makeOwnPackage(tools, values, { lastResort: true, listed: true, nowMs }));
  const oneTime = listed.filter((own) => !own.lastResort && isFree(own, nowMs));
  while (oneTime.length < wanted) {
    oneTime.push(await makeOwnPackage(tools, values, { lastResort: false, listed: true, nowMs }));
  }
  const stated = [lasting, ...oneTime.slice(0, LIMITS.keyPackagesOneTime)];
  const statedKeys = new Set(stated.map(({ key }) => key));
  for (const own of listed) {
    if (!statedKeys.has(own.key)) values.set(own.key, encodeOwnPackage({ ...own, listed: false }));
  }
  return stated.map(({ keyPackage }) => keyPackage);
}

/** When the earliest of them is to be forgotten, or to be replaced in the directory. */
function dueMs(kept: readonly KeptPackage[], nowMs: number): number {
  const soonestMs = nowMs + LIMITS.keyPackagesAgainMsMin;
  const dues = kept.map((own) => {
    if (!own.listed) return forgottenMs(own);
    const replacedMs = own.lastResort ? own.notAfterMs - halfOfLastResortMs : own.notAfterMs;
    return Math.min(replacedMs, forgottenMs(own));
  });
  return Math.max(soonestMs, Math.min(...dues));
}
