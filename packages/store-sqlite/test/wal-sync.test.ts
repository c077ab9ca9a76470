// Commits are synced soon and together, and a sync that failed is never taken for one that did not.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LIMITS } from '@parley/core';
import { WalSync } from '../src/wal-sync.ts';
import { thrownBy } from './support.ts';

/** A WalSync over syncs that end when the test says so. */
function waiting(): {
  sync: WalSync;
  reported: number[];
  running: ((error: Error | null) => void)[];
  checkpoints: () => number;
} {
  const running: ((error: Error | null) => void)[] = [];
  const reported: number[] = [];
  const afterSync = vi.fn<() => void>();
  const sync = new WalSync('/profile/parley.db', (done) => running.push(done), afterSync);
  sync.listen((commit) => reported.push(commit));
  return { sync, reported, running, checkpoints: () => afterSync.mock.calls.length };
}

function ioError(code: string): Error {
  return Object.assign(new Error(`${code}: fdatasync`), { code, syscall: 'fdatasync' });
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('commits', () => {
  test('are synced once for all that gathered while the event loop did not turn', () => {
    const { sync, reported, running } = waiting();
    for (let commit = 1; commit <= 100; commit += 1) sync.committed(commit);
    vi.advanceTimersByTime(LIMITS.syncDelayMsMax);
    expect(running).toHaveLength(1);
    expect(reported).toEqual([]);
    running[0]?.(null);
    expect(reported).toEqual([100]);
    vi.advanceTimersByTime(10 * LIMITS.syncDelayMsMax);
    expect(running).toHaveLength(1);
  });

  test('are never synced more often than every syncDelayMsMax, and never later than that', () => {
    const { sync, reported, running } = waiting();
    let commit = 0;
    const step = 5;
    const steps = 20 * (LIMITS.syncDelayMsMax / step);
    for (let at = 0; at < steps; at += 1) {
      commit += 1;
      sync.committed(commit);
      vi.advanceTimersByTime(step);
      running.at(-1)?.(null);
    }
    expect(running.length).toBeGreaterThanOrEqual(20);
    expect(running.length).toBeLessThanOrEqual(21);
    expect(commit - (reported.at(-1) ?? 0)).toBeLessThanOrEqual(LIMITS.syncDelayMsMax / step);
  });

  test('made while a sync is running are left to the next one', () => {
    const { sync, reported, running } = waiting();
    sync.committed(1);
    vi.advanceTimersByTime(LIMITS.syncDelayMsMax);
    sync.committed(2);
    vi.advanceTimersByTime(10 * LIMITS.syncDelayMsMax);
    expect(running).toHaveLength(1);
    running[0]?.(null);
    expect(reported).toEqual([1]);
    vi.advanceTimersByTime(LIMITS.syncDelayMsMax);
    expect(running).toHaveLength(2);
    running[1]?.(null);
    expect(reported).toEqual([1, 2]);
  });

  test('are followed by a look at the WAL, when it is clean', () => {
    const { sync, running, checkpoints } = waiting();
    sync.committed(1);
    vi.advanceTimersByTime(LIMITS.syncDelayMsMax);
    expect(checkpoints()).toBe(0);
    running[0]?.(null);
    expect(checkpoints()).toBe(1);
  });
});

describe('a sync that fails', () => {
  test('ends all promises: later commits could be lost although a later sync succeeds', () => {
    const { sync, reported, running, checkpoints } = waiting();
    sync.committed(1);
    vi.advanceTimersByTime(LIMITS.syncDelayMsMax);
    sync.committed(2);
    running[0]?.(ioError('EIO'));
    expect(sync.failure).toMatchObject({ name: 'StoreError', code: 'io' });
    vi.advanceTimersByTime(10 * LIMITS.syncDelayMsMax);
    sync.durable();
    expect(running).toHaveLength(1);
    expect(reported).toEqual([]);
    expect(checkpoints()).toBe(0);
  });

  test('for want of room says so', () => {
    const { sync, running } = waiting();
    sync.committed(1);
    vi.advanceTimersByTime(LIMITS.syncDelayMsMax);
    running[0]?.(ioError('ENOSPC'));
    expect(sync.failure).toMatchObject({ code: 'full' });
  });

  test('through a fault of ours throws', () => {
    const { sync, running } = waiting();
    sync.committed(1);
    vi.advanceTimersByTime(LIMITS.syncDelayMsMax);
    expect(thrownBy(() => running[0]?.(new TypeError('ours')))).toBeInstanceOf(TypeError);
  });
});

describe('stopping', () => {
  test('waits for the sync that is running and begins no other', async () => {
    const { sync, reported, running } = waiting();
    sync.committed(1);
    vi.advanceTimersByTime(LIMITS.syncDelayMsMax);
    sync.committed(2);
    let stopped = false;
    const stopping = sync.stop().then(() => (stopped = true));
    await vi.advanceTimersByTimeAsync(10 * LIMITS.syncDelayMsMax);
    expect(stopped).toBe(false);
    running[0]?.(null);
    await stopping;
    await vi.advanceTimersByTimeAsync(10 * LIMITS.syncDelayMsMax);
    expect(running).toHaveLength(1);
    expect(reported).toEqual([1]);
    sync.durable();
    expect(reported).toEqual([1, 2]);
  });

  test('forgets a sync that has not begun', async () => {
    const { sync, running } = waiting();
    sync.committed(1);
    await sync.stop();
    await vi.advanceTimersByTimeAsync(10 * LIMITS.syncDelayMsMax);
    expect(running).toEqual([]);
  });
});
