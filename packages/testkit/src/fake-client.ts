// A client without a loop, a store or a network: what faces are tested against.

import type {
  Attempt,
  Change,
  Client,
  Connection,
  Gap,
  HistoryRange,
  LinePage,
  Person,
  SayReason,
  SessionName,
  SessionStatus,
  SessionSummary,
  Settled,
  ShownLine,
  View,
} from '@parley/client';
import { LIMITS, checkName, fail, nameReasonText, ok, utf8Length } from '@parley/core';
import type { IdentityKey, PeerId, Result } from '@parley/core';

export const ownIdentity: IdentityKey = 'a'.repeat(64) as IdentityKey;

/** What a test may set of a line; the rest is made up. */
export type LineWish = Partial<Omit<ShownLine, 'from' | 'arrival'>> & {
  readonly identity?: IdentityKey;
  readonly name?: string;
  readonly label?: string;
};

export function personOf(wish: Partial<Person> & { readonly identity: IdentityKey }): Person {
  const name = wish.name ?? 'someone';
  return { name, label: name, you: false, path: null, lastSeenMs: null, ...wish };
}

export class FakeView implements View {
  self: View['self'] = { identity: ownIdentity, name: 'anna', peer: '12D3fake' as PeerId };
  readonly lines: ShownLine[] = [];
  addresses: string[] = ['127.0.0.1:4747'];
  allPeople: Person[] = [personOf({ identity: ownIdentity, name: 'anna', you: true })];
  allSessions: SessionSummary[] = [
    { session: 'lobby', number: 0, kind: 'lobby', people: 1, held: 0, missing: 0, peers: 0 },
  ];
  allConnections: Connection[] = [];
  allAttempts: Attempt[] = [];
  allGaps: Gap[] = [];

  listening(): readonly string[] {
    return this.addresses;
  }

  newest(): number {
    return this.lines.length;
  }

  linesAfter(arrival: number, linesMax: number): LinePage {
    const lines = this.lines.slice(arrival, arrival + linesMax);
    const through = arrival + lines.length;
    return { lines, through, end: through === this.lines.length };
  }

  history(session: SessionName, range: HistoryRange): readonly ShownLine[] {
    return this.lines.filter((line) => line.session === session).slice(-range.linesMax);
  }

  sessions(): readonly SessionSummary[] {
    return this.allSessions;
  }

  status(session: SessionName): SessionStatus {
    const found = this.allSessions.find((summary) => summary.session === session);
    const { held, missing, peers } = found ?? { held: 0, missing: 0, peers: 0 };
    return { session, held, missing, peers };
  }

  people(): readonly Person[] {
    return this.allPeople;
  }

  connections(): readonly Connection[] {
    return this.allConnections;
  }

  attempts(): readonly Attempt[] {
    return this.allAttempts;
  }

  gaps(): readonly Gap[] {
    return this.allGaps;
  }
}

/** Remembers what it was told, and says so in its view; a test decides the rest. */
export class FakeClient implements Client {
  readonly view: FakeView = new FakeView();
  readonly calls: string[] = [];
  hasRoom = true;
  settled: Settled = { acknowledged: 0, silent: [], unacknowledgedEntries: 0 };
  /** What `stop` waits for. */
  stopping: Promise<void> = Promise.resolve();
  readonly #listeners = new Set<(change: Change) => void>();
  readonly #waiting: (() => void)[] = [];

  start(): Promise<void> {
    this.calls.push('start');
    return Promise.resolve();
  }

  say(session: SessionName, text: string, kind: 'say' | 'me'): Result<null, SayReason> {
    if (text.trim() === '') return fail('empty');
    if (!text.isWellFormed()) return fail('lone-surrogate');
    if (utf8Length(text) > LIMITS.lineTextBytesMax) return fail('too-long');
    if (!this.view.sessions().some((known) => known.session === session)) {
      return fail('unknown-session');
    }
    this.addLine({ session, text, kind, own: true });
    return ok(null);
  }

  /** A line of our own or of others becomes visible. */
  addLine(wish: LineWish): ShownLine {
    const { view } = this;
    const { identity = ownIdentity, name = view.self.name, label = name, ...rest } = wish;
    const line: ShownLine = {
      arrival: view.lines.length + 1,
      id: `line-${view.lines.length + 1}`,
      session: 'lobby',
      from: { identity, name, label },
      kind: 'say',
      text: '',
      timeMs: 0,
      own: identity === ownIdentity,
      late: false,
      ...rest,
    };
    view.lines.push(line);
    this.emit({ kind: 'lines' });
    return line;
  }

  ready(): Promise<void> {
    if (this.hasRoom) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** Takes up again whoever waits in `ready`. */
  makeRoom(): void {
    this.hasRoom = true;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  rename(name: string): Result<null, string> {
    const checked = checkName(name);
    if (!checked.ok) return fail(nameReasonText(checked.reason));
    this.view.self = { ...this.view.self, name: checked.value };
    return ok(null);
  }

  connect(address: string): Result<null, string> {
    this.calls.push(`connect ${address}`);
    return address.includes(':') ? ok(null) : fail(`${address} has no port`);
  }

  resync(session: SessionName): void {
    this.calls.push(`resync ${session}`);
  }

  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }

  settle(): Promise<Settled> {
    this.calls.push('settle');
    return Promise.resolve(this.settled);
  }

  stop(): Promise<void> {
    this.calls.push('stop');
    return this.stopping;
  }
}
