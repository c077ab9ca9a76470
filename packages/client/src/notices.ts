// The words for what the peer tells: one line each, saying what happened and, where something can be done, what.

import type { PeerEvent } from '@parley/core';
import { durationText } from './commands/duration.ts';

export interface Notice {
  readonly text: string;
  readonly level: 'info' | 'debug';
}

type Wordy = Exclude<PeerEvent, { kind: 'neighbour' | 'status' | 'held' | 'listening' }>;

/** null for what is no news to a person. */
export function noticeOf(event: Wordy, isTyped: boolean): Notice | null {
  switch (event.kind) {
    case 'dialFailed':
      return dialNotice(event, isTyped);
    case 'alreadyConnected':
      return isTyped
        ? info(`${addressOf(event.target)} is a peer we are connected to already`)
        : null;
    case 'renamed':
      return info(`${event.from} is now called ${event.to}`);
    case 'clockDiffers': {
      const direction = event.offsetMs > 0 ? 'ahead of' : 'behind';
      const by = durationText(Math.abs(event.offsetMs));
      return info(`the clock of ${event.name} is ${by} ${direction} ours; one of the two is wrong`);
    }
    case 'parked': {
      const by = durationText(event.aheadMs);
      return info(
        `${event.name} writes with a clock ${by} ahead; those lines are kept and shown when their time comes`,
      );
    }
    case 'forked':
      return forkNotice(event);
    case 'restored':
      return info(
        'others hold more of what you said than this profile does: it was restored from a copy; fetching the rest',
      );
    default:
      return rulesNotice(event);
  }
}

/** About those who do not speak as we do. */
function rulesNotice(event: Extract<Wordy, { kind: 'banned' | 'badFrame' | 'strangers' }>): Notice {
  switch (event.kind) {
    case 'banned':
      return info(
        `a peer broke the rules too often and is not talked to for a minute (${event.reason})`,
      );
    case 'badFrame':
      return debug(`dropped a frame from ${event.peer}: ${event.reason}`);
    default:
      return debug(
        `${event.count} ${event.count === 1 ? 'connection' : 'connections'} that did not speak parley`,
      );
  }
}

function dialNotice(event: Extract<PeerEvent, { kind: 'dialFailed' }>, isTyped: boolean): Notice {
  const address = addressOf(event.target);
  if (event.failure === 'self')
    return info(`${address} is this very peer; not connecting to ourselves`);
  if (event.failure === 'bad-address') return info(`${address} is not an address: ${event.text}`);
  const text = `cannot reach ${address}: ${event.text}; trying again until it works`;
  // Told once; \peers has the rest.
  return isTyped && event.failures <= 1 ? info(text) : debug(text);
}

function forkNotice(event: Extract<PeerEvent, { kind: 'forked' }>): Notice {
  if (!event.own) {
    return info(
      'someone said two different things under one number (a copied profile?); both are proved, that chain ends here',
    );
  }
  return info(
    'this profile is in use twice: another copy of it spoke under the same numbers; going on in a new chain',
  );
}

function addressOf(target: {
  readonly addresses: readonly string[];
  readonly peer: string | null;
}): string {
  return target.addresses[0] ?? target.peer ?? 'that peer';
}

function info(text: string): Notice {
  return { text, level: 'info' };
}

function debug(text: string): Notice {
  return { text, level: 'debug' };
}
