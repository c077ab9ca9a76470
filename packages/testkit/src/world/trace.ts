// One line of text for what a peer does, for people who look for the cause of a failure.

import type { Output, Work, WorkResult } from '@parley/core';
import { MESSAGE_TYPES, decode, toHex } from '@parley/core';
import type { CborValue } from '@parley/core';

export function describe(output: Output): string {
  switch (output.kind) {
    case 'send':
      return `→ ${output.peer} ${frameText(output.frame)}`;
    case 'commit':
      return `commits ${output.writes.map(writeText).join(', ')}`;
    case 'serve': {
      const { request, chain, from, to, direction } = output.want;
      return `serves ${output.peer} request ${request}: ${chain.slice(0, 6)}/${from}…${to} ${direction}`;
    }
    case 'dial':
      return `dials ${output.target.peer ?? output.target.addresses.join(' ')}`;
    case 'hangUp':
      return `hangs up on ${output.peer}`;
    case 'meet':
      return `is found under ${output.keys.map((key) => toHex(key).slice(0, 6)).join(' ')}`;
    case 'tell':
      return `tells ${JSON.stringify(output.event)}`;
    default:
      return output.kind;
  }
}

/** What was asked for, and what came of it. */
export function describeWork(work: Work, result: WorkResult): string {
  const where = 'session' in work ? `session ${work.session.slice(0, 6)}` : '';
  switch (result.kind) {
    case 'failed':
      return `${work.kind} ${where} failed: ${result.reason}`;
    case 'spoken': {
      const { payloads, added, epoch, refused } = result;
      return `spoke ${where} in ${payloads.length} entries, added ${added.length}, epoch ${epoch}, refused ${JSON.stringify(refused)}`;
    }
    case 'read': {
      const events = result.events.map(({ kind, seq }) => `${kind} ${seq}`).join(', ');
      const chain = 'chain' in work ? work.chain.slice(0, 6) : '';
      return `read ${where} ${chain} to ${result.next} (${result.end}): ${events}`;
    }
    default:
      return `${work.kind} ${where}`;
  }
}

function writeText(write: Extract<Output, { kind: 'commit' }>['writes'][number]): string {
  if (write.kind === 'value') return `value ${write.key.slice(0, 24)}`;
  if (write.kind === 'opened') return `opened ${write.chain.slice(0, 6)}/${write.seq}`;
  if (write.kind !== 'entries') return write.kind;
  const { chain, entries, parked } = write;
  const seqs = entries.map(({ header }) => header.seq).join(' ');
  const name = `${chain.chain.slice(0, 6)}…${chain.chain.slice(-4)}`;
  return `${parked ? 'parked ' : ''}${name}/${seqs} (now ${chain.floor}…${chain.length})`;
}

/** What type of frame it is: the first item. */
export function frameType(frame: Uint8Array): string {
  return MESSAGE_TYPES[frame[1] ?? MESSAGE_TYPES.length] ?? 'unknown';
}

function frameText(frame: Uint8Array): string {
  const decoded = decode(frame);
  const value = decoded.ok && Array.isArray(decoded.value) ? decoded.value : [];
  return `${frameType(frame)} ${valueText(value.slice(1))}`;
}

const BYTES_SHOWN_MAX = 6;

function valueText(value: CborValue): string {
  if (value instanceof Uint8Array) {
    const text = toHex(value.subarray(0, BYTES_SHOWN_MAX));
    return value.length > BYTES_SHOWN_MAX ? `${text}…(${value.length})` : text;
  }
  if (Array.isArray(value)) return `[${value.map(valueText).join(' ')}]`;
  return String(value);
}
