// The full-screen face: it draws what the view and the store say, and decides nothing.

import type { Change, Client, CommandTools, SessionName, ShownLine } from '@parley/client';
import { clockText, sanitise } from '@parley/client';
import { usualConfig } from '../config/config.ts';
import type { Settings } from '../config/load.ts';
import { InputReader } from '../input/reader.ts';
import type { InputEvent } from '../input/decode.ts';
import { keymapOf } from '../input/keymap.ts';
import { initialState } from '../model/state.ts';
import type { Terminal } from '../output/terminal.ts';
import { dayText, shownIn } from '../render/look.ts';
import type { Look } from '../render/look.ts';
import { frameOf } from '../render/screen.ts';
import { painterOf } from '../style/painter.ts';
import { themes } from '../style/theme.ts';
import type { Theme } from '../style/theme.ts';
import { TUI_LIMITS } from '../limits.ts';
import { callBytes, callingLine, titleBytes } from './attention.ts';
import { Drawer } from './drawer.ts';
import { noteHere } from './desk.ts';
import type { Desk } from './desk.ts';
import { Feed } from './feed.ts';
import { handle } from './press.ts';
import { fill } from './scroll.ts';
import { refreshed, withArrived } from './refresh.ts';
import { enter } from './sessions.ts';
import { told } from './told.ts';

export interface FullScreenOptions {
  readonly client: Client;
  readonly tools: CommandTools;
  readonly attend: (session: SessionName | null) => void;
  readonly terminal: Terminal;
  /** Colours are wanted and can be shown. */
  readonly color: boolean;
  /** False where the locale names another encoding than UTF-8. */
  readonly unicode: boolean;
  /** How long a lone escape may be the beginning of a longer sequence. */
  readonly escapeWaitMs: number;
  /** Reads what a person chose. */
  readonly settings: () => Settings;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onQuit: () => void;
  readonly onInterrupt: () => void;
  readonly onFailure: (error: unknown) => void;
  /** Milliseconds of a clock that never goes back. */
  readonly nowMs: () => number;
}

export class FullScreen {
  readonly #options: FullScreenOptions;
  readonly #desk: Desk;
  readonly #drawer: Drawer;
  readonly #feed: Feed;
  readonly #reader: InputReader;
  #undo: (() => void)[] = [];
  #stale = true;
  #shown = false;
  #calledMs = -Infinity;
  #readMs = -Infinity;
  #title = '';

  constructor(options: FullScreenOptions) {
    const { client, tools, attend, terminal, onQuit, onInterrupt, onFailure, nowMs } = options;
    this.#options = options;
    this.#desk = {
      state: initialState(terminal.columns, terminal.rows),
      look: lookOf(options, themes.dark),
      keymap: keymapOf(usualConfig.keys),
      config: usualConfig,
      client,
      tools,
      attend,
      onQuit,
      onInterrupt,
      suspend: () => void this.#suspend(),
      redraw: () => this.#drawer.redraw(),
      reload: () => this.#configure(),
    };
    this.#drawer = new Drawer(terminal, () => this.#frame(), nowMs);
    const { view } = client;
    this.#feed = new Feed({
      view,
      after: view.newest(),
      take: (lines) => {
        this.#desk.state = withArrived(this.#desk.state, lines);
        this.#call(lines);
        this.#noteRead();
        this.#changed(false);
      },
      onError: onFailure,
    });
    this.#reader = new InputReader(options.escapeWaitMs, (event) => this.#took(event));
  }

  /** Takes the terminal, and shows what the store has. */
  open(): void {
    const { client, terminal } = this.#options;
    this.#desk.state = refreshed(this.#desk.state, client.view);
    const complaints = this.#configure();
    enter(this.#desk, this.#desk.state.current);
    if (complaints !== null) noteHere(this.#desk, 'error', complaints);
    this.#readMs = this.#options.nowMs();
    this.#take();
    this.#undo.push(
      terminal.onInput((text) => this.#reader.push(text)),
      terminal.onResize(() => this.#resized()),
      terminal.onContinue(() => this.#drawer.redraw()),
      client.onChange((change) => this.#told(change)),
    );
    this.#feed.poke();
  }

  /** The client has started. */
  begin(): void {
    const { view } = this.#options.client;
    if (view.newest() === 0) this.#invite(view.listening());
    this.#changed(true);
  }

  notice(text: string): void {
    noteHere(this.#desk, 'notice', text);
    this.#changed(false);
  }

  /** Resolves at once: what is shown is in the store. */
  caughtUp(): Promise<void> {
    return Promise.resolve();
  }

  /** Gives the terminal back. Idempotent. */
  stop(): void {
    for (const undo of this.#undo.splice(0)) undo();
    this.#feed.stop();
    this.#reader.stop();
    this.#leave();
  }

  #take(): void {
    const { terminal } = this.#options;
    this.#shown = true;
    terminal.take();
    this.#drawer.start();
  }

  #leave(): void {
    if (!this.#shown) return;
    this.#shown = false;
    this.#drawer.stop();
    this.#options.terminal.giveBack();
  }

  /** Null, or what is wrong with what was chosen. */
  #configure(): string | null {
    const { config, theme, complaints } = this.#options.settings();
    const { sessions: showsSessions, people: showsPeople } = config;
    const desk = this.#desk;
    desk.config = config;
    desk.keymap = keymapOf(config.keys);
    desk.look = lookOf(this.#options, theme);
    desk.state = { ...desk.state, showsSessions, showsPeople };
    return complaints.length === 0 ? null : complaints.join('\n');
  }

  /** Rings for what calls, and not again at once. */
  #call(lines: readonly ShownLine[]): void {
    const { tools, nowMs, terminal, env } = this.#options;
    const calling = callingLine(this.#desk.state, lines, tools.nowMs());
    if (calling === null || nowMs() - this.#calledMs < TUI_LIMITS.callIntervalMs) return;
    const bytes = callBytes(calling, this.#desk.config, env);
    if (bytes === '' || !this.#shown) return;
    this.#calledMs = nowMs();
    terminal.write(bytes);
  }

  /** So that little is unread again after a crash. */
  #noteRead(): void {
    const { attend, nowMs } = this.#options;
    const { focused, current } = this.#desk.state;
    if (!focused || nowMs() - this.#readMs < TUI_LIMITS.readIntervalMs) return;
    this.#readMs = nowMs();
    attend(current);
  }

  async #suspend(): Promise<void> {
    if (!this.#shown) return;
    this.#leave();
    await this.#options.terminal.suspend();
    this.#resized();
    this.#take();
  }

  #took(event: InputEvent): void {
    this.#noteRead();
    try {
      handle(this.#desk, event);
    } catch (error) {
      this.#options.onFailure(error);
    }
    this.#changed(true);
  }

  #told(change: Change): void {
    if (change.kind === 'failed') {
      this.#options.onFailure(change.error);
      return;
    }
    if (change.kind === 'lines') this.#feed.poke();
    told(this.#desk, change);
    this.#changed(false);
  }

  #changed(isUrgent: boolean): void {
    this.#stale = true;
    this.#drawer.request(isUrgent);
  }

  #resized(): void {
    const { columns, rows } = this.#options.terminal;
    this.#desk.state = { ...this.#desk.state, columns, rows };
    fill(this.#desk);
    this.#drawer.request(true);
  }

  #frame(): ReturnType<typeof frameOf> {
    // However often the client tells of something, the view is read once a frame.
    if (this.#stale) {
      this.#stale = false;
      this.#desk.state = refreshed(this.#desk.state, this.#options.client.view);
      this.#entitle();
    }
    return frameOf(this.#desk.state, this.#desk.look);
  }

  #entitle(): void {
    if (this.#options.env['TERM'] === 'linux') return;
    const title = titleBytes(this.#desk.state);
    if (title === this.#title) return;
    this.#title = title;
    this.#options.terminal.write(title);
  }

  #invite(addresses: readonly string[]): void {
    const address = sanitise(addresses[0] ?? 'HOST:PORT');
    const lines = [
      'to talk with someone, send them what \\invite prints; they type \\join and that text',
      `or they run: parley --connect ${address}    (\\join ops enters a room of that name)`,
      '\\help lists the commands; ? in an empty line lists the keys',
    ];
    noteHere(this.#desk, 'answer', lines.join('\n'));
  }
}

function lookOf({ color, unicode }: FullScreenOptions, theme: Theme): Look {
  const painter = painterOf(color ? theme : themes.none, unicode);
  return { painter, unicode, clock: clockText, day: dayText, shown: shownIn(unicode) };
}
