// What faces read, where a test decides what stands there.

import type {
  Attempt,
  Connection,
  ExportedRun,
  Gap,
  HistoryPage,
  HistoryRange,
  LinePage,
  PageRange,
  Person,
  SessionName,
  SessionStatus,
  SessionSummary,
  ShownLine,
  View,
} from '@parley/client';
import { compareOrder } from '@parley/core';
import type { IdentityKey, PeerId } from '@parley/core';

export const ownIdentity: IdentityKey = 'a'.repeat(64) as IdentityKey;

export function personOf(wish: Partial<Person> & { readonly identity: IdentityKey }): Person {
  const name = wish.name ?? 'someone';
  const unknown = { you: false, path: null, lastSeenMs: null, verified: false } as const;
  const heard = { blocked: false, quarantined: false, metByInvite: false };
  return { name, label: name, ...unknown, ...heard, ...wish };
}

const lobbySummary: SessionSummary = {
  session: 'lobby',
  number: 0,
  kind: 'lobby',
  title: 'lobby',
  topic: '',
  keepDays: 0,
  secret: false,
  people: 1,
  held: 0,
  missing: 0,
  peers: 0,
  forkedBy: null,
  forker: null,
  with: [],
  unread: 0,
  open: true,
};

/** A room with nobody in it, as the list tells it. */
export function roomSummary(number: number, name: string, secret: boolean): SessionSummary {
  return { ...lobbySummary, session: name, number, kind: 'room', title: `#${name}`, secret };
}

/** A private session with these people, as the list tells it. */
export function privateSummary(
  number: number,
  forkedBy: 'us' | 'them',
  others: readonly Person[],
): SessionSummary {
  return {
    ...lobbySummary,
    session: String(number),
    number,
    kind: 'private',
    forkedBy,
    forker: forkedBy === 'us' ? 'anna' : (others[0]?.label ?? null),
    ...peopleOf(others),
  };
}

export function peopleOf(
  others: readonly Person[],
): Pick<SessionSummary, 'title' | 'people' | 'with'> {
  const title = others.map((person) => person.label).join(', ');
  return { title, people: others.length + 1, with: others };
}

export class FakeView implements View {
  self: View['self'] = { identity: ownIdentity, name: 'anna', peer: '12D3fake' as PeerId };
  readonly lines: ShownLine[] = [];
  addresses: string[] = ['127.0.0.1:4747'];
  allPeople: Person[] = [personOf({ identity: ownIdentity, name: 'anna', you: true })];
  allSessions: SessionSummary[] = [lobbySummary];
  allConnections: Connection[] = [];
  allAttempts: Attempt[] = [];
  allGaps: Gap[] = [];
  /** Lines read by `page`. */
  pagedLines = 0;

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

  page(session: SessionName, { linesMax, before, after }: PageRange): HistoryPage {
    const all = this.lines.filter((line) => line.session === session).toSorted(byPlace);
    const within = all.filter(
      ({ place }) =>
        (before === undefined || compareOrder(place, before) < 0) &&
        (after === undefined || compareOrder(place, after) > 0),
    );
    const lines = after === undefined ? within.slice(-linesMax) : within.slice(0, linesMax);
    this.pagedLines += lines.length;
    return { lines, end: within.length < linesMax };
  }

  search(query: string, session: SessionName | null, hitsMax: number): readonly ShownLine[] {
    return this.lines
      .filter((line) => session === null || line.session === session)
      .filter(({ text }) => text.includes(query))
      .toReversed()
      .slice(0, hitsMax);
  }

  runs(): readonly ExportedRun[] {
    return [];
  }

  sessions(): readonly SessionSummary[] {
    return this.allSessions;
  }

  status(session: SessionName): SessionStatus {
    const found = this.allSessions.find((summary) => summary.session === session);
    const { held, missing, peers } = found ?? { held: 0, missing: 0, peers: 0 };
    return { session, held, missing, peers };
  }

  /** Everyone, but in a private session: those in it. */
  people(session: SessionName): readonly Person[] {
    const found = this.allSessions.find((summary) => summary.session === session);
    if (found?.kind !== 'private') return this.allPeople;
    return [...this.allPeople.filter((person) => person.you), ...found.with];
  }

  blocked(): readonly Person[] {
    return this.allPeople.filter(({ blocked, quarantined }) => blocked || quarantined);
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

function byPlace(left: ShownLine, right: ShownLine): number {
  return compareOrder(left.place, right.place);
}
