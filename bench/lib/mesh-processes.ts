// A lobby of many real peers on loopback, several in each process, over TCP, libp2p and SQLite: what a line costs there.

import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { HostAnswer, HostOrder, PeerReport } from './mesh-orders.ts';
import { medianOf, percentile } from './statistics.ts';
import { decimal, whole } from './table.ts';

const hostProgram = fileURLToPath(new URL('mesh-host.ts', import.meta.url));
const DEADLINE_MS = 180_000;
/** Nobody asks for more than so many links, so a crowd has met when each has about half of them. */
const LINKS_ENOUGH = 4;
/** Introductions go on for a moment after that. */
const QUIET_MS = 2_000;

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

class Host {
  readonly #process: ChildProcess;
  readonly #answers: HostAnswer[] = [];
  #wake: () => void = () => undefined;

  constructor() {
    this.#process = fork(hostProgram, {
      execArgv: ['--conditions=development'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    running.add(this.#process);
    this.#process.on('message', (answer: HostAnswer) => {
      this.#answers.push(answer);
      this.#wake();
    });
    this.#process.on('exit', () => {
      running.delete(this.#process);
      this.#wake();
    });
  }

  tell(order: HostOrder): void {
    this.#process.send(order);
  }

  async answer<Kind extends HostAnswer['kind']>(
    kind: Kind,
  ): Promise<Extract<HostAnswer, { kind: Kind }>> {
    const giveUpMs = performance.now() + DEADLINE_MS;
    for (;;) {
      const at = this.#answers.findIndex((each) => each.kind === kind);
      if (at !== -1) return this.#answers.splice(at, 1)[0] as Extract<HostAnswer, { kind: Kind }>;
      const leftMs = giveUpMs - performance.now();
      if (this.#process.exitCode !== null) throw new Error('a process of peers ended');
      if (leftMs <= 0) throw new Error(`no "${kind}" within ${DEADLINE_MS} ms`);
      await this.#change(leftMs);
    }
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const gone = once(this.#process, 'exit');
    this.tell({ kind: 'stop' });
    await gone;
  }

  #change(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

export interface CrowdReport {
  readonly peers: readonly PeerReport[];
  readonly cpuMs: number;
}

/** Peers that are one lobby. */
export class Crowd {
  readonly #hosts: readonly Host[];
  readonly #perHost: number;
  readonly count: number;
  #lines = 0;

  constructor(hosts: readonly Host[], perHost: number, count: number) {
    this.#hosts = hosts;
    this.#perHost = perHost;
    this.count = count;
  }

  say(peer: number, text: string): void {
    const host = this.#hosts[Math.floor(peer / this.#perHost)];
    host?.tell({ kind: 'say', peer: peer % this.#perHost, text });
    this.#lines += 1;
  }

  /** Resolves when everyone has every line that was said, and at least so many links. */
  async everywhere(links = 0): Promise<void> {
    for (const host of this.#hosts) host.tell({ kind: 'await', lines: this.#lines, links });
    await Promise.all(this.#hosts.map((host) => host.answer('there')));
  }

  /** Resolves when all have forgotten: what is said before may come to some of them before. */
  async reset(): Promise<void> {
    for (const host of this.#hosts) host.tell({ kind: 'reset' });
    await Promise.all(this.#hosts.map((host) => host.answer('reset')));
  }

  async report(): Promise<CrowdReport> {
    for (const host of this.#hosts) host.tell({ kind: 'report' });
    const reports = await Promise.all(this.#hosts.map((host) => host.answer('report')));
    const cpuMs = reports.reduce((sum, report) => sum + report.cpuMs, 0);
    return { peers: reports.flatMap(({ peers }) => peers), cpuMs };
  }

  async stop(): Promise<void> {
    await Promise.all(this.#hosts.map((host) => host.stop()));
  }
}

/** Each is told of one that came before it; the rest is introductions. Resolves when the crowd has met. */
export async function openCrowd(count: number, perHost: number): Promise<Crowd> {
  const hosts = Array.from({ length: Math.ceil(count / perHost) }, () => new Host());
  const crowd = new Crowd(hosts, perHost, count);
  try {
    const addresses: string[] = [];
    for (let peer = 0; peer < count; peer += 1) {
      const known = addresses[peer >> 1];
      const host = hosts[Math.floor(peer / perHost)];
      const connect = known === undefined ? [] : [known];
      host?.tell({ kind: 'start', name: `peer${peer}`, connect });
      addresses.push((await host?.answer('started'))?.address ?? '');
    }
    for (let peer = 0; peer < count; peer += 1) crowd.say(peer, `peer ${peer} is here`);
    await crowd.everywhere(Math.min(count - 1, LINKS_ENOUGH));
    await pause(QUIET_MS);
    return crowd;
  } catch (error) {
    await crowd.stop();
    throw error;
  }
}

export interface ProcessMeshLoad {
  readonly peers: number;
  readonly peersPerProcess: number;
  /** Who talk, in turn. */
  readonly authors: number;
  readonly lines: number;
  readonly perSecond: number;
}

export interface ProcessMeshRun {
  readonly deliveries: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** How often an entry comes to a peer that has to get it once. */
  readonly copies: number;
  readonly linksMean: number;
  /** Of frames, in and out, for each line. */
  readonly bytesPerPeerAndLine: number;
  /** Of all processes. */
  readonly cpuMsPerDelivery: number;
}

/** At a rate that leaves the processors free. */
export async function measureProcesses(load: ProcessMeshLoad): Promise<ProcessMeshRun> {
  const { peers: count, peersPerProcess, authors, lines, perSecond } = load;
  const crowd = await openCrowd(count, peersPerProcess);
  try {
    await crowd.reset();
    for (let line = 0; line < lines; line += 1) {
      crowd.say(line % Math.min(authors, count), `line ${line} of as many as most lines have`);
      await pause(1_000 / perSecond);
    }
    await crowd.everywhere();
    const { peers, cpuMs } = await crowd.report();
    return figuresOf(peers, cpuMs, lines);
  } finally {
    await crowd.stop();
  }
}

function figuresOf(peers: readonly PeerReport[], cpuMs: number, lines: number): ProcessMeshRun {
  const delays = peers.flatMap(({ delaysMs }) => delaysMs);
  const total = (figure: (peer: PeerReport) => number): number =>
    peers.reduce((sum, peer) => sum + figure(peer), 0);
  if (delays.length !== lines * (peers.length - 1))
    throw new Error(`${delays.length} deliveries of ${lines} lines to ${peers.length} peers`);
  if (new Set(peers.map(({ texts }) => texts)).size !== 1)
    throw new Error('not everyone has the same lines');
  return {
    deliveries: delays.length,
    p50Ms: percentile(delays, 0.5),
    p99Ms: percentile(delays, 0.99),
    copies: total(({ copies }) => copies) / delays.length,
    linksMean: total(({ links }) => links) / peers.length,
    bytesPerPeerAndLine: total(({ bytes }) => bytes) / peers.length / lines,
    cpuMsPerDelivery: cpuMs / delays.length,
  };
}

export const PROCESS_MESH_HEAD: readonly string[] = [
  'peers',
  'links',
  'p50 ms',
  'p99 ms',
  'copies',
  'bytes',
  'CPU ms',
];

/** Medians of several runs with so many peers. */
export function processMeshRow(peers: number, runs: readonly ProcessMeshRun[]): readonly string[] {
  return [
    whole(peers),
    decimal(
      medianOf(runs, ({ linksMean }) => linksMean),
      1,
    ),
    decimal(
      medianOf(runs, ({ p50Ms }) => p50Ms),
      1,
    ),
    decimal(
      medianOf(runs, ({ p99Ms }) => p99Ms),
      1,
    ),
    decimal(
      medianOf(runs, ({ copies }) => copies),
      2,
    ),
    whole(medianOf(runs, ({ bytesPerPeerAndLine }) => bytesPerPeerAndLine)),
    decimal(
      medianOf(runs, ({ cpuMsPerDelivery }) => cpuMsPerDelivery),
      2,
    ),
  ];
}
