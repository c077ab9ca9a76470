// Which of our own lines are on the platter and which are held by others, told by the id of the last such line.

import type { Arrived, Conversation, ConversationId, PeerState } from '@parley/core';
import { LIMITS } from '@parley/core';

interface OwnEntry {
  readonly conversation: ConversationId;
  readonly seq: number;
  readonly chain: string;
  readonly lastLineId: string;
}

interface Committed {
  readonly commit: number;
  readonly entry: OwnEntry;
}

/** Own entries of this run of the program, the newest of them. */
export class Receipts {
  readonly #state: PeerState;
  readonly #entries = new Map<string, OwnEntry>();
  #unsynced: Committed[] = [];

  constructor(state: PeerState) {
    this.#state = state;
  }

  get allSynced(): boolean {
    return this.#unsynced.length === 0;
  }

  /** Notes entries of ours among those that a commit stored. */
  arrived(entries: readonly Arrived[], commit: number): void {
    for (const { entry, lines, identity } of entries) {
      if (identity !== this.#state.self.identity) continue;
      const { conversation, chain, seq } = entry.header;
      const last = lines.findLastIndex((line) => line.type === 'say' || line.type === 'me');
      if (last === -1) continue;
      const own = { conversation, chain, seq, lastLineId: `${entry.id}.${last}` };
      this.#entries.set(keyOf(chain, seq), own);
      if (this.#entries.size > LIMITS.recentLinesMax)
        this.#entries.delete(this.#entries.keys().next().value ?? '');
      this.#unsynced.push({ commit, entry: own });
    }
  }

  /** Commits up to this one are on the platter: the last line of each conversation that is so now. */
  synced(commit: number): ReadonlyMap<ConversationId, string> {
    const last = new Map<ConversationId, string>();
    const count = this.#unsynced.findIndex((each) => each.commit > commit);
    const done = this.#unsynced.splice(0, count === -1 ? this.#unsynced.length : count);
    for (const { entry } of done) last.set(entry.conversation, entry.lastLineId);
    return last;
  }

  /**
   * The last line of the first `length` entries of our chain, if it was said in this run. The last entries may say none:
   * in a private session news of who is in it, and keys.
   */
  lineAt({ own }: Conversation, length: number): string | null {
    if (own === null) return null;
    const least = Math.max(0, length - ENTRIES_BACK_MAX);
    for (let seq = length - 1; seq >= least; seq -= 1) {
      const line = this.#entries.get(keyOf(own, seq))?.lastLineId;
      if (line !== undefined) return line;
    }
    return null;
  }
}

/** More news than this without a line between is not looked through. */
const ENTRIES_BACK_MAX = 64;

function keyOf(chain: string, seq: number): string {
  return `${chain}/${seq}`;
}
