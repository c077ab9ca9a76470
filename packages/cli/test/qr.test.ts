// A QR code on a terminal, read back by a program that knows nothing of how it was made.

import { stripVTControlCharacters } from 'node:util';
import type { Options, QRCode } from 'jsqr';
import jsqr from 'jsqr';
import { describe, expect, it } from 'vitest';
import { qrCode, qrRefusal } from '../src/qr.ts';

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
function modulesOf(drawn: string): boolean[][] {
  const rows = drawn
    .trimEnd()
    .split('\n')
    .map((row) => stripVTControlCharacters(row));
  return rows.flatMap((row) => {
    const cells = Array.from(row);
    const upper = cells.map((cell) => cell === '█' || cell === '▀');
    const lower = cells.map((cell) => cell === '█' || cell === '▄');
    return [upper, lower];
  });
}

function pixelsOf(modules: readonly (readonly boolean[])[]): [Uint8ClampedArray, number, number] {
  const [width, height] = [(modules[0]?.length ?? 0) * PIXELS, modules.length * PIXELS];
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let at = 0; at < width * height; at += 1) {
    const row = Math.floor(at / width / PIXELS);
    const column = Math.floor((at % width) / PIXELS);
    const shade = modules[row]?.[column] === true ? 0 : 255;
    pixels.set([shade, shade, shade, 255], at * 4);
  }
  return [pixels, width, height];
}

describe('a QR code', () => {
  it('of an invite is read as that invite', () => {
    const modules = modulesOf(qrCode(invite, true));
    expect(read(...pixelsOf(modules), { inversionAttempts: 'dontInvert' })?.data).toBe(invite);
  });

  it('is dark on light whatever the terminal is, and leaves its colours behind on no line', () => {
    for (const row of qrCode(invite, true).trimEnd().split('\n')) {
      expect(row.startsWith('\u001b[38;5;16;48;5;231m')).toBe(true);
      expect(row.endsWith('\u001b[0m')).toBe(true);
    }
  });

  it('is refused where it is wider than the terminal, and says how wide it is', () => {
    const width = modulesOf(qrCode(invite, true))[0]?.length ?? 0;
    expect(qrRefusal(invite, width)).toBeNull();
    expect(qrRefusal(invite, null)).toBeNull();
    expect(qrRefusal(invite, width - 1)).toContain(`${width} columns wide`);
  });
});
