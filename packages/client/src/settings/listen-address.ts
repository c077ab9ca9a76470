// Addresses to listen on, as people type them.

const hostAndPort = /^(?:\[[^\]\s]+\]|[^:/\s]+):(?<port>\d{1,5})$/u;
const ipAndPort = /^(?:\[(?<v6>[0-9A-Fa-f:.]+)\]|(?<v4>\d+(?:\.\d+){3})):(?<port>\d{1,5})$/u;
const portMax = 65_535;

/** host:port or [v6]:port, where port 0 takes a free one; null for anything else. */
export function readHostAndPort(text: string): string | null {
  const port = hostAndPort.exec(text)?.groups?.['port'];
  return port !== undefined && Number(port) <= portMax ? text : null;
}

/** 0.0.0.0:4748 or [::]:4748 as the multiaddr where WebSockets are answered; a multiaddr as it is; null for anything else. */
export function webSocketAddress(text: string): string | null {
  if (text.startsWith('/')) return text.endsWith('/ws') ? text : null;
  const { v6, v4, port = '' } = ipAndPort.exec(text)?.groups ?? {};
  if (port === '' || Number(port) > portMax) return null;
  return v6 === undefined ? `/ip4/${v4}/tcp/${port}/ws` : `/ip6/${v6}/tcp/${port}/ws`;
}

/** host:port, [v6]:port, or a multiaddr, which the network judges. */
export function readListenAddress(text: string): string | null {
  return text.startsWith('/') ? text : readHostAndPort(text);
}
