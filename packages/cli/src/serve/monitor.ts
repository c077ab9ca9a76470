// A small HTTP server for whoever watches over this peer: GET, a few paths, nothing that a stranger can make it keep.

import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { causeText, failed, isSystemError } from '../failure.ts';
import { CLI_LIMITS } from '../limits.ts';

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

export interface MonitorOptions {
  /** host:port or [v6]:port. */
  readonly address: string;
  /** What is answered for each path. */
  readonly answers: Readonly<Record<string, () => Promise<Answer>>>;
  /** A bug of ours: the asker is told no more than that there was one. */
  readonly onError: (error: unknown) => void;
}

export interface Monitor {
  /** host:port with the port that was bound. */
  readonly address: string;
  readonly isLoopback: boolean;
  close(): Promise<void>;
}

/** Throws Failure where the address cannot be bound. */
export async function openMonitor(options: MonitorOptions): Promise<Monitor> {
  const { host, port } = partsOf(options.address);
  const server = createServer(
    {
      maxHeaderSize: CLI_LIMITS.monitorHeaderBytesMax,
      headersTimeout: CLI_LIMITS.monitorTimeoutMs,
      requestTimeout: CLI_LIMITS.monitorTimeoutMs,
      keepAliveTimeout: CLI_LIMITS.monitorTimeoutMs,
      connectionsCheckingInterval: CLI_LIMITS.monitorTimeoutMs,
    },
    (request, response) => {
      answer(request, response, host, options).catch((error: unknown) => {
        options.onError(error);
        response.destroy();
      });
    },
  );
  server.maxConnections = CLI_LIMITS.monitorConnectionsMax;
  // Whoever does not read is not waited for either.
  server.setTimeout(CLI_LIMITS.monitorTimeoutMs, (socket) => socket.destroy());
  await listen(server, host, port, options.address);
  const bound = server.address();
  const taken = typeof bound === 'object' && bound !== null ? bound : { port, address: host };
  return {
    address: `${host.includes(':') ? `[${host}]` : host}:${taken.port}`,
    isLoopback: taken.address === '::1' || taken.address.startsWith('127.'),
    close: () => close(server),
  };
}

function partsOf(address: string): { readonly host: string; readonly port: number } {
  const at = address.lastIndexOf(':');
  const host = address.slice(0, at).replaceAll(/[[\]]/gu, '');
  return { host, port: Number(address.slice(at + 1)) };
}

function listen(server: Server, host: string, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      if (!isSystemError(error)) return reject(error);
      const what = `cannot answer for metrics on ${address}: ${causeText(error)}`;
      return reject(failed(`${what}; choose another --metrics`, error));
    });
    server.listen({ host, port, exclusive: true }, () => resolve());
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  host: string,
  { answers }: MonitorOptions,
): Promise<void> {
  // Nobody has anything to send here.
  request.resume();
  const found = await answerTo(request, host, answers);
  response.writeHead(found.status, {
    'content-type': found.type,
    'content-length': Buffer.byteLength(found.text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(found.status === 405 ? { allow: 'GET' } : {}),
  });
  response.end(found.text);
}

function answerTo(
  { method, url = '', headers }: IncomingMessage,
  host: string,
  answers: MonitorOptions['answers'],
): Promise<Answer> {
  if (!isHostOurs(headers.host ?? '', host)) return refusal(403, 'this is not that host');
  if (method !== 'GET') return refusal(405, 'only GET');
  const path = url.replace(/\?.*$/u, '');
  const found = Object.hasOwn(answers, path) ? answers[path] : undefined;
  return found === undefined ? refusal(404, 'not here') : found();
}

function refusal(status: number, text: string): Promise<Answer> {
  return Promise.resolve({ status, type: 'text/plain; charset=utf-8', text: `${text}\n` });
}

/**
 * A page in a browser can make names of its own point here, but it cannot make the browser send another name than that:
 * so only addresses, "localhost", and the name that we were told to listen on are us.
 */
function isHostOurs(header: string, host: string): boolean {
  const name = header.replace(/:\d+$/u, '').replaceAll(/[[\]]/gu, '').toLowerCase();
  return name === 'localhost' || name === host.toLowerCase() || isIP(name) !== 0;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
