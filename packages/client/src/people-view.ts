// Who is where: the people of each session, how they are called, and what a list of sessions says of each.

import type {
  Arrived,
  Conversation,
  ConversationId,
  IdentityKey,
  Neighbour,
  PeerState,
  Store,
} from '@parley/core';
import { isBlocked, namesIn, neighboursIn, peopleOf, statusOf } from '@parley/core';
import type { Person, SessionStatus, SessionSummary } from './api.ts';
import type { Attention } from './attention.ts';
import { Labels, byLabel } from './labels.ts';
import type { Listed, SessionList } from './session-list.ts';
import { forkedByOf, isOpen, titleOfRoom } from './session-list.ts';
import type { MetByInvite } from './met-by-invite.ts';

const VERIFIED_PREFIX = 'verified/';

export interface Words {
  /** How someone is called. */
  readonly labelOf: (identity: IdentityKey) => string;
  /** What the session is called: of several that go on at once it says which. */
  readonly place: string;
  readonly self: IdentityKey;
}

export interface PeopleSources {
  readonly state: PeerState;
  readonly store: Store;
  readonly sessions: SessionList;
  readonly attention: Attention;
  readonly met: MetByInvite;
}

export class PeopleView {
  readonly #sources: PeopleSources;
  readonly #labels = new Map<ConversationId, Labels>();
  readonly #known = new Set<IdentityKey>();
  readonly #verified: Set<IdentityKey>;

  constructor(sources: PeopleSources) {
    this.#sources = sources;
    this.#verified = new Set(verifiedIn(sources.store));
  }

  status(listed: Listed): SessionStatus {
    return this.#statusOf(listed, this.#othersIn(listed));
  }

  #statusOf(listed: Listed, others: readonly Person[]): SessionStatus {
    const { state } = this.#sources;
    let [held, missing] = [0, 0];
    for (const conversation of listed.conversations) {
      const status = statusOf(state, conversation);
      held += status.held;
      missing += status.missing;
    }
    const peers =
      listed.session === null
        ? statusOf(state, listed.conversation).peers
        : others.filter(({ path }) => path !== null).length;
    return { session: listed.name, held, missing, peers };
  }

  /** The others in a private session; nobody in the lobby, where they are not listed. */
  #othersIn(listed: Listed): readonly Person[] {
    return listed.session === null ? [] : this.people(listed).filter(({ you }) => !you);
  }

  summary(listed: Listed): SessionSummary {
    const { state, attention } = this.#sources;
    const { number, kind, session, conversation } = listed;
    const others = byLabel(this.#othersIn(listed));
    const people =
      session === null ? connectedIn(state, conversation).size + 1 : peopleOf(session).length;
    const forker = session?.roster?.initiator ?? session?.inviter ?? null;
    return {
      ...this.#statusOf(listed, others),
      number,
      kind,
      title: session === null ? titleOfRoom(listed) : this.#titleOf(listed, others),
      ...settingsOf(conversation),
      people,
      forkedBy: forkedByOf(state, listed),
      forker: forker === null ? null : this.labelsOf(conversation).of(forker).label,
      with: others,
      unread: attention.unread(listed.name),
      open: isOpen(state, listed),
    };
  }

  /** After those who are in it; where nobody else is left, after those who were. */
  #titleOf({ conversation, session }: Listed, others: readonly Person[]): string {
    if (others.length > 0) return others.map(({ label }) => label).join(', ');
    const { self } = this.#sources.state;
    const were = [...(session?.roster?.members.keys() ?? [])].filter(
      (each) => each !== self.identity,
    );
    const labels = this.labelsOf(conversation);
    return byLabel(were.map((each) => labels.of(each)))
      .map(({ label }) => label)
      .join(', ');
  }

  /** Lobby and rooms: everyone heard of there; a private session: who is in it. */
  people({ conversation, session }: Listed): readonly Person[] {
    const { state } = this.#sources;
    const here = session === null ? connectedIn(state, conversation) : connected(state);
    const labels = this.labelsOf(conversation);
    const everyone =
      session === null ? [...namesIn(state, conversation).keys()] : peopleOf(session);
    return everyone.map((identity) => this.#personOf(identity, labels, here));
  }

  /** All who are blocked or in quarantine, here or not. */
  blocked(): readonly Person[] {
    const { state, sessions } = this.#sources;
    const lobby = sessions.all()[0];
    if (lobby === undefined) return [];
    const { rulings, quarantined } = state.guard;
    const kept = [...rulings.keys()].filter((identity) => isBlocked(state, identity));
    const labels = this.labelsOf(lobby.conversation);
    const here = connected(state);
    return [...new Set([...kept, ...quarantined.keys()])].map((identity) =>
      this.#personOf(identity, labels, here),
    );
  }

  #personOf(
    identity: IdentityKey,
    labels: Labels,
    here: ReadonlyMap<IdentityKey, Neighbour>,
  ): Person {
    const { state, met } = this.#sources;
    return {
      identity,
      ...labels.of(identity),
      you: identity === state.self.identity,
      path: here.get(identity)?.path ?? null,
      lastSeenMs: state.acquaintances.get(identity)?.seenMs ?? null,
      verified: this.#verified.has(identity),
      metByInvite: met.has(identity),
      blocked: isBlocked(state, identity),
      quarantined: state.guard.quarantined.has(identity),
    };
  }

  /** What news of a session call it and those in it; without one, as in the lobby. */
  wordsIn(listed: Listed | undefined): Words {
    const labels = listed === undefined ? null : this.labelsOf(listed.conversation);
    return {
      labelOf: (each) => labels?.of(each).label ?? this.labelOf(each),
      place: placeOf(listed),
      self: this.#sources.state.self.identity,
    };
  }

  /** How someone is called in the lobby. */
  labelOf(identity: IdentityKey): string {
    const lobby = this.#sources.sessions.all()[0];
    return lobby === undefined ? identity : this.labelsOf(lobby.conversation).of(identity).label;
  }

  labelsOf(conversation: Conversation): Labels {
    const known = this.#labels.get(conversation.id);
    if (known !== undefined) return known;
    const lobby = this.#sources.sessions.all()[0]?.conversation;
    const around = lobby === undefined || lobby === conversation ? null : this.labelsOf(lobby);
    const labels = new Labels(this.#sources.state, conversation, around);
    this.#labels.set(conversation.id, labels);
    return labels;
  }

  /** The mark that safety words were compared; kept with the key, so that another key does not have it. */
  verify(identity: IdentityKey, isVerified: boolean): void {
    const value = isVerified ? new Uint8Array([1]) : null;
    this.#sources.store.commit([{ kind: 'value', key: `${VERIFIED_PREFIX}${identity}`, value }]);
    if (isVerified) this.#verified.add(identity);
    else this.#verified.delete(identity);
  }

  /** Names changed: labels are made anew when next asked for. */
  forgetLabels(): void {
    for (const labels of this.#labels.values()) labels.forget();
  }

  /** A new author may share a name with someone. */
  noteArrived(entries: readonly Arrived[]): void {
    for (const { identity } of entries) {
      if (this.#known.has(identity)) continue;
      this.#known.add(identity);
      this.forgetLabels();
    }
  }
}

/** With whom safety words were compared. */
export function verifiedIn(store: Pick<Store, 'values'>): readonly IdentityKey[] {
  const marks = store.values(VERIFIED_PREFIX);
  return marks.map(({ key }) => key.slice(VERIFIED_PREFIX.length) as IdentityKey);
}

function settingsOf({
  settings,
  room,
}: Conversation): Pick<SessionSummary, 'topic' | 'keepDays' | 'secret'> {
  const { topic, keep } = settings;
  const secret = room?.key.kind === 'secret';
  return { topic: topic?.value ?? '', keepDays: keep?.value ?? 0, secret };
}

/** Who is connected to us in a conversation, ourselves left out. */
function connectedIn(
  state: PeerState,
  conversation: Conversation,
): ReadonlyMap<IdentityKey, Neighbour> {
  return byIdentity(state, neighboursIn(state, conversation));
}

function placeOf(listed: Listed | undefined): string {
  if (listed === undefined) return 'a private session';
  return listed.session === null ? titleOfRoom(listed) : `session ${listed.number}`;
}

/** Who is connected to us at all. */
function connected(state: PeerState): ReadonlyMap<IdentityKey, Neighbour> {
  const met = [...state.neighbours.values()].filter((neighbour) => neighbour.met);
  return byIdentity(state, met);
}

function byIdentity(
  state: PeerState,
  neighbours: readonly Neighbour[],
): ReadonlyMap<IdentityKey, Neighbour> {
  const here = new Map<IdentityKey, Neighbour>();
  for (const neighbour of neighbours) {
    const identity = neighbour.hello?.identity;
    if (identity !== undefined && identity !== state.self.identity) here.set(identity, neighbour);
  }
  return here;
}
