// A second parley on a profile in use: it becomes a terminal of the process that has it.

import { connectTo, LOCAL_LIMITS, LocalError, socketPathOf } from '@parley/local-api';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { Context, OwnTerminal } from '../context.ts';
import { jsonLine } from '../face/json-objects.ts';
import { hasFullScreen } from '../face/place.ts';
import { EXIT, failed } from '../failure.ts';
import { readLines } from '../io/input.ts';
import { LineSplitter } from '../io/line-splitter.ts';
import type { ChatOptions } from '../usage/invocation.ts';
import { CLI_LIMITS } from '../limits.ts';
import { framesVersion, readOutputFrame, toldOfEnv } from './frames.ts';
import type { OutputFrame, TerminalAttach, TerminalMode } from './frames.ts';

/** The connection to the process on the profile; null where none answers now. */
export async function reachRunning(home: string): Promise<Duplex | null> {
  const path = socketPathOf(home);
  try {
    return path === null ? null : await connectTo(path);
  } catch (error) {
    if (error instanceof LocalError) return null;
    throw error;
  }
}

/** The same for a process that has the profile's lock, and may only be starting. */
export async function waitForRunning(home: string): Promise<Duplex | null> {
  const giveUpMs = performance.now() + CLI_LIMITS.attachWaitMsMax;
  for (;;) {
    const running = await reachRunning(home);
    if (running !== null || performance.now() > giveUpMs) return running;
    await pause(CLI_LIMITS.attachIntervalMs);
  }
}

interface Start {
  /** Where to go first; null for the lobby. The full screen lists it, and stays where it is. */
  readonly session: string | null;
  readonly context: Context;
}

/** Resolves when the connection is over; the process ends then. */
export async function attach(
  options: ChatOptions,
  stream: Duplex,
  { session, context }: Start,
): Promise<void> {
  const { adapters, stdin, stdout, out } = context;
  const isScreen = options.face === 'auto' && hasFullScreen(placeOf(context));
  const terminal = isScreen
    ? new (await adapters.fullScreen()).NodeTerminal(stdin, stdout, out)
    : null;
  const wishes = attachOf(options, isScreen, context);
  const first = session === null || isScreen ? null : goingTo(session, wishes.face);
  await new Attached(stream, context, terminal).run(wishes, first);
}

/** What someone would type first. */
function goingTo(session: string, face: TerminalAttach['face']): string {
  const text = `\\switch ${session}`;
  return face === 'json' ? jsonLine({ type: 'command', text }) : `${text}\n`;
}

function placeOf({ stdin, stdout, stderr, env }: Context): Parameters<typeof hasFullScreen>[0] {
  return { env, isTerminal: { input: stdin.isTTY, out: stdout.isTTY, err: stderr.isTTY } };
}

function attachOf(options: ChatOptions, isScreen: boolean, context: Context): TerminalAttach {
  const { stdin, stdout, stderr, env } = context;
  const { time, color, historyLines, logLevel, stay, name, connect } = options;
  const told: Record<string, string> = {};
  for (const variable of toldOfEnv) {
    const value = env[variable];
    if (value !== undefined) told[variable] = value;
  }
  const isTerminal = { input: stdin.isTTY, out: stdout.isTTY, err: stderr.isTTY };
  const face = isScreen ? 'screen' : options.face === 'json' ? 'json' : 'plain';
  const wishes = { face, time, color, historyLines, logLevel } as const;
  const frames = framesVersion;
  return { ...wishes, frames, stay, ...sizeOf(context), isTerminal, env: told, name, connect };
}

/** Of whichever output is a terminal; where none is it matters to nobody. */
function sizeOf({ stdout, stderr }: Context): { readonly columns: number; readonly rows: number } {
  const { columns, rows } = stdout.isTTY ? stdout : stderr;
  return { columns: columns || 80, rows: rows || 24 };
}

const ctrlC = 0x03;

class Attached {
  readonly #stream: Duplex;
  readonly #context: Context;
  readonly #terminal: OwnTerminal | null;
  #mode: TerminalMode = 'cooked';
  #code: 0 | 1 | null = null;
  #complaint = 'it closed the connection';
  /** Ctrl-C was pressed, and nothing came since. */
  #isUnheard = false;

  constructor(stream: Duplex, context: Context, terminal: OwnTerminal | null) {
    this.#stream = stream;
    this.#context = context;
    this.#terminal = terminal;
  }

  async run(wishes: TerminalAttach, first: string | null): Promise<void> {
    const { ending, out, err } = this.#context;
    ending.restoreWith(() => this.#restore());
    ending.add(() => void this.#stream.destroy());
    this.#stream.on('error', (error) => {
      this.#complaint = error.message;
    });
    this.#send({ type: 'attach', ...wishes });
    if (first !== null) this.#typed(Buffer.from(first));
    this.#watch(wishes.face !== 'screen');
    await this.#listen();
    if (ending.begun) return;
    this.#restore();
    await Promise.all([out.flush(), err.flush()]);
    if (this.#code === null)
      throw failed(`the process that has this profile is gone: ${this.#complaint}`);
    ending.end(this.#code === 0 ? EXIT.done : EXIT.failed);
  }

  /** What comes, at the pace of whoever reads our output. */
  async #listen(): Promise<void> {
    const { out, err } = this.#context;
    const splitter = new LineSplitter(LOCAL_LIMITS.outputBytesMax);
    try {
      await readLines(this.#stream.iterator({ destroyOnReturn: false }), splitter, {
        gate: () => (out.hasRoom ? (err.hasRoom ? null : err.ready()) : out.ready()),
        take: (line) => {
          const frame = typeof line === 'string' ? readOutputFrame(line) : null;
          // What is added in time is passed over.
          return frame === null || this.#take(frame);
        },
      });
    } catch {
      // The error was noted.
    }
    this.#stream.destroy();
  }

  /** False for the last one. */
  #take(frame: OutputFrame): boolean {
    const { out, err } = this.#context;
    this.#isUnheard = false;
    switch (frame.type) {
      case 'print':
        (frame.to === 'out' ? out : err).write(frame.text);
        return true;
      case 'mode':
        this.#enter(frame.mode);
        return true;
      case 'suspend':
        void this.#terminal?.suspend().then(() => this.#resize(true));
        return true;
      case 'error':
        this.#complaint = frame.text;
        return true;
      case 'exit':
        this.#code = frame.code;
        return false;
    }
    return frame satisfies never;
  }

  #watch(isFlowing: boolean): void {
    const { stdin, stdout, stderr } = this.#context;
    stdin.on('data', (chunk: Buffer) => this.#typed(chunk));
    stdin.on('end', () => this.#send({ type: 'end' }));
    stdin.on('error', () => this.#send({ type: 'end' }));
    this.#stream.on('drain', () => stdin.resume());
    if (!isFlowing) stdin.pause();
    for (const stream of [stdout, stderr]) stream.on('resize', () => this.#resize(false));
    this.#terminal?.onContinue(() => this.#resize(true));
  }

  #typed(chunk: Buffer): void {
    const isInterrupt = this.#mode !== 'cooked' && chunk.includes(ctrlC);
    // Whoever has the profile may have stopped, and a person must get out.
    if (isInterrupt && this.#isUnheard) this.#context.ending.interrupt();
    if (isInterrupt) this.#isUnheard = true;
    let hasRoom = true;
    for (let start = 0; start < chunk.length; start += CLI_LIMITS.frameInputBytesMax) {
      const piece = chunk.subarray(start, start + CLI_LIMITS.frameInputBytesMax);
      hasRoom = this.#send({ type: 'input', data: piece.toString('base64') });
    }
    if (!hasRoom) this.#context.stdin.pause();
  }

  #resize(isResumed: boolean): void {
    this.#send({ type: 'resize', ...sizeOf(this.#context), isResumed });
  }

  #enter(mode: TerminalMode): void {
    const { stdin } = this.#context;
    if (this.#mode === 'screen' && mode !== 'screen') this.#terminal?.giveBack();
    if (mode === 'screen') this.#terminal?.take();
    else if (stdin.isTTY) stdin.setRawMode(mode === 'raw');
    this.#mode = mode;
  }

  #restore(): void {
    const { stdin } = this.#context;
    this.#terminal?.giveBackNow();
    if (this.#mode === 'raw') stdin.setRawMode(false);
    this.#mode = 'cooked';
  }

  /** False where the other side is behind. */
  #send(object: object): boolean {
    return this.#stream.destroyed || this.#stream.write(jsonLine(object));
  }
}
