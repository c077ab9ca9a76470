// The kind of address translation, concluded from what others see.

import { describe, expect, it } from 'vitest';
import { NatWatch } from '../src/nat.ts';
import type { Sighting } from '../src/nat.ts';

const own = new Set(['192.168.1.5', '10.0.0.2']);

function sighting(observer: string, host: string, port: number, socket: string | null): Sighting {
  return { observer, host, port, socket };
}

function kindOf(...sightings: readonly Sighting[]): string {
  const watch = new NatWatch();
  for (const one of sightings) watch.saw(one);
  return watch.report(own).kind;
}

describe('what kind of address translation there is', () => {
  it('is none where others see an address of this machine', () => {
    expect(kindOf(sighting('a', '192.168.1.5', 4747, null))).toBe('none');
  });

  it('is a cone where two see one socket at the same place', () => {
    const [a, b] = [sighting('a', '5.5.5.5', 900, 's'), sighting('b', '5.5.5.5', 900, 's')];
    expect(kindOf(a, b)).toBe('cone');
  });

  it('is symmetric where two see one socket at different places', () => {
    const [a, b] = [sighting('a', '5.5.5.5', 900, 's'), sighting('b', '5.5.5.5', 901, 's')];
    expect(kindOf(a, b)).toBe('symmetric');
  });

  it('is unknown before two have seen one socket', () => {
    expect(kindOf()).toBe('unknown');
    const [a, b] = [sighting('a', '5.5.5.5', 900, null), sighting('b', '5.5.5.5', 901, null)];
    expect(kindOf(a, b)).toBe('unknown');
    const twice = [sighting('a', '5.5.5.5', 900, 's'), sighting('a', '5.5.5.5', 901, 's')];
    expect(kindOf(...twice)).toBe('unknown');
  });

  it('is unknown again after the network changed', () => {
    const watch = new NatWatch();
    watch.saw(sighting('a', '5.5.5.5', 900, 's'));
    watch.forget();
    expect(watch.report(own).seenAs).toEqual([]);
  });

  it('keeps a bounded number of sightings', () => {
    const watch = new NatWatch();
    for (let port = 0; port < 100; port += 1) watch.saw(sighting(`o${port}`, '5.5.5.5', port, 's'));
    expect(watch.report(own).seenAs).toHaveLength(32);
  });
});
