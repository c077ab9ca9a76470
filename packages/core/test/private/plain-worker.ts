// A worker without cryptography: its "ciphertext" says who can read it, so that tests of decisions need no keys.

import type { DeviceKey } from '../../src/brand.ts';
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import { encodeUtf8 } from '../../src/bytes/utf8.ts';
import { readCertificate } from '../../src/identity/certificate.ts';
import { decodeContent, encodeContent } from '../../src/session/content.ts';
import type { Content } from '../../src/session/content.ts';
import { groupValueKey, readerValueKey, sessionIdFrom } from '../../src/session/names.ts';
import type { Credential } from '../../src/session/session-crypto.ts';
import type {
  ContactOpened,
  OpenContact,
  Read,
  ReadEvent,
  ReadThrough,
  Speak,
  Spoken,
  Work,
  WorkFailed,
  WorkResult,
} from '../../src/session/work-types.ts';
import { suite } from '../peers.ts';
import type { TestPeer } from '../peers.ts';

/** State of an own group. */
interface Group {
  readonly members: readonly DeviceKey[];
  readonly epoch: number;
}

/** What a payload says to those who are named in it. */
interface Part extends Group {
  readonly isFresh: boolean;
  /** A content, as hex. */
  readonly content: string;
}

interface Payload {
  readonly owner: Credential;
  readonly parts: readonly Part[];
}

const PACKAGES_AGAIN_MS = 86_400_000;

function write(value: object): Uint8Array {
  return encodeUtf8(JSON.stringify(value));
}

function read(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(bytes));
}

/** Does the works of this peer as an honest worker would, at once. */
export function plainly(peer: TestPeer): (work: Work) => WorkResult {
  return (work) => {
    switch (work.kind) {
      case 'packages': {
        const statement = [encodeUtf8(`package of ${peer.id}`)];
        const againMs = work.nowMs + PACKAGES_AGAIN_MS;
        return { kind: 'packages', statement, againMs, writes: [] };
      }
      case 'speak':
        return speak(peer, work);
      case 'read':
        return readOn(peer, work);
      case 'contact':
        return openContact(peer, work);
    }
  };
}

function speak(peer: TestPeer, work: Speak): Spoken | WorkFailed {
  const { self } = peer.state;
  const key = groupValueKey(work.session, work.chain);
  const stored = work.begins ? write({ members: [self.device], epoch: 0 }) : peer.store.value(key);
  if (stored === null) return { kind: 'failed', reason: 'bad-state' };
  const before = read(stored) as Group;
  const added = work.add.map(({ device }) => device);
  const members = [...before.members.filter((each) => !work.remove.includes(each)), ...added];
  const isFresh = work.begins || work.rotates || work.remove.length > 0;
  const isChanged = isFresh || added.length > 0;
  const group = { members, epoch: before.epoch + (isChanged ? 1 : 0) };
  const { roster } = work;
  const partTo = (to: Group, fresh: boolean, content: Content): Part => {
    return { ...to, isFresh: fresh, content: toHex(encodeContent(content)) };
  };
  const news = roster === null || work.begins ? [] : [{ roster, asks: [], lines: [] }];
  const toOld = isChanged ? news.map((content) => partTo(before, false, content)) : [];
  const asks = work.asks.map(({ owner, again }) => {
    return { owner, again, keyPackage: encodeUtf8(`package for ${owner} of ${peer.id}`) };
  });
  const owner = { identity: self.identity, device: self.device };
  const batches = work.batches.length === 0 ? [[]] : work.batches;
  const payloads = batches.map((lines, at) => {
    const content = at === 0 ? { roster, asks, lines } : { roster: null, asks: [], lines };
    const parts = [...(at === 0 ? toOld : []), partTo(group, at === 0 && isFresh, content)];
    return { lines, payload: write({ owner, parts }) };
  });
  const contacts = work.add.flatMap(({ inbox }) => {
    return inbox === null ? [] : [{ inbox, sealed: contactOf(peer, work) }];
  });
  const writes = [{ kind: 'value', key, value: write(group) } as const];
  return { kind: 'spoken', payloads, added, epoch: group.epoch, contacts, refused: [], writes };
}

function contactOf(peer: TestPeer, { secret, agreedMs, certificates }: Speak): Uint8Array {
  const own = certificates.find((bytes) => {
    const certificate = readCertificate(suite, bytes);
    return certificate.ok && certificate.value.identity === peer.identity;
  });
  if (own === undefined) throw new Error('who invites is in the roster');
  return write({ secret: toHex(secret), certificate: toHex(own), madeMs: agreedMs });
}

function readOn(peer: TestPeer, { session, chain, from, to, throughMs }: Read): ReadThrough {
  const { device } = peer.state.self;
  const key = readerValueKey(session, chain);
  const query = { chain, from, to, direction: 'up', bytesMax: 1_000_000 } as const;
  const events: ReadEvent[] = [];
  let isIn = peer.store.value(key) !== null;
  let next = from;
  let end: ReadThrough['end'] = 'all';
  for (const entry of peer.store.run(query)) {
    if (entry.header.seq >= to) break;
    if (entry.header.hlc.ms > throughMs) {
      end = 'future';
      break;
    }
    const { seq } = entry.header;
    next = seq + 1;
    const { owner, parts } = read(entry.payload!) as Payload;
    for (const { members, epoch, isFresh, content } of parts) {
      if (members.includes(device)) {
        if (!isIn) events.push({ kind: 'joined', seq, owner, members });
        isIn = true;
        if (isFresh) events.push({ kind: 'commit', seq, epoch, isFresh, members });
        const decoded = decodeContent(suite, fromHex(content));
        if (!decoded.ok) throw new Error(`a content of nobody's: ${decoded.reason}`);
        events.push({ kind: 'content', seq, entry, ...decoded.value });
      } else {
        if (isIn) events.push({ kind: 'removed', seq });
        isIn = false;
      }
    }
  }
  const value = isIn ? write({ chain }) : null;
  return { kind: 'read', next, events, end, writes: [{ kind: 'value', key, value }] };
}

interface ContactPayload {
  readonly secret: string;
  readonly certificate: string;
  readonly madeMs: number;
}

function openContact(peer: TestPeer, { chain }: OpenContact): ContactOpened {
  const query = { chain, from: 0, to: 1, direction: 'up', bytesMax: 100_000 } as const;
  const [entry] = peer.store.run(query);
  if (entry === undefined) return { kind: 'contact', contact: null, writes: [] };
  const { madeMs, ...told } = read(entry.payload!) as ContactPayload;
  const secret = fromHex(told.secret);
  const session = sessionIdFrom(suite, secret);
  const contact = { session, secret, certificate: fromHex(told.certificate), madeMs };
  return { kind: 'contact', contact, writes: [] };
}
