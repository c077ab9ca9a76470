// Proves by planted violations that the linter's rules fire where they must, and only there.

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

type Planted = readonly [claim: string, rule: string, text: string];

const cases = (planted: readonly Planted[]): { claim: string; rule: string; index: number }[] =>
  planted.map(([claim, rule], index) => ({ claim, rule, index }));

const forbiddenInCore: readonly Planted[] = [
  ['the date', 'no-restricted-globals', 'export const a = (): number => Date.now();'],
  ['a new date', 'no-restricted-globals', 'export const a = (): Date => new Date();'],
  ['chance', 'no-restricted-properties', 'export const a = (): number => Math.random();'],
  [
    'taken chance',
    'no-restricted-properties',
    'const { random } = Math;\nexport const a = random();',
  ],
  ['a timer', 'no-restricted-globals', 'setTimeout(() => 1, 1);'],
  ['a repeated timer', 'no-restricted-globals', 'setInterval(() => 1, 1);'],
  ['the console', 'no-restricted-globals', `console.log('a');`],
  ['the process', 'no-restricted-globals', 'export const a = process.pid;'],
  [
    'a module of node',
    'no-restricted-imports',
    `import { readFileSync } from 'node:fs';\nexport const a = readFileSync;`,
  ],
  [
    'libp2p',
    'no-restricted-imports',
    `import { createLibp2p } from 'libp2p';\nexport const a = createLibp2p;`,
  ],
  [
    'a part of libp2p',
    'no-restricted-imports',
    `import { tcp } from '@libp2p/tcp';\nexport const a = tcp;`,
  ],
];

const forbiddenAnywhere: readonly Planted[] = [
  [
    'a promise nobody waits for',
    'no-floating-promises',
    'const a = async (): Promise<void> => {};\na();',
  ],
  ['a default export', 'no-default-export', 'export default 1;'],
  ['any', 'no-explicit-any', 'export const a = (b: any): unknown => b;'],
  [
    'five parameters',
    'max-params',
    'export function a(b: 1, c: 1, d: 1, e: 1, f: 1): unknown {\n  return [b, c, d, e, f];\n}',
  ],
  [
    'a function of 71 lines',
    'max-lines-per-function',
    `export function a(): void {\n${'  a();\n'.repeat(69)}}`,
  ],
  ['a file of 401 lines', 'max-lines', 'export const a = 1;\n'.concat('export {};\n'.repeat(400))],
  [
    'thirteen ways through',
    'complexity',
    `export const a = (b: number): void => {\n${'  if (b) a(b);\n'.repeat(12)}};`,
  ],
  ['a namespace', 'no-namespace', 'export namespace A {\n  export const b = 1;\n}'],
];

let folder = '';
let found = new Map<string, string[]>();

const corePath = (index: number): string => `packages/core/src/bytes/planted-${index}.ts`;
const clientPath = (index: number): string => `packages/client/src/planted-${index}.ts`;

interface Diagnostic {
  readonly code: string;
  readonly filename: string;
}

/** Lints a folder with this repository's configuration: the rules broken, by file. */
function lint(cwd: string): Map<string, string[]> {
  const linter = join(root, 'node_modules/oxlint/bin/oxlint');
  const script = `"${process.execPath}" "${linter}" --type-aware --format json || true`;
  const output = execFileSync('sh', ['-c', script], { cwd, encoding: 'utf8' });
  const { diagnostics } = JSON.parse(output) as { diagnostics: Diagnostic[] };
  const rules = new Map<string, string[]>();
  for (const { filename, code } of diagnostics) {
    const rule = /\((.+)\)/u.exec(code)?.[1] ?? code;
    rules.set(filename, [...(rules.get(filename) ?? []), rule]);
  }
  return rules;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-lint-'));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), `${text}\n`);
  };
  copyFileSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
  write('tsconfig.json', '{ "compilerOptions": { "strict": true, "noEmit": true } }');
  for (const [index, [, , text]] of forbiddenInCore.entries()) {
    write(corePath(index), text);
    write(clientPath(index), text);
  }
  for (const [index, [, , text]] of forbiddenAnywhere.entries()) {
    write(clientPath(100 + index), text);
  }
  write('planted.config.ts', 'export default 1;');
  found = lint(folder);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the linter', () => {
  it.each(cases(forbiddenInCore))('keeps $claim out of core alone', ({ rule, index }) => {
    expect(found.get(corePath(index))).toContain(rule);
    expect(found.get(clientPath(index)) ?? []).not.toContain(rule);
  });

  it.each(cases(forbiddenAnywhere))('forbids $claim', ({ rule, index }) => {
    expect(found.get(clientPath(100 + index))).toContain(rule);
  });

  it('lets a configuration file export a default', () => {
    expect(found.get('planted.config.ts')).toBeUndefined();
  });
});
