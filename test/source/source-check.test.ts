// Proves each rule of the source check by a planted violation, then holds the repository to them.

import { describe, expect, it } from 'vitest';
import { check } from '../../scripts/source-check/check.ts';
import { readSources } from '../../scripts/source-check/read-sources.ts';

/** A small house in which every rule has something to look at and nothing to find. */
const cleanHouse: Readonly<Record<string, string>> = {
  'packages/core/src/index.ts': `export { encode } from './codec/encode.ts';`,
  'packages/core/src/limits.ts': `export const frameBytesMax = 262_144;`,
  'packages/core/src/codec/encode.ts': `import { frameBytesMax } from '../limits.ts';
    export const encode = (): number => frameBytesMax;`,
  'packages/client/src/index.ts': `export { run } from './run.ts';`,
  'packages/client/src/run.ts': `import { encode } from '@parley/core'; export const run = encode;`,
  'packages/store-sqlite/src/index.ts': `import { encode } from '@parley/core';
    export const open = encode;`,
  'packages/cli/src/main.ts': `import { run } from '@parley/client';
    import { open } from '@parley/store-sqlite'; run(); open();`,
};

/** Where a change is planted, what it says, and which rule must notice it. */
type Planted = readonly [claim: string, rule: string, path: string, text: string];

const violations: readonly Planted[] = [
  ['a file that does not parse', 'readable', 'core/src/limits.ts', 'export const = ;'],
  ['an import that reaches no file', 'readable', 'client/src/a.ts', `import './gone.ts';`],
  [
    'a computed import',
    'readable',
    'client/src/a.ts',
    'export const a = (x: string) => import(x);',
  ],
  ['core importing client', 'direction', 'core/src/bytes/a.ts', `import '@parley/client';`],
  ['client importing a face', 'direction', 'client/src/a.ts', `import '@parley/cli/main';`],
  ['an adapter importing another', 'direction', 'net-x/src/a.ts', `import '@parley/store-sqlite';`],
  ['an adapter importing client', 'direction', 'net-x/src/a.ts', `import '@parley/client';`],
  ['a face naming an adapter', 'direction', 'cli/src/a.ts', `import '@parley/store-sqlite';`],
  [
    'the test kit naming an adapter',
    'direction',
    'testkit/src/a.ts',
    `import '@parley/store-sqlite';`,
  ],
  [
    'a type-only import',
    'direction',
    'cli/src/a.ts',
    `import type { A } from '@parley/store-sqlite';`,
  ],
  ['a dynamic import', 'direction', 'cli/src/a.ts', `await import('@parley/store-sqlite');`],
  [
    'an import type',
    'direction',
    'cli/src/a.ts',
    `export type A = import('@parley/store-sqlite').A;`,
  ],
  ['a way around by path', 'direction', 'cli/src/a.ts', `import '../../client/src/run.ts';`],
  ['a package without a layer', 'direction', 'misc/src/a.ts', `import '@parley/core';`],
  ['an import to the right', 'core-order', 'core/src/bytes/a.ts', `import '../codec/encode.ts';`],
  ['a package in core', 'core-order', 'core/src/bytes/a.ts', `import 'left-pad';`],
  ['a module of node in core', 'core-order', 'core/src/bytes/a.ts', `import 'node:fs';`],
  ['a folder without a place', 'core-order', 'core/src/misc/a.ts', 'export const a = 1;'],
  ['a re-export', 'barrels', 'client/src/a.ts', `export * from './run.ts';`],
  ['a second index', 'barrels', 'client/src/sub/index.ts', 'export const a = 1;'],
  ['a file importing its own index', 'barrels', 'client/src/a.ts', `import './index.ts';`],
  ['a package importing itself', 'barrels', 'client/src/a.ts', `import '@parley/client';`],
  ['a file of 401 lines', 'size', 'client/src/a.ts', '\n'.repeat(401)],
];

const impurities: readonly string[] = [
  'export const a = new Date();',
  'export const a = Date.now();',
  'export const a = Math.random();',
  'setTimeout(() => {}, 1);',
  'setInterval(() => {}, 1);',
  'export const a = performance.now();',
  `console.log('a');`,
  'export const a = process.pid;',
  'export const a = { Date };',
  'export const a = globalThis;',
];

function rulesBroken(planted: Readonly<Record<string, string>>): string[] {
  const found = check(new Map(Object.entries({ ...cleanHouse, ...planted })));
  return [...new Set(found.map((finding) => finding.rule))];
}

describe('the source check', () => {
  it('finds nothing in a clean house', () => {
    expect(check(new Map(Object.entries(cleanHouse)))).toEqual([]);
  });

  it.each(violations)('notices %s (%s)', (_claim, rule, path, text) => {
    expect(rulesBroken({ [`packages/${path}`]: text })).toEqual([rule]);
  });

  it('notices a cycle, also one of types alone', () => {
    const planted = {
      'packages/client/src/a.ts': `import type { B } from './b.ts'; export type A = B;`,
      'packages/client/src/b.ts': `import type { A } from './a.ts'; export type B = A;`,
    };
    expect(rulesBroken(planted)).toEqual(['cycles']);
  });

  it.each(impurities)('notices in core: %s', (text) => {
    expect(rulesBroken({ 'packages/core/src/bytes/a.ts': text })).toEqual(['purity']);
  });

  it('takes neither comments nor strings nor names of members for code', () => {
    const text = `// new Date() and import 'node:fs'
      const a = \`import 'node:fs' \${1}\`;
      export const b = { process: a, now: /Math.random/u };
      export const c = b.process;`;
    expect(rulesBroken({ 'packages/core/src/bytes/a.ts': text })).toEqual([]);
  });

  it('says where the breach is', () => {
    const planted = { ...cleanHouse, 'packages/core/src/bytes/a.ts': '\n\nDate.now();\n' };
    expect(check(new Map(Object.entries(planted)))).toEqual([
      {
        rule: 'purity',
        path: 'packages/core/src/bytes/a.ts',
        line: 3,
        message: 'core may not use Date',
      },
    ]);
  });

  it('fails every rule that had nothing to examine', () => {
    const rules = 'readable direction core-order cycles barrels size purity'.split(' ');
    expect(check(new Map()).map(({ rule, message }) => [rule, message])).toEqual(
      rules.map((rule) => [rule, 'examined nothing']),
    );
  });

  it('finds nothing in this repository', () => {
    expect(check(readSources())).toEqual([]);
  });
});
