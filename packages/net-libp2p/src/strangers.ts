// Counts the connections that turned out not to be ours, and says so at most once an interval.

export class Strangers {
  readonly #intervalMs: number;
  readonly #report: (count: number) => void;
  #count = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(intervalMs: number, report: (count: number) => void) {
    this.#intervalMs = intervalMs;
    this.#report = report;
  }

  add(): void {
    this.#count += 1;
    this.#timer ??= setTimeout(() => this.#tell(), this.#intervalMs);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #tell(): void {
    this.#timer = null;
    const count = this.#count;
    this.#count = 0;
    this.#report(count);
  }
}
