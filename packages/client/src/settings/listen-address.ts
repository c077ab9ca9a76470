// Addresses to listen on, as people type them.

const hostAndPort = /^(?:\[[^\]\s]+\]|[^:/\s]+):(?<port>\d{1,5})$/u;
const portMax = 65_535;

/** host:port or [v6]:port, where port 0 takes a free one; null for anything else. */
export function readHostAndPort(text: string): string | null {
  const port = hostAndPort.exec(text)?.groups?.['port'];
  return port !== undefined && Number(port) <= portMax ? text : null;
}

/** The same, or a multiaddr, which the network judges. */
export function readListenAddress(text: string): string | null {
  return text.startsWith('/') ? text : readHostAndPort(text);
}
