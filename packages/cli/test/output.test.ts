// Writing to a reader that is slow, stopped or gone, and feeding it from the view.

import { Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { FakeClient } from '@parley/testkit';
import type { ShownLine } from '@parley/client';
import { describe, expect, it } from 'vitest';
import { LineFeed } from '../src/io/line-feed.ts';
import { Output } from '../src/io/output.ts';
import { CLI_LIMITS } from '../src/limits.ts';

const { heldCharactersMax, pageLines } = CLI_LIMITS;

/** A stream whose reader takes a write only when it is told to. */
class SlowReader extends Writable {
  readonly taken: string[] = [];
  #release: (() => void) | null = null;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.taken.push(chunk.toString('utf8'));
    this.#release = done;
  }

  /** Takes what was written last, so that more may come. */
  async read(): Promise<void> {
    const release = this.#release;
    this.#release = null;
    release?.();
    await nextTurn();
  }

  /** Reads on until that has happened. */
  async readUntil(event: Promise<void>): Promise<void> {
    const happened: true[] = [];
    const mark = event.then(() => happened.push(true));
    while (happened.length === 0) await this.read();
    await mark;
  }
}

function slow(): { reader: SlowReader; output: Output; ends: (Error | null)[] } {
  const reader = new SlowReader({ highWaterMark: 4, decodeStrings: true });
  const output = new Output(reader);
  const ends: (Error | null)[] = [];
  output.open((failure) => ends.push(failure));
  return { reader, output, ends };
}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code, syscall: 'write' });
}

describe('Output', () => {
  it('says when its reader is behind, and when there is room again', async () => {
    const { reader, output } = slow();
    output.write('more than the mark');
    expect(output.hasRoom).toBe(false);
    const ready = output.ready();
    await reader.read();
    await ready;
    expect(output.hasRoom).toBe(true);
  });

  it('drops and counts what is written regardless, so that memory stays bounded', () => {
    const { output, reader } = slow();
    const megabyte = 'x'.repeat(1_048_576);
    for (let count = 0; count < 20; count += 1) output.write(megabyte);
    expect(reader.writableLength).toBeLessThanOrEqual(heldCharactersMax + 1_048_576);
    expect(output.takeDropped()).toBeGreaterThan(10);
    expect(output.takeDropped()).toBe(0);
  });

  it('takes a reader that left for no failure, and lets go of whoever waits', async () => {
    const { reader, output, ends } = slow();
    output.write('more than the mark');
    const ready = output.ready();
    reader.destroy(systemError('EPIPE'));
    await ready;
    expect(ends).toEqual([null]);
    expect(output.closed).toBe(true);
    await output.flush();
  });

  it('tells of a full disk behind it', async () => {
    const { reader, ends } = slow();
    reader.destroy(systemError('ENOSPC'));
    await nextTurn();
    expect(ends).toMatchObject([{ code: 'ENOSPC' }]);
  });

  it('has flushed when its reader has everything', async () => {
    const { reader, output } = slow();
    output.write('one');
    output.write('two');
    await reader.readUntil(output.flush());
    expect(reader.taken.join('')).toBe('onetwo');
  });
});

function feedInto(output: Output, client: FakeClient, errors: unknown[] = []): LineFeed {
  return new LineFeed({
    view: client.view,
    output,
    format: (lines: readonly ShownLine[]) => lines.map(({ text }) => `${text}\n`).join(''),
    after: 0,
    onError: (error) => errors.push(error),
  });
}

describe('LineFeed', () => {
  it('writes every line once, however often it is poked', async () => {
    const client = new FakeClient();
    const { reader, output } = slow();
    const feed = feedInto(output, client);
    const expected: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      for (let line = 0; line < pageLines + 1; line += 1) {
        client.addLine({ text: `${count}-${line}` });
        expected.push(`${count}-${line}\n`);
      }
      feed.poke();
      feed.poke();
      await reader.readUntil(feed.caughtUp());
    }
    await reader.readUntil(output.flush());
    expect(reader.taken.join('')).toBe(expected.join(''));
  });

  it('reads no more from the view while its reader is behind', async () => {
    const client = new FakeClient();
    const { output } = slow();
    const feed = feedInto(output, client);
    for (let line = 0; line < 3 * pageLines; line += 1) client.addLine({ text: 'x' });
    let pages = 0;
    const read = client.view.linesAfter.bind(client.view);
    client.view.linesAfter = (...query) => {
      pages += 1;
      return read(...query);
    };
    feed.poke();
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
    expect(pages).toBe(1);
  });

  it('tells of a store that fails', async () => {
    const client = new FakeClient();
    const { output } = slow();
    const errors: unknown[] = [];
    const broken = new Error('damaged');
    client.view.linesAfter = () => {
      throw broken;
    };
    await feedInto(output, client, errors).caughtUp();
    expect(errors).toEqual([broken]);
  });

  it('writes nothing more once it is stopped', async () => {
    const client = new FakeClient();
    const { reader, output } = slow();
    const feed = feedInto(output, client);
    feed.stop();
    client.addLine({ text: 'late' });
    feed.poke();
    await feed.caughtUp();
    expect(reader.taken).toEqual([]);
  });
});
