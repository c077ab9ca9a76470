// Whether a neighbour is still there: pings for latency and life, and an end to silence (spec/sync.md §7).

import { LIMITS } from '../limits.ts';
import { send } from './send.ts';
import type { Neighbour } from './state.ts';
import type { Turn } from './step-types.ts';

/** Pings who is due; hangs up on who said nothing for silenceMsMax, or never said hello. */
export function keepAlive(turn: Turn): void {
  const { nowMs } = turn;
  for (const neighbour of turn.state.neighbours.values()) {
    if (nowMs >= hangUpMs(neighbour)) {
      turn.out.push({ kind: 'hangUp', peer: neighbour.peer, refuseMs: 0 });
      // Not again at every step until the network says that it is gone.
      neighbour.heardMs = nowMs;
      neighbour.passesMs = null;
      neighbour.meetByMs = nowMs + LIMITS.helloTimeoutMs;
    } else if (neighbour.met && nowMs >= neighbour.pingAtMs) {
      neighbour.pingAtMs = nowMs + LIMITS.pingIntervalMs;
      const number = Math.trunc(nowMs);
      neighbour.ping = { number, sentMs: nowMs };
      send(turn, neighbour.peer, { type: 'ping', number, clockMs: turn.wallMs });
    }
  }
}

function hangUpMs(neighbour: Neighbour): number {
  const silent = Math.min(neighbour.heardMs + LIMITS.silenceMsMax, neighbour.passesMs ?? Infinity);
  return neighbour.met ? silent : Math.min(silent, neighbour.meetByMs);
}

export function nextKeepAliveMs(neighbour: Neighbour): number {
  const silent = hangUpMs(neighbour);
  return neighbour.met ? Math.min(silent, neighbour.pingAtMs) : silent;
}

/** How long the answer to our last ping took. */
export function onPong(turn: Turn, neighbour: Neighbour, number: number): void {
  if (neighbour.ping?.number !== number) return;
  neighbour.latencyMs = Math.max(0, turn.nowMs - neighbour.ping.sentMs);
  neighbour.ping = null;
}
