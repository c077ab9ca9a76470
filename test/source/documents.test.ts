// Documents: what they link to is there, and what they list is complete.

import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const documents = globSync(['*.md', '{docs,spec,bench,test,packages}/**/*.md'], {
  cwd: root,
  exclude: (path) => path.includes('node_modules'),
});

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** As web pages of the repository name them. */
function anchorsOf(text: string): string[] {
  const prose = text.replaceAll(/^```[\s\S]*?^```/gmu, '');
  return Array.from(prose.matchAll(/^#+ (?<title>.+)$/gmu), ({ groups }) =>
    (groups?.['title'] ?? '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Links that lead to nothing. */
function brokenIn(path: string): string[] {
  const links = read(path).matchAll(/\]\((?<target>[^)\s]+)\)/gu);
  const targets = Array.from(links, ({ groups }) => groups?.['target'] ?? '');
  return targets.filter((target) => {
    if (/^https?:/u.test(target)) return false;
    const [file = '', anchor] = target.split('#');
    const there = file === '' ? path : join(dirname(path), file);
    if (!existsSync(join(root, there))) return true;
    return anchor !== undefined && !anchorsOf(read(there)).includes(anchor);
  });
}

function names(pattern: string): string[] {
  return globSync(pattern, { cwd: root }).map((path) => basename(path));
}

describe('the documents', () => {
  it('link to what is there', () => {
    expect(documents.length).toBeGreaterThan(30);
    expect(documents.flatMap((path) => brokenIn(path).map((link) => `${path}: ${link}`))).toEqual(
      [],
    );
  });

  it('list every page and every file of vectors of the specification', () => {
    const index = read('spec/README.md');
    const pages = names('spec/*.md').filter((name) => name !== 'README.md');
    const unlisted = pages.filter((name) => !index.includes(`](${name})`));
    const vectors = names('spec/vectors/*.jsonl').filter((name) => !index.includes(`\`${name}\``));
    expect(pages.length).toBeGreaterThan(7);
    expect([...unlisted, ...vectors]).toEqual([]);
  });

  it('list every decision under a number of its own', () => {
    const files = names('docs/decisions/0*.md');
    const index = read('docs/decisions/README.md');
    expect(
      files.filter((name) => !index.includes(`[${Number(name.slice(0, 4))}](${name})`)),
    ).toEqual([]);
    expect(new Set(files.map((name) => name.slice(0, 4))).size).toBe(files.length);
    for (const name of files)
      expect(read(`docs/decisions/${name}`)).toMatch(
        new RegExp(`^# ${Number(name.slice(0, 4))}\\. `, 'u'),
      );
  });

  it('say of every package what it is for, what not, and who is near', () => {
    const packages = globSync('packages/*/package.json', { cwd: root }).map((path) =>
      dirname(path),
    );
    expect(packages.length).toBeGreaterThan(8);
    for (const path of packages) {
      const titles = anchorsOf(read(join(path, 'README.md')));
      for (const title of ['responsibilities', 'non-responsibilities', 'neighbours'])
        expect([path, titles.includes(title), title]).toEqual([path, true, title]);
      expect(read('docs/architecture.md')).toContain(`| \`${basename(path)}\` |`);
    }
  });
});
