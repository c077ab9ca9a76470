// Draws what terminals show as one SVG: `terminal-picture.ts OUT.svg TITLE=CAPTURE…`, captures by `tmux capture-pane -e -p`.

import { readFileSync, writeFileSync } from 'node:fs';
import xterm from '@xterm/headless';

const CHARACTER_WIDTH = 8.4;
const LINE_HEIGHT = 18;
const PADDING = 12;
const TITLE_HEIGHT = 26;
const COLUMNS_MAX = 400;
/** The sixteen colours of SGR 30–37 and 90–97, readable on the dark ground. */
const COLOURS = '#45475a #f38ba8 #a6e3a1 #f9e2af #89b4fa #f5c2e7 #94e2d5 #bac2de '
  .concat('#7f849c #eba0ac #b5e8b0 #f9e2af #b4befe #cba6f7 #89dceb #ffffff')
  .split(' ');
const CUBE = [0, 95, 135, 175, 215, 255];
/** Characters of two cells, as tmux has them; the emulator by itself knows those of 2010. */
const WIDE =
  /[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/u;
const ZERO = /\p{M}|[\u200b-\u200d]/u;
const GROUND = '#1e1e2e';
const INK = '#cdd6f4';
const DIM = '0.6';

interface Span {
  readonly column: number;
  readonly columns: number;
  readonly text: string;
  readonly ink: string;
  /** Null: that of the terminal. */
  readonly ground: string | null;
  readonly isBold: boolean;
  readonly isDim: boolean;
}

interface Screen {
  readonly title: string;
  readonly rows: readonly (readonly Span[])[];
}

type Line = NonNullable<ReturnType<xterm.Terminal['buffer']['active']['getLine']>>;
type Cell = NonNullable<ReturnType<Line['getCell']>>;

async function readScreen(argument: string): Promise<Screen> {
  const [title = '', file = ''] = argument.split('=');
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const terminal = new xterm.Terminal({
    cols: COLUMNS_MAX,
    rows: Math.max(2, lines.length),
    allowProposedApi: true,
  });
  terminal.unicode.register({
    version: 'tmux',
    wcwidth,
    charProperties: (code) => wcwidth(code) << 1,
  });
  terminal.unicode.activeVersion = 'tmux';
  await new Promise<void>((resolve) => terminal.write(`\x1b[?7l${lines.join('\r\n')}`, resolve));
  const rows = lines.map((_, row) => {
    const line = terminal.buffer.active.getLine(row);
    return line === undefined ? [] : joined(cellsOf(line));
  });
  return { title, rows };
}

function wcwidth(code: number): 0 | 1 | 2 {
  const character = String.fromCodePoint(code);
  if (ZERO.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

function cellsOf(line: Line): Span[] {
  const spans: Span[] = [];
  for (let column = 0; column < COLUMNS_MAX; column += 1) {
    const cell = line.getCell(column);
    // Behind a wide character stands an empty cell.
    if (cell !== undefined && cell.getWidth() > 0) spans.push(spanOf(cell, column));
  }
  return spans;
}

function spanOf(cell: Cell, column: number): Span {
  const ink = colourOf(cell.isFgRGB(), cell.isFgPalette(), cell.getFgColor());
  const ground = colourOf(cell.isBgRGB(), cell.isBgPalette(), cell.getBgColor());
  const isInverse = cell.isInverse() !== 0;
  return {
    column,
    columns: cell.getWidth(),
    text: cell.getChars() || ' ',
    ink: (isInverse ? (ground ?? GROUND) : ink) ?? INK,
    ground: isInverse ? (ink ?? INK) : ground,
    isBold: cell.isBold() !== 0,
    isDim: cell.isDim() !== 0,
  };
}

function colourOf(isRgb: boolean, isPalette: boolean, value: number): string | null {
  if (isRgb) return `#${value.toString(16).padStart(6, '0')}`;
  if (!isPalette) return null;
  if (value < COLOURS.length) return COLOURS[value] ?? null;
  const grey = 8 + (value - 232) * 10;
  if (value >= 232) return hex(grey, grey, grey);
  const at = value - 16;
  return hex(...[36, 6, 1].map((step) => CUBE[Math.floor(at / step) % 6] ?? 0));
}

function hex(...parts: readonly number[]): string {
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** Neighbours of one look are one span; characters whose width a font may judge otherwise stand alone. */
function joined(cells: readonly Span[]): Span[] {
  const spans: Span[] = [];
  for (const cell of cells) {
    const last = spans.at(-1);
    if (last !== undefined && isAlike(last, cell) && isSafe(last.text) && isSafe(cell.text)) {
      const columns = last.columns + cell.columns;
      spans[spans.length - 1] = { ...last, text: last.text + cell.text, columns };
    } else spans.push(cell);
  }
  return spans.filter(({ text, ground }) => ground !== null || text.trim() !== '');
}

function isAlike(one: Span, other: Span): boolean {
  return (
    one.ink === other.ink &&
    one.ground === other.ground &&
    one.isBold === other.isBold &&
    one.isDim === other.isDim
  );
}

function isSafe(text: string): boolean {
  return /^[\x20-\x7e\u2500-\u257f]*$/u.test(text);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function drawScreen({ title, rows }: Screen, top: number, width: number): string {
  const height = TITLE_HEIGHT + rows.length * LINE_HEIGHT + PADDING;
  const drawn = rows.map((spans, row) => drawRow(spans, top + TITLE_HEIGHT + row * LINE_HEIGHT));
  return [
    `<rect x="1" y="${top}" width="${width - 2}" height="${height}" rx="8" fill="${GROUND}"/>`,
    `<text x="${PADDING}" y="${top + 18}" fill="#7f849c">${escaped(title)}</text>`,
    ...drawn.filter((row) => row !== ''),
  ].join('\n');
}

function drawRow(spans: readonly Span[], top: number): string {
  const grounds = spans
    .filter(({ ground }) => ground !== null)
    .map(({ column, columns, ground }) => {
      const width = rounded(columns * CHARACTER_WIDTH);
      return `<rect x="${left(column)}" y="${top + 4}" width="${width}" height="${LINE_HEIGHT}" fill="${ground}"/>`;
    });
  const texts = spans
    .filter(({ text }) => text.trim() !== '')
    .map(({ column, columns, text, ink, isBold, isDim }) => {
      const looks = `${isBold ? ' font-weight="bold"' : ''}${isDim ? ` opacity="${DIM}"` : ''}`;
      const length = isSafe(text) ? ` textLength="${rounded(columns * CHARACTER_WIDTH)}"` : '';
      return `<tspan x="${left(column)}" fill="${ink}"${looks}${length}>${escaped(text)}</tspan>`;
    });
  if (texts.length === 0) return grounds.join('');
  const y = top + LINE_HEIGHT;
  return `${grounds.join('')}<text y="${y}" xml:space="preserve">${texts.join('')}</text>`;
}

function left(column: number): number {
  return rounded(PADDING + column * CHARACTER_WIDTH);
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

function columnsOf(spans: readonly Span[]): number {
  const last = spans.at(-1);
  return last === undefined ? 0 : last.column + last.columns;
}

function draw(screens: readonly Screen[]): string {
  const columns = Math.max(...screens.flatMap(({ rows }) => rows.map(columnsOf)));
  const width = Math.ceil(columns * CHARACTER_WIDTH + 2 * PADDING);
  let top = 1;
  const drawn = screens.map((screen) => {
    const picture = drawScreen(screen, top, width);
    top += TITLE_HEIGHT + screen.rows.length * LINE_HEIGHT + PADDING + 8;
    return picture;
  });
  const font = `font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top}" width="${width}" ${font}>\n${drawn.join('\n')}\n</svg>\n`;
}

const [out, ...captures] = process.argv.slice(2);
if (out === undefined || captures.length === 0) {
  process.stderr.write('usage: terminal-picture.ts OUT.svg TITLE=CAPTURE…\n');
  process.exitCode = 2;
} else {
  const screens: Screen[] = [];
  for (const capture of captures) screens.push(await readScreen(capture));
  writeFileSync(out, draw(screens));
}
