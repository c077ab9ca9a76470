// JSON mode: one object a line, both ways.

import { placeText, purposeOf, runCommand, sayReasonText, sessionNamed } from '@parley/client';
import type {
  Change,
  CommandOutcome,
  SessionName,
  SessionStatus,
  SessionSummary,
  Settled,
  ShownLine,
} from '@parley/client';
import type { CommandRequest, DoneMessage, Input, Output, SayRequest } from '@parley/local-api';
import { LOCAL_LIMITS } from '@parley/local-api';
import { failureText } from '../failure.ts';
import type { LineTaker } from '../io/input.ts';
import { LineFeed } from '../io/line-feed.ts';
import { refusedLineText } from '../io/line-splitter.ts';
import type { RefusedLine } from '../io/line-splitter.ts';
import type { LogLevel } from '../usage/invocation.ts';
import { CurrentSession } from './current-session.ts';
import type { Face, FaceOptions } from './face.ts';
import { readJsonInput } from './json-input.ts';
import { answerOf } from './json-requests.ts';
import {
  blockingObject,
  deliveredObject,
  errorObject,
  jsonLine,
  lineObject,
  noticeObject,
  peerObject,
  sessionObject,
  statusObject,
} from './json-objects.ts';
import { isTold, settledNotice } from './notice-text.ts';
import { Throttle } from './throttle.ts';
import { CLI_LIMITS } from '../limits.ts';

type Delivered = Extract<Change, { kind: 'delivered' }>;
type SessionEvent = Extract<Change, { kind: 'session' }>['event'];

export class JsonFace implements Face {
  readonly lineBytesMax: number = LOCAL_LIMITS.requestBytesMax;
  readonly taker: LineTaker;
  readonly #options: FaceOptions;
  readonly #feed: LineFeed;
  readonly #status: Throttle<SessionName>;
  readonly #allStatus: Throttle<null>;
  readonly #delivered: Throttle<Delivered>;
  readonly #lastStatus = new Map<SessionName, string>();
  readonly #current: CurrentSession;
  /** Private sessions that were told of, as they were then. */
  readonly #told = new Map<SessionName, SessionSummary>();
  #said = 0;
  /** Changes that came before the ready object; null from then on. */
  #early: Change[] | null = [];
  readonly #forget: () => void;

  constructor(options: FaceOptions) {
    const { client, stdout, after, onFailure } = options;
    this.#options = options;
    const { view } = client;
    this.#current = new CurrentSession(client, options.attend);
    this.#feed = new LineFeed({
      view,
      output: stdout,
      format: lineObjects,
      after,
      onError: onFailure,
    });
    this.#status = new Throttle(CLI_LIMITS.standingIntervalMs, (session) =>
      this.#tellStatus(session),
    );
    this.#allStatus = new Throttle(CLI_LIMITS.standingIntervalMs, () => this.#offerStatus());
    this.#delivered = new Throttle(CLI_LIMITS.standingIntervalMs, (change) =>
      this.#tellDelivered(change),
    );
    this.taker = {
      take: (line) => this.#take(line),
      gate: () => this.#gate(),
    };
    this.#forget = client.onChange((change) => this.#changed(change));
  }

  begin({ version, history }: { version: string; history: readonly ShownLine[] }): void {
    const { view } = this.#options.client;
    const { identity, name, peer } = view.self;
    const listen = view.listening();
    this.#write({ type: 'ready', identity, name, peer, listen, version });
    this.#current.begin();
    for (const { session, kind } of view.sessions()) {
      if (kind !== 'lobby') this.#tellSession('opened', session);
    }
    for (const line of history) this.#write(lineObject(line));
    const early = this.#early ?? [];
    this.#early = null;
    for (const change of early) this.#changed(change);
    this.#offerStatus();
    this.#feed.poke();
  }

  notice(level: LogLevel, text: string): void {
    if (isTold(level, this.#options.logLevel)) this.#write(noticeObject(text));
  }

  error(error: unknown): void {
    const { logLevel, stderr } = this.#options;
    const line = failureText(error, false).trim();
    this.#write(errorObject('failed', line.replace(/^parley: /u, '')));
    stderr.write(failureText(error, logLevel === 'debug'));
  }

  settled(settled: Settled): void {
    const notice = settledNotice(this.#said, settled, this.#options.goesOut);
    if (notice !== null) this.notice(notice.level, notice.text);
    this.#write({ type: 'settled', said: this.#said, ...settled });
  }

  async caughtUp(): Promise<void> {
    await this.#feed.caughtUp();
    this.#allStatus.flush();
    this.#status.flush();
    this.#delivered.flush();
    await this.#feed.caughtUp();
  }

  stop(): void {
    this.#forget();
    this.#feed.stop();
  }

  #changed(change: Change): void {
    if (this.#early !== null) {
      this.#early.push(change);
      return;
    }
    switch (change.kind) {
      case 'lines':
        this.#feed.poke();
        this.#allStatus.offer('', null);
        break;
      case 'status':
        this.#status.offer(change.session, change.session);
        break;
      case 'delivered':
        this.#delivered.offer(change.session, change);
        break;
      case 'peer':
        this.#write(peerObject(change));
        break;
      case 'blocking':
        this.#write(blockingObject(change));
        break;
      case 'session':
        this.#tellSession(change.event, change.session);
        break;
      case 'notice':
        this.notice(change.level, change.text);
        break;
      case 'error':
        this.#refuse(change.code, change.text);
        break;
      case 'failed':
        this.#options.onFailure(change.error);
        break;
      default:
    }
  }

  #offerStatus(): void {
    for (const { session } of this.#options.client.view.sessions()) {
      this.#status.offer(session, session);
    }
  }

  #tellSession(event: SessionEvent, session: SessionName): void {
    const all = this.#options.client.view.sessions();
    const told = this.#told.get(session);
    const summary = event === 'left' ? told : all.find((one) => one.session === session);
    // Nobody was told of what is gone, or told of it anew what was there at the start.
    if (summary === undefined || (event === 'opened' && told !== undefined)) return;
    if (event === 'left') this.#told.delete(session);
    else this.#told.set(session, summary);
    this.#write(sessionObject(event, summary));
    if (event === 'opened') this.#status.offer(session, session);
  }

  #tellStatus(session: SessionName): void {
    const status: SessionStatus = this.#options.client.view.status(session);
    const text = jsonLine(statusObject(status));
    if (this.#lastStatus.get(session) === text) return;
    this.#lastStatus.set(session, text);
    this.#options.stdout.write(text);
  }

  /** Behind the line it is about, which the feed may still have before it. */
  #tellDelivered(change: Delivered): void {
    void this.#feed.caughtUp().then(() => this.#write(deliveredObject(change)));
  }

  #gate(): Promise<void> | null {
    const { client, stdout } = this.#options;
    if (!client.hasRoom) return client.ready();
    return stdout.hasRoom ? null : stdout.ready();
  }

  #take(line: string | RefusedLine): boolean {
    if (typeof line !== 'string') {
      this.#refuse(line.reason, refusedLineText(line, this.lineBytesMax));
      return true;
    }
    const input = readJsonInput(line);
    if (input.ok) return this.#do(input.value);
    const { code, text, re } = input.reason;
    this.#refuse(code, text, re);
    return true;
  }

  #do(input: Input): boolean {
    switch (input.type) {
      case 'say':
        this.#say(input);
        return true;
      case 'command':
        return this.#run(input);
      case 'settle':
        void this.#settle(input.re);
        return true;
      case 'import':
        this.#import(input.run, input.re);
        return true;
      case 'sessions':
      case 'people':
      case 'search':
      case 'doctor':
        this.#write(answerOf(this.#options.client, input, this.#current.name));
        return true;
    }
    return input satisfies never;
  }

  /** Whether it may not be done here, since nobody saw the answer to what came before; then that is said. */
  #isAstray({ type, text, session, re }: SayRequest | CommandRequest): boolean {
    const purpose = type === 'say' ? 'act' : purposeOf(text);
    const astray = session === undefined && purpose === 'act' ? this.#current.astray : null;
    if (astray !== null) this.#refuse('astray', astray, re);
    return astray !== null;
  }

  #say(request: SayRequest): void {
    if (this.#isAstray(request)) return;
    const { client } = this.#options;
    const { text, re } = request;
    const session = this.#meant(request.session ?? this.#current.name);
    const said = client.say(session, text, 'say');
    if (said.ok) {
      this.#said += 1;
      if (re !== undefined) this.#done(re, '');
      return;
    }
    this.#refuse(
      said.reason,
      sayReasonText(said.reason, placeText(client.view, session), text),
      re,
    );
  }

  #run(request: CommandRequest): boolean {
    if (this.#isAstray(request)) return true;
    const { client, tools, onQuit } = this.#options;
    const { text, re, session } = request;
    const from = this.#meant(session ?? this.#current.name);
    if (session !== undefined && !this.#isListed(from)) {
      this.#refuse('unknown-session', sayReasonText('unknown-session', session, text), re);
      return true;
    }
    const outcome = runCommand(client, from, text, tools);
    if (session === undefined) this.#current.tried(text, from, outcome);
    switch (outcome.kind) {
      case 'quit':
        if (re !== undefined) this.#done(re, '');
        onQuit();
        return false;
      case 'error':
        this.#refuse(outcome.code, outcome.text, re);
        return true;
      case 'done':
        if (session !== undefined) this.#current.moved(from, outcome.session);
        this.#ran(outcome, re);
        return true;
    }
    return outcome satisfies never;
  }

  /** Its name in what we write, of a number or a name with # before it; what names none as it is. */
  #meant(session: SessionName): SessionName {
    return sessionNamed(this.#options.client.view.sessions(), session)?.session ?? session;
  }

  #isListed(session: SessionName): boolean {
    return this.#options.client.view.sessions().some((one) => one.session === session);
  }

  #ran({ lines, session }: Extract<CommandOutcome, { kind: 'done' }>, re?: string): void {
    if (lines.length === 0) this.#said += 1;
    const text = lines.join('\n');
    if (re !== undefined) this.#done(re, text, session);
    else if (lines.length > 0) this.#write(noticeObject(text));
  }

  async #settle(re?: string): Promise<void> {
    const settled = await this.#options.client.settle();
    // What it is about has been told before.
    await this.#feed.caughtUp();
    const asked = re === undefined ? {} : { re };
    this.#write({ type: 'settled', said: this.#said, ...settled, ...asked });
  }

  #import(run: string, re?: string): void {
    const imported = this.#options.client.importRun(Buffer.from(run, 'base64'));
    if (!imported.ok) return this.#refuse('bad-run', imported.reason, re);
    const asked = re === undefined ? {} : { re };
    return this.#write({ type: 'imported', entries: imported.value, ...asked });
  }

  #done(re: string, text: string, session: SessionName = this.#current.name): void {
    this.#write({ type: 'done', session, text, re } satisfies DoneMessage);
  }

  #refuse(code: string, text: string, re?: string): void {
    this.#write(errorObject(code, text, re));
  }

  #write(object: Output): void {
    this.#options.stdout.write(jsonLine(object));
  }
}

function lineObjects(lines: readonly ShownLine[]): string {
  return lines.map((line) => jsonLine(lineObject(line))).join('');
}
