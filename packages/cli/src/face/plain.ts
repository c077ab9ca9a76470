// Line mode: lines of others on stdout and nothing else there; all else on stderr.

import { purposeOf, runTyped, sanitise } from '@parley/client';
import type { Change, CharacterRoom, SessionName, Settled, ShownLine } from '@parley/client';
import { LIMITS } from '@parley/core';
import { failureText } from '../failure.ts';
import type { LineTaker } from '../io/input.ts';
import { LineFeed } from '../io/line-feed.ts';
import { refusedLineText } from '../io/line-splitter.ts';
import type { RefusedLine } from '../io/line-splitter.ts';
import { shownOn } from '../io/screen.ts';
import type { Screen } from '../io/screen.ts';
import { codeText, roomAbove } from '../io/qr.ts';
import type { LogLevel } from '../usage/invocation.ts';
import type { Face, FaceOptions } from './face.ts';
import { CurrentSession } from './current-session.ts';
import type { LineFormat } from './line-text.ts';
import {
  foundText,
  isTold,
  listeningText,
  openedText,
  peerText,
  settledNotice,
} from './notice-text.ts';

export interface PlainOptions extends FaceOptions {
  readonly format: LineFormat;
  readonly screen: Screen;
  /** Someone sees each answer before they type on. */
  readonly isWatched: boolean;
  /** How large the terminal is that shows the answers; null where they go elsewhere. */
  readonly room: () => CharacterRoom | null;
}

/** What stands before a notice, as what stands before an error is "parley: ". */
const noticeMark = '-- ';

export class PlainFace implements Face {
  readonly lineBytesMax: number = LIMITS.lineTextBytesMax;
  readonly taker: LineTaker;
  readonly #options: PlainOptions;
  readonly #feed: LineFeed;
  readonly #current: CurrentSession;
  /** Private sessions that one knows of. */
  readonly #known = new Set<SessionName>();
  #said = 0;
  #begun = false;
  /** Told last, to tell each change of addresses once. */
  #listening = '';
  readonly #forget: () => void;

  constructor(options: PlainOptions) {
    const { client, stdout, after, onFailure, format } = options;
    this.#options = options;
    const others = (lines: readonly ShownLine[]): string => {
      let text = '';
      // One's own lines stand where they were typed, or in the file they came from.
      for (const line of lines) if (!line.own) text += format(line);
      return text;
    };
    const { view } = client;
    this.#current = new CurrentSession(client, options.attend);
    for (const { session } of view.sessions()) this.#known.add(session);
    this.#feed = new LineFeed({ view, output: stdout, format: others, after, onError: onFailure });
    this.taker = {
      take: (line) => this.#take(line),
      gate: () => (client.hasRoom ? null : client.ready()),
    };
    this.#forget = client.onChange((change) => this.#changed(change));
  }

  get current(): CurrentSession {
    return this.#current;
  }

  begin({ history }: { history: readonly ShownLine[] }): void {
    const { client, stdout, format } = this.#options;
    this.#begun = true;
    this.#current.begin();
    this.#tellListening();
    const found = foundText(client.view.sessions());
    if (found !== null) this.notice('info', found);
    stdout.write(history.map(format).join(''));
    this.#feed.poke();
  }

  notice(level: LogLevel, text: string): void {
    if (isTold(level, this.#options.logLevel)) this.#print(`${noticeMark}${sanitise(text)}`);
  }

  error(error: unknown): void {
    const { logLevel, stderr } = this.#options;
    const text = failureText(error, logLevel === 'debug');
    stderr.write(text.split('\n').map(sanitise).join('\n'));
  }

  settled(settled: Settled): void {
    const notice = settledNotice(this.#said, settled, this.#options.goesOut);
    if (notice !== null) this.notice(notice.level, notice.text);
  }

  caughtUp(): Promise<void> {
    return this.#feed.caughtUp();
  }

  stop(): void {
    this.#forget();
    this.#feed.stop();
  }

  #changed(change: Change): void {
    switch (change.kind) {
      case 'lines':
        if (this.#begun) this.#feed.poke();
        break;
      case 'peer':
        this.notice('info', peerText(change));
        break;
      case 'listening':
        this.#tellListening();
        break;
      case 'notice':
        this.notice(change.level, change.text);
        break;
      case 'error':
        this.#refuse(change.text);
        break;
      case 'failed':
        this.#options.onFailure(change.error);
        break;
      case 'session':
        this.#tellSession(change);
        break;
      default:
    }
  }

  /** Not before it has begun. */
  #tellListening(): void {
    if (!this.#begun) return;
    const text = listeningText(this.#options.client.view.listening());
    if (text === this.#listening) return;
    this.#listening = text;
    this.notice('info', text);
  }

  /** That someone else opened one; all else of sessions comes as notices, or was typed here. */
  #tellSession({ event, session }: Extract<Change, { kind: 'session' }>): void {
    if (event === 'left') this.#known.delete(session);
    if (event !== 'opened' || this.#known.has(session)) return;
    this.#known.add(session);
    const all = this.#options.client.view.sessions();
    const summary = all.find((one) => one.session === session);
    if (summary?.forkedBy === 'them') this.notice('info', openedText(summary));
  }

  #take(line: string | RefusedLine): boolean {
    if (typeof line !== 'string') {
      this.#refuse(refusedLineText(line, this.lineBytesMax));
      return true;
    }
    const { client, tools, onQuit, isWatched } = this.#options;
    const from = this.#current.name;
    const isBlind = !isWatched && purposeOf(line) === 'act';
    const astray = isBlind ? this.#current.astray : null;
    if (astray !== null) {
      this.#refuse(astray);
      return true;
    }
    const outcome = runTyped(client, from, line, tools);
    this.#current.tried(line, from, outcome);
    if (outcome.kind === 'quit') {
      onQuit();
      return false;
    }
    if (outcome.kind === 'error') {
      // A line of blanks is as good as none.
      if (outcome.code !== 'empty') this.#refuse(outcome.text);
      return true;
    }
    if (outcome.lines.length === 0) this.#said += 1;
    for (const text of outcome.lines) this.#print(sanitise(text));
    // Last, so that nothing moves the upper part of it off the screen.
    if (outcome.code !== undefined) this.#draw(outcome.code);
    return true;
  }

  #draw(code: string): void {
    const { stderr, screen, room } = this.#options;
    const { picture, note } = codeText(code, roomAbove(room(), ['the prompt']), screen);
    if (note !== null) this.notice('info', note);
    stderr.write(picture);
  }

  #refuse(text: string): void {
    this.#print(`parley: ${sanitise(text)}`);
  }

  #print(text: string): void {
    const { stderr, screen } = this.#options;
    const dropped = stderr.takeDropped();
    if (dropped > 0) stderr.write(`${noticeMark}${dropped} notices were dropped\n`);
    stderr.write(`${shownOn(screen, text)}\n`);
  }
}
