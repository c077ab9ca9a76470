// Network namespaces named after the process that made them, so that what a killed run left behind can be told and removed.

import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';

/** Of Debian, with the programs that a lab is made of. */
const PACKAGES = 'iproute2 nftables python3 miniupnpd-nftables';

/** The test process is one of several; all name things after the runner. */
const ownerVariable = 'PARLEY_NET_OWNER';

/** What every namespace begins with, and every mount point's last part. */
export function ownPrefix(): string {
  return `parley-${process.env[ownerVariable] ?? process.pid}-`;
}

/** For the runner: its workers name things after it from now on. */
export function claim(): void {
  process.env[ownerVariable] = String(process.pid);
}

/** Runs a program to its end. Throws with what it wrote to stderr in the message. */
export function run(program: string, ...args: readonly string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Why this machine cannot do it, in one line; null if it can. */
export function obstacle(): string | null {
  if (process.getuid?.() !== 0) return 'network namespaces need root; run it as root';
  const probe = `${ownPrefix()}probe`;
  try {
    run('python3', '--version');
    run('nft', '--version');
    run('miniupnpd', '--version');
    closeSync(openSync('/dev/net/tun', 'r+'));
    run('ip', 'netns', 'add', probe);
    run('ip', 'netns', 'delete', probe);
    return null;
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    const missing = code === 'ENOENT' ? ` (apt-get install ${PACKAGES})` : '';
    return `cannot make a network namespace: ${message.replaceAll(/\s+/gu, ' ')}${missing}`;
  }
}

/** Ends the processes in a namespace, and the namespace. */
export function removeNamespace(name: string): void {
  for (const pid of run('ip', 'netns', 'pids', name).split('\n')) {
    if (pid !== '') kill(Number(pid));
  }
  run('ip', 'netns', 'delete', name);
}

/** Removes what this run made, and what runs made that are no more. */
export function removeLeftOvers(): void {
  for (const line of run('ip', 'netns', 'list').split('\n')) {
    const [name = ''] = line.split(' ');
    if (isLeftOver(name)) removeNamespace(name);
  }
  for (const line of readFileSync('/proc/mounts', 'utf8').split('\n')) {
    const place = line.split(' ')[1] ?? '';
    if (!isLeftOver(place.slice(place.lastIndexOf('/') + 1))) continue;
    run('umount', '--lazy', place);
    rmSync(place, { recursive: true });
  }
}

function isLeftOver(name: string): boolean {
  const owner = /^parley-(\d+)-/u.exec(name)?.[1];
  if (owner === undefined) return false;
  return name.startsWith(ownPrefix()) || !existsSync(`/proc/${owner}`);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It may have ended by itself meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
