// What went wrong, in the words of the port: libp2p and Node name it in many ways.

import { NetworkError } from '@parley/core';
import type { DialFailure } from '@parley/core';

export class DialError extends Error {
  override readonly name = 'ParleyDialError';
  readonly failure: DialFailure;
  constructor(failure: DialFailure, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.failure = failure;
  }
}

/** What to call a failure, and how to say it to a person. */
type Telling = readonly [DialFailure, string];

const byCode: Readonly<Record<string, Telling>> = {
  ECONNREFUSED: ['refused', 'nobody listens there'],
  ETIMEDOUT: ['timeout', 'no answer'],
  EHOSTUNREACH: ['unreachable', 'there is no way to that host'],
  ENETUNREACH: ['unreachable', 'there is no way to that network'],
  ENOTFOUND: ['unreachable', 'there is no such name'],
  EAI_AGAIN: ['unreachable', 'the name cannot be looked up now'],
  EADDRNOTAVAIL: ['unreachable', 'there is no way to that address'],
};

const notParley: Telling = ['not-parley', 'what answers there is not parley'];
/** One that is just ending looks the same. */
const hungUp: Telling = [
  'not-parley',
  'what answers there hung up at once: it is ending, or is not parley',
];
const malformed: Telling = ['bad-address', 'it cannot be dialled'];

const byName: Readonly<Record<string, Telling>> = {
  TimeoutError: ['timeout', 'no answer in time'],
  AbortError: ['timeout', 'no answer in time'],
  EncryptionFailedError: notParley,
  MuxerUnavailableError: notParley,
  UnsupportedProtocolError: notParley,
  UnexpectedEOFError: hungUp,
  StreamResetError: hungUp,
  NoValidAddressesError: malformed,
  InvalidMultiaddrError: malformed,
};

/** What ended the opening of a link on a connection that was good. */
export function openingError(error: unknown): DialError {
  if (error instanceof Error && error.name === 'UnsupportedProtocolError') {
    return new DialError('not-parley', 'the peer does not speak our protocol', { cause: error });
  }
  return new DialError('refused', 'the peer refused the link', { cause: error });
}

/** The failure that tells most comes first. */
const telling: readonly DialFailure[] = [
  'self',
  'wrong-peer',
  'not-parley',
  'timeout',
  'refused',
  'unreachable',
  'bad-address',
  'stopped',
];

export function dialError(error: unknown, deadlinePassed: boolean): DialError {
  if (error instanceof DialError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const name = error instanceof Error ? error.name : '';
  if (/\bdial self\b/u.test(text)) return new DialError('self', 'this is our own address');
  // A handshake that the deadline cut short looks like any broken handshake.
  if (deadlinePassed) return new DialError('timeout', 'no answer in time', { cause: error });
  const [failure, words] =
    byCode[codeOf(error)] ?? byName[name] ?? (['unreachable', text] as const);
  return new DialError(failure, words, { cause: error });
}

export function mostTelling(errors: readonly DialError[]): DialError {
  const [best] = errors.toSorted((a, b) => {
    return telling.indexOf(a.failure) - telling.indexOf(b.failure);
  });
  return best ?? new DialError('bad-address', 'no address to dial');
}

const listenCauses: Readonly<Record<string, readonly [NetworkError['code'], string]>> = {
  EADDRINUSE: ['address-in-use', 'the port is in use by another program'],
  EADDRNOTAVAIL: ['address-not-available', 'this machine does not have that address'],
  ENOTFOUND: ['address-not-available', 'there is no such host'],
  EAI_AGAIN: ['address-not-available', 'the name cannot be looked up now'],
  EAFNOSUPPORT: ['address-not-available', 'this machine does not speak that protocol'],
  EACCES: ['permission', 'this port needs more rights'],
  EPERM: ['permission', 'not permitted'],
};

export function listenError(address: string, cause: unknown): NetworkError {
  const known = listenCauses[codeOf(cause)];
  const text = known?.[1] ?? (cause instanceof Error ? cause.message : String(cause));
  return new NetworkError(known?.[0] ?? 'io', `cannot listen on ${address}: ${text}`, { cause });
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
