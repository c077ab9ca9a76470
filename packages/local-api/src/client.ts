// A typed client of a running parley: requests with their answers, and everything else to iterate over.

import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { LOCAL_LIMITS } from './limits.ts';
import type {
  AttachRequest,
  DoneMessage,
  FoundMatter,
  FoundMessage,
  ImportedMessage,
  Input,
  ListedPerson,
  ListedSession,
  Output,
  ReadyMessage,
  SettledMessage,
} from './messages.ts';
import { ObjectLines } from './object-lines.ts';
import { socketPathOf } from './socket-path.ts';

/** Why there is no answer: what parley refused has its code; 'not-running' and 'closed' are of the connection. */
export class LocalError extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'LocalError';
    this.code = code;
  }
}

export interface ConnectOptions {
  /** So many older lines of each session are told first. */
  readonly history?: number;
}

/** `home` is the directory of the profile. Throws LocalError 'not-running' where no process runs on it. */
export async function connectLocal(
  home: string,
  options: ConnectOptions = {},
): Promise<LocalClient> {
  const path = socketPathOf(home);
  if (path === null) throw new LocalError('not-running', `no parley runs on ${home}`);
  return LocalClient.over(await connectTo(path), options);
}

/** A connected socket. Throws LocalError 'not-running'. */
export function connectTo(path: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path, allowHalfOpen: true });
    socket.once('connect', () => resolve(socket));
    socket.once('error', (cause) => {
      reject(new LocalError('not-running', `nobody listens on ${path}`, { cause }));
    });
  });
}

interface Pending {
  readonly resolve: (answer: Output) => void;
  readonly reject: (error: LocalError) => void;
}

/** Iterate over it for all that comes by itself: from the first iteration on nothing is lost, however slowly one reads. */
export class LocalClient implements AsyncIterable<Output> {
  readonly #stream: Duplex;
  readonly #lines = new ObjectLines();
  readonly #pending = new Map<string, Pending>();
  readonly #waiting: Output[] = [];
  readonly #ready = Promise.withResolvers<ReadyMessage>();
  #requests = 0;
  #isIterated = false;
  #wake: () => void = () => undefined;
  #closed: LocalError | null = null;

  private constructor(stream: Duplex) {
    this.#stream = stream;
    // That it ends is told to whoever waits for something.
    this.#ready.promise.catch(ignore);
  }

  /** Speaks over any stream to a JSON face; resolves when that is ready. */
  static async over(stream: Duplex, { history }: ConnectOptions = {}): Promise<LocalClient> {
    const client = new LocalClient(stream);
    client.#listen();
    const attach: AttachRequest = { type: 'attach', face: 'json' };
    client.#write(history === undefined ? attach : { ...attach, history });
    const late = setTimeout(() => {
      client.#close(new LocalError('closed', 'parley does not answer'));
    }, LOCAL_LIMITS.readyMsMax);
    try {
      await client.#ready.promise;
    } finally {
      clearTimeout(late);
    }
    return client;
  }

  /** What parley said first. */
  get ready(): Promise<ReadyMessage> {
    return this.#ready.promise;
  }

  /** Says a text; resolves when it is taken. Throws LocalError with the reason where it is not. */
  async say(text: string, session?: string): Promise<void> {
    await this.#ask({ type: 'say', text, ...placed(session) });
  }

  /** Runs a command as it would be typed: "\\fork bobby". */
  command(text: string, session?: string): Promise<DoneMessage> {
    return this.#ask({ type: 'command', text, ...placed(session) });
  }

  async sessions(): Promise<readonly ListedSession[]> {
    const answer = await this.#ask<'sessions'>({ type: 'sessions' });
    return answer.sessions;
  }

  async people(session?: string): Promise<readonly ListedPerson[]> {
    const answer = await this.#ask<'people'>({ type: 'people', ...placed(session) });
    return answer.people;
  }

  async doctor(): Promise<readonly FoundMatter[]> {
    const answer = await this.#ask<'diagnosis'>({ type: 'doctor' });
    return answer.findings;
  }

  /** Lines with all words of the query. */
  search(query: string, range: { session?: string; limit?: number } = {}): Promise<FoundMessage> {
    return this.#ask({ type: 'search', query, ...range });
  }

  /** Resolves when everyone who is connected has what was said, or makes no progress. */
  settle(): Promise<SettledMessage> {
    return this.#ask({ type: 'settle' });
  }

  /** Stores one run of an export: base64 of `entries`. */
  importRun(run: string): Promise<ImportedMessage> {
    return this.#ask({ type: 'import', run });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Output, void, undefined> {
    this.#isIterated = true;
    for (;;) {
      const next = this.#waiting.shift();
      if (next !== undefined) {
        this.#pace();
        yield next;
      } else if (this.#closed === null) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      } else return;
    }
  }

  /** Ends the connection; parley runs on. */
  async close(): Promise<void> {
    if (this.#closed !== null) return;
    const ended = new Promise<void>((resolve) => {
      this.#stream.once('close', resolve);
    });
    this.#close(new LocalError('closed', 'the connection was closed'));
    await ended;
  }

  #listen(): void {
    this.#stream.on('data', (chunk: Uint8Array) => this.#take(chunk));
    const gone = (): void => this.#close(new LocalError('closed', 'parley closed the connection'));
    this.#stream.once('end', gone).once('close', gone);
    this.#stream.on('error', (cause) => {
      this.#close(new LocalError('closed', 'the connection broke', { cause }));
    });
  }

  #ask<Type extends Output['type']>(input: Input): Promise<Extract<Output, { type: Type }>> {
    if (this.#closed !== null) return Promise.reject(this.#closed);
    this.#requests += 1;
    const re = String(this.#requests);
    const answer = new Promise<Output>((resolve, reject) => {
      this.#pending.set(re, { resolve, reject });
    });
    this.#write({ ...input, re });
    this.#pace();
    // The answer to a request is of the type that belongs to it.
    return answer as Promise<Extract<Output, { type: Type }>>;
  }

  #write(object: object): void {
    this.#stream.write(`${JSON.stringify(object)}\n`);
  }

  #take(chunk: Uint8Array): void {
    try {
      for (const object of this.#lines.push(chunk)) this.#took(object as Output);
    } catch (cause) {
      this.#close(new LocalError('closed', 'what came is not of parley', { cause }));
    }
    this.#pace();
  }

  #took(output: Output): void {
    if (output.type === 'ready') {
      this.#ready.resolve(output);
      return;
    }
    const re = 're' in output ? output.re : undefined;
    const pending = re === undefined ? undefined : this.#pending.get(re);
    if (re === undefined || pending === undefined) {
      this.#keep(output);
      return;
    }
    this.#pending.delete(re);
    if (output.type === 'error') pending.reject(new LocalError(output.code, output.text));
    else pending.resolve(output);
  }

  /** For whoever iterates; until someone does, the newest. */
  #keep(output: Output): void {
    this.#waiting.push(output);
    if (!this.#isIterated && this.#waiting.length > LOCAL_LIMITS.waitingOutputsMax)
      this.#waiting.shift();
    this.#wake();
  }

  /** Reads no faster than one iterates, but for an answer that is waited for behind it. */
  #pace(): void {
    const isFull = this.#isIterated && this.#waiting.length >= LOCAL_LIMITS.waitingOutputsMax;
    if (isFull && this.#pending.size === 0) this.#stream.pause();
    else this.#stream.resume();
  }

  #close(error: LocalError): void {
    if (this.#closed !== null) return;
    this.#closed = error;
    this.#stream.destroy();
    this.#ready.reject(error);
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
    this.#wake();
  }
}

function ignore(): void {
  // Told elsewhere.
}

function placed(session: string | undefined): { readonly session?: string } {
  return session === undefined ? {} : { session };
}
