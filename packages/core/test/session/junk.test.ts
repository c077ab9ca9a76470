// What strangers write into a session costs its members little.

import { describe, expect, it } from 'vitest';
import type { Entry } from '../../src/log/entry.ts';
import { LIMITS } from '../../src/limits.ts';
import { encodeFrames } from '../../src/session/frames.ts';
import type { Frame } from '../../src/session/frames.ts';
import { encodeOwnPackage } from '../../src/session/key-packages.ts';
import { PACKAGE_VALUE_PREFIX } from '../../src/session/names.ts';
import { readOn } from '../../src/session/work-read.ts';
import type { WorkTools } from '../../src/session/work-tools.ts';
import type { ReadThrough } from '../../src/session/work-types.ts';
import { chainOf, sessionId, suite } from './people.ts';

const bytes = new Uint8Array(60).fill(1);
const packagesKept = 40;

function entryOf(seq: number): Entry {
  const frames = Array.from({ length: LIMITS.sessionFramesMax }, (): Frame => {
    return { kind: 'welcome', bytes };
  });
  const header = { seq, keyId: 1, hlc: { ms: 1, counter: 0 } };
  return { header, payload: encodeFrames(frames) } as unknown as Entry;
}

/** Reads entries full of Welcomes that none of our keys opens; counts how often one was tried. */
async function readJunk(count: number): Promise<{ tries: number; through: ReadThrough }> {
  let tries = 0;
  const own = { keyPackage: bytes, secret: bytes, notAfterMs: 9, lastResort: false, listed: true };
  const value = encodeOwnPackage({ ...own, usedMs: null });
  const kept = Array.from({ length: packagesKept }, (_, at) => {
    return { key: `${PACKAGE_VALUE_PREFIX}${String(at)}`, value };
  });
  const all = Array.from({ length: count }, (_, seq) => entryOf(seq));
  const tools = {
    suite,
    crypto: {
      open: async () => {
        tries += 1;
        return { ok: false, reason: 'invalid' };
      },
    },
    store: {
      value: () => null,
      values: () => kept,
      run: ({ from, to }: { from: number; to: number }) => all.slice(from, to),
    },
    certify: () => null,
  } as unknown as WorkTools;
  const where = { session: sessionId, chain: chainOf(0), certificates: [] };
  const work = { kind: 'read', ...where, from: 0, to: count, throughMs: 9, nowMs: 9 } as const;
  return { through: await readOn(work, tools), tries };
}

describe('Welcomes that are for nobody here', () => {
  it('are tried no more than so many a session has members, of one entry', async () => {
    const { tries, through } = await readJunk(1);
    expect(tries).toBe(packagesKept * (LIMITS.sessionMembersMax - 1));
    expect(through).toMatchObject({ next: 1, end: 'all', events: [] });
  });

  it('let other work have its turn', async () => {
    const { tries, through } = await readJunk(30);
    expect(through).toMatchObject({ next: 1, end: 'all' });
    expect(tries).toBeLessThan(2 * packagesKept * LIMITS.sessionMembersMax);
  });
});
