// A full-screen program under measurement: in a pty, its output timed and counted, and nothing of it drawn.

import { readFileSync } from 'node:fs';
import { spawn } from '@lydell/node-pty';
import type { IPty } from '@lydell/node-pty';

const DEADLINE_MS = 120_000;
const KIB = 1024;
const MB = 1e6;
/** Enough to find what stands in a few frames of a large screen. */
const TAIL_CHARACTERS = 262_144;
/** Begins each frame of parley's that changes something: synchronised output. */
const FRAME_START = '\x1b[?2026h';

export interface PtySize {
  readonly columns: number;
  readonly rows: number;
}

const running = new Set<PtyProgram>();

process.on('exit', () => {
  for (const program of running) program.kill();
});

export class PtyProgram {
  readonly name: string;
  readonly pty: IPty;
  /** On the clock of performance.now(). */
  readonly startedMs: number;
  bytes = 0;
  frames = 0;
  /** The newest output, escape sequences included. */
  tail = '';
  readonly #watchers = new Set<(text: string) => void>();
  readonly #exit: Promise<void>;

  constructor(name: string, command: readonly string[], { columns, rows }: PtySize) {
    const [program = '', ...args] = command;
    this.name = name;
    this.startedMs = performance.now();
    const env = { ...process.env, TERM: 'xterm-256color', LANG: 'C.UTF-8' };
    this.pty = spawn(program, args, { name: 'xterm-256color', cols: columns, rows, env });
    running.add(this);
    this.pty.onData((text) => {
      this.bytes += Buffer.byteLength(text);
      this.frames += text.split(FRAME_START).length - 1;
      this.tail = (this.tail + text).slice(-TAIL_CHARACTERS);
      for (const watcher of this.#watchers) watcher(text);
    });
    const ended = Promise.withResolvers<void>();
    this.#exit = ended.promise;
    this.pty.onExit(() => {
      running.delete(this);
      ended.resolve();
    });
  }

  type(text: string): void {
    this.pty.write(text);
  }

  /** When `holds` held first, by performance.now(); looked at with each output. Rejects when that takes too long. */
  when(
    what: string,
    holds: (text: string) => boolean,
    waitMs: number = DEADLINE_MS,
  ): Promise<number> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#watchers.delete(look);
      };
      const look = (text: string): void => {
        if (!holds(text)) return;
        done();
        resolve(performance.now());
      };
      const timer = setTimeout(() => {
        done();
        reject(new Error(`${this.name}: not in time: ${what}; ${this.shown().slice(-500)}`));
      }, waitMs);
      this.#watchers.add(look);
      look(this.tail);
    });
  }

  /** When a text came, from the start or since. */
  whenShown(text: string): Promise<number> {
    return this.when(text, () => this.tail.includes(text));
  }

  /** The newest output as text alone. */
  shown(): string {
    return withoutSequences(this.tail);
  }

  /** Resident memory now and at most, in MB (10^6 bytes). */
  memory(): { readonly residentMb: number; readonly peakMb: number } {
    const status = readFileSync(`/proc/${this.pty.pid}/status`, 'utf8');
    const field = (name: string): number =>
      (Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'mu').exec(status)?.[1] ?? 0) * KIB) / MB;
    return { residentMb: field('VmRSS'), peakMb: field('VmHWM') };
  }

  kill(): void {
    this.pty.kill('SIGKILL');
  }

  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.pty.kill(signal);
    await this.#exit;
  }
}

const ESCAPE = String.fromCodePoint(0x1b);
const BELL = String.fromCodePoint(0x07);
const SEQUENCE = new RegExp(
  `${ESCAPE}(?:\\[[\\d;?]*[A-Za-z]|\\][^${BELL}]*${BELL}|[^\\[\\]])`,
  'gu',
);

/** Output without its escape sequences; one that is cut off at the end stays. */
export function withoutSequences(text: string): string {
  return text.replaceAll(SEQUENCE, '');
}
