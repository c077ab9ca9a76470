// A QR code on a terminal, read back by a program that knows nothing of how it was made.

import type { Options, QRCode } from 'jsqr';
import jsqr from 'jsqr';
import { describe, expect, it } from 'vitest';
import type { CharacterRoom } from '../src/qr.ts';
import { drawCode } from '../src/qr.ts';

/** A CommonJS module, of which the types say otherwise. */
const read = jsqr as unknown as (
  pixels: Uint8ClampedArray,
  width: number,
  height: number,
  options: Options,
) => QRCode | null;

const invite = `parley:${'7vyDUsjYXpNFRgMnPmN6hiN4U6CrFB59pHNbeEoTfzLPaCKahDo7'.repeat(4).slice(0, 182)}`;
const PIXELS = 3;

/** Dark or light of each module, as the characters on screen show it. */
function modulesOf(rows: readonly string[]): boolean[][] {
  return rows.flatMap((row) => {
    const cells = Array.from(row);
    const upper = cells.map((cell) => cell === '█' || cell === '▀');
    const lower = cells.map((cell) => cell === '█' || cell === '▄');
    return [upper, lower];
  });
}

/** The same of sextants, by the names that Unicode gives them: of the cells 1 to 6 those that are dark. */
function sextantModulesOf(rows: readonly string[]): boolean[][] {
  const named = new Map<string, string>([
    [' ', ''],
    ['▌', '135'],
    ['▐', '246'],
    ['█', '123456'],
  ]);
  let next = 0x1fb00;
  for (let bits = 1; bits < 63; bits += 1) {
    const name = [1, 2, 3, 4, 5, 6].filter((cell) => ((bits >> (cell - 1)) & 1) === 1).join('');
    if (name === '135' || name === '246') continue;
    named.set(String.fromCodePoint(next), name);
    next += 1;
  }
  return rows.flatMap((row) => {
    const cells = Array.from(row, (cell) => named.get(cell) ?? '?');
    return [
      ['1', '2'],
      ['3', '4'],
      ['5', '6'],
    ].map((pair) => cells.flatMap((cell) => pair.map((part) => cell.includes(part))));
  });
}

/** As a camera sees it: each module so many pixels wide and high. */
function pixelsOf(
  modules: readonly (readonly boolean[])[],
  [wide, high]: readonly [number, number] = [PIXELS, PIXELS],
): [Uint8ClampedArray, number, number] {
  const [width, height] = [(modules[0]?.length ?? 0) * wide, modules.length * high];
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let at = 0; at < width * height; at += 1) {
    const row = Math.floor(at / width / high);
    const column = Math.floor((at % width) / wide);
    const shade = modules[row]?.[column] === true ? 0 : 255;
    pixels.set([shade, shade, shade, 255], at * 4);
  }
  return [pixels, width, height];
}

function rowsOf(room: CharacterRoom | null): readonly string[] {
  const code = drawCode(invite, room);
  if (!code.ok) throw new Error(code.reason);
  return code.value.rows;
}

describe('a QR code', () => {
  it('of an invite is read as that invite', () => {
    const modules = modulesOf(rowsOf(null));
    expect(read(...pixelsOf(modules), { inversionAttempts: 'dontInvert' })?.data).toBe(invite);
  });

  it('fits beside the columns of a screen of 80 by 24, and is read there too', () => {
    const rows = rowsOf({ columns: 52, rows: 21 });
    expect(rows.length).toBeLessThanOrEqual(21);
    expect(new Set(rows.map((row) => Array.from(row).length)).size).toBe(1);
    // Characters are twice as high as wide, so these modules are a third higher than wide.
    const pixels = pixelsOf(sextantModulesOf(rows), [6, 8]);
    expect(read(...pixels, { inversionAttempts: 'dontInvert' })?.data).toBe(invite);
  });

  it('is drawn in characters of every font where there is room for it', () => {
    const plain = rowsOf(null);
    const [columns, rows] = [plain[0]?.length ?? 0, plain.length];
    expect(rowsOf({ columns, rows })).toEqual(plain);
    for (const room of [
      { columns: columns - 1, rows },
      { columns, rows: rows - 1 },
    ])
      expect(drawCode(invite, room)).toMatchObject({ value: { plainRows: rows } });
  });

  it('is refused where there is no room, and says how much it takes', () => {
    const { length } = rowsOf({ columns: 52, rows: 21 });
    expect(drawCode(invite, { columns: 52, rows: length - 1 })).toMatchObject({
      reason: expect.stringContaining(`${length} rows, and there is room for 52 and ${length - 1}`),
    });
  });
});
