// A real parley process for tests: started, watched, told things, stopped, killed.

import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'packages/cli/dist/parley.js');
const pinnedNode = join(root, 'node_modules/node/bin/node');

/** How long anything that a test waits for may take. */
const deadlineMs = 10_000;

export type JsonObject = Readonly<Record<string, unknown>>;

export interface PeerSettings {
  /** Without a leading `parley`; `--home` is added. */
  readonly args?: readonly string[];
  readonly home?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A program and its arguments that runs what comes after it: in another network namespace, say. */
  readonly launcher?: readonly string[];
  /** How long anything that a test waits for may take; `deadlineMs` where it is left out. */
  readonly waitMsMax?: number;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** From the call that ended it, or from the wait, until its exit. */
  readonly ms: number;
}

const running = new Set<Peer>();
const folders: string[] = [];

/** A directory that `endAll` removes. */
export function newHome(): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley e2e-'));
  folders.push(folder);
  return folder;
}

/** For afterEach: nothing that a test started outlives it. */
export async function endAll(): Promise<void> {
  await Promise.all(Array.from(running, (peer) => peer.kill()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** A peer in JSON mode on loopback, without discovery, once it is ready. */
export async function startJson(name: string, settings: PeerSettings = {}): Promise<Peer> {
  const { args = [] } = settings;
  const listen = args.some((arg) => arg.startsWith('--listen')) ? [] : ['--listen', '127.0.0.1:0'];
  const shared = ['--json', '--no-discovery', '--name', name, ...listen];
  const peer = new Peer({ ...settings, args: [...shared, ...args] });
  await peer.object('ready');
  return peer;
}

/** A process of its own; `--json` or not is for `args` to say. */
export class Peer {
  readonly home: string;
  readonly process: ChildProcessByStdio<Writable, Readable, Readable>;
  stdout = '';
  stderr = '';
  readonly #exit: Promise<[number | null, NodeJS.Signals | null]>;
  readonly #watchers = new Set<() => void>();
  readonly #waitMsMax: number;
  #objects: JsonObject[] = [];
  #parsed = 0;

  constructor(settings: PeerSettings) {
    const { args = [], home = newHome(), env = {}, launcher = [] } = settings;
    this.home = home;
    this.#waitMsMax = settings.waitMsMax ?? deadlineMs;
    const inherited = { PATH: process.env['PATH'] ?? '', TZ: 'UTC', LANG: 'C.UTF-8' };
    const [command = pinnedNode, ...words] = [...launcher, pinnedNode, program, ...args];
    this.process = spawn(command, words, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...inherited, PARLEY_HOME: home, ...env },
    });
    running.add(this);
    this.#exit = once(this.process, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    this.process.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      this.#changed();
    });
    this.process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      this.#changed();
    });
    // A process that was killed takes no more input.
    this.process.stdin.on('error', () => this.#changed());
    this.process.on('exit', () => {
      running.delete(this);
      this.#changed();
    });
  }

  /** What JSON mode has written so far. */
  get objects(): readonly JsonObject[] {
    const end = this.stdout.lastIndexOf('\n') + 1;
    for (const line of this.stdout.slice(this.#parsed, end).split('\n')) {
      if (line !== '') this.#objects.push(JSON.parse(line) as JsonObject);
    }
    this.#parsed = end;
    return this.#objects;
  }

  /** The texts of all lines, or of those by one name, in the order of their coming. */
  texts(by?: string): string[] {
    return this.objects
      .filter(({ type, from }) => type === 'line' && (by === undefined || nameOf(from) === by))
      .map(({ text }) => String(text));
  }

  /** Where others reach it. */
  get address(): string {
    const ready = this.objects.find(({ type }) => type === 'ready');
    return String((ready?.['listen'] as string[] | undefined)?.[0]);
  }

  get identity(): string {
    return String(this.objects.find(({ type }) => type === 'ready')?.['identity']);
  }

  /** Waits for what `look` finds; tells all that was written where it does not come in time. */
  async until<Value>(what: string, look: () => Value | undefined | false): Promise<Value> {
    const give = performance.now() + this.#waitMsMax;
    for (;;) {
      const found = look();
      if (found !== undefined && found !== false) return found;
      const leftMs = give - performance.now();
      if (leftMs <= 0) {
        throw new Error(`no ${what}\nstdout: ${tail(this.stdout)}\nstderr: ${tail(this.stderr)}`);
      }
      await this.#change(leftMs);
    }
  }

  /** The first object of a type with these fields. */
  object(type: string, fields: JsonObject = {}): Promise<JsonObject> {
    return this.until(`${type} ${JSON.stringify(fields)}`, () =>
      this.objects.find((object) => object['type'] === type && hasFields(object, fields)),
    );
  }

  /** The newest object of a type has these fields. */
  last(type: string, fields: JsonObject): Promise<JsonObject> {
    return this.until(`last ${type} ${JSON.stringify(fields)}`, () => {
      const newest = this.objects.findLast((object) => object['type'] === type);
      return newest !== undefined && hasFields(newest, fields) && newest;
    });
  }

  /** Waits until all these texts are among its lines. */
  async sees(...texts: readonly string[]): Promise<void> {
    await this.until(`lines ${texts.join(', ')}`, () => {
      const seen = new Set(this.texts());
      return texts.every((text) => seen.has(text));
    });
  }

  write(text: string): void {
    this.process.stdin.write(text);
  }

  say(text: string): void {
    this.write(`${JSON.stringify({ type: 'say', text })}\n`);
  }

  command(text: string): void {
    this.write(`${JSON.stringify({ type: 'command', text })}\n`);
  }

  signal(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  /** Waits for its exit, after a signal if one is given. */
  async end(signal?: NodeJS.Signals): Promise<Ended> {
    const startMs = performance.now();
    if (signal !== undefined) this.signal(signal);
    const [code, by] = await this.#exit;
    return { code, signal: by, ms: performance.now() - startMs };
  }

  /** Ends its input, and waits for its exit. */
  endInput(): Promise<Ended> {
    this.process.stdin.end();
    return this.end();
  }

  /** kill -9, also when it is stopped. */
  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.#exit;
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

function hasFields(object: JsonObject, fields: JsonObject): boolean {
  return Object.entries(fields).every(
    ([name, value]) => JSON.stringify(object[name]) === JSON.stringify(value),
  );
}

function nameOf(from: unknown): string | undefined {
  return (from as { readonly name?: string } | undefined)?.name;
}

function tail(text: string): string {
  return text.length > 4_000 ? `…${text.slice(-4_000)}` : text;
}
