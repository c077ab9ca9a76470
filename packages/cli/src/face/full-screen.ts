// The full screen as the chat runs it.

import type { FullScreen } from '../context.ts';
import { failureText } from '../failure.ts';
import type { TextSink } from '../io/output.ts';
import type { LogLevel } from '../usage/invocation.ts';
import type { ChatFace } from './face.ts';
import { isTold } from './notice-text.ts';

export class FullScreenFace implements ChatFace {
  readonly #screen: FullScreen;
  readonly #err: TextSink;
  readonly #logLevel: LogLevel;

  constructor(screen: FullScreen, err: TextSink, logLevel: LogLevel) {
    this.#screen = screen;
    this.#err = err;
    this.#logLevel = logLevel;
  }

  begin(): void {
    this.#screen.begin();
  }

  notice(level: LogLevel, text: string): void {
    if (isTold(level, this.#logLevel)) this.#screen.notice(text);
  }

  error(error: unknown): void {
    this.stop();
    this.#err.write(failureText(error, this.#logLevel === 'debug'));
  }

  settled(): void {
    // What was said is marked on the screen.
  }

  /** At once: what is shown is in the store. */
  caughtUp(): Promise<void> {
    return Promise.resolve();
  }

  stop(): void {
    this.#screen.stop();
  }
}
