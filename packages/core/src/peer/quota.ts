// How much of a room is kept: never more than its quota, and of that no author takes what others need.

import type { IdentityKey } from '../brand.ts';
import { LIMITS } from '../limits.ts';
import { isReadAtOnce, isRoom } from './conversation.ts';
import type { Conversation, PeerState } from './state.ts';

/** Of a room's quota, what those may fill who have more than an equal share of the rest. */
const HEAVY_SHARE = 0.75;
/** The directory has an entry now and then of everyone, and needs less. */
const DIRECTORY_SHARE = 0.125;

function quotaOf({ guard }: Pick<PeerState, 'guard'>, { kind }: Conversation): number {
  const { roomBytesMax } = guard.limits;
  if (isRoom(kind)) return roomBytesMax;
  return isReadAtOnce(kind) ? roomBytesMax * DIRECTORY_SHARE : Infinity;
}

/** Whether so many bytes more of an author fit; what they say themselves is always kept by those who say it. */
export function fitsQuota(
  state: Pick<PeerState, 'guard'>,
  conversation: Conversation,
  identity: IdentityKey,
  bytes: number,
): boolean {
  const quota = quotaOf(state, conversation);
  const { bytesHeld, bytesOfAuthor } = conversation;
  if (bytesHeld + bytes <= quota * HEAVY_SHARE) return true;
  if (bytesHeld + bytes > quota) return false;
  const theirs = bytesOfAuthor.get(identity) ?? 0;
  return theirs + bytes <= equalShare(conversation, quota);
}

/** What is kept free is divided among all who wrote, and one who is to come. */
function equalShare({ bytesOfAuthor }: Conversation, quota: number): number {
  return (quota * (1 - HEAVY_SHARE)) / (bytesOfAuthor.size + 1);
}

/** An entry of theirs would hardly fit, so that it is of no use to ask for more. */
export function isOverShare(
  state: Pick<PeerState, 'guard'>,
  conversation: Conversation,
  identity: IdentityKey,
): boolean {
  const share = equalShare(conversation, quotaOf(state, conversation));
  const entry = Math.min(LIMITS.entryPayloadBytesTarget, share / 2);
  return !fitsQuota(state, conversation, identity, entry);
}
