// Addresses as people write them (host:port, [v6]:port, DNS name, multiaddr) and as libp2p wants them.

import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { multiaddr } from '@multiformats/multiaddr';
import type { Component, Multiaddr } from '@multiformats/multiaddr';
import { fail, ok } from '@parley/core';
import type { NetworkPath, Result } from '@parley/core';

const hostNames = new Set(['ip4', 'ip6', 'dns', 'dns4', 'dns6']);
const hostAndPort = /^(?:\[(?<v6>[^\]]+)\]|(?<host>[^:/\s]+)):(?<port>\d{1,5})$/u;
const dnsName = /^(?=.{1,253}$)[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_.])?$/u;

/** How it is reached: plain TCP, a WebSocket over it, or another peer that relays. */
export type AddressKind = 'tcp' | 'ws' | 'circuit';

/** An address we can dial; `peer` is whose key it names, if it is a multiaddr that names one. */
export interface PeerAddress {
  readonly kind: AddressKind;
  /** Without the /p2p of the peer itself. */
  readonly multiaddr: Multiaddr;
  readonly peer: string | null;
}

/** The reason is a text for people. */
export function parseAddress(text: string): Result<PeerAddress, string> {
  if (text.startsWith('/')) return parseMultiaddr(text);
  const groups = hostAndPort.exec(text)?.groups;
  const port = Number(groups?.['port']);
  if (groups === undefined || port > 65_535) {
    return fail(`'${text}' is not an address: host:port, [v6]:port or a multiaddr is`);
  }
  const prefix = hostPrefix(groups['v6'] ?? groups['host'] ?? '', groups['v6'] !== undefined);
  if (prefix === null) return fail(`'${text}' does not name a host`);
  return ok({ kind: 'tcp', multiaddr: multiaddr(`${prefix}/tcp/${port}`), peer: null });
}

function hostPrefix(host: string, bracketed: boolean): string | null {
  if (bracketed) return isIPv6(host) ? zonedIp6(host) : null;
  if (isIPv4(host)) return `/ip4/${host}`;
  if (/^[\d.]+$/u.test(host) || !dnsName.test(host)) return null;
  return `/dns/${host}`;
}

function zonedIp6(host: string): string {
  const [address = '', zone] = host.split('%');
  return zone === undefined ? `/ip6/${address}` : `/ip6zone/${zone}/ip6/${address}`;
}

function parseMultiaddr(text: string): Result<PeerAddress, string> {
  let parsed: Multiaddr;
  try {
    parsed = multiaddr(text);
  } catch (cause) {
    return fail(`'${text}' is not a multiaddr: ${cause instanceof Error ? cause.message : ''}`);
  }
  const address = peerAddress(parsed);
  return address === null ? fail(`'${text}' is not an address that can be dialled`) : ok(address);
}

/** Null for what is neither TCP, nor a WebSocket, nor a relay's. */
export function peerAddress(address: Multiaddr): PeerAddress | null {
  const parts = address.getComponents();
  const last = parts.at(-1);
  const peer = last?.name === 'p2p' ? (last.value ?? null) : null;
  const rest = peer === null ? parts : parts.slice(0, -1);
  const kind = kindOf(rest);
  return kind === null
    ? null
    : { kind, multiaddr: peer === null ? address : multiaddr(rest), peer };
}

function kindOf(parts: readonly Component[]): AddressKind | null {
  const names = parts.map(({ name }) => name);
  const last = names.at(-1);
  if (last === 'tcp') return isHost(parts.slice(0, -1)) ? 'tcp' : null;
  if (last === 'p2p-circuit') {
    const relay = kindOf(parts.slice(0, -2));
    return names.at(-2) === 'p2p' && relay !== null && relay !== 'circuit' ? 'circuit' : null;
  }
  if (last !== 'ws' && last !== 'wss') return null;
  const below = parts.slice(0, names.at(-2) === 'tls' ? -2 : -1);
  return kindOf(below) === 'tcp' ? 'ws' : null;
}

/** The relay of a circuit address. */
export function relayOf(circuit: Multiaddr): PeerAddress | null {
  const parts = circuit.getComponents();
  const at = parts.findIndex(({ name }) => name === 'p2p-circuit');
  return at < 0 ? null : peerAddress(multiaddr(parts.slice(0, at)));
}

function isHost(parts: readonly Component[]): boolean {
  const [first, second] = parts;
  if (first?.name === 'ip6zone') return parts.length === 2 && second?.name === 'ip6';
  return parts.length === 1 && hostNames.has(first?.name ?? '');
}

/** host:port or [v6]:port; other multiaddrs as they are. */
export function formatAddress(address: Multiaddr): string {
  const known = peerAddress(address);
  if (known?.kind !== 'tcp') return (known?.multiaddr ?? address).toString();
  const { host, port, v6, zone } = endpoint(known.multiaddr);
  if (!v6) return `${host}:${port}`;
  return `[${host}${zone === null ? '' : `%${zone}`}]:${port}`;
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly v6: boolean;
  readonly zone: string | null;
}

/** The first host and port: those of the relay, where there is one. */
export function endpoint(address: Multiaddr): Endpoint {
  const parts = address.getComponents();
  const value = (name: string): string | null => {
    return parts.find((part) => part.name === name)?.value ?? null;
  };
  const host = parts.find((part) => hostNames.has(part.name));
  return {
    host: host?.value ?? '',
    port: Number(value('tcp') ?? 0),
    v6: host?.name === 'ip6',
    zone: value('ip6zone'),
  };
}

const near = new BlockList();
near.addSubnet('10.0.0.0', 8, 'ipv4');
near.addSubnet('127.0.0.0', 8, 'ipv4');
near.addSubnet('169.254.0.0', 16, 'ipv4');
near.addSubnet('172.16.0.0', 12, 'ipv4');
near.addSubnet('192.168.0.0', 16, 'ipv4');
near.addAddress('::1', 'ipv6');
near.addSubnet('fc00::', 7, 'ipv6');
near.addSubnet('fe80::', 10, 'ipv6');

export function isLoopback(ip: string): boolean {
  return ip === '::1' || ip.startsWith('127.');
}

/** True for loopback, link-local and private addresses: those that people on one network share. */
export function isNear(ip: string): boolean {
  if (isIPv4(ip)) return near.check(ip, 'ipv4');
  return isIPv6(ip) && near.check(ip, 'ipv6');
}

const notPublic = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['100.64.0.0', 10],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  notPublic.addSubnet(net, bits, 'ipv4');

/** True for an IPv4 address that belongs to one host in all the world (RFC 6890). */
export function isPublicIp4(ip: string): boolean {
  return isIPv4(ip) && !near.check(ip, 'ipv4') && !notPublic.check(ip, 'ipv4');
}

/** What two peers made with WebRTC is theirs, although its address names the relay that it was agreed over. */
export function pathOf(address: Multiaddr): NetworkPath {
  const names = new Set(address.getComponents().map(({ name }) => name));
  if (names.has('webrtc')) return 'direct';
  if (names.has('p2p-circuit')) return 'relayed';
  return isNear(endpoint(address).host) ? 'lan' : 'direct';
}
