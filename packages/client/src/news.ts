// What the peer tells, as changes that faces are told of.

import type { PeerEvent, PeerId, PeerState } from '@parley/core';
import type { Change } from './api.ts';
import type { Attention } from './attention.ts';
import type { MetByInvite } from './met-by-invite.ts';
import { forkFailedText, namesakeText, noticeOf } from './notices.ts';
import type { PeopleView } from './people-view.ts';
import type { Receipts } from './receipts.ts';
import type { ClientRooms } from './rooms.ts';
import type { SessionList } from './session-list.ts';

export interface NewsSources {
  readonly state: PeerState;
  readonly sessions: SessionList;
  readonly attention: Attention;
  readonly receipts: Receipts;
  readonly who: PeopleView;
  readonly rooms: ClientRooms;
  readonly met: MetByInvite;
  readonly tell: (change: Change) => void;
}

export class News {
  readonly #sources: NewsSources;

  constructor(sources: NewsSources) {
    this.#sources = sources;
  }

  told(event: PeerEvent): void {
    const { sessions, attention, tell } = this.#sources;
    switch (event.kind) {
      case 'neighbour':
        return this.#toldNeighbour(event);
      case 'status': {
        const session = sessions.of(event.conversation)?.name;
        if (session !== undefined) tell({ kind: 'status', session });
        return;
      }
      case 'held':
        return this.#toldHeld(event);
      case 'session':
        return this.#toldSession(event);
      case 'forkFailed':
        return this.#forkFailed(event);
      case 'listening':
        return tell({ kind: 'listening' });
      case 'blocking':
        attention.recount();
        return tell({ kind: 'blocking', identity: event.identity, blocked: event.isBlocked });
      default:
        return this.#notice(event);
    }
  }

  #toldNeighbour(told: Extract<PeerEvent, { kind: 'neighbour' }>): void {
    const { who, met, tell } = this.#sources;
    who.forgetLabels();
    const { event, identity, name, address, path } = told;
    tell({ kind: 'peer', event, identity, name, address, path });
    const namesake = event === 'connected' ? met.impersonated(identity, name) : null;
    if (namesake === null) return;
    const text = namesakeText(who.labelOf(identity), who.labelOf(namesake));
    tell({ kind: 'notice', level: 'info', text });
  }

  #toldHeld({ conversation: of, length, heldBy }: Extract<PeerEvent, { kind: 'held' }>): void {
    const { state, sessions, receipts, tell } = this.#sources;
    const conversation = state.conversations.get(of);
    const session = sessions.of(of)?.name;
    if (conversation === undefined || session === undefined) return;
    const id = receipts.lineAt(conversation, length);
    if (id !== null) tell({ kind: 'delivered', session, id, heldBy });
  }

  #toldSession({ event, conversation }: Extract<PeerEvent, { kind: 'session' }>): void {
    const { sessions, who, tell } = this.#sources;
    sessions.forget();
    who.forgetLabels();
    const session = sessions.of(conversation)?.name;
    // Who leaves tells so itself, since it knows what it was called.
    if (session === undefined || event === 'left') return;
    // The other half of two crossing forks is news of a session that is there already.
    const isNew = event === 'opened' && sessions.of(conversation)?.conversations.length === 1;
    tell({
      kind: 'session',
      event: event === 'opened' && !isNew ? 'changed' : event,
      session,
    });
  }

  #forkFailed({ number, because, lines }: Extract<PeerEvent, { kind: 'forkFailed' }>): void {
    const { sessions, who, tell } = this.#sources;
    sessions.forget();
    tell({ kind: 'session', event: 'left', session: String(number) });
    if (because.length === 0) return;
    const names = because.map((each) => who.labelOf(each)).join(', ');
    tell({ kind: 'error', code: 'no-keys', text: forkFailedText(names, lines) });
  }

  #notice(event: Parameters<typeof noticeOf>[0]): void {
    const { sessions, who, tell } = this.#sources;
    if (event.kind === 'renamed') who.forgetLabels();
    // Who was introduced or remembered has a key; an address that people gave has none.
    const isTyped = 'target' in event && this.#isAsked(event.target.peer);
    const place = 'conversation' in event ? sessions.of(event.conversation) : undefined;
    const notice = noticeOf(event, { isTyped, ...who.wordsIn(place) });
    const quotes = event.kind === 'setting' ? { quotes: true } : {};
    if (notice !== null) tell({ kind: 'notice', ...notice, ...quotes });
    if (event.kind === 'setting' && place !== undefined)
      tell({ kind: 'session', event: 'changed', session: place.name });
  }

  #isAsked(peer: PeerId | null): boolean {
    return peer === null || this.#sources.rooms.isInviter(peer);
  }
}
