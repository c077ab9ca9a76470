// What JSON mode takes: one object a line, unknown fields ignored.

import { fail, ok } from '@parley/core';
import type { Result } from '@parley/core';

export interface JsonInput {
  readonly type: 'say' | 'command';
  /** Null for the current one. */
  readonly session: string | null;
  readonly text: string;
}

export interface JsonRefusal {
  readonly code: 'bad-json' | 'unknown-type' | 'missing-field';
  readonly text: string;
}

export function readJsonInput(line: string): Result<JsonInput, JsonRefusal> {
  const fields = parse(line);
  if (fields === null) return fail({ code: 'bad-json', text: 'that is not a JSON object' });
  const { type, text, session } = fields;
  if (type !== 'say' && type !== 'command') {
    const known = 'type is "say" or "command"';
    return fail({ code: 'unknown-type', text: known });
  }
  if (typeof text !== 'string') return missing(`${type} needs a text`);
  if (session !== undefined && typeof session !== 'string') return missing('session is a text');
  return ok({ type, session: session ?? null, text });
}

function missing(text: string): Result<never, JsonRefusal> {
  return fail({ code: 'missing-field', text });
}

interface Fields {
  readonly type?: unknown;
  readonly text?: unknown;
  readonly session?: unknown;
}

function parse(line: string): Fields | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
