// What `parley serve` says of itself: its log, its metrics, its health, and what it does when settings change.

import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { readPeerSettings, usualSettings } from '@parley/client';
import { createFakeSuite, FakeClient } from '@parley/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { CLI_LIMITS } from '../src/limits.ts';
import type { OpenedPeer } from '../src/profile/open.ts';
import { healthOf } from '../src/serve/health.ts';
import { ServeLog } from '../src/serve/log.ts';
import { createMetrics } from '../src/serve/metrics.ts';
import { openMonitor } from '../src/serve/monitor.ts';
import type { Monitor } from '../src/serve/monitor.ts';
import { logChange } from '../src/serve/news.ts';
import { reload } from '../src/serve/reload.ts';
import { parseCommandLine } from '../src/usage/parse.ts';

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

class Lines {
  readonly all: string[] = [];
  dropped = 0;

  write(text: string): void {
    this.all.push(text);
  }

  takeDropped(): number {
    const { dropped } = this;
    this.dropped = 0;
    return dropped;
  }

  objects(): Record<string, unknown>[] {
    return this.all.map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}

function logOf(level: 'info' | 'debug' | 'error' = 'info'): { log: ServeLog; lines: Lines } {
  const lines = new Lines();
  return { log: new ServeLog(lines, level, () => 0), lines };
}

describe('the log', () => {
  it('is one object a line, with time, level and what happened first', () => {
    const { log, lines } = logOf();
    log.write('info', 'ready', { name: 'a\n\u2028b' });
    expect(lines.all).toEqual([
      '{"time":"1970-01-01T00:00:00.000Z","level":"info","msg":"ready","name":"a\\n\\u2028b"}\n',
    ]);
  });

  it('leaves out what is below its level, which can change', () => {
    const { log, lines } = logOf('error');
    log.write('info', 'one');
    log.level = 'debug';
    log.write('debug', 'two');
    expect(lines.objects().map(({ msg }) => msg)).toEqual(['two']);
  });

  it('tells how much nobody read', () => {
    const { log, lines } = logOf();
    lines.dropped = 3;
    log.write('info', 'one');
    log.write('info', 'two');
    expect(lines.objects()).toMatchObject([
      { msg: 'dropped', count: 3 },
      { msg: 'one' },
      { msg: 'two' },
    ]);
  });

  it('has no line of anyone, and not who is in a session', () => {
    const { log, lines } = logOf('debug');
    const client = new FakeClient();
    client.onChange((change) => {
      if (change.kind !== 'failed') logChange(log, change, []);
    });
    client.addLine({ text: 'a secret', name: 'bobby' });
    client.emit({ kind: 'session', event: 'opened', session: '1' });
    client.emit({ kind: 'delivered', session: '1', id: 'x', heldBy: 1 });
    expect(lines.objects()).toEqual([
      { time: expect.any(String) as string, level: 'info', msg: 'session', change: 'opened' },
    ]);
  });
});

describe('metrics', () => {
  it('have a help text each, and say nothing of whom or where', async () => {
    const metrics = createMetrics('1.2.3');
    const text = await metrics.text(new FakeClient().figures());
    const names = Array.from(text.matchAll(/^(?<name>parley_\w+?)(?:_bucket|_sum|_count)?[ {]/gmu));
    expect(names.length).toBeGreaterThan(20);
    for (const { groups } of names) expect(text).toContain(`# HELP ${groups?.['name']} `);
    const labels = Array.from(text.matchAll(/^parley_\w+\{(?<labels>[^}]*)\}/gmu), ({ groups }) =>
      (groups?.['labels'] ?? '').replaceAll(/="[^"]*"/gu, ''),
    );
    expect([...new Set(labels)].toSorted()).toEqual([
      'direction',
      'kind',
      'le',
      'path',
      'queue',
      'version',
    ]);
    expect(text).toContain('parley_sessions{kind="room"} 1');
    expect(text).toContain('nodejs_eventloop_lag_seconds');
    expect(text).toContain('process_resident_memory_bytes');
  });

  it('count on from what the peer counted, and how long commits took', async () => {
    const metrics = createMetrics('1.2.3');
    const figures = new FakeClient().figures();
    const after = (framesSent: number): typeof figures => {
      return { ...figures, counters: { ...figures.counters, framesSent } };
    };
    metrics.committed(2);
    await metrics.text(after(5));
    const text = await metrics.text(after(7));
    expect(text).toContain('parley_frames_total{direction="out"} 7');
    expect(text).toContain('parley_store_commit_seconds_bucket{le="0.001"} 0');
    expect(text).toContain('parley_store_commit_seconds_bucket{le="0.003"} 1');
    expect(text).toContain('parley_store_commit_seconds_sum 0.002');
  });
});

async function monitored(address = '127.0.0.1:0'): Promise<Monitor> {
  const monitor = await openMonitor({
    address,
    answers: {
      '/metrics': () => Promise.resolve({ status: 200, type: 'text/plain', text: 'all well' }),
      '/broken': () => Promise.reject(new Error('a bug')),
    },
    onError: () => undefined,
  });
  closing.push(() => monitor.close());
  return monitor;
}

function portOf({ address }: Monitor): number {
  return Number(address.split(':').at(-1));
}

async function ask(monitor: Monitor, request: string): Promise<string> {
  const socket = connect(portOf(monitor), '127.0.0.1');
  let text = '';
  socket.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  socket.on('error', () => socket.destroy());
  socket.write(request);
  await once(socket, 'close');
  return text;
}

function get(path: string, host = 'localhost', method = 'GET'): string {
  return `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
}

describe('the monitor', () => {
  it('answers to GET on its paths, for addresses, localhost and its own name', async () => {
    const monitor = await monitored('localhost:0');
    const port = portOf(monitor);
    for (const host of ['localhost', `localhost:${port}`, '127.0.0.1:1', '[::1]:9464'])
      expect(await ask(monitor, get('/metrics?x', host))).toMatch(/^HTTP\/1.1 200 [^]*all well$/u);
    expect(monitor.isLoopback).toBe(true);
  });

  it('refuses other hosts, methods and paths', async () => {
    const monitor = await monitored();
    expect(await ask(monitor, get('/metrics', 'evil.example'))).toMatch(/^HTTP\/1.1 403 /u);
    expect(await ask(monitor, get('/metrics', ''))).toMatch(/^HTTP\/1.1 403 /u);
    expect(await ask(monitor, get('/metrics', 'localhost', 'POST'))).toMatch(/405 [^]*allow: GET/u);
    expect(await ask(monitor, get('/'))).toMatch(/^HTTP\/1.1 404 /u);
    expect(await ask(monitor, get('/constructor'))).toMatch(/^HTTP\/1.1 404 /u);
    expect(await ask(monitor, get('/broken'))).toBe('');
    expect(
      await ask(
        monitor,
        `GET /metrics HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(CLI_LIMITS.monitorHeaderBytesMax)}\r\n\r\n`,
      ),
    ).toMatch(/^HTTP\/1.1 431 /u);
    expect(await ask(monitor, 'noise\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /u);
  });

  it('takes so many connections and no more, and ends with all of them open', async () => {
    const monitor = await monitored();
    const sockets: Socket[] = [];
    for (let count = 0; count < CLI_LIMITS.monitorConnectionsMax; count += 1) {
      const socket = connect(portOf(monitor), '127.0.0.1');
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      sockets.push(socket);
    }
    expect(await ask(monitor, get('/metrics'))).toBe('');
    const gone = sockets.map((socket) => once(socket.resume(), 'close'));
    await monitor.close();
    await Promise.all(gone);
  });

  it('says which address it could not have', async () => {
    const { address } = await monitored();
    await expect(monitored(address)).rejects.toThrow(
      new RegExp(`^cannot answer for metrics on ${address}: .*; choose another --metrics$`, 'u'),
    );
  });
});

function peerOf(client: FakeClient, checkStore: () => void): OpenedPeer {
  const close = (): Promise<void> => client.stop();
  const directory = '';
  return { client, checkStore, close, suite: createFakeSuite(), directory, notices: [] };
}

describe('health', () => {
  it('is good while it listens and can write, else says why not', () => {
    const client = new FakeClient();
    client.view.addresses = ['127.0.0.1:1'];
    expect(healthOf(peerOf(client, () => undefined))).toEqual({ ok: true });
    const full = new Error('no room left');
    const fails = (): never => {
      throw full;
    };
    expect(healthOf(peerOf(client, fails))).toEqual({ ok: false, reason: 'no room left' });
    client.view.addresses = [];
    expect(healthOf(peerOf(client, () => undefined))).toEqual({
      ok: false,
      reason: 'not listening',
    });
  });
});

type ReloadOptions = Parameters<typeof reload>[1];

function givenBy(...argv: string[]): ReloadOptions['given'] {
  const invocation = parseCommandLine(['serve', ...argv], '1.2.3');
  if (invocation.kind !== 'serve') throw new Error(invocation.kind);
  return invocation.options;
}

interface Reloaded {
  readonly client: FakeClient;
  readonly lines: Lines;
  readonly log: ServeLog;
}

function again(source: string, given = givenBy()): Reloaded {
  const client = new FakeClient();
  const { log, lines } = logOf();
  const { settings } = readPeerSettings(source);
  const read: ReloadOptions['read'] = () => {
    return { settings, complaints: ['config.json:1: no'], fileComplaints: [], isRead: true };
  };
  expect(reload(usualSettings, { given, client, log, read })).toBe(settings);
  return { client, lines, log };
}

describe('reading the settings again', () => {
  it('takes over what can change, and names what has to wait', () => {
    const { client, lines, log } = again(
      `{ "name": "rock", "logLevel": "debug", "limits": { "heldMiBPerPerson": 2 },
         "network": { "connect": "a:1", "listen": "b:2" } }`,
    );
    expect(client.view.self.name).toBe('rock');
    const limits = `"roomBytesMax":1073741824,"heldBytesMax":268435456,"heldBytesPerDepositorMax":2097152`;
    expect(client.calls).toEqual([`limit {${limits}}`, 'connect a:1']);
    expect(log.level).toBe('debug');
    expect(lines.objects()).toMatchObject([
      { level: 'warn', msg: 'setting', text: 'config.json:1: no' },
      {
        msg: 'reloaded',
        changed: ['name', 'logLevel', 'network.connect', 'limits.heldMiBPerPerson'],
      },
      { level: 'warn', msg: 'restart needed', settings: ['network.listen'] },
    ]);
  });

  it('says that whom it dials already it goes on dialling', () => {
    const { settings } = readPeerSettings('{ "network": { "connect": ["a:1", "b:2"] } }');
    const fewer = readPeerSettings('{ "network": { "connect": ["b:2"] } }').settings;
    const { log, lines } = logOf();
    const read: ReloadOptions['read'] = () => {
      return { settings: fewer, complaints: [], fileComplaints: [], isRead: true };
    };
    reload(settings, { given: givenBy(), client: new FakeClient(), log, read });
    expect(lines.objects()).toMatchObject([
      { msg: 'reloaded' },
      { msg: 'restart needed', settings: ['network.connect'] },
    ]);
  });

  it('leaves all as it was where the file is broken', () => {
    const before = readPeerSettings('{ "limits": { "heldMiB": 12 } }').settings;
    const { log, lines } = logOf();
    const client = new FakeClient();
    const fileComplaints = ['config.json:1: broken does not belong here'];
    const read: ReloadOptions['read'] = () => {
      return { settings: usualSettings, complaints: [], fileComplaints, isRead: false };
    };
    expect(reload(before, { given: givenBy(), client, log, read })).toBe(before);
    expect(client.calls).toEqual([]);
    expect(lines.objects()).toMatchObject([
      { msg: 'setting', text: 'config.json:1: broken does not belong here' },
      { msg: 'setting', text: expect.stringContaining('what held before goes on') },
    ]);
  });

  it('leaves what the command line says', () => {
    const { client, log } = again(
      '{ "name": "rock", "logLevel": "debug" }',
      givenBy('--name', 'anna', '--log-level', 'error'),
    );
    expect(client.view.self.name).not.toBe('rock');
    expect(log.level).toBe('error');
  });
});
