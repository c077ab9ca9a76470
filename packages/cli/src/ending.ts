// The ways out: however the process is told to end, it ends within two seconds, and at once when told twice.

import type { ExitCode } from './failure.ts';
import { EXIT } from './failure.ts';
import { CLI_LIMITS } from './limits.ts';

type Step = () => Promise<void> | void;

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export class Ending {
  readonly #exit: (code: ExitCode) => void;
  readonly #steps: Step[] = [];
  readonly #onFailure: (error: unknown, isFirst: boolean) => void;
  #code: ExitCode | null = null;
  #restore: () => void = () => undefined;
  #reload: (() => void) | null = null;

  /**
   * `exit` ends the process; `onFailure` is told of each step that failed, and whether all had been well before: what
   * fails while a failure is being cleared up is mostly the same again.
   */
  constructor(
    exit: (code: ExitCode) => void,
    onFailure: (error: unknown, isFirst: boolean) => void,
  ) {
    this.#exit = exit;
    this.#onFailure = onFailure;
  }

  get begun(): boolean {
    return this.#code !== null;
  }

  /** To be done at the end; what was added last is done first. */
  add(step: Step): void {
    this.#steps.push(step);
  }

  /** Done before anything is told of a failure, and at the very end: gives the terminal back at once. */
  restoreWith(restore: () => void): void {
    this.#restore = restore;
    process.once('exit', restore);
  }

  restore(): void {
    this.#restore();
  }

  /** From now on SIGHUP reads settings again, as peers that stay up do, and ends nothing. */
  reloadWith(reload: () => void): void {
    this.#reload = reload;
  }

  watchSignals(): void {
    for (const signal of signals) {
      process.on(signal, () => {
        if (signal === 'SIGHUP' && this.#reload !== null && !this.begun) this.#reload();
        else this.interrupt();
      });
    }
  }

  /** Ctrl-C: begins the end; the second time it is the end. */
  interrupt(): void {
    if (this.begun) this.#exit(this.#code ?? EXIT.done);
    else this.end(EXIT.done);
  }

  /** Does the steps in turn, and exits then, or without them when they take too long. Only the first call counts. */
  end(code: ExitCode): void {
    if (this.begun) return;
    this.#code = code;
    setTimeout(() => this.#exit(this.#code ?? code), CLI_LIMITS.endingMsMax);
    void this.#run();
  }

  async #run(): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        const isFirst = this.#code === EXIT.done;
        this.#code = EXIT.failed;
        this.#onFailure(error, isFirst);
      }
    }
    this.#exit(this.#code ?? EXIT.done);
  }
}
