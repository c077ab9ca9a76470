// What a peer remembers of being found by keys.

import type { ConversationId, PeerId } from '../brand.ts';

/** Under which keys we are found at present. */
export interface MeetState {
  /** By key as hex. */
  readonly keys: Map<string, ConversationId>;
  readonly conversations: Set<ConversationId>;
  /** Of these, where nobody who is linked is with us. */
  readonly lonely: Set<ConversationId>;
  /** For whose sake someone who was found is worth a link; the oldest are forgotten. */
  readonly found: Map<PeerId, ConversationId>;
  /** Another day may have come, or someone may have come or gone. */
  isDue: boolean;
}

export function newMeetState(): MeetState {
  const lonely = new Set<ConversationId>();
  return { keys: new Map(), conversations: new Set(), lonely, found: new Map(), isDue: true };
}
