// Proves by planted violations that the compiler refuses what the other checks leave to it.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

const refusedInCore: readonly (readonly [claim: string, text: string])[] = [
  ['a timer', 'setTimeout(() => {}, 1);'],
  ['the console', `console.log('a');`],
  ['the process', 'process.exit();'],
  ['a module of node', `import 'node:fs';`],
  ['an enum', 'export enum A {\n  B,\n}'],
  ['a parameter property', 'export class A {\n  constructor(readonly b: number) {}\n}'],
  ['an element that may be missing', 'export const a = (b: number[]): number => b[0];'],
];

let folder = '';
let output = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-types-'));
  const core = join(root, 'packages/core');
  const tsconfig = {
    extends: join(core, 'tsconfig.json'),
    compilerOptions: { rootDir: '/', noEmit: true },
    include: [join(core, 'src/globals.d.ts'), './*.ts'],
  };
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  writeFileSync(
    join(folder, 'clean.ts'),
    'export const a: Uint8Array = new TextEncoder().encode();',
  );
  for (const [index, [, text]] of refusedInCore.entries()) {
    writeFileSync(join(folder, `planted-${index}.ts`), text);
  }
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const options = { cwd: folder, encoding: 'utf8' } as const;
  output = spawnSync(process.execPath, [compiler, '-p', '.', '--pretty', 'false'], options).stdout;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the compiler, on core', () => {
  it.each(refusedInCore.map(([claim], index) => ({ claim, index })))(
    'refuses $claim',
    ({ index }) => {
      expect(output).toContain(`planted-${index}.ts`);
    },
  );

  it('accepts the two globals that core may use, and complains of nothing else', () => {
    expect(output).not.toContain('clean.ts');
    expect(output).not.toContain('globals.d.ts');
  });
});
