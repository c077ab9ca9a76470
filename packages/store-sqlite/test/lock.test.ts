// One process at a time has a profile, and the next one learns which; the dead hold nothing.

import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { StoreError } from '@parley/core';
import { lockProfile } from '../src/lock.ts';
import { directoryForTest, nextLine, startChild, thrownBy } from './support.ts';

interface Answer {
  readonly held?: number;
  readonly code?: string;
  readonly pid?: number;
  readonly message?: string;
}

async function answer(child: ReturnType<typeof startChild>): Promise<Answer> {
  return JSON.parse(await nextLine(child)) as Answer;
}

describe('a profile', () => {
  test('is locked for one process; another is told which one that is', async () => {
    const directory = directoryForTest();
    const first = startChild('lock-profile.ts', directory);
    expect(await answer(first)).toEqual({ held: first.process.pid });
    const second = startChild('lock-profile.ts', directory);
    const refused = await answer(second);
    expect(refused).toMatchObject({ code: 'locked', pid: first.process.pid });
    expect(refused.message).toContain(`${directory} is in use by process ${first.process.pid}`);
    expect(() => lockProfile(directory)).toThrow(StoreError);
  });

  test('is free again at once when its holder is killed with -9', async () => {
    const directory = directoryForTest();
    for (let round = 0; round < 3; round += 1) {
      const holder = startChild('lock-profile.ts', directory);
      expect(await answer(holder)).toEqual({ held: holder.process.pid });
      await holder.kill();
    }
    const lock = lockProfile(directory);
    const late = startChild('lock-profile.ts', directory);
    expect(await answer(late)).toMatchObject({ code: 'locked', pid: process.pid });
    lock.release();
  });

  test('is free again when its holder lets go, which may be said twice', async () => {
    const directory = directoryForTest();
    const lock = lockProfile(directory);
    expect(thrownBy(() => lockProfile(directory))).toMatchObject({
      code: 'locked',
      pid: process.pid,
    });
    lock.release();
    lock.release();
    const next = startChild('lock-profile.ts', directory);
    expect(await answer(next)).toEqual({ held: next.process.pid });
  });

  test('stays locked though a second attempt of the same process failed', async () => {
    const directory = directoryForTest();
    const lock = lockProfile(directory);
    expect(() => lockProfile(directory)).toThrow('in use');
    const other = startChild('lock-profile.ts', directory);
    expect(await answer(other)).toMatchObject({ code: 'locked', pid: process.pid });
    lock.release();
  });

  test('is not said to be held by a process that is no more', async () => {
    const directory = directoryForTest();
    const gone = startChild('lock-profile.ts', directory);
    await answer(gone);
    await gone.kill();
    const lock = lockProfile(directory);
    // As if the new holder had not come to write its own yet.
    fs.writeFileSync(path.join(directory, 'lock.pid'), `${gone.process.pid}\n`);
    const refused = thrownBy(() => lockProfile(directory));
    expect(refused).toMatchObject({ code: 'locked', pid: null });
    expect(refused.message).toContain('in use by another process');
    lock.release();
  });

  test('is made if it is missing; where that cannot be, the error says so', () => {
    const directory = path.join(directoryForTest(), 'not', 'yet');
    lockProfile(directory).release();
    const file = path.join(directory, 'file');
    fs.writeFileSync(file, '');
    expect(thrownBy(() => lockProfile(path.join(file, 'profile')))).toMatchObject({ code: 'io' });
  });
});
