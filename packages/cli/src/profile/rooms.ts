// The rooms that a peer is started in: which one is its lobby, and which it enters besides.

import { readFileSync } from 'node:fs';
import { inviteReasonText } from '@parley/client';
import type { Client } from '@parley/client';
import { checkRoomName, decodeInvite, isInviteText, roomNameReasonText } from '@parley/core';
import type { Invite, RoomKey, Suite } from '@parley/core';
import { causeText, failed, usageFailure } from '../failure.ts';
import type { PeerOptions } from '../usage/invocation.ts';

/** One that was asked for, by name or by invite. */
export interface StartRoom {
  readonly key: RoomKey;
  readonly invite: Invite | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

type Asked = Pick<PeerOptions, 'rooms' | 'roomFiles'>;

/** Names and invites in the order given: the command line, files, PARLEY_ROOM. Throws Failure for a file that is not there. */
export function askedRooms({ rooms, roomFiles }: Asked, env: Environment): readonly string[] {
  const told = env['PARLEY_ROOM'] ?? '';
  return [...rooms, ...roomFiles.map(readText), ...(told === '' ? [] : [told])];
}

/** The first is the lobby. Throws Failure for what is none. */
export function startRooms(asked: Asked, env: Environment, suite: Suite): readonly StartRoom[] {
  return askedRooms(asked, env).map((text) => readRoom(text, suite));
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw failed(`cannot read the invite in ${path}: ${causeText(error)}`, error);
  }
}

function readRoom(text: string, suite: Suite): StartRoom {
  if (isInviteText(text)) {
    const invite = readInvite(text, suite);
    return { key: invite.room, invite };
  }
  const name = checkRoomName(text.trim().replace(/^#/u, ''));
  if (!name.ok) throw usageFailure(`--room: ${roomNameReasonText(name.reason)}`);
  return { key: { kind: 'open', name: name.value }, invite: null };
}

function readInvite(text: string, suite: Suite): Invite {
  const invite = decodeInvite(suite, text, Date.now());
  if (!invite.ok) throw usageFailure(inviteReasonText(invite.reason));
  return invite.value;
}

/** Throws Failure for an invite among the addresses to dial that leads nowhere. */
export function checkConnect(connect: readonly string[], suite: Suite): void {
  for (const text of connect)
    if (isInviteText(text) && readInvite(text, suite).addresses.length === 0)
      throw usageFailure(
        '--connect: this invite names no address to dial; --room takes it all the same',
      );
}

/** Enters those that are not the lobby, and reaches for all who invited us. Once it listens. */
export function enterRooms(client: Client, rooms: readonly StartRoom[]): void {
  for (const [at, { key, invite }] of rooms.entries()) {
    if (at > 0) client.rooms.join(key);
    if (invite !== null) client.rooms.reach(invite);
  }
}

/** A secret on a command line is seen by everyone on the machine who lists its processes. */
export function roomNotice({ rooms }: Pick<PeerOptions, 'rooms'>): string | null {
  return rooms.some(isInviteText)
    ? 'the invite on the command line can be seen by others on this machine; --room-file FILE or PARLEY_ROOM hides it'
    : null;
}
