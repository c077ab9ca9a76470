// The limits of the protocol: its pages, their list and the code say the same.

import { readFileSync } from 'node:fs';
import { LIMITS } from '@parley/core';
import { NETWORK_LIMITS } from '@parley/net-libp2p';
import { limitsIn } from '@parley/testkit';
import { describe, expect, it } from 'vitest';

const limits = new Map<string, number>(Object.entries({ ...NETWORK_LIMITS, ...LIMITS }));
const row = /^\| `(?<name>\w+)` \| (?<value>[^|]+) \| (?<page>\w+\.md) §(?<section>\d+) \|$/gmu;

function read(page: string): string {
  return readFileSync(new URL(`../../../spec/${page}`, import.meta.url), 'utf8');
}

function sectionOf(page: string, section: string): string {
  const sections = read(page).split(/^## /mu);
  return sections.find((text) => text.startsWith(`${section}. `)) ?? '';
}

describe('the specification', () => {
  it('gives each limit the value that the code has, in its list and where it is explained', () => {
    const rows = Array.from(read('limits.md').matchAll(row), ({ groups }) => groups ?? {});
    expect(rows.length).toBeGreaterThan(60);
    for (const { name = '', value = '', page = '', section = '' } of rows) {
      expect(limits.get(name), `there is no limit ${name}`).toBeDefined();
      expect(limitsIn(value), `${name} in the list`).toContain(limits.get(name));
      expect(limitsIn(sectionOf(page, section)), `${name} in ${page} §${section}`).toContain(
        limits.get(name),
      );
    }
  });
});
