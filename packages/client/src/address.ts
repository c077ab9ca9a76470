// Addresses as people type them, made into the one form that is dialled and remembered.

import type { Result } from '@parley/core';
import { fail, ok } from '@parley/core';

const DEFAULT_PORT = 4747;
const PORT_MAX = 65_535;
const HOST = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})$/u;
const V6 = /^[0-9A-Fa-f:.]{2,45}(?:%[A-Za-z0-9]+)?$/u;

/** host, host:port, [v6], [v6]:port or a multiaddr → host:port, [v6]:port or the multiaddr; else why not. */
export function readAddress(typed: string): Result<string, string> {
  const text = typed.trim();
  if (text.startsWith('/')) return ok(text);
  const match = /^(?:\[(?<v6>[^\]]+)\]|(?<host>[^:[\]]+))(?::(?<port>\d{1,5}))?$/u.exec(text);
  const { v6, host, port: digits } = match?.groups ?? {};
  const port = digits === undefined ? DEFAULT_PORT : Number(digits);
  const isHost = v6 === undefined ? HOST.test(host ?? '') : V6.test(v6);
  if (match === null || !isHost)
    return fail(`"${text}" is not an address; use host:port, [v6]:port or a multiaddr`);
  if (port < 1 || port > PORT_MAX) return fail(`port ${port} is not between 1 and ${PORT_MAX}`);
  return ok(v6 === undefined ? `${host}:${port}` : `[${v6}]:${port}`);
}
