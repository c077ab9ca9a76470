// Text of others cannot move, colour, answer or break anything on this screen.

import { FakeClient, personOf } from '@parley/testkit';
import type { IdentityKey } from '@parley/core';
import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { Stage, picture } from './kit/screen.ts';

const timeMs = new Date(2026, 10, 22, 9, 59).getTime();
const identity = 'b'.repeat(64) as IdentityKey;

let stage: Stage;
afterEach(() => stage.face.stop());

async function shown(text: string, name = 'bobby', label = name): Promise<string> {
  const client = new FakeClient();
  client.view.allPeople = [
    ...client.view.allPeople,
    personOf({ identity, name, label, path: 'lan' }),
  ];
  client.addLine({ identity, name, label, text, timeMs });
  client.addLine({ identity, name, label, text: 'after it', timeMs });
  stage = new Stage(80, 24, client).open();
  return stage.shows((screen) => screen.includes('after it'));
}

/** Sessions left and people right are where they belong. */
function isWhole(screen: string): boolean {
  const rows = screen.split('\n').slice(1, 22);
  return rows.every((row) => row.slice(0, 16) === `${' '.repeat(15)}│`);
}

describe('hostile text', () => {
  it('is shown harmlessly: escapes, titles, bidi overrides, newlines in names', async () => {
    const screen = await shown(
      '\x1b[2J\x1b[1;1Hgotcha\x1b]0;title\x07\x1b]52;c;aGk=\x07\u202eevil\u202c\x9b31m\x00\b\b\b',
      'b\x1b[31mob\nby',
    );
    expect(isWhole(screen)).toBe(true);
    expect(screen).toBe(picture('hostile', screen));
    const written = stage.terminal.writes.join('');
    for (const harm of ['\x1b]0', '\x1b]52', '\x9b', '\x1b[31mob', '\x00'])
      expect(written).not.toContain(harm);
  });

  it('of any kind leaves the columns beside it where they are', async () => {
    const nasty = fc.string({
      unit: fc.oneof(
        fc.constantFrom(
          '\x1b[31m',
          '👨‍👩‍👧‍👦',
          '❤️',
          '漢字',
          'שלום',
          'e\u0301\u0302',
          '\u202e',
          '\t',
          '\n',
          '🇩🇪',
        ),
        fc.string({ unit: 'grapheme', maxLength: 3 }),
      ),
      maxLength: 120,
    });
    await fc.assert(
      fc.asyncProperty(nasty, async (text) => {
        const screen = await shown(text);
        stage.face.stop();
        expect(stage.told).toEqual([]);
        expect(isWhole(screen)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('wide, combined and right-to-left characters stay in their column', async () => {
    const screen = await shown(
      '漢字 👨‍👩‍👧‍👦 👍🏽 e\u0301 שלום עולם مرحبا ❤️ 🇩🇪 ｆｕｌｌ각 '.repeat(4),
    );
    expect(isWhole(screen)).toBe(true);
    expect(screen).toBe(picture('wide', screen));
  });

  it('where the locale has only ASCII, all else is a question mark', async () => {
    const client = new FakeClient();
    client.addLine({ identity, name: 'bobby', text: 'grüße 👍', timeMs });
    stage = new Stage(80, 24, client, { unicode: false }).open();
    stage.type('ü');
    const screen = await stage.shows((text) => text.includes('gr??e ?') && text.includes('> ?'));
    expect(Array.from(screen).every((point) => point <= '~')).toBe(true);
  });
});
