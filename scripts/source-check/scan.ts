// Reads from one source file what the rules need: its imports, its re-exports and the names it uses.

import { parseSync, Visitor } from 'oxc-parser';

export interface Mention {
  /** What is mentioned: a module specifier or a name. */
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
}

export interface SourceFile {
  /** From the root of the repository, with forward slashes. */
  readonly path: string;
  readonly lines: number;
  /** Every module named by import, export from, import type or import(). */
  readonly imports: readonly Mention[];
  /** Every `export … from`; also counted among the imports. */
  readonly reexports: readonly Mention[];
  /** Every identifier that is not merely the name of a member, and Math.random. */
  readonly names: readonly Mention[];
  /** What keeps the file from being judged: it does not parse, or imports a computed name. */
  readonly unreadable: readonly Mention[];
}

interface Node {
  readonly type: string;
  readonly start: number;
}

/** Scans a file; never throws, whatever its text. */
export function scan(path: string, text: string): SourceFile {
  const starts = lineStarts(text);
  const at = (node: Node, what: string): Mention => ({ text: what, line: lineOf(starts, node) });
  const imports: Mention[] = [];
  const reexports: Mention[] = [];
  const names: Mention[] = [];
  const memberNames = new Set<unknown>();
  const unreadable: Mention[] = [];

  const dynamic = (node: Node, source: Node & { value?: unknown }): void => {
    if (typeof source.value === 'string') imports.push(at(node, source.value));
    else unreadable.push(at(node, 'import() of a computed name'));
  };
  const reexport = (node: Node, source: { value: string } | null): void => {
    if (source === null) return;
    imports.push(at(node, source.value));
    reexports.push(at(node, source.value));
  };
  const keyed = (node: { key: unknown; computed: boolean; shorthand?: boolean }): void => {
    if (!node.computed && node.shorthand !== true) memberNames.add(node.key);
  };

  const parsed = parseSync(path, text);
  for (const error of parsed.errors) {
    const start = error.labels[0]?.start ?? 0;
    unreadable.push(at({ type: 'Error', start }, error.message));
  }
  new Visitor({
    ImportDeclaration: (node) => imports.push(at(node, node.source.value)),
    ExportAllDeclaration: (node) => reexport(node, node.source),
    ExportNamedDeclaration: (node) => reexport(node, node.source),
    ImportExpression: (node) => dynamic(node, node.source),
    TSImportType: (node) => dynamic(node, node.source),
    Property: keyed,
    PropertyDefinition: keyed,
    MethodDefinition: keyed,
    TSPropertySignature: keyed,
    TSMethodSignature: keyed,
    MemberExpression(node) {
      if (node.computed) return;
      memberNames.add(node.property);
      const object = node.object.type === 'Identifier' ? node.object.name : '';
      if (object === 'Math' && node.property.name === 'random') names.push(at(node, 'Math.random'));
    },
    Identifier(node) {
      if (!memberNames.has(node)) names.push(at(node, node.name));
    },
  }).visit(parsed.program);

  const lines = text === '' ? 0 : text.replace(/\n$/u, '').split('\n').length;
  return { path, lines, imports, reexports, names, unreadable };
}

function lineStarts(text: string): number[] {
  return [0, ...[...text.matchAll(/\n/gu)].map((newline) => newline.index + 1)];
}

function lineOf(starts: readonly number[], node: Node): number {
  const after = starts.findIndex((start) => start > node.start);
  return after === -1 ? starts.length : after;
}
