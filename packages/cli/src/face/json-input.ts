// What JSON mode takes: one object a line, unknown fields ignored.

import { fail, ok } from '@parley/core';
import type { Result } from '@parley/core';
import { LOCAL_LIMITS } from '@parley/local-api';
import type { Input } from '@parley/local-api';

export interface JsonRefusal {
  readonly code: 'bad-json' | 'unknown-type' | 'missing-field';
  readonly text: string;
  /** Of the request, where it has one. */
  readonly re?: string;
}

type Type = Input['type'];
type Kind = 'text' | 'text?' | 'count?';

/** The fields of each type beside `re`; those with a question mark may be left out. */
const fieldsOf: Readonly<Record<Type, Readonly<Record<string, Kind>>>> = {
  say: { text: 'text', session: 'text?' },
  command: { text: 'text', session: 'text?' },
  sessions: {},
  doctor: {},
  people: { session: 'text?' },
  search: { query: 'text', session: 'text?', limit: 'count?' },
  settle: {},
  import: { run: 'text' },
};

const checks: Readonly<Record<Kind, { readonly is: (value: unknown) => boolean; what: string }>> = {
  text: { is: (value) => typeof value === 'string', what: 'needs a text' },
  'text?': {
    is: (value) => value === undefined || typeof value === 'string',
    what: 'may have a text',
  },
  'count?': {
    is: (value) => value === undefined || (Number.isSafeInteger(value) && Number(value) > 0),
    what: 'may have a whole number from 1',
  },
};

export function readJsonInput(line: string): Result<Input, JsonRefusal> {
  const fields = parseObject(line);
  if (fields === null) return fail({ code: 'bad-json', text: 'that is not a JSON object' });
  const { type, re } = fields;
  if (re !== undefined && !isRequestId(re)) {
    const text = `re is a text of at most ${LOCAL_LIMITS.requestIdCharactersMax} characters`;
    return fail({ code: 'missing-field', text });
  }
  const asked = re === undefined ? {} : { re };
  if (!isType(type)) {
    const names = Object.keys(fieldsOf).map((name) => `"${name}"`);
    return fail({ code: 'unknown-type', text: `type is one of ${names.join(', ')}`, ...asked });
  }
  const known: Record<string, unknown> = { type, ...asked };
  for (const [name, kind] of Object.entries(fieldsOf[type])) {
    const value = fields[name];
    if (!checks[kind].is(value)) {
      const text = `${type} ${checks[kind].what}: ${name}`;
      return fail({ code: 'missing-field', text, ...asked });
    }
    if (value !== undefined) known[name] = value;
  }
  // Its fields are those of its type.
  return ok(known as unknown as Input);
}

function isType(type: unknown): type is Type {
  return typeof type === 'string' && Object.hasOwn(fieldsOf, type);
}

function isRequestId(re: unknown): re is string {
  return typeof re === 'string' && re.length <= LOCAL_LIMITS.requestIdCharactersMax;
}

/** Null for anything but an object. */
export function parseObject(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
