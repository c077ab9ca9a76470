// `parley import`: what an export has and this profile has not, verified line by line.

import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { counted, sanitise } from '@parley/client';
import { LOCAL_LIMITS, LocalError } from '@parley/local-api';
import type { LocalClient } from '@parley/local-api';
import type { Context } from './context.ts';
import { parseObject } from './face/json-input.ts';
import { causeText, failed, isSystemError } from './failure.ts';
import { LineSplitter, refusedLineText } from './io/line-splitter.ts';
import type { RefusedLine } from './io/line-splitter.ts';
import { quietPeer, reach } from './local/reach.ts';
import type { ImportOptions } from './usage/invocation.ts';
import { CLI_LIMITS } from './limits.ts';

/** Throws Failure at the end where anything was refused; what was good is stored. */
export async function importLines(options: ImportOptions, context: Context): Promise<void> {
  const { file, home, logLevel } = options;
  const { parley } = await reach(quietPeer(home, logLevel), true, context);
  const importing = new Importing(parley, context);
  try {
    await importing.read(file === '-' ? context.stdin : createReadStream(file));
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw failed(`cannot read ${file}: ${causeText(error)}`, error);
  }
  await parley.close();
  importing.conclude();
}

class Importing {
  readonly #parley: LocalClient;
  readonly #context: Context;
  #line = 0;
  /** What the lines are of, as people call it; empty where that is not said. */
  #place = '';
  #entries = 0;
  #unsigned = 0;
  #refused = 0;
  #isExport = false;
  #isWhole = false;
  #toldMs = performance.now();

  constructor(parley: LocalClient, context: Context) {
    this.#parley = parley;
    this.#context = context;
  }

  async read(stream: Readable): Promise<void> {
    const splitter = new LineSplitter(LOCAL_LIMITS.outputBytesMax);
    for await (const chunk of stream as AsyncIterable<Buffer>)
      await this.#takeAll(splitter.push(chunk));
    await this.#takeAll(splitter.end());
  }

  /** Says what came of it. */
  conclude(): void {
    const { err } = this.#context;
    if (this.#unsigned > 0)
      err.write(
        `-- ${counted(this.#unsigned, 'line')} of private sessions passed over: they are not signed\n`,
      );
    err.write(`-- ${counted(this.#entries, 'new entry', 'new entries')} stored\n`);
    if (!this.#isExport) throw failed('that is no export of parley; nothing of it was stored');
    if (this.#refused > 0) throw failed(`${counted(this.#refused, 'line')} of it refused`);
    if (!this.#isWhole) throw failed('the export has no end: it was cut off');
  }

  async #takeAll(lines: readonly (string | RefusedLine)[]): Promise<void> {
    for (const line of lines) {
      this.#line += 1;
      if (typeof line === 'string') await this.#take(line);
      else this.#refuse(refusedLineText(line, LOCAL_LIMITS.outputBytesMax));
      this.#tell();
    }
  }

  async #take(line: string): Promise<void> {
    const fields = parseObject(line);
    switch (fields?.['type']) {
      case 'export':
        this.#isExport = fields['version'] === 1;
        if (!this.#isExport) this.#refuse('it is of another version of parley');
        return;
      case 'entries':
        return this.#store(fields['run']);
      case 'line':
        this.#unsigned += 1;
        return;
      case 'end':
        this.#isWhole = true;
        return;
      case 'session':
        this.#place = placeIn(fields);
        return;
      default:
        this.#refuse(fields === null ? 'that is not a JSON object' : 'it has an unknown type');
    }
  }

  async #store(run: unknown): Promise<void> {
    if (!this.#isExport) return this.#refuse('no export object of a known version is before it');
    if (typeof run !== 'string') return this.#refuse('it has no run');
    try {
      const { entries } = await this.#parley.importRun(run);
      this.#entries += entries;
    } catch (error) {
      if (!(error instanceof LocalError) || error.code === 'closed') throw error;
      this.#refuse(this.#place === '' ? error.message : `of ${this.#place}: ${error.message}`);
    }
  }

  #refuse(why: string): void {
    this.#refused += 1;
    if (this.#refused <= CLI_LIMITS.toldRefusalsMax)
      this.#context.err.write(`parley: line ${this.#line}: ${why}\n`);
  }

  /** Now and then, where it takes long. */
  #tell(): void {
    const nowMs = performance.now();
    if (nowMs - this.#toldMs < CLI_LIMITS.progressIntervalMs) return;
    this.#toldMs = nowMs;
    this.#context.err.write(`-- line ${this.#line}: ${this.#entries} new so far\n`);
  }
}

/** An export may be anyone's. */
function placeIn({ title }: Readonly<Record<string, unknown>>): string {
  return typeof title === 'string' ? sanitise(title).slice(0, CLI_LIMITS.shownTitleMax) : '';
}
