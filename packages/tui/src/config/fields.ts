// Reading the fields of an object: what is missing stays as it was, what is wrong or unknown is complained of.

import { nearest } from '@parley/client';
import type { Complaint, Node } from './jsonc.ts';

/** Takes a value, or says what it should be. */
export type Reader<Value> = (node: Node) => { readonly value: Value } | { readonly wanted: string };

/** Gathers complaints while fields are read. */
export class Fields {
  readonly #complaints: Complaint[];
  readonly #path: string;
  readonly #fields: ReadonlyMap<string, Node>;

  /** `names`: all that there can be. */
  constructor(node: Node, names: readonly string[], path: string, complaints: Complaint[]) {
    this.#complaints = complaints;
    this.#path = path;
    this.#fields = new Map(
      node.kind === 'object' ? node.fields.map(({ name, value }) => [name, value]) : [],
    );
    if (node.kind !== 'object') this.#complain(node.line, `${path || 'the file'} has to be {…}`);
    if (node.kind === 'object') {
      for (const { name, line } of node.fields)
        if (!names.includes(name)) this.#complain(line, this.#unknown(name, names));
    }
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
