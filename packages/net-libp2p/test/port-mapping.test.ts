// What a router is asked for, for how long, and what others are told of it: with a router that does what the test says.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RouterError } from '../src/gateway.ts';
import { NETWORK_LIMITS } from '../src/limits.ts';
import { PortMapping } from '../src/port-mapping.ts';
import type { Place, Router } from '../src/port-mapping.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(cleanUps.splice(0).map((cleanUp) => cleanUp()));
});

const asItIsTold: Router['lead'] = (_, outer) => Promise.resolve(outer);

describe('a mapping', () => {
  const { mappingDelayMs, mappingRenewMs, mappingAgainMs } = NETWORK_LIMITS;
  const home: Place = { host: '192.168.1.2', port: 4747 };
  let places: readonly Place[] = [home];
  let outside = '11.9.0.10';
  let lead = asItIsTold;
  /** What the router and the address book were told, in order. */
  let told: string[] = [];

  beforeEach(() => {
    vi.useFakeTimers();
    places = [home];
    outside = '11.9.0.10';
    lead = asItIsTold;
    told = [];
  });
  afterEach(() => vi.useRealTimers());

  const router: Router = {
    own: home.host,
    outside: () => Promise.resolve(outside),
    lead: (port, outer, signal) => {
      told.push(`lead ${outer} to ${port}`);
      return lead(port, outer, signal);
    },
    end: (outer) => {
      told.push(`end ${outer}`);
      return Promise.resolve();
    },
  };

  function mappingWith(found: Router | null = router): PortMapping {
    const book = {
      addPublicAddressMapping: (_: string, __: number, host: string, port: number): void => {
        told.push(`list ${host}:${port}`);
      },
      removePublicAddressMapping: (_: string, __: number, host: string, port: number): void => {
        told.push(`unlist ${host}:${port}`);
      },
      confirmObservedAddr: (): void => undefined,
    };
    const events = { places: () => places, mapped: () => told.push('told'), log: () => undefined };
    const mapping = new PortMapping(book, NETWORK_LIMITS, events, () => Promise.resolve(found));
    cleanUps.push(() => mapping.stop());
    mapping.begin();
    return mapping;
  }

  test('is asked for a while after the start, listed, renewed, and ended', async () => {
    const mapping = mappingWith();
    expect(mapping.report().state).toBe('looking');
    await vi.advanceTimersByTimeAsync(mappingDelayMs - 1);
    expect(told).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(told).toEqual(['lead 4747 to 4747', 'list 11.9.0.10:4747', 'told']);
    expect(mapping.report()).toEqual({
      state: 'mapped',
      reason: 'mapped',
      mapped: ['11.9.0.10:4747'],
    });
    told = [];
    await vi.advanceTimersByTimeAsync(2 * mappingRenewMs);
    expect(told).toEqual(['lead 4747 to 4747', 'lead 4747 to 4747']);
    await mapping.stop();
    expect(told.at(-1)).toBe('end 4747');
  });

  test('is renewed before its lease is over', () => {
    expect(mappingRenewMs * 2).toBeLessThan(NETWORK_LIMITS.mappingLeaseS * 1_000);
  });

  test('follows the router to another address', async () => {
    const mapping = mappingWith();
    await vi.advanceTimersByTimeAsync(mappingDelayMs);
    told = [];
    outside = '11.9.0.11';
    await vi.advanceTimersByTimeAsync(mappingRenewMs);
    expect(told).toEqual([
      'lead 4747 to 4747',
      'unlist 11.9.0.10:4747',
      'list 11.9.0.11:4747',
      'told',
    ]);
    expect(mapping.report().mapped).toEqual(['11.9.0.11:4747']);
  });

  test('on another port than ours stays there, and only that is ended', async () => {
    lead = () => Promise.resolve(31_000);
    const mapping = mappingWith();
    await vi.advanceTimersByTimeAsync(mappingDelayMs + mappingRenewMs);
    expect(told.filter((text) => text.startsWith('lead'))).toEqual([
      'lead 4747 to 4747',
      'lead 31000 to 4747',
    ]);
    await mapping.stop();
    expect(told.filter((text) => text.startsWith('end'))).toEqual(['end 31000']);
  });

  test('that is refused leaves nothing to end, and is asked for again later', async () => {
    lead = () => Promise.reject(new RouterError(606, 'no'));
    const mapping = mappingWith();
    await vi.advanceTimersByTimeAsync(mappingDelayMs);
    expect(mapping.report()).toEqual({ state: 'refused', reason: 'refused', mapped: [] });
    lead = asItIsTold;
    await vi.advanceTimersByTimeAsync(mappingAgainMs);
    expect(mapping.report().state).toBe('mapped');
    lead = () => Promise.reject(new RouterError(606, 'no'));
    await vi.advanceTimersByTimeAsync(mappingRenewMs);
    expect(told.at(-1)).toBe('unlist 11.9.0.10:4747');
    told = [];
    await mapping.stop();
    expect(told).toEqual([]);
  });

  test('that a router has lost is asked for anew soon, at whatever place it answers then', async () => {
    const mapping = mappingWith();
    await vi.advanceTimersByTimeAsync(mappingDelayMs);
    lead = () => Promise.reject(new Error('ECONNREFUSED'));
    await vi.advanceTimersByTimeAsync(mappingRenewMs);
    expect(mapping.report().mapped).toEqual([]);
    lead = asItIsTold;
    await vi.advanceTimersByTimeAsync(mappingDelayMs);
    expect(mapping.report().mapped).toEqual(['11.9.0.10:4747']);
  });

  test('that is refused for one port leaves those of others as they are', async () => {
    places = [home, { host: home.host, port: 4748 }];
    lead = (port, outer) =>
      port === 4748 ? Promise.reject(new RouterError(606, 'no')) : Promise.resolve(outer);
    const mapping = mappingWith();
    await vi.advanceTimersByTimeAsync(mappingDelayMs);
    expect(mapping.report().mapped).toEqual(['11.9.0.10:4747']);
    await mapping.stop();
    expect(told.filter((text) => text.startsWith('end'))).toEqual(['end 4747']);
  });

  test('that was asked for when we stop is ended all the same', async () => {
    lead = (_, __, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('aborted')));
      });
    const mapping = mappingWith();
    await vi.advanceTimersByTimeAsync(mappingDelayMs);
    expect(mapping.report().state).toBe('looking');
    await mapping.stop();
    expect(told).toEqual(['lead 4747 to 4747', 'end 4747']);
  });

  test('is asked for anew in another network, and its old address is not told any more', async () => {
    const mapping = mappingWith();
    await vi.advanceTimersByTimeAsync(mappingDelayMs);
    told = [];
    mapping.moved();
    expect(told).toEqual(['unlist 11.9.0.10:4747']);
    expect(mapping.report().state).toBe('looking');
    await vi.advanceTimersByTimeAsync(mappingDelayMs);
    expect(told.at(-2)).toBe('list 11.9.0.10:4747');
  });

  test.each([
    ['192.168.178.20', 'a private'],
    ['100.64.3.1', 'a shared'],
    ['', 'no'],
  ])('is no use where the router itself has %s (%s address)', async (said) => {
    outside = said;
    const mapping = mappingWith();
    await vi.advanceTimersByTimeAsync(mappingDelayMs);
    expect(mapping.report()).toEqual({ state: 'refused', reason: 'double-nat', mapped: [] });
    expect(told).toEqual([]);
  });

  test('is not asked for where there is no router, or no need', async () => {
    const lone = mappingWith(null);
    await vi.advanceTimersByTimeAsync(mappingDelayMs);
    expect(lone.report().reason).toBe('no-gateway');
    places = [];
    const open = mappingWith();
    expect(open.report().reason).toBe('not-needed');
    await vi.advanceTimersByTimeAsync(mappingDelayMs);
    expect(open.report().reason).toBe('not-needed');
    expect(told).toEqual([]);
  });
});
