// A client without a loop, a store or a network: what faces are tested against.

import type {
  BlockRefusal,
  Client,
  Figures,
  Finding,
  LinePlace,
  SayReason,
  SessionName,
  Settled,
  ShownLine,
} from '@parley/client';
import { LIMITS, checkName, fail, nameReasonText, ok, utf8Length } from '@parley/core';
import type { ChainKey, GuardLimits, IdentityKey, Result } from '@parley/core';
import { FakeSessions } from './fake-sessions.ts';
import { ownIdentity } from './fake-view.ts';
import { noFigures } from './fake-figures.ts';

/** What a test may set of a line; the rest is made up. */
export type LineWish = Partial<Omit<ShownLine, 'from' | 'arrival'>> & {
  readonly identity?: IdentityKey;
  readonly name?: string;
  readonly label?: string;
};

/** Remembers what it was told, and says so in its view; a test decides the rest. */
export class FakeClient extends FakeSessions implements Client {
  hasRoom = true;
  /** What doctor says. */
  findings: readonly Finding[] = [];
  /** What the face kept. */
  readonly kept: Map<string, string> = new Map();
  settled: Settled = { acknowledged: 0, silent: [], unacknowledgedEntries: 0, unsaidLines: 0 };
  /** What `stop` waits for. */
  stopping: Promise<void> = Promise.resolve();
  readonly #waiting: (() => void)[] = [];

  start(): Promise<void> {
    this.calls.push('start');
    return Promise.resolve();
  }

  say(session: SessionName, text: string, kind: 'say' | 'me'): Result<null, SayReason> {
    if (text.trim() === '') return fail('empty');
    if (!text.isWellFormed()) return fail('lone-surrogate');
    if (utf8Length(text) > LIMITS.lineTextBytesMax) return fail('too-long');
    const found = this.view.sessions().find((known) => known.session === session);
    if (found === undefined) return fail('unknown-session');
    if (!found.open) return fail('closed-session');
    this.addLine({ session, text, kind, own: true });
    return ok(null);
  }

  /** A line of our own or of others becomes visible. */
  addLine(wish: LineWish): ShownLine {
    const { view } = this;
    const { identity = ownIdentity, name = view.self.name, label = name, ...rest } = wish;
    const session = rest.session ?? 'lobby';
    const summary = view.allSessions.find((known) => known.session === session);
    const line: ShownLine = {
      arrival: view.lines.length + 1,
      id: `line-${view.lines.length + 1}`,
      place: placeOf(rest.timeMs ?? 0, view.lines.length + 1),
      session,
      from: { identity, name, label },
      kind: 'say',
      text: '',
      timeMs: 0,
      own: identity === ownIdentity,
      late: false,
      forkedBy: summary?.forkedBy ?? null,
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

  recall(key: string): string | null {
    return this.kept.get(key) ?? null;
  }

  keep(key: string, text: string): void {
    this.kept.set(key, text);
  }

  block(person: IdentityKey, isBlocked: boolean): Result<null, BlockRefusal> {
    this.calls.push(`${isBlocked ? 'block' : 'unblock'} ${person}`);
    return person === this.view.self.identity ? fail('self') : ok(null);
  }

  connect(address: string): Result<null, string> {
    this.calls.push(`connect ${address}`);
    return address.includes(':') ? ok(null) : fail(`${address} has no port`);
  }

  limit(limits: Partial<GuardLimits>): void {
    this.calls.push(`limit ${JSON.stringify(limits)}`);
  }

  figures(): Figures {
    return noFigures;
  }

  diagnosis(): readonly Finding[] {
    return this.findings;
  }

  resync(session: SessionName): void {
    this.calls.push(`resync ${session}`);
  }

  /** Takes what begins with a 1. */
  importRun(bytes: Uint8Array): Result<number, string> {
    this.calls.push(`import ${bytes.length}`);
    return bytes[0] === 1 ? ok(1) : fail('it is no signed run of entries');
  }

  settle(): Promise<Settled> {
    this.calls.push('settle');
    return Promise.resolve(this.settled);
  }

  get unsaidLines(): number {
    return this.settled.unsaidLines;
  }

  stop(): Promise<void> {
    this.calls.push('stop');
    this.stopped = true;
    return this.stopping;
  }
}

/** By time, then by arrival, as if each line were an entry. */
function placeOf(ms: number, arrival: number): LinePlace {
  const chain = 'a'.repeat(80) as ChainKey;
  return { hlc: { ms, counter: arrival }, chain, seq: arrival, index: 0 };
}
