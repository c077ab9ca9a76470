// Two hosts behind routers of their own and one on the "public" side, in namespaces that have no route out.

import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownPrefix, removeNamespace, run } from './namespaces.ts';
import type { Host } from './lab.ts';

/**
 * How a router shows a host behind it. 'full': everything that comes to its address goes to the host. 'cone': one port
 * outside for each inside, open to whom was spoken to first. 'symmetric': another port for everyone who is spoken to.
 * 'upnp': as 'cone', and a daemon such as home routers have opens ports for whom is behind it and asks.
 */
export type NatKind = 'full' | 'cone' | 'symmetric' | 'upnp';

/** libp2p takes the ranges for documentation and for tests for private; nobody is ever sent anything here. */
const PUBLIC_NET = '11.9.0';

export interface NatLab {
  /** 11.9.0.1 */
  readonly open: Host;
  /** 192.168.1.2 and 192.168.2.2, which cannot dial each other. */
  readonly hidden: readonly [Host, Host];
  /** The ports that a router has opened because it was asked to. */
  openedAt(router: 0 | 1): readonly number[];
  close(): void;
}

export function openNatLab(kinds: readonly [NatKind, NatKind]): NatLab {
  const names = ['net', 'open', 'nat1', 'nat2', 'host1', 'host2'].map(namespaceOf);
  const [net = '', open = '', nat1 = '', nat2 = '', host1 = '', host2 = ''] = names;
  const close = (): void => {
    const there = new Set(run('ip', 'netns', 'list').split(/\s+/u));
    for (const name of names) if (there.has(name)) removeNamespace(name);
    for (const nat of [nat1, nat2]) rmSync(pidFileOf(nat), { force: true });
  };
  try {
    for (const name of names) {
      run('ip', 'netns', 'add', name);
      run('ip', '-n', name, 'link', 'set', 'lo', 'up');
    }
    run('ip', '-n', net, 'link', 'add', 'bridge', 'type', 'bridge');
    run('ip', '-n', net, 'link', 'set', 'bridge', 'up');
    plug(net, open, 'p0', `${PUBLIC_NET}.1/24`);
    for (const [at, [nat, host]] of (
      [
        [nat1, host1],
        [nat2, host2],
      ] as const
    ).entries()) {
      plug(net, nat, `p${at + 1}`, `${PUBLIC_NET}.${at + 1}0/24`);
      route(nat, host, at + 1);
      translate(nat, at + 1, kinds[at] ?? 'cone');
      if (kinds[at] === 'upnp') openPortsOnRequest(nat);
    }
    return {
      open: hostOf(open, `${PUBLIC_NET}.1`),
      hidden: [hostOf(host1, '192.168.1.2'), hostOf(host2, '192.168.2.2')],
      openedAt: (router) => openedPorts(router === 0 ? nat1 : nat2),
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

function namespaceOf(name: string): string {
  return `${ownPrefix()}${process.pid}-${name}`;
}

function hostOf(name: string, address: string): Host {
  return { name, address, launcher: ['ip', 'netns', 'exec', name] };
}

/** Connects a namespace to the bridge. */
function plug(net: string, name: string, port: string, address: string): void {
  run('ip', '-n', net, 'link', 'add', port, 'type', 'veth', 'peer', 'name', 'wan', 'netns', name);
  run('ip', '-n', net, 'link', 'set', port, 'master', 'bridge', 'up');
  run('ip', '-n', name, 'address', 'add', address, 'dev', 'wan');
  run('ip', '-n', name, 'link', 'set', 'wan', 'up');
}

/** Puts a host behind a router. */
function route(nat: string, host: string, number: number): void {
  run('ip', '-n', nat, 'link', 'add', 'lan', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', host);
  run('ip', '-n', nat, 'address', 'add', `192.168.${number}.1/24`, 'dev', 'lan');
  run('ip', '-n', nat, 'link', 'set', 'lan', 'up');
  run('ip', '-n', host, 'address', 'add', `192.168.${number}.2/24`, 'dev', 'eth0');
  run('ip', '-n', host, 'link', 'set', 'eth0', 'up');
  run('ip', '-n', host, 'route', 'add', 'default', 'via', `192.168.${number}.1`);
  run('ip', 'netns', 'exec', nat, 'sysctl', '-qw', 'net.ipv4.ip_forward=1');
}

/** What arrives unasked is dropped, except by 'full'. */
function translate(nat: string, number: number, kind: NatKind): void {
  const ports = kind === 'symmetric' ? ' random,fully-random' : '';
  const inward =
    kind === 'full'
      ? `chain inward { type nat hook prerouting priority -100; iifname "wan" dnat to 192.168.${number}.2; }`
      : '';
  const closed =
    kind === 'full'
      ? ''
      : 'chain own { type filter hook input priority 0; iifname "wan" ct state new drop; }';
  const rules = `
    table ip nat {
      chain outward { type nat hook postrouting priority 100; oifname "wan" masquerade${ports}; }
      ${inward}
    }
    table ip filter {
      chain across { type filter hook forward priority 0; policy drop;
        ct state established,related accept; iifname "lan" accept; ct status dnat accept; }
      ${closed}
    }`;
  run('ip', 'netns', 'exec', nat, 'nft', rules);
}

/** The daemon puts its rules into chains that have to be there; it ends with the namespace. */
function openPortsOnRequest(nat: string): void {
  const rules = `
    table inet filter {
      chain miniupnpd { }
      chain prerouting_miniupnpd { }
      chain postrouting_miniupnpd { }
      chain across { type filter hook forward priority 0; jump miniupnpd; }
      chain inward { type nat hook prerouting priority -100; jump prerouting_miniupnpd; }
      chain outward { type nat hook postrouting priority 100; jump postrouting_miniupnpd; }
    }`;
  const inside = ['netns', 'exec', nat];
  run('ip', ...inside, 'nft', rules);
  // Its settings are its arguments: between wan and lan, each host may have ports led to itself alone.
  const settings = ['-f', '/dev/null', '-P', pidFileOf(nat), '-4', '-S', '-i', 'wan', '-a', 'lan'];
  run('ip', ...inside, 'miniupnpd', ...settings);
}

function pidFileOf(nat: string): string {
  return join(tmpdir(), `${nat}.pid`);
}

function openedPorts(nat: string): readonly number[] {
  const chain = ['list', 'chain', 'inet', 'filter', 'prerouting_miniupnpd'];
  const rules = run('ip', 'netns', 'exec', nat, 'nft', ...chain);
  return [...rules.matchAll(/dport (\d+)/gu)].map(([, port]) => Number(port));
}
