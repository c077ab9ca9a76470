// Addresses to listen on, as people type them.

const hostAndPort = /^(?:\[[^\]\s]+\]|[^:/\s]+):(?<port>\d{1,5})$/u;
const portMax = 65_535;

/** host:port or [v6]:port, where port 0 takes a free one, or a multiaddr, which the network judges; null for anything else. */
export function readListenAddress(text: string): string | null {
  const port = hostAndPort.exec(text)?.groups?.['port'];
  return text.startsWith('/') || (port !== undefined && Number(port) <= portMax) ? text : null;
}
