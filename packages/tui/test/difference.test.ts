// Whatever two frames are, the bytes between them make the one of the other.

import * as fc from 'fast-check';
import xterm from '@xterm/headless';
import { describe, expect, it } from 'vitest';
import { difference } from '../src/output/difference.ts';
import { piecesOf } from '../src/output/frame.ts';
import type { Frame } from '../src/output/frame.ts';

const [columns, rows, left] = [40, 12, 8];

function frame(lines: readonly string[], side: readonly string[]): Frame {
  const width = columns - left;
  const filled = Array.from({ length: rows - 2 }, (_, at) => (lines[at] ?? '').padEnd(width));
  const sides = Array.from({ length: rows }, (_, at) =>
    (side[at] ?? '').slice(0, left).padEnd(left),
  );
  const bar = ['top'.padEnd(width)];
  const pieces = [
    ...piecesOf({ row: 0, column: left, width }, bar),
    ...piecesOf({ row: 1, column: left, width }, filled),
    ...piecesOf({ row: rows - 1, column: left, width }, bar),
    ...piecesOf({ row: 0, column: 0, width: left }, sides),
  ].toSorted((one, other) => one.row - other.row || one.column - other.column);
  return {
    columns,
    rows,
    pieces,
    moving: { top: 1, end: rows - 1 },
    cursor: { row: 0, column: 0 },
  };
}

function text(of: Frame): string {
  const screen = Array.from({ length: rows }, () => ' '.repeat(columns));
  for (const { row, column, width, text: part } of of.pieces) {
    const was = screen[row] ?? '';
    screen[row] = was.slice(0, column) + part + was.slice(column + width);
  }
  return screen.map((row) => row.trimEnd()).join('\n');
}

async function shown(frames: readonly Frame[]): Promise<string> {
  const emulator = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  let before: Frame | null = null;
  for (const after of frames) {
    await new Promise<void>((resolve) => emulator.write(difference(before, after), resolve));
    before = after;
  }
  const { active } = emulator.buffer;
  return Array.from({ length: rows }, (_, row) =>
    (active.getLine(active.viewportY + row)?.translateToString(true) ?? '').trimEnd(),
  ).join('\n');
}

const words = fc.string({ unit: fc.constantFrom('a', 'b', ' '), maxLength: 32 });
const lists = fc.array(words, { maxLength: 30 });

describe('the bytes between two frames', () => {
  it('make the one of the other, also where lines rise', async () => {
    await fc.assert(
      fc.asyncProperty(
        lists,
        lists,
        fc.array(fc.nat(12), { maxLength: 4 }),
        async (all, side, steps) => {
          let start = 0;
          const frames = [0, ...steps].map((step, at) => {
            start += step;
            return frame(all.slice(start, start + rows - 2), side.slice(at % 3));
          });
          const last = frames.at(-1) ?? frame([], []);
          expect(await shown(frames)).toBe(text(last));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('are far fewer when a line comes in below than the lines that rise', () => {
    const many = Array.from({ length: 30 }, (_, at) => `${at} ${'x'.repeat(28)}`);
    const before = frame(many.slice(0, 10), ['side']);
    const after = frame(many.slice(1, 11), ['side']);
    expect(difference(before, after).length).toBeLessThan(150);
  });

  it('are none where nothing changed', () => {
    const same = frame(['one'], ['two']);
    expect(difference(same, frame(['one'], ['two']))).toBe('');
  });
});
