// Reading the fields of an object: what is missing stays as it was, what is wrong or unknown is complained of.

import { nearest } from '../commands/nearest.ts';
import type { Complaint, Node } from './jsonc.ts';

/** Takes a value, or says what it should be. */
export type Reader<Value> = (node: Node) => { readonly value: Value } | { readonly wanted: string };

/** Gathers complaints while fields are read. */
export class Fields {
  readonly #complaints: Complaint[];
  readonly #path: string;
  readonly #fields: ReadonlyMap<string, Node>;

  /** `names`: all that there can be; null where others look after that. */
  constructor(node: Node, names: readonly string[] | null, path: string, complaints: Complaint[]) {
    this.#complaints = complaints;
    this.#path = path;
    this.#fields = new Map(
      node.kind === 'object' ? node.fields.map(({ name, value }) => [name, value]) : [],
    );
    if (names === null) return;
    if (node.kind !== 'object') {
      const what = path === '' ? 'the file' : path.slice(0, -1);
      this.#complain(node.line, `${what} has to be {…}`);
      return;
    }
    for (const { name, line } of node.fields)
      if (!names.includes(name)) this.#complain(line, this.#unknown(name, names));
  }

  read<Value>(name: string, otherwise: Value, reader: Reader<Value>): Value {
    const node = this.#fields.get(name);
    if (node === undefined) return otherwise;
    const read = reader(node);
    if ('value' in read) return read.value;
    this.#complain(node.line, `${this.#path}${name} has to be ${read.wanted}`);
    return otherwise;
  }

  /** The node itself, for what has fields of its own. */
  node(name: string): Node | null {
    return this.#fields.get(name) ?? null;
  }

  #unknown(name: string, names: readonly string[]): string {
    const near = nearest(name, names);
    const hint = near === null ? '' : `; the nearest is ${near}`;
    return `there is no setting ${this.#path}${name}${hint}`;
  }

  #complain(line: number, text: string): void {
    this.#complaints.push({ line, text });
  }
}

export const text: Reader<string> = (node) =>
  node.kind === 'text' ? { value: node.value } : { wanted: 'a text in quotes' };

export const truth: Reader<boolean> = (node) =>
  node.kind === 'truth' ? { value: node.value } : { wanted: 'true or false' };

/** A whole number. */
export function countOf(least: number, most: number): Reader<number> {
  return (node) =>
    node.kind === 'number' &&
    Number.isInteger(node.value) &&
    node.value >= least &&
    node.value <= most
      ? { value: node.value }
      : { wanted: `a whole number from ${least} to ${most}` };
}

/** null, or what another reader takes. */
export function orNull<Value>(reader: Reader<Value>): Reader<Value | null> {
  return (node) => {
    if (node.kind === 'null') return { value: null };
    const read = reader(node);
    return 'value' in read ? read : { wanted: `${read.wanted}, or null` };
  };
}

/** A text that `check` takes. */
export function textOf(check: (text: string) => string | null, what: string): Reader<string> {
  return (node) => {
    const value = node.kind === 'text' ? check(node.value) : null;
    return value === null ? { wanted: what } : { value };
  };
}

export function oneOf<Name extends string>(names: readonly Name[]): Reader<Name> {
  return (node) => {
    const found = names.find((name) => node.kind === 'text' && node.value === name);
    const wanted = names.map((name) => `"${name}"`).join(', ');
    return found === undefined ? { wanted: `one of ${wanted}` } : { value: found };
  };
}

/** A text, or a list of texts, that `each` takes. */
export function textsOf(
  each: (text: string) => string | null,
  what: string,
): Reader<readonly string[]> {
  return (node) => {
    const nodes = node.kind === 'list' ? node.items : [node];
    const read = nodes.map((one) => (one.kind === 'text' ? each(one.value) : null));
    const values = read.filter((value) => value !== null);
    return values.length === read.length ? { value: values } : { wanted: what };
  };
}
