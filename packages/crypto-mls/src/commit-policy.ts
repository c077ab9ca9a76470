// What a commit of a group's owner may contain: Adds, Removes and external PSKs.

import type { IncomingMessageCallback } from 'ts-mls/incomingMessageAction.js';
import type { Proposal } from 'ts-mls/proposal.js';
import type { RatchetTree } from 'ts-mls/ratchetTree.js';
import type { Credential, SessionCryptoReason } from '@parley/core';
import { checkShape } from './key-package.ts';
import { memberAt } from './roster.ts';
import { OWNER_LEAF } from './state.ts';

/** Asked by the library, once, when it has verified and understood a commit, but not yet applied it. */
export class CommitPolicy {
  readonly added: Credential[] = [];
  readonly removed: Credential[] = [];
  readonly pskIds: Uint8Array[] = [];
  readonly #before: RatchetTree;
  readonly #sentMs: number;
  #objection: SessionCryptoReason | null = null;

  constructor(before: RatchetTree, sentMs: number) {
    this.#before = before;
    this.#sentMs = sentMs;
  }

  /** Why the commit was rejected; null if it was not. */
  get objection(): SessionCryptoReason | null {
    return this.#objection;
  }

  readonly judge: IncomingMessageCallback = (incoming) => {
    const isOwners = incoming.kind === 'commit' && incoming.senderLeafIndex === OWNER_LEAF;
    if (!isOwners) {
      this.#objection = 'not-owner';
      return 'reject';
    }
    for (const { proposal } of incoming.proposals) {
      this.#objection ??= this.#take(proposal);
    }
    return this.#objection === null ? 'accept' : 'reject';
  };

  #take(proposal: Proposal): SessionCryptoReason | null {
    if (proposal.proposalType === 'add') {
      const newcomer = checkShape(proposal.add.keyPackage, this.#sentMs);
      if (!newcomer.ok) return newcomer.reason;
      this.added.push(newcomer.value);
      return null;
    }
    if (proposal.proposalType === 'remove') {
      const leaver = memberAt(this.#before, proposal.remove.removed);
      if (leaver === null) return 'not-member';
      this.removed.push(leaver);
      return null;
    }
    if (proposal.proposalType !== 'psk') return 'forbidden';
    const id = proposal.psk.preSharedKeyId;
    if (id.psktype !== 'external') return 'forbidden';
    this.pskIds.push(Uint8Array.from(id.pskId));
    return null;
  }
}
