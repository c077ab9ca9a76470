import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { textOf, vectorFiles } from './vectors/cases.ts';

const folder = new URL('../../../spec/vectors/', import.meta.url);
const files = vectorFiles();

interface Case {
  readonly name: string;
  readonly reason?: string;
}

function casesOf(file: string): Case[] {
  const lines = readFileSync(new URL(file, folder), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Case);
}

describe('spec/vectors', () => {
  it('has a hundred cases, more refused than accepted, each with a name of its own', () => {
    const all = Object.keys(files).flatMap((file) =>
      casesOf(file).map((one) => ({ ...one, name: `${file}: ${one.name}` })),
    );
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    const refused = all.filter(({ reason }) => reason !== undefined);
    expect(all.length).toBeGreaterThanOrEqual(100);
    expect(refused.length).toBeGreaterThan(all.length / 2);
  });

  it.each(Object.entries(files))('%s says what this code does', (file, vectors) => {
    expect(readFileSync(new URL(file, folder), 'utf8')).toBe(textOf(vectors));
  });

  it('leaves no file of the log, of identities or of the encoding unchecked', () => {
    const named = readdirSync(folder).filter((file) => file in files);
    expect(named.toSorted()).toEqual(Object.keys(files).toSorted());
  });
});
