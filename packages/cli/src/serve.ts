// `parley serve`: a peer without a screen, which logs one JSON object a line to stderr.

import type { Change } from '@parley/client';
import type { Context } from './context.ts';
import { jsonLine } from './face/json-objects.ts';
import { isTold } from './face/notice-text.ts';
import { exitCodeOf, failureText } from './failure.ts';
import { openPeer } from './profile/open.ts';
import { chosenFor, withSettings } from './profile/settings.ts';
import type { Given, LogLevel, PeerOptions } from './usage/invocation.ts';

type Log = (level: LogLevel, event: string, fields: object) => void;

/** Resolves when it is up; the process goes on until its ending. */
export async function serve(given: Given<PeerOptions>, context: Context): Promise<void> {
  const { adapters, version, env, ending } = context;
  const { settings, complaints, fileComplaints } = await chosenFor(given, env);
  const options = withSettings(given, settings);
  const log = makeLog(options.logLevel, context);
  for (const text of [...fileComplaints, ...complaints]) log('warn', 'notice', { text });
  const about = { options, settings, adapters, version, env };
  const peer = await openPeer({ ...about, askName: null, serves: true });
  ending.add(() => peer.close());
  if (ending.begun) return;
  const { client, notices } = peer;
  client.onChange((change) => {
    if (change.kind === 'failed') {
      const text = failureText(change.error, false).trim();
      log('error', 'failed', { text });
      ending.end(exitCodeOf(change.error));
    } else logChange(log, change, client.view.listening());
  });
  await client.start();
  const { identity, name, peer: peerId } = client.view.self;
  log('info', 'ready', { version, identity, name, peer: peerId });
  for (const text of notices) log('info', 'notice', { text });
  ending.add(() => log('info', 'stopping', {}));
}

function makeLog(wanted: LogLevel, { err }: Context): Log {
  return (level, event, fields) => {
    if (!isTold(level, wanted)) return;
    err.write(jsonLine({ time: new Date().toISOString(), level, event, ...fields }));
  };
}

/** Each change under a name; what only tells how things stand is left to who asks. */
function logChange(
  log: Log,
  change: Exclude<Change, { kind: 'failed' }>,
  addresses: readonly string[],
): void {
  switch (change.kind) {
    case 'peer': {
      const { event, identity, name, address, path } = change;
      log('info', event, { identity, name, address, path });
      return;
    }
    case 'listening':
      log('info', 'listening', { addresses });
      return;
    case 'session':
      log('info', 'session', { session: change.session, change: change.event });
      return;
    case 'notice':
      log(change.level, 'notice', { text: change.text });
      return;
    case 'error':
      log('error', 'error', { code: change.code, text: change.text });
      return;
    case 'lines':
    case 'status':
    case 'delivered':
    case 'stored':
  }
}
