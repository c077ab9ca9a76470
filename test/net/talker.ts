// A real parley process whose output is searched, and not kept: a flood's would be more than the one who measures can read.

import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'packages/cli/dist/parley.js');
const node = join(root, 'node_modules/node/bin/node');
/** A flood's lines are longer, and are not looked into. */
const LOOKED_AT_BYTES_MAX = 1_024;
const READY_MS_MAX = 30_000;

interface Heard {
  readonly promise: Promise<number>;
  readonly resolve: (ms: number) => void;
}

export class Talker {
  readonly home: string;
  address = '';
  readBytes = 0;
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #exit: Promise<unknown>;
  readonly #heard = new Map<string, Heard>();
  #parts: Buffer[] = [];

  constructor(name: string, home: string, connect: string | null) {
    this.home = home;
    const args = ['--json', '--no-discovery', '--name', name, '--listen', '127.0.0.1:0'];
    const dialled = connect === null ? [] : ['--connect', connect];
    this.#process = spawn(node, [program, ...args, ...dialled], {
      env: { PATH: process.env['PATH'] ?? '', TZ: 'UTC', LANG: 'C.UTF-8', PARLEY_HOME: home },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#exit = once(this.#process, 'exit');
    this.#process.stdin.on('error', () => undefined);
    this.#process.stdout.on('data', (chunk: Buffer) => this.#read(chunk));
  }

  async ready(): Promise<void> {
    await this.#waited('ready').promise;
  }

  say(text: string): void {
    this.#process.stdin.write(`${JSON.stringify({ type: 'say', text })}\n`);
  }

  /** When it was first told of a text (performance.now()). Throws the signal's reason, naming the text. */
  async hears(
    text: string,
    signal: AbortSignal = AbortSignal.timeout(READY_MS_MAX),
  ): Promise<number> {
    const given = once(signal, 'abort').then(() => {
      throw new Error(`'${text}' did not arrive in time`);
    });
    return Promise.race([this.#waited(text).promise, given]);
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#exit;
  }

  #read(chunk: Buffer): void {
    this.readBytes += chunk.length;
    let from = 0;
    for (;;) {
      const end = chunk.indexOf(10, from);
      if (end === -1) break;
      this.#parts.push(chunk.subarray(from, end));
      this.#look(this.#parts);
      this.#parts = [];
      from = end + 1;
    }
    this.#parts.push(chunk.subarray(from));
  }

  #look(parts: readonly Buffer[]): void {
    const bytes = parts.reduce((sum, part) => sum + part.length, 0);
    if (bytes > LOOKED_AT_BYTES_MAX) return;
    const told = JSON.parse(Buffer.concat(parts).toString('utf8')) as Record<string, unknown>;
    if (told['type'] === 'ready') {
      this.address = String((told['listen'] as string[])[0]);
      this.#waited('ready').resolve(performance.now());
    }
    if (told['type'] === 'line') this.#waited(String(told['text'])).resolve(performance.now());
  }

  #waited(text: string): Heard {
    const known = this.#heard.get(text);
    if (known !== undefined) return known;
    const heard = Promise.withResolvers<number>();
    this.#heard.set(text, heard);
    return heard;
  }
}
