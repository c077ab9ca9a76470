// Opens what someone left in our inbox (spec/session.md §5).

import { LIMITS } from '../limits.ts';
import { contactAad, readContact } from './envelope.ts';
import { keptPackages } from './key-packages.ts';
import { ValueDraft } from './value-draft.ts';
import type { WorkTools } from './work-tools.ts';
import type { Contact, ContactOpened, OpenContact } from './work-types.ts';

export async function openContact(work: OpenContact, tools: WorkTools): Promise<ContactOpened> {
  return { kind: 'contact', contact: await contactIn(work, tools), writes: [] };
}

async function contactIn(
  { inbox, chain }: OpenContact,
  { crypto: mls, suite, store, signer }: WorkTools,
): Promise<Contact | null> {
  const bytesMax = LIMITS.runBytesTarget;
  const [first] = store.run({ chain, from: 0, to: 1, direction: 'up', bytesMax });
  const sealed = first?.payload ?? null;
  if (sealed === null) return null;
  const kept = keptPackages(new ValueDraft(store));
  // It is sealed to a package of last resort wherever there was one.
  const likely = kept.toSorted((left, right) => Number(right.lastResort) - Number(left.lastResort));
  const aad = contactAad(inbox);
  for (const { secret } of likely) {
    const opened = await mls.open({ secret, sealed, aad });
    if (!opened.ok) continue;
    const contact = readContact(suite, opened.value, signer.credential.identity);
    return contact.ok ? contact.value : null;
  }
  return null;
}
