// Draws what terminals show as one SVG: `terminal-picture.ts OUT.svg TITLE=CAPTURE…`, captures by `tmux capture-pane -e -p`.

import { readFileSync, writeFileSync } from 'node:fs';

const CHARACTER_WIDTH = 8.4;
const LINE_HEIGHT = 18;
const PADDING = 12;
const TITLE_HEIGHT = 26;
/** The sixteen colours of SGR 30–37 and 90–97, readable on the dark ground. */
const COLOURS = [
  '#45475a',
  '#f38ba8',
  '#a6e3a1',
  '#f9e2af',
  '#89b4fa',
  '#f5c2e7',
  '#94e2d5',
  '#bac2de',
];
/** "Select Graphic Rendition", its codes captured. */
const SGR = new RegExp(`${String.fromCodePoint(27)}\\[([0-9;]*)m`, 'u');
const GROUND = '#1e1e2e';
const INK = '#cdd6f4';

interface Span {
  readonly text: string;
  readonly colour: string;
}

/** One captured line as spans of one colour each; other attributes than colour are dropped. */
function spansOf(line: string): readonly Span[] {
  let colour = INK;
  return line.split(SGR).flatMap((part, index): readonly Span[] => {
    if (index % 2 === 0) return part === '' ? [] : [{ text: part, colour }];
    for (const code of part.split(';').map(Number)) colour = colourAfter(code, colour);
    return [];
  });
}

function colourAfter(code: number, before: string): string {
  if (code === 0 || code === 39) return INK;
  const index = code >= 90 ? code - 90 : code - 30;
  return COLOURS[index] ?? before;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

interface Screen {
  readonly title: string;
  readonly lines: readonly string[];
}

function readScreen(argument: string): Screen {
  const [title = '', file = ''] = argument.split('=');
  return { title, lines: readFileSync(file, 'utf8').trimEnd().split('\n') };
}

function drawScreen({ title, lines }: Screen, top: number, width: number): string {
  const height = TITLE_HEIGHT + lines.length * LINE_HEIGHT + PADDING;
  const rows = lines.map((line, index) => {
    const y = top + TITLE_HEIGHT + (index + 1) * LINE_HEIGHT;
    const spans = spansOf(line).map(
      ({ text, colour }) => `<tspan fill="${colour}">${escaped(text)}</tspan>`,
    );
    return `<text x="${PADDING}" y="${y}" xml:space="preserve">${spans.join('')}</text>`;
  });
  return [
    `<rect x="1" y="${top}" width="${width - 2}" height="${height}" rx="8" fill="${GROUND}"/>`,
    `<text x="${PADDING}" y="${top + 18}" fill="#7f849c">${escaped(title)}</text>`,
    ...rows,
  ].join('\n');
}

function columnsOf(line: string): number {
  return spansOf(line).reduce((sum, { text }) => sum + text.length, 0);
}

function draw(screens: readonly Screen[]): string {
  const columns = Math.max(...screens.flatMap(({ lines }) => lines.map(columnsOf)));
  const width = Math.ceil(columns * CHARACTER_WIDTH + 2 * PADDING);
  let top = 1;
  const drawn = screens.map((screen) => {
    const picture = drawScreen(screen, top, width);
    top += TITLE_HEIGHT + screen.lines.length * LINE_HEIGHT + PADDING + 8;
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
  writeFileSync(out, draw(captures.map(readScreen)));
}
