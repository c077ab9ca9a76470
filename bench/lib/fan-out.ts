// One sender and several receivers, each a process of its own, on parley or on `ncat --broker`.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Child } from './child.ts';

export const PARLEY: string = fileURLToPath(
  new URL('../../packages/cli/bin/parley', import.meta.url),
);
const SENDER_NAME = 'bench';
/** What stands before lines of a session that someone else forked. */
const PRIVATE_MARK = 'P~> ';
const START_MS_MAX = 30_000;
/** Nobody says a word for so long: everyone has met everyone, and the processors are free. */
const QUIET_MS = 1_500;

export interface FanOut {
  readonly sender: Child;
  readonly receivers: readonly Child[];
  /** Sender, receivers and whoever stands between them. */
  readonly everyone: readonly Child[];
  /** What stands before each line at the receivers. */
  readonly prefix: string;
  /** Ends everyone who still runs; resolves with the exit codes of all but those who have to be killed. */
  stop(): Promise<readonly (number | null)[]>;
}

/** Peers on loopback with all features on but discovery; each has all it needs of the others when this resolves. */
export async function startParley(receiverCount: number): Promise<FanOut> {
  const homes = mkdtempSync(join(tmpdir(), 'parley-bench-'));
  process.on('exit', () => rmSync(homes, { recursive: true, force: true }));
  const sender = plainPeer(homes, SENDER_NAME, []);
  const address = await listeningAddress(sender);
  const receivers = Array.from({ length: receiverCount }, (_, at) =>
    plainPeer(homes, `r${at}`, ['--connect', address]),
  );
  const everyone = [sender, ...receivers];
  await sender.until('everyone is there', () => met(sender) >= receiverCount, START_MS_MAX);
  for (const receiver of receivers)
    await receiver.until('the sender is there', () => met(receiver) >= 1, START_MS_MAX);
  await quiet(everyone);
  return {
    sender,
    receivers,
    everyone,
    prefix: `${SENDER_NAME}: `,
    stop: async () => {
      const codes = await Promise.all(everyone.map((child) => child.end('SIGTERM')));
      rmSync(homes, { recursive: true, force: true });
      return codes;
    },
  };
}

/** The same peers, once the sender has forked all receivers into a private session: what it says, it says there. */
export async function startPrivate(receiverCount: number): Promise<FanOut> {
  const lobby = await startParley(receiverCount);
  const { sender, receivers, everyone } = lobby;
  sender.process.stdin.write(forkCommand(receivers));
  for (const receiver of receivers) {
    const isOpen = (): boolean => receiver.stderr.includes('private session with you');
    await receiver.until('it is in the session', isOpen, START_MS_MAX);
  }
  await quiet(everyone);
  return { ...lobby, prefix: `${PRIVATE_MARK}${lobby.prefix}` };
}

/** What the sender types, its end included. */
export function forkCommand(receivers: readonly Child[]): string {
  return `\\fork ${receivers.map(({ name }) => name).join(' ')}\n`;
}

export async function startNcat(receiverCount: number): Promise<FanOut> {
  const port = String(await freePort());
  const broker = new Child('broker', 'ncat', ['-v', '-l', '--broker', '127.0.0.1', port]);
  await broker.until('it listens', () => broker.stderr.includes('Listening on'), START_MS_MAX);
  const client = (name: string, flag: string): Child =>
    new Child(name, 'ncat', ['-v', flag, '127.0.0.1', port]);
  const receivers = Array.from({ length: receiverCount }, (_, at) =>
    client(`r${at}`, '--recv-only'),
  );
  const sender = client('sender', '--send-only');
  const everyone = [broker, sender, ...receivers];
  for (const one of [sender, ...receivers])
    await one.until('it is connected', () => one.stderr.includes('Connected to'), START_MS_MAX);
  const seen = (): number => broker.stderr.match(/Connection from [^\n]*:\d+/gu)?.length ?? 0;
  await broker.until('it sees everyone', () => seen() > receiverCount, START_MS_MAX);
  await quiet(everyone);
  return {
    sender,
    receivers,
    everyone,
    prefix: '',
    stop: async () => {
      // ncat knows no clean end but that of the other side.
      await Promise.all(everyone.map((child) => child.end('SIGTERM')));
      return [];
    },
  };
}

/** Ends the process with one line where Debian's ncat is not installed. Returns its version. */
export function requireNcat(command: string): string {
  const { stderr, error } = spawnSync('ncat', ['--version'], { encoding: 'utf8' });
  if (error === undefined) return /Version (\S+)/u.exec(stderr)?.[1] ?? 'of unknown version';
  console.error(`${command}: ncat is missing; install it with: apt-get install ncat`);
  return process.exit(1);
}

/** The address a parley in line mode says that it listens on. */
export async function listeningAddress(peer: Child): Promise<string> {
  const told = (): string | undefined => /listening on (\S+?)(?:,|\s)/u.exec(peer.stderr)?.[1];
  await peer.until('it listens', () => told() !== undefined, START_MS_MAX);
  return told() ?? '';
}

/** A peer in line mode with a profile of its own inside `homes`; its input stays open. */
export function plainPeer(homes: string, name: string, args: readonly string[]): Child {
  return new Child(name, PARLEY, ['--plain', ...peerArgs(homes, name), ...args]);
}

/** The same for every face: on loopback, alone but for those it is told of. */
export function peerArgs(homes: string, name: string): string[] {
  const home = join(homes, name);
  return ['--no-discovery', '--listen', '127.0.0.1:0', '--name', name, '--home', home];
}

export async function freePort(): Promise<number> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<number>();
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    server.close(() => resolve(port));
  });
  return promise;
}

/** How many others a peer says are here. */
function met(peer: Child): number {
  return peer.stderr.match(/ is here \(/gu)?.length ?? 0;
}

async function quiet(everyone: readonly Child[]): Promise<void> {
  const words = (): number => everyone.reduce((sum, { stderr }) => sum + stderr.length, 0);
  for (let before = -1; before !== words(); ) {
    before = words();
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  }
}
