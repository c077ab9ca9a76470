// Rounds of being found and finding: when they come, in which order, and that nothing stops them but the end.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NETWORK_LIMITS } from '@parley/net-libp2p';
import { Meeting } from '../src/meeting.ts';
import type { Directory, Found } from '../src/meeting.ts';

const limits = { ...NETWORK_LIMITS, meetKeysMax: 3, meetKeysAtOnceMax: 1 };
const LATER_MS = 2 * limits.meetLaterMs;
const key = (number: number): Uint8Array => new Uint8Array(32).fill(number);

class Recorder implements Directory {
  peers = 1;
  failing = false;
  readonly asked: string[] = [];
  provide([first = 0]: Uint8Array): Promise<void> {
    this.asked.push(`provide ${first}`);
    return this.failing ? Promise.reject(new Error('no answer')) : Promise.resolve();
  }
  find([first = 0]: Uint8Array): AsyncIterable<Found> {
    this.asked.push(`find ${first}`);
    return nobody();
  }
}

async function* nobody(): AsyncGenerator<Found> {
  yield* [];
}

function nothing(): void {
  // What is told here is not looked at.
}

function newMeeting(directory: Directory, canBeFound = true): Meeting {
  const events = { found: nothing, log: nothing, chance: () => 0.5, canBeFound: () => canBeFound };
  return new Meeting(directory, limits, events);
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('rounds of meeting', () => {
  it('provide each key before they look for it, up to the limit', async () => {
    const directory = new Recorder();
    const four = [1, 2, 3, 4].map(key);
    newMeeting(directory).meet(four, four);
    await vi.advanceTimersByTimeAsync(limits.meetSoonMs);
    const expected = [1, 2, 3].flatMap((number) => [`provide ${number}`, `find ${number}`]);
    expect(directory.asked).toEqual(expected);
  });

  it('only look where we cannot be reached', async () => {
    const directory = new Recorder();
    newMeeting(directory, false).meet([key(1)], [key(1)]);
    await vi.advanceTimersByTimeAsync(limits.meetSoonMs);
    expect(directory.asked).toEqual(['find 1']);
  });

  it('wait for someone to ask, and cost nothing until then', async () => {
    const directory = new Recorder();
    directory.peers = 0;
    const meeting = newMeeting(directory);
    meeting.meet([key(1)], [key(1)]);
    await vi.advanceTimersByTimeAsync(86_400_000);
    expect(directory.asked).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
    directory.peers = 1;
    meeting.look();
    await vi.advanceTimersByTimeAsync(limits.meetSoonMs);
    expect(directory.asked).toHaveLength(2);
  });

  it('come again after the interval, also when one failed', async () => {
    const directory = new Recorder();
    directory.failing = true;
    newMeeting(directory).meet([key(1)], [key(1)]);
    await vi.advanceTimersByTimeAsync(limits.meetSoonMs);
    expect(directory.asked).toEqual(['provide 1']);
    directory.failing = false;
    await vi.advanceTimersByTimeAsync(limits.meetIntervalMs);
    expect(directory.asked).toEqual(['provide 1', 'provide 1', 'find 1']);
  });

  it('are few for many new peers, and further apart each time', async () => {
    const directory = new Recorder();
    const meeting = newMeeting(directory);
    meeting.meet([key(1)], [key(1)]);
    for (let count = 0; count < 600; count += 1) {
      meeting.look();
      // eslint-disable-next-line no-await-in-loop -- time passes between them
      await vi.advanceTimersByTimeAsync(100);
    }
    // In a minute: at once, then after 1, 2, 4, 8, 16, 32 seconds.
    expect(directory.asked.filter((text) => text === 'find 1').length).toBeLessThanOrEqual(7);
  });

  it('are later, though not never, for a key where someone is linked already', async () => {
    const directory = new Recorder();
    const meeting = newMeeting(directory);
    meeting.meet([key(1), key(2)], [key(2)]);
    await vi.advanceTimersByTimeAsync(LATER_MS - 1);
    expect(directory.asked).toEqual(['provide 2', 'find 2']);
    await vi.advanceTimersByTimeAsync(1);
    expect(directory.asked.slice(2)).toEqual(['provide 1', 'find 1']);
  });

  it('come at once for a key where nobody is linked any more', async () => {
    const directory = new Recorder();
    const meeting = newMeeting(directory);
    meeting.meet([key(1)], []);
    await vi.advanceTimersByTimeAsync(LATER_MS - 1);
    meeting.meet([key(1)], [key(1)]);
    await vi.advanceTimersByTimeAsync(limits.meetSoonMs);
    expect(directory.asked).toEqual(['provide 1', 'find 1']);
    meeting.meet([key(1)], []);
    await vi.advanceTimersByTimeAsync(LATER_MS);
    expect(directory.asked).toHaveLength(4);
  });

  it('end with it', async () => {
    const directory = new Recorder();
    const meeting = newMeeting(directory);
    meeting.meet([key(1)], [key(1)]);
    meeting.stop();
    meeting.look();
    await vi.advanceTimersByTimeAsync(2 * limits.meetIntervalMs);
    expect(directory.asked).toEqual([]);
  });
});
