// libp2p's log lines go to the peer's own log or nowhere: never to stderr, whatever the environment says.

import { inspect } from 'node:util';
import type { ComponentLogger, Logger } from '@libp2p/interface';
import type { Log } from './log.ts';

/** Only what libp2p calls errors is passed on, as 'debug': most of it is other peers' doing. */
export function componentLogger(log: Log | undefined): ComponentLogger {
  return { forComponent: (name) => logger(name, log) };
}

function logger(name: string, log: Log | undefined): Logger {
  const error = (format: unknown, ...details: readonly unknown[]): void => {
    if (log !== undefined) log('debug', `${name}: ${fill(String(format), details)}`);
  };
  return Object.assign(() => undefined, {
    error,
    trace: () => undefined,
    enabled: false,
    newScope: (scope: string) => logger(`${name}:${scope}`, log),
  });
}

function fill(format: string, details: readonly unknown[]): string {
  const rest = [...details];
  const filled = format.replaceAll(/%[a-zA-Z]/gu, () => textOf(rest.shift()));
  return [filled, ...rest.map(textOf)].join(' ');
}

function textOf(value: unknown): string {
  if (value instanceof Error) return value.message;
  return typeof value === 'string' ? value : inspect(value, { depth: 1, breakLength: Infinity });
}
