// One message to one neighbour.

import type { PeerId } from '../brand.ts';
import type { Message } from '../sync/message.ts';
import { encodeMessage } from '../sync/message.ts';
import type { Turn } from './step-types.ts';

export function send(turn: Turn, peer: PeerId, message: Message): void {
  turn.out.push({ kind: 'send', peer, frame: encodeMessage(message) });
}
