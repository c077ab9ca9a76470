// Why an invite is not taken, in one sentence for the person who pasted it.

import type { InviteField, InviteReason } from '@parley/core';
import { dateText } from './time-text.ts';

export function inviteReasonText(reason: InviteReason): string {
  switch (reason.kind) {
    case 'not-an-invite':
      return 'that is no invite: one begins with parley: and goes on in letters and digits';
    case 'damaged':
      return 'a part of this invite is missing or mistyped: copy all of it, from parley: to its last character';
    case 'newer-version':
      return `this invite is of a newer kind (${reason.version}) than this parley knows: a newer parley can read it`;
    case 'expired':
      return `this invite expired at ${dateText(reason.expiresMs)}: ask for a new one`;
    case 'bad-field':
      return `this invite says something that no parley says of ${fields[reason.field]}: ask for a new one`;
  }
  return reason satisfies never;
}

const fields: Readonly<Record<InviteField, string>> = {
  room: 'its room',
  inviter: 'who made it',
  addresses: 'its addresses',
  expiry: 'when it expires',
};
