// One connection to the local socket: someone who speaks JSON, or a terminal with a face of its own.

import { PassThrough } from 'node:stream';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { LOCAL_LIMITS } from '@parley/local-api';
import { errorObject, jsonLine } from '../face/json-objects.ts';
import { openFace } from '../face/open-face.ts';
import type { FaceWishes, OpenedFace } from '../face/open-face.ts';
import type { Place } from '../face/place.ts';
import { talk } from '../face/talk.ts';
import { CLI_LIMITS } from '../limits.ts';
import { takeFirstLine } from './first-line.ts';
import type { TerminalAttach } from './frames.ts';
import { readAttach } from './frames.ts';
import type { Host } from './host.ts';
import { jsonPlace, TerminalPlace } from './places.ts';
import { Wire } from './wire.ts';

export class Connection {
  readonly #stream: Duplex;
  readonly #host: Host;
  /** How the client tells this face from others. */
  readonly #name: string;
  readonly #wire: Wire;
  #opened: OpenedFace | null = null;
  #terminal: TerminalAttach | null = null;
  #over: Promise<void> | null = null;
  /** Lets go of whoever waits for more input. */
  #endInput: () => void = () => undefined;

  constructor(stream: Duplex, host: Host, name: string) {
    this.#stream = stream;
    this.#host = host;
    this.#name = name;
    this.#wire = new Wire(stream, () => {
      void this.#refuse('flooded', 'too much was left unread');
    });
  }

  /** Resolves when it is over. Rejects for our own faults alone. */
  async run(): Promise<void> {
    this.#wire.open();
    // Whoever is gone has nothing more to say.
    const gone = new Promise<void>((resolve) => {
      this.#stream.once('close', () => {
        void this.#begin(() => Promise.resolve());
        resolve();
      });
    });
    await this.#attach();
    await gone;
  }

  /** The process ends. `text` says so. */
  async end(text: string): Promise<void> {
    const { face } = this.#opened ?? {};
    await Promise.race([face?.caughtUp(), pause(CLI_LIMITS.lastLinesMsMax)]);
    await this.#refuse('ended', text);
  }

  async #attach(): Promise<void> {
    const late = setTimeout(() => {
      void this.#refuse('late', 'nothing was said for too long');
    }, CLI_LIMITS.localAttachMsMax);
    const line = await takeFirstLine(this.#stream, LOCAL_LIMITS.requestBytesMax);
    clearTimeout(late);
    if (line === null || this.#over !== null) return this.#exit(0);
    const attach = readAttach(line.toString('utf8'));
    if (!attach.ok) return this.#refuse('bad-attach', attach.reason);
    if (attach.value === null) this.#stream.unshift(Buffer.concat([line, Buffer.of(0x0a)]));
    if (attach.value?.kind === 'terminal') return this.#showTerminal(attach.value.terminal);
    return this.#speakJson(attach.value?.historyLines ?? 0);
  }

  #speakJson(historyLines: number): Promise<void> {
    const input = new PassThrough();
    this.#stream.pipe(input);
    this.#endInput = () => void input.end();
    const place = jsonPlace(this.#wire, input, this.#ways());
    const wishes = { face: 'json', time: false, color: false, logLevel: 'info' } as const;
    return this.#talk({ ...wishes, historyLines }, place, false);
  }

  async #showTerminal(terminal: TerminalAttach): Promise<void> {
    this.#terminal = terminal;
    const place = new TerminalPlace(this.#wire, terminal, this.#ways());
    this.#endInput = () => place.input.endInput();
    const talking = this.#talk(terminal, place, terminal.stay);
    await place.listen(this.#stream);
    await talking;
  }

  #ways(): Pick<Place, 'interrupt' | 'isEnding'> {
    return {
      interrupt: () => void this.#exit(0),
      isEnding: () => this.#over !== null,
    };
  }

  async #talk(wishes: FaceWishes, place: Place, stay: boolean): Promise<void> {
    const { client, suite, fullScreen, readFile, version } = this.#host;
    const opened = await openFace(wishes, place, {
      client,
      suite,
      fullScreen,
      readFile,
      attend: (session) => client.attend(session, this.#name),
      goesOut: 'at-meeting',
      onQuit: () => void this.#quit(),
      onFailure: () => void this.#exit(1),
    });
    if (this.#over !== null) return close(opened);
    this.#opened = opened;
    const notices = this.#obey();
    const { historyLines } = wishes;
    const isEnding = (): boolean => this.#over !== null;
    try {
      const about = { client, version, historyLines, notices, stay, isEnding };
      if (!(await talk(opened, about))) return;
      // However slowly it is read.
      await this.#wire.flush();
      await this.#exit(0);
    } catch (error) {
      opened.face.error(error);
      await this.#exit(1);
    }
  }

  /** Does what was asked for at the second start, and tells where one is. */
  #obey(): readonly { readonly level: 'info' | 'warn'; readonly text: string }[] {
    const { client } = this.#host;
    if (this.#terminal === null) return [];
    const { face, name, connect } = this.#terminal;
    const faults: string[] = [];
    for (const address of connect) {
      const dialled = client.connect(address);
      if (!dialled.ok) faults.push(dialled.reason);
    }
    const renamed = name === null ? null : client.rename(name);
    if (renamed !== null && !renamed.ok) faults.push(renamed.reason);
    const told = faults.map((text) => ({ level: 'warn', text }) as const);
    if (face === 'json') return told;
    const text = `attached to process ${process.pid}, which has this profile; \\quit ends this face alone`;
    return [{ level: 'info', text }, ...told];
  }

  /** \quit: what was said here is given a moment to reach those who are here. */
  async #quit(): Promise<void> {
    const { client } = this.#host;
    await Promise.race([client.settle(), pause(CLI_LIMITS.quitSettleMsMax)]);
    const { face } = this.#opened ?? {};
    if (this.#terminal !== null && this.#terminal.face !== 'json') {
      this.#close();
      this.#wire.to('err').write(`-- detached; process ${process.pid} goes on\n`);
    } else await face?.caughtUp();
    await this.#exit(0);
  }

  /** Ends it with the reason. */
  #refuse(code: string, text: string): Promise<void> {
    if (this.#over !== null) return this.#over;
    const told = errorObject(code, text);
    if (this.#terminal === null) return this.#exit(1, told);
    const { face, isTerminal } = this.#terminal;
    const [to, line] = face === 'json' ? ['out', jsonLine(told)] : ['err', `parley: ${text}\n`];
    const isPerson = face !== 'json' && isTerminal.input;
    return this.#exit(isPerson ? 0 : 1, { type: 'print', to, text: line });
  }

  #close(): void {
    if (this.#opened === null) return;
    close(this.#opened);
    this.#opened = null;
  }

  /** Behind the last words; what is not read then in time is lost. Only the first call counts. */
  #exit(code: 0 | 1, ...last: readonly object[]): Promise<void> {
    return this.#begin(async () => {
      const closed = new Promise<void>((resolve) => {
        this.#stream.once('close', resolve);
      });
      const exit = this.#terminal === null ? [] : [{ type: 'exit', code }];
      this.#wire.end(...last, ...exit);
      // Were something left unread, whoever is there would see an error in place of the last word.
      this.#stream.resume();
      await Promise.race([closed, pause(CLI_LIMITS.localGoodbyeMsMax)]);
      this.#stream.destroy();
    });
  }

  #begin(ending: () => Promise<void>): Promise<void> {
    if (this.#over !== null) return this.#over;
    this.#over = Promise.resolve();
    this.#close();
    this.#host.client.attend(null, this.#name);
    this.#stream.unpipe();
    this.#endInput();
    this.#over = ending();
    return this.#over;
  }
}

function close({ face, close: giveBack }: OpenedFace): void {
  face.stop();
  giveBack();
}
