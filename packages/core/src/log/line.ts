// What an entry says, line by line (spec/log.md §3).

import { concatBytes } from '../bytes/compare.ts';
import { utf8Length } from '../bytes/utf8.ts';
import { encode, encodedSize, readValue } from '../codec/cbor.ts';
import type { CborValue } from '../codec/cbor.ts';
import { CborReader } from '../codec/reader.ts';
import type { CborReason } from '../codec/reader.ts';
import { CborWriter, headSize } from '../codec/writer.ts';
import { checkName } from '../identity/name.ts';
import { LIMITS } from '../limits.ts';
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import type { Line } from './entry.ts';

export type LineReason =
  | CborReason
  | 'bad-line-count'
  | 'empty-text'
  | 'text-too-long'
  | 'bad-package-length'
  | 'too-many-days';

/** The types of line there are; 3 … 7 (edit, delete, react, reply, file) have a number but no meaning yet. */
export const LINE_TYPE = { say: 0, me: 1, nick: 2, topic: 8, keep: 9, package: 16 } as const;

const foreignLimits = { depthMax: 4, itemsMax: 1_024 };

/** Throws on a line of unknown type: nobody can mean to write one. */
export function encodeLines(lines: readonly Line[]): Uint8Array {
  return encode(lines.map(valueOf));
}

/** How many bytes a line takes in a payload. */
export function encodedLineBytes(line: Line): number {
  return encodedSize(valueOf(line));
}

/**
 * The lines of a plain payload whose header counts `lineCount` of them; null where no header does, as of what was
 * opened: then at most entryLinesMax.
 */
export function decodeLines(
  payload: Uint8Array,
  lineCount: number | null,
): Result<readonly Line[], LineReason> {
  const reader = new CborReader(payload);
  const length = reader.arrayLength();
  const fits = lineCount === null ? length <= LIMITS.entryLinesMax : length === lineCount;
  if (!reader.failed && !fits) return fail('bad-line-count');
  const lines: Line[] = [];
  for (let index = 0; index < length && !reader.failed; index += 1) {
    const line = readLine(reader);
    if (!line.ok) return line;
    lines.push(line.value);
  }
  const fault = reader.finish();
  return fault === null ? ok(lines) : fail(fault);
}

/** One payload with the lines of all, to the letter; each is a payload that `decodeLines` accepted. */
export function joinLines(payloads: readonly Uint8Array[]): Uint8Array {
  const [first] = payloads;
  if (first !== undefined && payloads.length === 1) return first;
  let count = 0;
  const parts = payloads.map((payload) => {
    const reader = new CborReader(payload);
    count += reader.arrayLength();
    return payload.subarray(reader.offset);
  });
  const head = new CborWriter(headSize(count));
  head.arrayHead(count);
  return concatBytes(head.finish(), ...parts);
}

/** Whether text can be said; the text itself is never changed. */
export function checkLineText(
  text: string,
): Result<string, 'empty' | 'too-long' | 'lone-surrogate'> {
  if (text === '') return fail('empty');
  // No character takes less than a byte: what is longer in units needs no counting.
  if (text.length > LIMITS.lineTextBytesMax) return fail('too-long');
  if (!text.isWellFormed()) return fail('lone-surrogate');
  // Nor more than three a unit: most lines need no counting either.
  if (text.length * 3 <= LIMITS.lineTextBytesMax) return ok(text);
  return utf8Length(text) > LIMITS.lineTextBytesMax ? fail('too-long') : ok(text);
}

function valueOf(line: Line): CborValue {
  if (line.type === 'unknown') throw new Error(`type ${line.code} cannot be written`);
  if (line.type === 'nick') return [LINE_TYPE.nick, line.name];
  if (line.type === 'package') return [LINE_TYPE.package, line.keyPackage];
  if (line.type === 'keep') return [LINE_TYPE.keep, line.days];
  return [LINE_TYPE[line.type], line.text];
}

function readLine(reader: CborReader): Result<Line, LineReason> {
  const length = reader.arrayLength();
  if (length === 0) return fail(reader.fail('wrong-type'));
  const code = reader.uint();
  switch (code) {
    case LINE_TYPE.say:
    case LINE_TYPE.me:
      return readText(reader, length, code === LINE_TYPE.say ? 'say' : 'me');
    case LINE_TYPE.nick:
      return readNick(reader, length);
    case LINE_TYPE.topic:
      return readTopic(reader, length);
    case LINE_TYPE.keep:
      return readKeep(reader, length);
    case LINE_TYPE.package:
      return readPackage(reader, length);
    default:
      return readForeign(reader, length, code);
  }
}

function readText(
  reader: CborReader,
  length: number,
  type: 'say' | 'me',
): Result<Line, LineReason> {
  if (length !== 2) return fail(reader.fail('wrong-type'));
  const start = reader.offset;
  const text = reader.text();
  if (reader.fault !== null) return fail(reader.fault);
  if (text === '') return fail('empty-text');
  // The head of so long a text is three bytes.
  const bytes = reader.offset - start - 3;
  return bytes > LIMITS.lineTextBytesMax ? fail('text-too-long') : ok({ type, text });
}

function readNick(reader: CborReader, length: number): Result<Line, LineReason> {
  if (length !== 2) return fail(reader.fail('wrong-type'));
  const name = reader.text();
  if (reader.fault !== null) return fail(reader.fault);
  if (name === '') return fail('empty-text');
  if (utf8Length(name) > LIMITS.nameBytesMax) return fail('text-too-long');
  // What a name may be grows with Unicode, so it must not decide which signed bytes are valid.
  const checked = checkName(name);
  const fit = checked.ok && checked.value === name;
  return ok(fit ? { type: 'nick', name } : { type: 'unknown', code: LINE_TYPE.nick });
}

function readTopic(reader: CborReader, length: number): Result<Line, LineReason> {
  if (length !== 2) return fail(reader.fail('wrong-type'));
  const text = reader.text();
  if (reader.fault !== null) return fail(reader.fault);
  const fits = utf8Length(text) <= LIMITS.topicBytesMax;
  return fits ? ok({ type: 'topic', text }) : fail('text-too-long');
}

function readKeep(reader: CborReader, length: number): Result<Line, LineReason> {
  if (length !== 2) return fail(reader.fail('wrong-type'));
  const days = reader.uint();
  if (reader.fault !== null) return fail(reader.fault);
  return days <= LIMITS.keepDaysMax ? ok({ type: 'keep', days }) : fail('too-many-days');
}

function readPackage(reader: CborReader, length: number): Result<Line, LineReason> {
  if (length !== 2) return fail(reader.fail('wrong-type'));
  const keyPackage = reader.byteString();
  if (reader.fault !== null) return fail(reader.fault);
  const isFit = keyPackage.length > 0 && keyPackage.length <= LIMITS.keyPackageBytesMax;
  return isFit ? ok({ type: 'package', keyPackage }) : fail('bad-package-length');
}

function readForeign(reader: CborReader, length: number, code: number): Result<Line, LineReason> {
  for (let at = 1; at < length && !reader.failed; at += 1) readValue(reader, foreignLimits);
  return reader.fault === null ? ok({ type: 'unknown', code }) : fail(reader.fault);
}
