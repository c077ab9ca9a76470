// Carries out what step asks for with secret keys: between a turn and the input that brings its result (spec/session.md §4–6).

import { openContact } from './work-contact.ts';
import { makePackages } from './work-packages.ts';
import { readOn } from './work-read.ts';
import { speak } from './work-speak.ts';
import type { WorkTools } from './work-tools.ts';
import type { Work, WorkResult } from './work-types.ts';

/**
 * Changes nothing: what is to be kept is in `writes`, for the caller to commit before anything of the result is sent.
 * Rejects only with faults of the disk and of ours.
 */
export function performWork(work: Work, tools: WorkTools): Promise<WorkResult> {
  switch (work.kind) {
    case 'packages':
      return makePackages(work, tools);
    case 'speak':
      return speak(work, tools);
    case 'read':
      return readOn(work, tools);
    case 'contact':
      return openContact(work, tools);
  }
}
