// A program in a real terminal for tests: a pty, an emulator that shows what is written, and a person's keys.

import { spawn } from '@lydell/node-pty';
import type { IPty } from '@lydell/node-pty';
import xterm from '@xterm/headless';

/** How long anything that a test waits for may take. */
const deadlineMs = 15_000;
const quietMs = 700;

export interface TerminalSettings {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** What a terminal sends for the keys that tests press. */
export const keys = {
  enter: '\r',
  tab: '\t',
  shiftTab: '\x1b[Z',
  escape: '\x1b',
  backspace: '\x7f',
  pageUp: '\x1b[5~',
  pageDown: '\x1b[6~',
  up: '\x1b[A',
  focusIn: '\x1b[I',
  focusOut: '\x1b[O',
} as const;

export const ctrl = (letter: string): string => String.fromCodePoint(letter.charCodeAt(0) & 0x1f);
export const alt = (key: string): string => `\x1b${key}`;
export const bracketed = (text: string): string => `\x1b[200~${text}\x1b[201~`;

const running = new Set<Terminal>();

/** Nothing that a test started outlives it. */
export async function closeTerminals(): Promise<void> {
  await Promise.all(Array.from(running, (terminal) => terminal.close()));
}

export class Terminal {
  readonly emulator: xterm.Terminal;
  readonly pty: IPty;
  /** All that the program ever wrote. */
  written = '';
  exitCode: number | null = null;
  readonly #watchers = new Set<() => void>();
  readonly #exit: Promise<void>;

  constructor(command: readonly string[], settings: TerminalSettings = {}) {
    const { columns = 80, rows = 24, env = {} } = settings;
    const [program = '', ...args] = command;
    this.emulator = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
    const { TERM: name = 'xterm-256color', ...wished } = env;
    const inherited = { PATH: process.env['PATH'] ?? '', TZ: 'UTC', LANG: 'C.UTF-8' };
    this.pty = spawn(program, args, {
      name,
      cols: columns,
      rows,
      env: { ...inherited, ...wished },
    });
    running.add(this);
    this.emulator.onData((answer) => this.pty.write(answer));
    this.pty.onData((text) => {
      this.written += text;
      this.emulator.write(text, () => this.#changed());
    });
    const ended = Promise.withResolvers<void>();
    this.#exit = ended.promise;
    this.pty.onExit(({ exitCode }) => {
      this.exitCode = exitCode;
      running.delete(this);
      ended.resolve();
      this.#changed();
    });
  }

  type(...texts: readonly string[]): void {
    for (const text of texts) this.pty.write(text);
  }

  /** Types a line and sends it. */
  enter(text: string): void {
    this.type(text, keys.enter);
  }

  resize(columns: number, rows: number): void {
    this.emulator.resize(columns, rows);
    this.pty.resize(columns, rows);
  }

  /** What stands on the screen, row by row, without blanks at the ends. */
  rows(): readonly string[] {
    const { active } = this.emulator.buffer;
    return Array.from({ length: this.emulator.rows }, (_, row) =>
      (active.getLine(active.baseY + row)?.translateToString(true) ?? '').trimEnd(),
    );
  }

  text(): string {
    return `${this.rows().join('\n')}\n`;
  }

  /** The character in one cell, or '' behind a wide one. */
  cell(row: number, column: number): string {
    const { active } = this.emulator.buffer;
    return (
      active
        .getLine(active.baseY + row)
        ?.getCell(column)
        ?.getChars() ?? ''
    );
  }

  /** Waits for what `look` finds on the screen; tells what is there where it does not come in time. */
  async until<Value>(
    what: string,
    look: (screen: string) => Value | undefined | false | null,
  ): Promise<Value> {
    const give = performance.now() + deadlineMs;
    for (;;) {
      const found = look(this.text());
      if (found !== undefined && found !== false && found !== null) return found;
      const leftMs = give - performance.now();
      if (leftMs <= 0) throw new Error(`no ${what} on the screen:\n${this.text()}`);
      await this.#change(leftMs);
    }
  }

  /** Waits until all of these stand on the screen. */
  async shows(...texts: readonly string[]): Promise<void> {
    await this.until(texts.join(', '), (screen) => texts.every((text) => screen.includes(text)));
  }

  /** Waits until none of these stands on the screen. */
  async hides(...texts: readonly string[]): Promise<void> {
    await this.until(`screen without ${texts.join(', ')}`, (screen) =>
      texts.every((text) => !screen.includes(text)),
    );
  }

  /** Waits for `holds`; false where it did not come in time. */
  async becomes(holds: () => boolean): Promise<boolean> {
    const give = performance.now() + deadlineMs;
    while (!holds()) {
      const leftMs = give - performance.now();
      if (leftMs <= 0) return false;
      await this.#change(leftMs);
    }
    return true;
  }

  /** Waits until nothing has been written for a while: for pictures that are to be kept. */
  async quiet(): Promise<void> {
    while (await this.#change(quietMs));
  }

  /** Waits for the end of the program; its exit code. */
  async end(): Promise<number | null> {
    await this.becomes(() => this.exitCode !== null);
    return this.exitCode;
  }

  async close(): Promise<void> {
    if (this.exitCode === null) this.pty.kill('SIGKILL');
    await this.#exit;
    this.emulator.dispose();
  }

  /** False where nothing changed in so long. */
  #change(waitMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (isChange: boolean): void => {
        clearTimeout(timer);
        this.#watchers.delete(changed);
        resolve(isChange);
      };
      const changed = (): void => done(true);
      const timer = setTimeout(() => done(false), waitMs);
      this.#watchers.add(changed);
    });
  }

  #changed(): void {
    for (const watcher of this.#watchers) watcher();
  }
}
