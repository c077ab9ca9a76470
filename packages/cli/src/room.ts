// `parley room new`: enters a room, of a new secret or of a passphrase if it is to be secret, and prints its invite.

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { encodeInvite } from '@parley/core';
import type { IdentityKey, PeerId, RoomKey } from '@parley/core';
import { LocalError } from '@parley/local-api';
import type { LocalClient } from '@parley/local-api';
import type { Context } from './context.ts';
import { causeText, failed, usageFailure } from './failure.ts';
import { printInvite } from './invite.ts';
import { askSecret } from './io/ask-secret.ts';
import { quietPeer, reach } from './local/reach.ts';
import type { RoomOptions } from './usage/invocation.ts';
import { CLI_LIMITS } from './limits.ts';

export async function newRoom(options: RoomOptions, context: Context): Promise<void> {
  const { home, logLevel } = options;
  const room = await keyOf(options, context);
  const { parley } = await reach(quietPeer(home, logLevel), true, context);
  const session = await join(parley, room, context);
  await printInvite(parley, { session, qr: false, expires: null }, context);
  await parley.close();
}

async function keyOf(options: RoomOptions, context: Context): Promise<RoomKey> {
  const { name, secret } = options;
  if (secret) return { kind: 'secret', name, secret: randomBytes(32) };
  const passphrase = await passphraseOf(options, context);
  if (passphrase === null) return { kind: 'open', name };
  const { passphraseCharactersMin: least } = CLI_LIMITS;
  if (Array.from(passphrase.trim()).length < least)
    throw usageFailure(
      `a passphrase has at least ${least} characters: take five words drawn by chance`,
    );
  const derive = await context.adapters.passphrases();
  return { kind: 'secret', name, secret: await derive(name, passphrase) };
}

async function passphraseOf(
  { passphrase, passphraseFile }: RoomOptions,
  { stdin, stderr }: Context,
): Promise<string | null> {
  if (passphrase === 'asked') return askSecret('Passphrase: ', stdin, stderr);
  if (passphraseFile === null) return null;
  try {
    return (
      readFileSync(passphraseFile === '-' ? 0 : passphraseFile, 'utf8').split(/\r?\n/u)[0] ?? ''
    );
  } catch (error) {
    throw failed(`cannot read ${passphraseFile}: ${causeText(error)}`, error);
  }
}

/** By an invite of our own, which goes through no command line. Where it is listed from now on. */
async function join(parley: LocalClient, room: RoomKey, { adapters }: Context): Promise<string> {
  const { identity, name, peer } = await parley.ready;
  const inviter = { identity: identity as IdentityKey, peer: peer as PeerId, name };
  const text = encodeInvite(await adapters.suite(), {
    room,
    inviter,
    addresses: [],
    expiresMs: null,
  });
  try {
    return (await parley.command(`\\join ${text}`)).session;
  } catch (error) {
    throw error instanceof LocalError ? failed(error.message, error) : error;
  }
}
