// The rules themselves: each looks at every file and reports what it finds and how much it looked at.

import { cycles } from './cycles.ts';
import {
  allowedImports,
  allowedImportsOfMain,
  coreRank,
  fileLinesMax,
  impureNames,
  kindOf,
} from './layers.ts';
import { placeOf, resolve } from './resolve.ts';
import type { Place } from './resolve.ts';
import type { Mention, SourceFile } from './scan.ts';

export type Report = (file: SourceFile, line: number, message: string) => void;

/** Reports what breaks the rule, and returns how many files or imports it examined. */
export type Rule = (files: readonly SourceFile[], report: Report) => number;

/** Calls `each` for every import of the files, and returns how many it counted. */
function eachImport(
  files: readonly SourceFile[],
  each: (file: SourceFile, found: Mention, target: string | undefined) => boolean | void,
): number {
  let examined = 0;
  for (const file of files) {
    for (const found of file.imports) {
      if (each(file, found, resolve(file.path, found.text)) !== false) examined += 1;
    }
  }
  return examined;
}

const isCore = (file: SourceFile): boolean => placeOf(file.path)?.packageName === 'core';

/** Every file parses, and every import inside the repository reaches a file. */
const readable: Rule = (files, report) => {
  const paths = new Set(files.map((file) => file.path));
  for (const file of files) {
    for (const found of file.unreadable) report(file, found.line, found.text);
  }
  eachImport(files, (file, found, target) => {
    if (target !== undefined && !paths.has(target)) report(file, found.line, `no ${target}`);
  });
  return files.length;
};

/** Faces import client, client imports core, adapters import only core. */
const direction: Rule = (files, report) =>
  eachImport(files, (file, found, target) => {
    const from = placeOf(file.path);
    if (from === undefined || target === undefined) return false;
    const to = placeOf(target);
    if (to?.packageName === from.packageName) return false;
    const objection = found.text.startsWith('.')
      ? 'packages import each other by name'
      : directionObjection(from, to?.packageName ?? '');
    if (objection !== undefined) report(file, found.line, `${objection}: '${found.text}'`);
    return true;
  });

function directionObjection(from: Place, to: string): string | undefined {
  const fromKind = kindOf(from.packageName);
  const toKind = kindOf(to);
  if (fromKind === undefined || toKind === undefined) return 'a package that has no layer';
  const isMain = from.inner === 'main.ts';
  const allowed = isMain ? allowedImportsOfMain : allowedImports[fromKind];
  if (allowed.includes(toKind)) return undefined;
  return `${isMain ? 'a main.ts' : `the ${fromKind} ${from.packageName}`} may not import ${toKind}`;
}

/** Inside core nothing imports rightward, and nothing imports from outside. */
const coreOrder: Rule = (files, report) => {
  const core = files.filter(isCore);
  for (const file of core) {
    if (coreRank(file.path) === undefined) report(file, 1, 'has no place in the order of core');
  }
  return eachImport(core, (file, found, target) => {
    if (target === undefined) {
      report(file, found.line, `core depends on nothing, but imports '${found.text}'`);
      return;
    }
    const [from, to] = [coreRank(file.path), coreRank(target)];
    if (from !== undefined && to !== undefined && to > from) {
      report(file, found.line, `imports rightward: ${found.text}`);
    }
  });
};

/** No two files reach each other, types counted. */
const noCycles: Rule = (files, report) => {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const graph = new Map<string, string[]>(files.map((file) => [file.path, []]));
  const examined = eachImport(files, (file, _found, target) => {
    if (target === undefined) return false;
    graph.get(file.path)?.push(target);
    return true;
  });
  for (const group of cycles(graph)) {
    const [first = '', ...others] = group;
    const file = byPath.get(first);
    if (file !== undefined) report(file, 1, `is in a cycle with ${others.join(', ') || 'itself'}`);
  }
  return examined;
};

/** Only src/index.ts re-exports, and no file of its package imports it. */
const barrels: Rule = (files, report) => {
  for (const file of files) {
    const inner = placeOf(file.path)?.inner;
    if (inner === 'index.ts' || inner === undefined) continue;
    if (inner.endsWith('/index.ts')) report(file, 1, 'only src/index.ts may be an index');
    for (const found of file.reexports) {
      report(file, found.line, `only index.ts re-exports, but this does '${found.text}'`);
    }
  }
  return eachImport(files, (file, found, target) => {
    const own = placeOf(file.path)?.packageName ?? '';
    if (target === `packages/${own}/src/index.ts`) {
      report(file, found.line, 'imports the index of its own package');
    }
  });
};

/** No file is longer than one can hold in the head. */
const size: Rule = (files, report) => {
  for (const file of files) {
    if (file.lines <= fileLinesMax) continue;
    report(file, fileLinesMax + 1, `has ${file.lines} lines, ${fileLinesMax} are allowed`);
  }
  return files.length;
};

/** Core has no clock, chance, timer, socket, disk or console. */
const purity: Rule = (files, report) => {
  const core = files.filter(isCore);
  for (const file of core) {
    for (const found of file.names) {
      if (impureNames.has(found.text)) report(file, found.line, `core may not use ${found.text}`);
    }
  }
  return core.reduce((examined, file) => examined + file.names.length, 0);
};

export const rules: Readonly<Record<string, Rule>> = {
  readable,
  direction,
  'core-order': coreOrder,
  cycles: noCycles,
  barrels,
  size,
  purity,
};
