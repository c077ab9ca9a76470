// Where the faces of those who attached are: over one connection, as a stream of JSON or as a whole terminal.

import type { Duplex, Readable } from 'node:stream';
import { LOCAL_LIMITS } from '@parley/local-api';
import type { Terminal } from '../context.ts';
import type { Place } from '../face/place.ts';
import { readLines } from '../io/input.ts';
import { LineSplitter } from '../io/line-splitter.ts';
import type { RefusedLine } from '../io/line-splitter.ts';
import type { FlushedSink } from '../io/output.ts';
import type { TerminalAttach } from './frames.ts';
import { readInputFrame } from './frames.ts';
import { RemoteInput, RemoteOutput, RemoteTerminal } from './remote-terminal.ts';
import type { Wire } from './wire.ts';

type Ways = Pick<Place, 'interrupt' | 'isEnding'>;

const nowhere: FlushedSink = {
  closed: true,
  hasRoom: true,
  ready: () => Promise.resolve(),
  write: () => undefined,
  takeDropped: () => 0,
  flush: () => Promise.resolve(),
};

/** JSON both ways: what goes to stderr elsewhere is in its objects too. */
export function jsonPlace(wire: Wire, input: Readable, ways: Ways): Place {
  const isTerminal = { input: false, out: false, err: false };
  const promptOutput = new RemoteOutput(nowhere, { columns: 0, rows: 0 });
  const rest = { env: {}, isTerminal, promptOutput, openTerminal: noTerminal, ...ways };
  return { input, out: wire.plain, err: nowhere, ...rest };
}

function noTerminal(): Promise<Terminal> {
  return Promise.reject(new Error('there is no terminal'));
}

export class TerminalPlace implements Place {
  readonly env: Place['env'];
  readonly isTerminal: Place['isTerminal'];
  readonly input: RemoteInput;
  readonly out: FlushedSink;
  readonly err: FlushedSink;
  readonly promptOutput: RemoteOutput;
  readonly interrupt: () => void;
  readonly isEnding: () => boolean;
  readonly #terminal: RemoteTerminal;

  constructor(wire: Wire, attach: TerminalAttach, { interrupt, isEnding }: Ways) {
    this.env = attach.env;
    this.isTerminal = attach.isTerminal;
    this.input = new RemoteInput(wire, attach.isTerminal.input);
    this.out = wire.to('out');
    this.err = wire.to('err');
    this.promptOutput = new RemoteOutput(this.err, attach);
    this.#terminal = new RemoteTerminal(wire, this.input, attach);
    this.interrupt = interrupt;
    this.isEnding = isEnding;
  }

  openTerminal = (): Promise<Terminal> => Promise.resolve(this.#terminal);

  /** Takes what the terminal sends, until it sends no more. Nobody there then: the face ends. */
  async listen(stream: Duplex): Promise<void> {
    // The stream is needed for what is told at the end.
    const chunks = stream.iterator({ destroyOnReturn: false });
    try {
      await readLines(chunks, new LineSplitter(LOCAL_LIMITS.requestBytesMax), {
        gate: () => (this.isEnding() ? null : this.input.gate),
        take: (line) => this.#take(line),
      });
    } catch {
      // It broke, which its close tells too.
    }
    this.interrupt();
  }

  #take(line: string | RefusedLine): boolean {
    const frame = typeof line === 'string' ? readInputFrame(line) : null;
    switch (frame?.type) {
      case 'input':
        this.input.typed(frame.data);
        return true;
      case 'end':
        this.input.endInput();
        return true;
      case 'resize':
        this.promptOutput.resize(frame);
        this.#terminal.resized(frame);
        return true;
      case undefined:
        // Whoever sends this is no parley.
        return false;
    }
    return frame satisfies never;
  }
}
