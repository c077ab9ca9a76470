// Rooms on the screen: where they stand, what they are about, how one gets there.

import { afterEach, describe, expect, it } from 'vitest';
import { Stage } from './kit/screen.ts';

let stage: Stage;
afterEach(() => stage.face.stop());

const enter = '\r';
const narrow = [
  [20, 5],
  [24, 6],
  [39, 10],
] as const;

describe('a room', () => {
  it('stands in the list with its number, and its topic above what is said', async () => {
    stage = new Stage(100, 24).open();
    stage.type(`\\join ops${enter}`);
    const opened = await stage.shows((text) => text.includes('1 #ops'));
    expect(opened.split('\n')[0]).toContain('#ops  open to whoever knows its name');
    stage.type(`\\topic releases, every Friday${enter}`);
    await stage.shows((text) => text.split('\n')[0]?.includes('releases, every Friday') ?? false);
    stage.type(`\\leave${enter}`);
    const left = await stage.shows((text) => !text.includes('1 #ops'));
    expect(left.split('\n')[0]).toContain('open to whoever connects');
  });

  it('that is secret says so, and its invite can be read off the screen', async () => {
    stage = new Stage(100, 24).open();
    stage.client.rooms.join({ kind: 'secret', name: 'crew', secret: new Uint8Array(32).fill(5) });
    stage.type(`\\sw crew${enter}\\invite${enter}`);
    const screen = await stage.shows((text) => text.includes('give it to nobody else'));
    expect(screen).toContain('secret: whoever has its invite reads it');
    // As somebody would mark it with a mouse: without the columns at the sides.
    const rows = screen.split('\n').map((row) => row.split('│')[1] ?? '');
    const from = rows.findIndex((row) => row.includes('parley:'));
    const to = rows.findIndex((row) => row.includes('whoever has this'));
    const marked = rows
      .slice(from, to)
      .join('\n')
      .replace(/^.*(?=parley:)/u, '');
    expect(stage.client.rooms.read(marked)).toMatchObject({ value: { room: { name: 'crew' } } });
  });

  it.each([
    [24, false],
    [18, true],
  ])('shows its invite as a QR code until a key is pressed, in %i rows', async (high, isSmall) => {
    stage = new Stage(80, high).open();
    stage.type(`\\join ops${enter}\\invite --qr${enter}`);
    const screen = await stage.shows((text) => text.includes('any key closes it'));
    expect(
      screen.split('\n').filter((row) => /[▀-█\u{1fb00}-\u{1fb3b}]/u.test(row)).length,
    ).toBeGreaterThan(12);
    stage.type('x');
    const after = await stage.shows((text) => !text.includes('any key closes it'));
    expect(after.includes('drawn small to fit')).toBe(isSmall);
    expect(after).toContain('> x');
  });

  it('says how large a window must be for its QR code', async () => {
    stage = new Stage(60, 12).open();
    stage.type(`\\join ops${enter}\\invite --qr${enter}`);
    const screen = await stage.shows((text) => text.includes('the window larger'));
    expect(screen).not.toContain('any key closes it');
  });

  it('is completed by name, with and without its sign', async () => {
    stage = new Stage(100, 24).open();
    stage.client.rooms.join({ kind: 'open', name: 'kitchen' });
    await stage.shows((text) => text.includes('1 #kitchen'));
    stage.type('\\sw #k');
    stage.type('\t');
    await stage.shows((text) => text.includes('\\sw #kitchen'));
    stage.type('\x15');
    stage.type('\\join ki');
    stage.type('\t');
    const screen = await stage.shows((text) => text.includes('\\join kitchen'));
    expect(screen.split('\n').at(-2)).toBe('> \\join kitchen');
  });

  it.each(narrow)('keeps telling what is missing at %i×%i', async (columns, rows) => {
    stage = new Stage(columns, rows).open();
    stage.client.rooms.join({ kind: 'open', name: 'a-room-with-a-long-name' });
    stage.type(`\\sw 1${enter}`);
    stage.client.change('a-room-with-a-long-name', { missing: 1_234, people: 17 });
    const screen = await stage.shows((text) => text.includes('[1]'));
    expect(screen).toContain('[1] missing 1234');
  });
});

describe('an invite', () => {
  it('is not kept in the history of what was typed, what else was typed is', async () => {
    stage = new Stage(100, 24).open();
    stage.client.rooms.join({ kind: 'open', name: 'ops' });
    const written = stage.client.rooms.inviteTo('ops', null);
    const text = written.ok ? written.value.text : '';
    stage.type(`\\join ${text}${enter}`);
    await stage.shows((screen) => screen.includes('an invite of your own'));
    stage.type(`\\join ${text.slice('parley:'.length)}${enter}\\topic${enter}`);
    await stage.shows((screen) => screen.includes('has no topic'));
    const kept = [...stage.client.kept.values()].join('\n');
    expect(kept).toContain('topic');
    expect(kept).not.toContain(text.slice(20, 60));
  });
});
