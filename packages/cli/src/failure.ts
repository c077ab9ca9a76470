// Why the command ends without success, and how that is said: one line beginning "parley: ".

import { NetworkError, StoreError } from '@parley/core';

export const EXIT = { done: 0, failed: 1, usage: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** An end with a text that says what happened and what to do. */
export class Failure extends Error {
  readonly exitCode: ExitCode;
  constructor(exitCode: ExitCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'Failure';
    this.exitCode = exitCode;
  }
}

export function usageFailure(message: string): Failure {
  return new Failure(EXIT.usage, message);
}

export function failed(message: string, cause?: unknown): Failure {
  return new Failure(EXIT.failed, message, { cause });
}

export function exitCodeOf(error: unknown): ExitCode {
  return error instanceof Failure ? error.exitCode : EXIT.failed;
}

/** The line for stderr, with its newline; with `stack` the stacks of the error and its causes follow. */
export function failureText(error: unknown, stack: boolean): string {
  const line = `parley: ${oneLine(messageOf(error))}\n`;
  return stack ? `${line}${stacksOf(error)}` : line;
}

function messageOf(error: unknown): string {
  if (error instanceof Failure || error instanceof StoreError || error instanceof NetworkError) {
    return error.message;
  }
  const text = error instanceof Error ? error.message : String(error);
  return isSystemError(error) ? text : `internal error: ${text} (--log-level debug shows more)`;
}

/** Faults of files and sockets, which say by themselves what is wrong. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}

const systemTexts: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a directory',
  EACCES: 'you may not',
  EPERM: 'you may not',
  ENOSPC: 'the disk is full',
  EADDRINUSE: 'the port is in use by another program',
  EADDRNOTAVAIL: 'this machine does not have that address',
};

/** Why a file or a socket did not do, in words where there are some. */
export function causeText(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return systemTexts[code] ?? message;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*[\r\n]+\s*/gu, ' ').trim();
}

const causesMax = 8;

function stacksOf(error: unknown): string {
  let text = '';
  let current = error;
  for (let depth = 0; current instanceof Error && depth < causesMax; depth += 1) {
    text += `${current.stack ?? current.message}\n`;
    current = current.cause;
  }
  return text;
}
