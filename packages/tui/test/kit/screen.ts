// A terminal in memory: what the face writes goes through a real emulator, and what it shows is read from there.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FakeClient } from '@parley/testkit';
import xterm from '@xterm/headless';
import { FullScreen } from '../../src/app/full-screen.ts';
import type { FullScreenOptions } from '../../src/app/full-screen.ts';
import { usualConfig } from '../../src/config/config.ts';
import { themes } from '../../src/style/theme.ts';
import { enterScreen, leaveScreen } from '../../src/output/modes.ts';
import type { Terminal } from '../../src/output/terminal.ts';

class MemoryTerminal implements Terminal {
  readonly emulator: xterm.Terminal;
  readonly writes: string[] = [];
  isTaken = false;
  hasRoom = true;
  suspensions = 0;
  #input: ((text: string) => void) | null = null;
  #resized: (() => void) | null = null;
  #waiting: (() => void)[] = [];
  #pending: Promise<void> = Promise.resolve();

  constructor(columns: number, rows: number) {
    this.emulator = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  }

  get columns(): number {
    return this.emulator.cols;
  }

  get rows(): number {
    return this.emulator.rows;
  }

  ready(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  makeRoom(): void {
    this.hasRoom = true;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  write(text: string): void {
    this.writes.push(text);
    this.#pending = new Promise((resolve) => this.emulator.write(text, resolve));
  }

  take(): void {
    this.isTaken = true;
    this.write(enterScreen);
  }

  giveBack(): void {
    this.isTaken = false;
    this.write(leaveScreen);
  }

  onInput(listener: (text: string) => void): () => void {
    this.#input = listener;
    return () => {
      this.#input = null;
    };
  }

  onResize(listener: () => void): () => void {
    this.#resized = listener;
    return () => {
      this.#resized = null;
    };
  }

  onContinue(): () => void {
    return () => undefined;
  }

  suspend(): Promise<void> {
    this.suspensions += 1;
    return Promise.resolve();
  }

  type(text: string): void {
    this.#input?.(text);
  }

  resize(columns: number, rows: number): void {
    this.emulator.resize(columns, rows);
    this.#resized?.();
  }

  written(): Promise<void> {
    return this.#pending;
  }
}

type Wishes = Partial<Pick<FullScreenOptions, 'color' | 'unicode' | 'settings' | 'env'>>;

/** A face on a screen of so many cells, with a client whose world a test decides. */
export class Stage {
  readonly client: FakeClient;
  readonly terminal: MemoryTerminal;
  readonly face: FullScreen;
  readonly told: string[] = [];
  #nowMs = Date.UTC(2026, 10, 22, 10, 0);

  constructor(columns = 80, rows = 24, client: FakeClient = new FakeClient(), wishes: Wishes = {}) {
    this.client = client;
    this.terminal = new MemoryTerminal(columns, rows);
    this.face = new FullScreen({
      client: this.client,
      attend: (session) => this.client.attend(session),
      tools: { wordsOf: () => ['one', 'two'], nowMs: () => this.#nowMs },
      terminal: this.terminal,
      color: false,
      settings: () => ({ config: usualConfig, theme: themes.dark, complaints: [] }),
      env: {},
      unicode: true,
      escapeWaitMs: 1,
      onQuit: () => this.told.push('quit'),
      onInterrupt: () => this.told.push('interrupt'),
      onFailure: (error) => this.told.push(`failure: ${String(error)}`),
      nowMs: () => performance.now(),
      ...wishes,
    });
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  open(): this {
    this.face.open();
    return this;
  }

  type(text: string): void {
    this.terminal.type(text);
  }

  /** The screen as text, when what `holds` says holds of it. */
  async shows(holds: (screen: string) => boolean = () => true): Promise<string> {
    const deadlineMs = performance.now() + 3_000;
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      await this.terminal.written();
      const screen = this.screen();
      if (holds(screen)) return screen;
      if (performance.now() > deadlineMs) throw new Error(`not shown in time:\n${screen}`);
    }
  }

  screen(): string {
    const { active } = this.terminal.emulator.buffer;
    const rows = Array.from({ length: this.terminal.rows }, (_, row) =>
      (active.getLine(active.viewportY + row)?.translateToString(true) ?? '').trimEnd(),
    );
    return `${rows.join('\n')}\n`;
  }

  cursor(): readonly [row: number, column: number] {
    const { active } = this.terminal.emulator.buffer;
    return [active.cursorY, active.cursorX];
  }
}

/** The picture kept under this name; PARLEY_GOLDEN=write keeps the screen as a new one. */
export function picture(name: string, screen: string): string {
  const path = fileURLToPath(new URL(`../screens/${name}.txt`, import.meta.url));
  if (process.env['PARLEY_GOLDEN'] === 'write') writeFileSync(path, screen);
  return readFileSync(path, 'utf8');
}
