// JSON mode: one object a line, both ways.

import { placeText, purposeOf, runCommand, sayReasonText } from '@parley/client';
import type {
  Change,
  SessionName,
  SessionStatus,
  SessionSummary,
  Settled,
  ShownLine,
} from '@parley/client';
import { failureText } from '../failure.ts';
import type { LineTaker } from '../io/input.ts';
import { LineFeed } from '../io/line-feed.ts';
import { refusedLineText } from '../io/line-splitter.ts';
import type { RefusedLine } from '../io/line-splitter.ts';
import type { LogLevel } from '../usage/invocation.ts';
import { CurrentSession } from './current-session.ts';
import type { Face, FaceOptions } from './face.ts';
import { readJsonInput } from './json-input.ts';
import type { JsonInput } from './json-input.ts';
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
  readonly lineBytesMax: number = CLI_LIMITS.jsonInputBytesMax;
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

  constructor(options: FaceOptions) {
    const { client, stdout, after, onFailure } = options;
    this.#options = options;
    const { view } = client;
    this.#current = new CurrentSession(client);
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
    client.onChange((change) => this.#changed(change));
  }

  begin({ version, history }: { version: string; history: readonly ShownLine[] }): void {
    const { view } = this.#options.client;
    const { identity, name, peer } = view.self;
    const listen = view.listening();
    this.#write({ type: 'ready', identity, name, peer, listen, version });
    this.#current.begin();
    for (const { session, kind } of view.sessions()) {
      if (kind === 'private') this.#tellSession('opened', session);
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
    const notice = settledNotice(this.#said, settled);
    if (notice !== null) this.notice(notice.level, notice.text);
  }

  async caughtUp(): Promise<void> {
    await this.#feed.caughtUp();
    this.#allStatus.flush();
    this.#status.flush();
    this.#delivered.flush();
    await this.#feed.caughtUp();
  }

  stop(): void {
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
    if (!input.ok) {
      this.#refuse(input.reason.code, input.reason.text);
      return true;
    }
    const { type, session, text } = input.value;
    const purpose = type === 'say' ? 'act' : purposeOf(text);
    const astray = session === null && purpose === 'act' ? this.#current.astray : null;
    if (astray !== null) {
      this.#refuse('astray', astray);
      return true;
    }
    if (type === 'command') return this.#run(input.value);
    this.#say(session ?? this.#current.name, text);
    return true;
  }

  #say(session: SessionName, text: string): void {
    const { client } = this.#options;
    const said = client.say(session, text, 'say');
    if (said.ok) this.#said += 1;
    else
      this.#refuse(said.reason, sayReasonText(said.reason, placeText(client.view, session), text));
  }

  #run({ session, text }: JsonInput): boolean {
    const { client, tools, onQuit } = this.#options;
    const from = session ?? this.#current.name;
    const all = client.view.sessions();
    if (session !== null && !all.some((one) => one.session === session)) {
      this.#refuse('unknown-session', sayReasonText('unknown-session', session, text));
      return true;
    }
    const outcome = runCommand(client, from, text, tools);
    if (session === null) this.#current.tried(text, from, outcome);
    switch (outcome.kind) {
      case 'quit':
        onQuit();
        return false;
      case 'error':
        this.#refuse(outcome.code, outcome.text);
        return true;
      case 'done':
        if (session !== null) this.#current.moved(from, outcome.session);
        if (outcome.lines.length === 0) this.#said += 1;
        else this.#write(noticeObject(outcome.lines.join('\n')));
        return true;
    }
    return outcome satisfies never;
  }

  #refuse(code: string, text: string): void {
    this.#write(errorObject(code, text));
  }

  #write(object: object): void {
    this.#options.stdout.write(jsonLine(object));
  }
}

function lineObjects(lines: readonly ShownLine[]): string {
  return lines.map((line) => jsonLine(lineObject(line))).join('');
}
