// A simulated link between two sides, each of which learns by itself when it comes up and when it is gone.

import type { DialTarget, NetworkEvent, PeerId } from '@parley/core';
import type { Air } from './wire.ts';
import { Wire } from './wire.ts';

export interface Link {
  isCut: boolean;
  /** Both directions end at once, and both sides are told, each in its time. */
  cut(): void;
}

/** One side's view of a link. */
export interface LinkEnd {
  readonly link: Link;
  readonly peer: PeerId;
  readonly other: LinkSide;
  /** What this side sends. */
  readonly outbound: Wire;
  /** What this side receives. */
  readonly inbound: Wire;
  /** Between `connected` and `disconnected`. */
  isUp: boolean;
}

/** What a link needs of those at its ends. */
export interface LinkSide {
  readonly peer: PeerId;
  readonly address: string;
  readonly record: Uint8Array;
  /** What it is to be found under, in hex. */
  readonly keys: ReadonlySet<string>;
  ends(): readonly LinkEnd[];
  tell(event: NetworkEvent): void;
  /** Gives the end its place; an older link to the same peer is told gone first. */
  reserve(end: LinkEnd): void;
  up(end: LinkEnd, direction: 'inbound' | 'outbound'): void;
  lost(end: LinkEnd, reason: string): void;
}

const NOTICE_MS_MAX = 2_000;

/** The answerer's side comes up now, the dialler's when the answer has reached it. */
export function connectSides(air: Air, from: LinkSide, to: LinkSide, target: DialTarget): void {
  const there = wire(
    air,
    from,
    to,
    () => answering.isUp,
    () => link.cut(),
  );
  const back = wire(
    air,
    to,
    from,
    () => dialling.isUp,
    () => link.cut(),
  );
  const link: Link = {
    isCut: false,
    cut: () => {
      if (link.isCut) return;
      link.isCut = true;
      there.cut();
      back.cut();
      const noticeMs = (): number => air.chance.between(0, NOTICE_MS_MAX);
      air.agenda.after(noticeMs(), () => from.lost(dialling, 'cut'));
      air.agenda.after(noticeMs(), () => to.lost(answering, 'cut'));
    },
  };
  const both = { link, isUp: false };
  const dialling: LinkEnd = { ...both, peer: to.peer, other: to, outbound: there, inbound: back };
  const answering: LinkEnd = {
    ...both,
    peer: from.peer,
    other: from,
    outbound: back,
    inbound: there,
  };
  from.reserve(dialling);
  to.reserve(answering);
  to.up(answering, 'inbound');
  const { delayMsMin, delayMsMax } = air.weather;
  air.agenda.after(air.chance.between(delayMsMin, delayMsMax), () => {
    if (link.isCut) {
      from.tell({ kind: 'dialFailed', target, failure: 'unreachable', text: 'the link was cut' });
      return;
    }
    from.up(dialling, 'outbound');
    from.tell({ kind: 'dialled', target, peer: to.peer });
  });
}

function wire(
  air: Air,
  from: LinkSide,
  to: LinkSide,
  ...[isOpen, broke]: [isOpen: () => boolean, broke: () => void]
): Wire {
  return new Wire(air, {
    from: from.peer,
    to: to.peer,
    isOpen,
    broke,
    deliver: (bytes) => to.tell({ kind: 'frame', peer: from.peer, bytes }),
    drained: () => from.tell({ kind: 'drained', peer: to.peer }),
  });
}
