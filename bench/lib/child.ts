// A program under measurement: started, fed, listened to, weighed, ended; never left behind.

import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';

const DEADLINE_MS = 180_000;
const WEIGH_INTERVAL_MS = 50;
const TICKS_PER_SECOND = 100;
const KIB = 1024;
const MB = 1e6;

/** What a process has used so far. */
export interface Usage {
  /** The most memory it ever had resident, in MB (10^6 bytes). */
  readonly peakMb: number;
  /** What it has resident now, in MB. */
  readonly residentMb: number;
  /** Processor time, user and system. */
  readonly cpuSeconds: number;
}

const running = new Set<Child>();

process.on('exit', () => {
  for (const child of running) child.process.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => process.exit(1));
}

export class Child {
  readonly name: string;
  readonly process: ChildProcessByStdio<Writable, Readable, Readable>;
  /** On the clock of performance.now(). */
  readonly startedMs: number;
  stdoutBytes = 0;
  /** When its output last gave something; 0 before. */
  lastOutputMs = 0;
  stderr = '';
  usage: Usage = { peakMb: 0, residentMb: 0, cpuSeconds: 0 };
  readonly #chunks: Buffer[] = [];
  readonly #exit: Promise<unknown>;
  readonly #watchers = new Set<() => void>();
  readonly #weighing: NodeJS.Timeout;
  #ended = false;

  constructor(name: string, program: string, args: readonly string[]) {
    this.name = name;
    this.startedMs = performance.now();
    this.process = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    running.add(this);
    this.#exit = once(this.process, 'close');
    this.process.stdout.on('data', (chunk: Buffer) => this.#output(chunk));
    this.process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      this.#changed();
    });
    // Whoever has ended takes no more input; its exit code tells why.
    this.process.stdin.on('error', () => this.#changed());
    this.process.on('close', () => this.#close());
    this.#weighing = setInterval(() => this.weigh(), WEIGH_INTERVAL_MS);
  }

  get ended(): boolean {
    return this.#ended;
  }

  get exitCode(): number | null {
    return this.process.exitCode;
  }

  /** All of its output so far; joined at each call, so not for hot paths. */
  output(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** Called for every piece of output, with the time it came. */
  onOutput(listener: (chunk: Buffer, nowMs: number) => void): void {
    this.process.stdout.on('data', (chunk: Buffer) => listener(chunk, performance.now()));
  }

  /** Resolves when `holds`; rejects when it never will or not in time. */
  async until(what: string, holds: () => boolean, deadlineMs: number = DEADLINE_MS): Promise<void> {
    const give = performance.now() + deadlineMs;
    while (!holds()) {
      const leftMs = give - performance.now();
      if (leftMs <= 0 || this.#ended) {
        const why = this.#ended ? `ended with code ${this.exitCode}` : 'took too long';
        throw new Error(`${this.name} ${why} before ${what}: ${this.stderr.slice(-500)}`);
      }
      await this.#change(leftMs);
    }
  }

  /** Resolves when it has written so many bytes, or has been silent for so long and will not. */
  async untilOutput(bytes: number, silenceMs: number): Promise<void> {
    const sinceMs = performance.now();
    while (this.stdoutBytes < bytes && !this.#ended) {
      const leftMs = Math.max(this.lastOutputMs, sinceMs) + silenceMs - performance.now();
      if (leftMs <= 0) return;
      await this.#change(leftMs);
    }
  }

  /** Waits for its exit, after a signal if one is given. */
  async end(signal?: NodeJS.Signals): Promise<number | null> {
    if (signal !== undefined && !this.#ended) this.process.kill(signal);
    const late = setTimeout(() => this.process.kill('SIGKILL'), DEADLINE_MS);
    await this.#exit;
    clearTimeout(late);
    return this.exitCode;
  }

  /** Looks at /proc, which forgets a process at its end; so this is called often. */
  weigh(): void {
    const { pid } = this.process;
    if (pid === undefined || this.#ended) return;
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const [user, system] = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .slice(11, 13);
      const peakMb = memoryMb(status, 'VmHWM');
      if (peakMb === 0) return; // It has exited, and only its number is left.
      const cpuSeconds = (Number(user) + Number(system)) / TICKS_PER_SECOND;
      this.usage = { peakMb, residentMb: memoryMb(status, 'VmRSS'), cpuSeconds };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'ESRCH') throw error;
    }
  }

  #output(chunk: Buffer): void {
    this.lastOutputMs = performance.now();
    this.stdoutBytes += chunk.length;
    this.#chunks.push(chunk);
    this.#changed();
  }

  #close(): void {
    clearInterval(this.#weighing);
    this.#ended = true;
    running.delete(this);
    this.#changed();
  }

  #change(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#watchers.delete(done);
        resolve();
      };
      const timer = setTimeout(done, waitMs);
      this.#watchers.add(done);
    });
  }

  #changed(): void {
    for (const watcher of this.#watchers) watcher();
  }
}

function memoryMb(status: string, field: string): number {
  const kib = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'mu').exec(status)?.[1];
  return (Number(kib ?? 0) * KIB) / MB;
}
