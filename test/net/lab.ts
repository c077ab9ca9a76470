// A network of its own for some peers: a namespace each, on one switch that makes faults and cuts.

import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { ownPrefix, removeNamespace, run } from './namespaces.ts';

const switchProgram = fileURLToPath(new URL('switch.py', import.meta.url));

/** See switch.py. */
export interface Faults {
  readonly loss?: number;
  readonly repeat?: number;
  readonly delay_ms?: number;
  readonly jitter_ms?: number;
  readonly reorder?: number;
}

/** Frames since the start; see switch.py. */
export type FrameCounts = Readonly<
  Record<'received' | 'sent' | 'lost' | 'cut' | 'repeated' | 'reordered' | 'overflowed', number>
>;

export interface Host {
  readonly name: string;
  readonly address: string;
  /** Runs what comes after it in the host's namespace. */
  readonly launcher: readonly string[];
}

type SwitchProcess = ChildProcessByStdio<Writable, Readable, Readable>;

/** Makes hosts 10.77.0.1, 10.77.0.2 … that reach each other and nothing else. */
export async function openLab(seed: number, names: readonly string[]): Promise<Lab> {
  const hosts = names.map((name, at) => hostOf(name, `10.77.0.${at + 1}`));
  const lab = new Lab(hosts);
  try {
    for (const { name } of hosts) run('ip', 'netns', 'add', name);
    await lab.start(seed);
    for (const { name, address } of hosts) {
      run('ip', '-n', name, 'address', 'add', `${address}/24`, 'dev', 'eth0');
      run('ip', '-n', name, 'link', 'set', 'lo', 'up');
      run('ip', '-n', name, 'link', 'set', 'eth0', 'up');
      run('ip', '-n', name, 'route', 'add', '224.0.0.0/4', 'dev', 'eth0');
    }
    return lab;
  } catch (error) {
    await lab.close();
    throw error;
  }
}

function hostOf(name: string, address: string): Host {
  // Two workers may have hosts of the same name.
  const namespace = `${ownPrefix()}${process.pid}-${name}`;
  return { name: namespace, address, launcher: ['ip', 'netns', 'exec', namespace] };
}

export class Lab {
  readonly hosts: readonly Host[];
  #switch: SwitchProcess | null = null;
  #answers: AsyncIterator<string> | null = null;
  #complaints = '';

  constructor(hosts: readonly Host[]) {
    this.hosts = hosts;
  }

  /** Starts the switch, which makes the interfaces. */
  async start(seed: number): Promise<void> {
    const args = ['--seed', String(seed), ...this.hosts.map(({ name }) => name)];
    const child = spawn('python3', [switchProgram, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints += text;
    });
    this.#switch = child;
    this.#answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    await this.#answer();
  }

  setFaults(faults: Faults): Promise<FrameCounts> {
    return this.#command({ faults });
  }

  /** From now on frames pass only inside each group of hosts. */
  cut(groups: readonly (readonly Host[])[]): Promise<FrameCounts> {
    return this.#command({ groups: groups.map((group) => group.map(({ name }) => name)) });
  }

  heal(): Promise<FrameCounts> {
    return this.#command({ groups: null });
  }

  counts(): Promise<FrameCounts> {
    return this.#command({});
  }

  /** Ends the switch, all processes in the namespaces, and the namespaces. */
  async close(): Promise<void> {
    const child = this.#switch;
    this.#switch = null;
    if (child !== null && child.exitCode === null) {
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    }
    const names = new Set(run('ip', 'netns', 'list').split(/\s+/u));
    for (const { name } of this.hosts) if (names.has(name)) removeNamespace(name);
  }

  #command(command: object): Promise<FrameCounts> {
    this.#switch?.stdin.write(`${JSON.stringify(command)}\n`);
    return this.#answer();
  }

  async #answer(): Promise<FrameCounts> {
    const answer = await this.#answers?.next();
    if (answer === undefined || answer.done === true)
      throw new Error(`the switch ended: ${this.#complaints.trim()}`);
    return JSON.parse(answer.value) as FrameCounts;
  }
}
