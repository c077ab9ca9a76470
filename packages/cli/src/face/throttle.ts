// Lets through the newest value of each key, at most once in an interval.

export class Throttle<Value> {
  readonly #intervalMs: number;
  readonly #emit: (value: Value) => void;
  readonly #waiting = new Map<string, Value>();
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(intervalMs: number, emit: (value: Value) => void) {
    this.#intervalMs = intervalMs;
    this.#emit = emit;
  }

  /** Emits now, or when the interval since the last one of this key has passed. */
  offer(key: string, value: Value): void {
    if (this.#timers.has(key)) this.#waiting.set(key, value);
    else this.#let(key, value);
  }

  /** Emits what waits. */
  flush(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const value of waiting) this.#emit(value);
  }

  #let(key: string, value: Value): void {
    const timer = setTimeout(() => {
      this.#timers.delete(key);
      const next = this.#waiting.get(key);
      if (next === undefined) return;
      this.#waiting.delete(key);
      this.#let(key, next);
    }, this.#intervalMs);
    timer.unref();
    this.#timers.set(key, timer);
    this.#emit(value);
  }
}
