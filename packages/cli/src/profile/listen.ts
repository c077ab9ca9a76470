// Where to listen when nobody says where: port 4747 on all interfaces, or a free port if it is taken.

import { createServer } from 'node:net';
import { isSystemError } from '../failure.ts';

const defaultPort = 4747;

export interface DefaultListen {
  readonly listen: readonly string[];
  /** Set where the usual port was taken. */
  readonly notice: string | null;
}

/** Tries the ports by binding them for a moment. */
export async function defaultListen(port: number = defaultPort): Promise<DefaultListen> {
  const hosts = (await canBind('::', 0)) === 'no-address' ? ['0.0.0.0'] : ['0.0.0.0', '[::]'];
  if (await isFree(hosts, port)) return { listen: at(hosts, port), notice: null };
  const other = await freePort(hosts);
  return { listen: at(hosts, other), notice: `port ${port} is taken; listening on ${other}` };
}

function at(hosts: readonly string[], port: number): string[] {
  return hosts.map((host) => `${host}:${port}`);
}

async function isFree(hosts: readonly string[], port: number): Promise<boolean> {
  for (const host of hosts) {
    if (typeof (await canBind(host.replaceAll(/[[\]]/gu, ''), port)) !== 'number') return false;
  }
  return true;
}

const triesMax = 20;

/** One that is free on all hosts; 0, and so one for each host, where none is found. */
async function freePort(hosts: readonly string[]): Promise<number> {
  for (let tries = 0; tries < triesMax; tries += 1) {
    const port = await canBind('0.0.0.0', 0);
    if (typeof port === 'number' && (await isFree(hosts, port))) return port;
  }
  return 0;
}

/** The port that was bound (and is free again), or why none was. */
function canBind(host: string, port: number): Promise<number | 'taken' | 'no-address'> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      if (!isSystemError(error)) reject(error);
      else if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve('taken');
      else resolve('no-address');
    });
    server.listen({ host, port, ipv6Only: true, exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => resolve(bound));
    });
  });
}
