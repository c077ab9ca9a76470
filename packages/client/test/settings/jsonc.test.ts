// JSON with comments: all of JSON is taken, and what is wrong is told with its line.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJsonc } from '../../src/settings/jsonc.ts';
import type { Node } from '../../src/settings/jsonc.ts';

/** The value without its lines. */
function bare(node: Node): unknown {
  switch (node.kind) {
    case 'null':
      return null;
    case 'list':
      return node.items.map(bare);
    case 'object':
      return Object.fromEntries(node.fields.map(({ name, value }) => [name, bare(value)]));
    default:
      return node.value;
  }
}

describe('JSON with comments', () => {
  it('takes all that JSON has', () => {
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(
          fc.string({ minLength: 1 }).filter((key) => key !== '__proto__'),
          tie('node'),
          {
            maxKeys: 3,
          },
        ),
      ),
    })).node;
    fc.assert(
      fc.property(value, (given) => {
        const parsed = parseJsonc(JSON.stringify(given, null, 1));
        expect(parsed.ok && bare(parsed.value)).toEqual(given);
      }),
    );
  });

  it('takes comments and commas at the end', () => {
    const parsed = parseJsonc('// one\n{ "a": [1, 2,], /* two\n */ "b": "// no",\n}');
    expect(parsed.ok && bare(parsed.value)).toEqual({ a: [1, 2], b: '// no' });
  });

  it('says in which line something is wrong', () => {
    const broken: readonly (readonly [string, number, string])[] = [
      ['{\n"a": 1\n"b": 2}', 3, 'a comma or } is missing before "b"'],
      ['{\n"a": yes\n}', 2, 'yes has to stand in quotes'],
      ['{\n\n"a": "x', 3, 'does not belong here'],
      ['[1, 2', 1, 'the end of the file'],
      ['{}\n{}', 2, 'does not belong here'],
      ['"\\q"', 1, 'not a text that JSON knows'],
      ['[['.repeat(30), 1, 'nested too deeply'],
    ];
    for (const [source, line, text] of broken) {
      const parsed = parseJsonc(source);
      expect(parsed.ok ? null : parsed.reason).toMatchObject({ line });
      expect(parsed.ok ? '' : parsed.reason.text).toContain(text);
    }
  });

  it('never throws for any text', () => {
    const unit = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      'a',
      '1',
      ' ',
      '\n',
      '/',
      '*',
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 40 }), (source) => {
        expect(typeof parseJsonc(source).ok).toBe('boolean');
      }),
    );
  });
});
