// The log of a peer without a screen: one JSON object a line, with no secret and no word that anyone said.

import { jsonLine } from '../face/json-objects.ts';
import { isTold } from '../face/notice-text.ts';
import type { TextSink } from '../io/output.ts';
import type { LogLevel } from '../usage/invocation.ts';

export class ServeLog {
  /** What is told from now on; see LogLevel. */
  level: LogLevel;
  readonly #output: Pick<TextSink, 'write' | 'takeDropped'>;
  readonly #nowMs: () => number;

  constructor(
    output: Pick<TextSink, 'write' | 'takeDropped'>,
    level: LogLevel,
    nowMs: () => number = Date.now,
  ) {
    this.#output = output;
    this.level = level;
    this.#nowMs = nowMs;
  }

  /** `msg` names what happened, always in the same words; `fields` say what is particular about it. */
  write(level: LogLevel, msg: string, fields: object = {}): void {
    if (!isTold(level, this.level)) return;
    const time = new Date(this.#nowMs()).toISOString();
    const dropped = this.#output.takeDropped();
    if (dropped > 0)
      this.#output.write(jsonLine({ time, level: 'warn', msg: 'dropped', count: dropped }));
    this.#output.write(jsonLine({ time, level, msg, ...fields }));
  }
}
