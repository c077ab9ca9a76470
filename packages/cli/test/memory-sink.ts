// A sink that keeps what is written to it.

import type { TextSink } from '../src/io/output.ts';

export class MemorySink implements TextSink {
  text = '';
  closed = false;
  hasRoom = true;
  dropped = 0;

  ready(): Promise<void> {
    return Promise.resolve();
  }

  write(text: string): void {
    this.text += text;
  }

  takeDropped(): number {
    const { dropped } = this;
    this.dropped = 0;
    return dropped;
  }
}
