// `parley serve`: a peer without a screen, which stays up for others, and says how it is to whoever watches over it.

import { jsonLine } from './face/json-objects.ts';
import type { Context } from './context.ts';
import { exitCodeOf, failureText } from './failure.ts';
import { openLocalServer } from './local/open.ts';
import { openPeer } from './profile/open.ts';
import type { OpenedPeer } from './profile/open.ts';
import { settingsFiles } from './profile/settings-files.ts';
import { readChosen, withSettings } from './profile/settings.ts';
import type { Chosen } from './profile/settings.ts';
import { healthOf } from './serve/health.ts';
import { ServeLog } from './serve/log.ts';
import type { Metrics } from './serve/metrics.ts';
import { logChange } from './serve/news.ts';
import { reload } from './serve/reload.ts';
import type { Given, ServeOptions } from './usage/invocation.ts';

/** Resolves when it is up; the process goes on until its ending. */
export async function serve(given: Given<ServeOptions>, context: Context): Promise<void> {
  const { adapters, version, env, err, ending } = context;
  const readFile = await settingsFiles(given.home, env);
  const read = (): Chosen => readChosen(readFile);
  const { settings, complaints, fileComplaints } = read();
  const options = withSettings(given, settings);
  const log = new ServeLog(err, options.logLevel);
  for (const text of [...fileComplaints, ...complaints]) log.write('warn', 'setting', { text });
  const address = given.metrics ?? settings.metrics;
  const metrics = address === null ? null : await loadMetrics(version);
  const meter = metrics === null ? {} : { committed: metrics.committed };
  const about = { options, settings, adapters, version, env, ...meter };
  const peer = await openPeer({ ...about, askName: null, serves: true });
  ending.add(() => peer.close());
  if (ending.begun) return;
  const { client, notices } = peer;
  client.onChange((change) => {
    if (change.kind === 'failed') {
      const text = failureText(change.error, false).trim();
      log.write('error', 'failed', { text });
      ending.end(exitCodeOf(change.error));
    } else logChange(log, change, client.view.listening());
  });
  if (metrics !== null && address !== null)
    await watchOver(peer, { metrics, address, log, context });
  await client.start();
  const { identity, name, peer: peerId } = client.view.self;
  log.write('info', 'ready', { version, identity, name, peer: peerId });
  for (const text of notices) log.write('info', 'notice', { text });
  const local = options.ephemeral ? {} : await openLocalServer(peer, options, context);
  if (local.notice !== undefined) log.write('warn', 'notice', { text: local.notice });
  let holds = settings;
  ending.reloadWith(() => {
    holds = reload(holds, { given, client, log, read });
  });
  ending.add(() => log.write('info', 'stopping'));
}

/** Only where somebody watches: it takes time and memory. */
async function loadMetrics(version: string): Promise<Metrics> {
  const { createMetrics } = await import('./serve/metrics.ts');
  return createMetrics(version);
}

interface Watched {
  readonly metrics: Metrics;
  readonly address: string;
  readonly log: ServeLog;
  readonly context: Context;
}

async function watchOver(
  peer: OpenedPeer,
  { metrics, address, log, context: { ending } }: Watched,
): Promise<void> {
  const { openMonitor } = await import('./serve/monitor.ts');
  const monitor = await openMonitor({
    address,
    answers: {
      '/metrics': async () => {
        const text = await metrics.text(peer.client.figures());
        return { status: 200, type: metrics.contentType, text };
      },
      '/healthz': () => {
        const health = healthOf(peer);
        const type = 'application/json';
        return Promise.resolve({ status: health.ok ? 200 : 503, type, text: jsonLine(health) });
      },
    },
    onError: (error) => log.write('error', 'metrics', { text: failureText(error, false).trim() }),
  });
  ending.add(() => monitor.close());
  log.write('info', 'metrics', { address: monitor.address });
  if (!monitor.isLoopback)
    log.write('warn', 'metrics', { text: `whoever reaches ${monitor.address} can read them` });
}
