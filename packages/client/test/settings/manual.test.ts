// The manual's table of settings and the code's are one.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { peerSettingPlaces } from '../../src/settings/peer-settings.ts';

const manual = readFileSync(new URL('../../../../docs/manual.md', import.meta.url), 'utf8');
const row = /^\| `(?<path>[\w.]+)` \| `(?<usual>[^`]+)` \| (?<live>changes|stays) \| \S/gmu;

describe('the table of settings in the manual', () => {
  it('has every setting with its usual value, and whether it changes while a peer runs', () => {
    const rows = Array.from(manual.matchAll(row), ({ groups }) => groups ?? {});
    const documented = rows.map(({ path, usual = '', live }) => {
      return { path, usual: JSON.parse(usual) as unknown, isLive: live === 'changes' };
    });
    expect(documented).toEqual(peerSettingPlaces());
  });
});
