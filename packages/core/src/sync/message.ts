// The frames neighbours exchange, one canonical CBOR array each, and their strict decoder (spec/sync.md §1).

import { fromHex, toHex } from '../bytes/hex.ts';
import type { ChainKey, ConversationId, PeerId } from '../brand.ts';
import type { CborValue } from '../codec/cbor.ts';
import { decode, encode } from '../codec/cbor.ts';
import { isBytes, isBytesUpTo, isText, isUint } from '../codec/fields.ts';
import { LIMITS } from '../limits.ts';
import type { Result } from '../result.ts';
import { fail, ok } from '../result.ts';
import type { Head } from './head.ts';
import { CHAIN_KEY_BYTES, headFromCbor, headToCbor } from './head.ts';
import type { Range } from './reconcile.ts';
import { rangesFromCbor, rangesToCbor } from './reconcile.ts';

/** How a conversation is named on one connection, so that only who knows it can tell (16 bytes, as hex). */
export type RoomTag = string;

export interface Hello {
  readonly type: 'hello';
  readonly certificate: Uint8Array;
  readonly name: string;
  readonly nonce: Uint8Array;
  readonly clockMs: number;
  /** It stays up for others. */
  readonly serves: boolean;
}

export interface Introduction {
  readonly peer: PeerId;
  readonly record: Uint8Array;
}

export interface Want {
  readonly type: 'want';
  readonly tag: RoomTag;
  readonly request: number;
  readonly chain: ChainKey;
  readonly from: number;
  readonly to: number;
  readonly direction: 'up' | 'down';
  /** How many frames may be sent in answer. */
  readonly frames: number;
}

export type Message =
  | Hello
  | { readonly type: 'prove'; readonly signature: Uint8Array }
  /** Rooms the sender is in, beside those it named before. */
  | { readonly type: 'rooms'; readonly tags: readonly RoomTag[] }
  /** Keep this conversation for those who are away; or do so no more. */
  | {
      readonly type: 'hold';
      readonly conversation: ConversationId;
      readonly isWanted: boolean;
      /** Of these chains only what comes from there on is wanted: all members have the rest. */
      readonly from: readonly HeldFrom[];
    }
  | { readonly type: 'ranges'; readonly tag: RoomTag; readonly ranges: readonly Range[] }
  /** `prompt`: these entries come by no other road, so ask for them now. */
  | {
      readonly type: 'heads';
      readonly tag: RoomTag;
      readonly prompt: boolean;
      readonly heads: readonly Head[];
    }
  | Want
  /** `last` frame of an answer; `run` is empty where there is nothing (more) to give. */
  | {
      readonly type: 'run';
      readonly tag: RoomTag;
      readonly request: number;
      readonly last: boolean;
      readonly run: Uint8Array;
    }
  | { readonly type: 'peers'; readonly peers: readonly Introduction[] }
  /** `clockMs`: what time it is for the sender. */
  | { readonly type: 'ping'; readonly number: number; readonly clockMs: number }
  | { readonly type: 'pong'; readonly number: number }
  | { readonly type: 'proof'; readonly tag: RoomTag; readonly proof: Uint8Array }
  /** Whom the sender is linked to in the lobby. */
  | { readonly type: 'links'; readonly tag: RoomTag; readonly peers: readonly PeerId[] }
  /** Send the sender new entries of these chains as they come; or, if not wanted, no more than announcements. */
  | {
      readonly type: 'branch';
      readonly tag: RoomTag;
      readonly wanted: boolean;
      readonly chains: readonly ChainKey[];
    }
  /** The sender is not in this room any more. */
  | { readonly type: 'gone'; readonly tag: RoomTag };

/** Number of the first entry of a chain that is to be held. */
export interface HeldFrom {
  readonly chain: ChainKey;
  readonly seq: number;
}

/** A message about one conversation. */
export type RoomMessage = Extract<Message, { tag: RoomTag }>;

export type MessageReason =
  | 'too-long'
  | 'not-cbor'
  | 'not-a-message'
  | 'bad-fields'
  | 'unknown-type';

/** The types of message by the number that stands first in a frame. */
export const MESSAGE_TYPES = [
  'hello',
  'prove',
  'rooms',
  'ranges',
  'heads',
  'want',
  'run',
  'peers',
  'ping',
  'pong',
  'proof',
  'links',
  'hold',
  'gone',
  'branch',
] as const;
const PROTOCOL_VERSION = 1;
const TAG_BYTES = 16;
const SIGNATURE_BYTES = 64;
const CONVERSATION_BYTES = 32;
const PEER_ID_BYTES_MAX = 128;
const FRAMES_MAX = 16;

export function encodeMessage(message: Message): Uint8Array {
  return encode([MESSAGE_TYPES.indexOf(message.type), ...fieldsOf(message)]);
}

function fieldsOf(message: Message): readonly CborValue[] {
  switch (message.type) {
    case 'hello':
      return [
        PROTOCOL_VERSION,
        message.certificate,
        message.name,
        message.nonce,
        message.clockMs,
        message.serves,
      ];
    case 'prove':
      return [message.signature];
    case 'rooms':
      return [message.tags.map(fromHex)];
    case 'peers':
      return [message.peers.map((each): CborValue => [each.peer, each.record])];
    case 'ping':
      return [message.number, message.clockMs];
    case 'pong':
      return [message.number];
    case 'hold':
      return [
        fromHex(message.conversation),
        message.isWanted,
        message.from.map(({ chain, seq }): CborValue => [fromHex(chain), seq]),
      ];
    default:
      return [fromHex(message.tag), ...roomFieldsOf(message)];
  }
}

/** Messages about one conversation begin with how it is named on this connection. */
function roomFieldsOf(message: RoomMessage): readonly CborValue[] {
  switch (message.type) {
    case 'ranges':
      return [rangesToCbor(message.ranges)];
    case 'heads':
      return [message.prompt, message.heads.map(headToCbor)];
    case 'want': {
      const { request, chain, from, to, direction, frames } = message;
      return [request, fromHex(chain), from, to, direction === 'down', frames];
    }
    case 'run':
      return [message.request, message.last, message.run];
    case 'proof':
      return [message.proof];
    case 'gone':
      return [];
    case 'branch':
      return [message.wanted, message.chains.map(fromHex)];
    default:
      return [message.peers];
  }
}

/** Never throws; 'unknown-type' is for a well-formed message of a later version, which does no harm. */
export function decodeMessage(frame: Uint8Array): Result<Message, MessageReason> {
  if (frame.length > LIMITS.frameBytesMax) return fail('too-long');
  const decoded = decode(frame);
  if (!decoded.ok) return fail('not-cbor');
  const value = decoded.value;
  if (!Array.isArray(value) || !isUint(value[0])) return fail('not-a-message');
  const [code, ...fields] = value as readonly CborValue[];
  const type = MESSAGE_TYPES[code as number];
  if (type === undefined) return fail('unknown-type');
  const message = DECODERS[type](fields);
  return message === null ? fail('bad-fields') : ok(message);
}

type Decoder = (fields: readonly CborValue[]) => Message | null;

const DECODERS: Readonly<Record<(typeof MESSAGE_TYPES)[number], Decoder>> = {
  hello: ([version, certificate, name, nonce, clockMs, serves]) => {
    if (!isUint(version) || version < PROTOCOL_VERSION || !isText(name, LIMITS.nameBytesMax))
      return null;
    if (!isBytesUpTo(certificate, LIMITS.certificateBytesMax) || !isBytes(nonce, LIMITS.nonceBytes))
      return null;
    if (!isUint(clockMs) || typeof serves !== 'boolean') return null;
    return { type: 'hello', certificate, name, nonce, clockMs, serves };
  },
  prove: ([signature]) =>
    isBytes(signature, SIGNATURE_BYTES) ? { type: 'prove', signature } : null,
  rooms: ([tags]) => {
    const read = list(tags, LIMITS.roomTagsMax, readTag);
    return read === null ? null : { type: 'rooms', tags: read };
  },
  ranges: ([tag, ranges]) => {
    const read = rangesFromCbor(ranges);
    const room = readTag(tag);
    return read === null || room === null ? null : { type: 'ranges', tag: room, ranges: read };
  },
  heads: ([tag, prompt, heads]) => {
    const read = list(heads, LIMITS.headsPerFrameMax, headFromCbor);
    const room = readTag(tag);
    if (read === null || room === null || typeof prompt !== 'boolean') return null;
    return { type: 'heads', tag: room, prompt, heads: read };
  },
  want: readWant,
  run: ([tag, request, last, run]) => {
    const room = readTag(tag);
    if (room === null || !isUint(request) || typeof last !== 'boolean') return null;
    return isBytesUpTo(run, LIMITS.frameBytesMax)
      ? { type: 'run', tag: room, request, last, run }
      : null;
  },
  peers: ([peers]) => {
    const read = list(peers, LIMITS.peersPerFrameMax, readIntroduction);
    return read === null ? null : { type: 'peers', peers: read };
  },
  ping: ([number, clockMs]) =>
    isUint(number) && isUint(clockMs) ? { type: 'ping', number, clockMs } : null,
  pong: ([number]) => (isUint(number) ? { type: 'pong', number } : null),
  proof: ([tag, proof]) => {
    const room = readTag(tag);
    return room !== null && isBytesUpTo(proof, LIMITS.frameBytesMax)
      ? { type: 'proof', tag: room, proof }
      : null;
  },
  links: ([tag, peers]) => {
    const room = readTag(tag);
    const read = list(peers, LIMITS.peersPerFrameMax, readPeer);
    return room === null || read === null ? null : { type: 'links', tag: room, peers: read };
  },
  hold: ([conversation, isWanted, from]) => {
    const read = list(from, LIMITS.sessionChainsMax, readHeldFrom);
    if (!isBytes(conversation, CONVERSATION_BYTES) || typeof isWanted !== 'boolean') return null;
    const id = toHex(conversation) as ConversationId;
    return read === null ? null : { type: 'hold', conversation: id, isWanted, from: read };
  },
  gone: ([tag]) => {
    const room = readTag(tag);
    return room === null ? null : { type: 'gone', tag: room };
  },
  branch: ([tag, wanted, chains]) => {
    const room = readTag(tag);
    const read = list(chains, LIMITS.chainsPerFrameMax, readChain);
    if (room === null || read === null || typeof wanted !== 'boolean') return null;
    return { type: 'branch', tag: room, wanted, chains: read };
  },
};

function readWant(fields: readonly CborValue[]): Want | null {
  const [tag, request, chain, from, to, down, frames] = fields;
  const room = readTag(tag);
  if (room === null || !isUint(request) || !isBytes(chain, CHAIN_KEY_BYTES)) return null;
  if (!isUint(from) || !isUint(to) || from >= to || typeof down !== 'boolean') return null;
  if (!isUint(frames) || frames < 1 || frames > FRAMES_MAX) return null;
  const direction = down ? 'down' : 'up';
  return {
    type: 'want',
    tag: room,
    request,
    chain: toHex(chain) as ChainKey,
    from,
    to,
    direction,
    frames,
  };
}

function readTag(value: CborValue | undefined): RoomTag | null {
  return isBytes(value, TAG_BYTES) ? toHex(value) : null;
}

function readPeer(value: CborValue | undefined): PeerId | null {
  return isText(value, PEER_ID_BYTES_MAX) ? (value as PeerId) : null;
}

function readChain(value: CborValue | undefined): ChainKey | null {
  return isBytes(value, CHAIN_KEY_BYTES) ? (toHex(value) as ChainKey) : null;
}

function readHeldFrom(value: CborValue | undefined): HeldFrom | null {
  if (!Array.isArray(value) || value.length !== 2) return null;
  const [chain, seq] = value as readonly CborValue[];
  if (!isBytes(chain, CHAIN_KEY_BYTES) || !isUint(seq, LIMITS.seqMax + 1)) return null;
  return { chain: toHex(chain) as ChainKey, seq };
}

function readIntroduction(value: CborValue | undefined): Introduction | null {
  if (!Array.isArray(value)) return null;
  const [peer, record] = value as readonly CborValue[];
  if (!isText(peer, PEER_ID_BYTES_MAX) || !isBytesUpTo(record, LIMITS.peerRecordBytesMax))
    return null;
  return { peer: peer as PeerId, record };
}

function list<Item>(
  value: CborValue | undefined,
  itemsMax: number,
  read: (item: CborValue | undefined) => Item | null,
): readonly Item[] | null {
  if (!Array.isArray(value) || value.length > itemsMax) return null;
  const items: Item[] = [];
  for (const each of value as readonly CborValue[]) {
    const item = read(each);
    if (item === null) return null;
    items.push(item);
  }
  return items;
}
