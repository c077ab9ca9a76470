// What a client tells, as objects of the log: never a line, nor a session's people.

import type { Change } from '@parley/client';
import type { ServeLog } from './log.ts';

/** What only tells how things stand is left to the metrics. */
export function logChange(
  log: ServeLog,
  change: Exclude<Change, { kind: 'failed' }>,
  addresses: readonly string[],
): void {
  switch (change.kind) {
    case 'peer': {
      const { event, identity, name, address, path } = change;
      log.write('info', event, { identity, name, address, path });
      return;
    }
    case 'listening':
      log.write('info', 'listening', { addresses });
      return;
    case 'session':
      log.write('info', 'session', { change: change.event });
      return;
    case 'notice':
      return logNotice(log, change);
    case 'error':
      log.write('error', 'error', { code: change.code, text: change.text });
      return;
    case 'blocking':
      log.write('info', change.blocked ? 'blocked' : 'unblocked', { identity: change.identity });
      return;
    case 'lines':
    case 'status':
    case 'delivered':
    case 'stored':
  }
}

/** What somebody wrote in a room is nothing for a log. */
function logNotice(
  log: ServeLog,
  { level, text, quotes }: Extract<Change, { kind: 'notice' }>,
): void {
  if (quotes !== true) log.write(level, 'notice', { text });
}
