// What a pipe waits for before it is read.

import type { Connection } from '@parley/client';
import type { PeerId } from '@parley/core';
import { FakeClient } from '@parley/testkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { firstContact } from '../src/first-contact.ts';
import { CLI_LIMITS } from '../src/limits.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

let client: FakeClient;

beforeEach(() => {
  client = new FakeClient();
});

const dialling = { address: 'ops:4747', failures: 0, lastError: null, nextMs: null };

const connection: Connection = {
  peer: '12D3' as PeerId,
  identity: null,
  label: null,
  direction: 'outbound',
  address: 'ops:4747',
  path: 'direct',
  latencyMs: null,
  sinceMs: 0,
};

/** Waits for `ops`; the returned list has an entry once that is over. */
function wait(connect: readonly string[] = ['ops'], isOver = (): boolean => false): true[] {
  const over: true[] = [];
  void firstContact(client, connect, isOver).then(() => over.push(true));
  return over;
}

describe('firstContact', () => {
  it('waits until who was dialled is in the lobby', async () => {
    client.view.allAttempts = [dialling];
    const over = wait();
    await vi.advanceTimersByTimeAsync(100);
    client.view.allAttempts = [];
    client.view.allConnections = [connection];
    await vi.advanceTimersByTimeAsync(100);
    expect(over).toEqual([]);
    client.view.allSessions = [{ ...client.view.allSessions[0]!, peers: 1 }];
    await vi.advanceTimersByTimeAsync(100);
    expect(over).toEqual([true]);
  });

  it('waits for no second attempt, nor for addresses that nobody gave', async () => {
    client.view.allAttempts = [
      { ...dialling, failures: 1 },
      { ...dialling, address: 'remembered:1' },
    ];
    const over = wait();
    await vi.advanceTimersByTimeAsync(CLI_LIMITS.firstContactLookMs);
    expect(over).toEqual([true]);
  });

  it('waits for a bounded time, and for nothing where no address was given', async () => {
    client.view.allAttempts = [dialling];
    const over = wait();
    const none = wait([]);
    await vi.advanceTimersByTimeAsync(0);
    expect([over, none]).toEqual([[], [true]]);
    await vi.advanceTimersByTimeAsync(CLI_LIMITS.firstContactMsMax);
    expect(over).toEqual([true]);
  });

  it('stops waiting when the process ends', async () => {
    client.view.allAttempts = [dialling];
    const over = wait(['ops'], () => true);
    await vi.advanceTimersByTimeAsync(CLI_LIMITS.firstContactLookMs);
    expect(over).toEqual([true]);
  });
});
