// JSON with comments and trailing commas, each value with the line it stands in, so that a complaint can name it.

import { fail, ok } from '@parley/core';
import type { Result } from '@parley/core';

/** A value and the line of the file in which it begins, from 1. */
export type Node =
  | { readonly kind: 'text'; readonly line: number; readonly value: string }
  | { readonly kind: 'number'; readonly line: number; readonly value: number }
  | { readonly kind: 'truth'; readonly line: number; readonly value: boolean }
  | { readonly kind: 'null'; readonly line: number }
  | { readonly kind: 'list'; readonly line: number; readonly items: readonly Node[] }
  | { readonly kind: 'object'; readonly line: number; readonly fields: readonly Field[] };

export interface Field {
  readonly name: string;
  readonly line: number;
  readonly value: Node;
}

/** What is wrong with a file, and in which line. */
export interface Complaint {
  readonly line: number;
  readonly text: string;
}

const depthMax = 16;
const token =
  /(?<blank>\s+|\/\/[^\n]*|\/\*[^]*?\*\/)|(?<text>"(?:[^"\\\n]|\\[^\n])*")|(?<word>[\w.+-]+)|(?<sign>[{}[\],:])/uy;

interface Token {
  readonly kind: 'text' | 'word' | 'sign' | 'end';
  readonly text: string;
  readonly line: number;
}

class Stop extends Error {
  readonly line: number;
  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

export function parseJsonc(text: string): Result<Node, Complaint> {
  try {
    const tokens = tokensOf(text.replace(/^\ufeff/u, ''));
    const [node, rest] = nodeAt(tokens, 0, 0);
    const after = tokens[rest];
    if (after !== undefined && after.kind !== 'end') throw unexpected(after);
    return ok(node);
  } catch (error) {
    if (error instanceof Stop) return fail({ line: error.line, text: error.message });
    throw error;
  }
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let line = 1;
  for (let at = 0; at < text.length; ) {
    token.lastIndex = at;
    const found = token.exec(text);
    if (found === null) throw new Stop(line, `${JSON.stringify(text[at])} does not belong here`);
    const { blank, text: quoted, word, sign } = found.groups ?? {};
    const part = found[0];
    if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted, line });
    if (word !== undefined) tokens.push({ kind: 'word', text: word, line });
    if (sign !== undefined) tokens.push({ kind: 'sign', text: sign, line });
    if (blank !== undefined) line += blank.split('\n').length - 1;
    at += part.length;
  }
  tokens.push({ kind: 'end', text: 'the end of the file', line });
  return tokens;
}

/** The value that begins at a token, and where what follows it begins. */
function nodeAt(tokens: readonly Token[], at: number, depth: number): readonly [Node, number] {
  const first = tokenAt(tokens, at);
  const { line, kind, text } = first;
  if (depth > depthMax) throw new Stop(line, 'this is nested too deeply');
  if (kind === 'text') return [{ kind: 'text', line, value: unquoted(first) }, at + 1];
  if (kind === 'word') return [wordNode(first), at + 1];
  if (text === '[') return listAt(tokens, at, depth);
  if (text === '{') return objectAt(tokens, at, depth);
  throw unexpected(first);
}

function wordNode(word: Token): Node {
  const { line, text } = word;
  if (text === 'true' || text === 'false') return { kind: 'truth', line, value: text === 'true' };
  if (text === 'null') return { kind: 'null', line };
  if (/^-?\d+(?:\.\d+)?$/u.test(text)) return { kind: 'number', line, value: Number(text) };
  throw new Stop(line, `${text} has to stand in quotes`);
}

function listAt(tokens: readonly Token[], start: number, depth: number): readonly [Node, number] {
  const items: Node[] = [];
  let at = start + 1;
  while (tokenAt(tokens, at).text !== ']') {
    const [item, next] = nodeAt(tokens, at, depth + 1);
    items.push(item);
    at = afterComma(tokens, next, ']');
  }
  return [{ kind: 'list', line: tokenAt(tokens, start).line, items }, at + 1];
}

function objectAt(tokens: readonly Token[], start: number, depth: number): readonly [Node, number] {
  const fields: Field[] = [];
  let at = start + 1;
  while (tokenAt(tokens, at).text !== '}') {
    const name = tokenAt(tokens, at);
    if (name.kind !== 'text') throw unexpected(name);
    const colon = tokenAt(tokens, at + 1);
    if (colon.text !== ':') throw unexpected(colon);
    const [value, next] = nodeAt(tokens, at + 2, depth + 1);
    fields.push({ name: unquoted(name), line: name.line, value });
    at = afterComma(tokens, next, '}');
  }
  return [{ kind: 'object', line: tokenAt(tokens, start).line, fields }, at + 1];
}

function afterComma(tokens: readonly Token[], at: number, end: string): number {
  const found = tokenAt(tokens, at);
  if (found.text === ',') return at + 1;
  if (found.text === end && found.kind === 'sign') return at;
  throw new Stop(found.line, `a comma or ${end} is missing before ${found.text}`);
}

function tokenAt(tokens: readonly Token[], at: number): Token {
  const found = tokens[at] ?? tokens.at(-1);
  if (found === undefined) throw new Stop(1, 'the file is empty');
  return found;
}

function unquoted({ text, line }: Token): string {
  try {
    return String(JSON.parse(text));
  } catch {
    throw new Stop(line, `${text} is not a text that JSON knows`);
  }
}

function unexpected({ line, text }: Token): Stop {
  return new Stop(line, `${text} does not belong here`);
}
