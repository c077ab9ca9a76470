// The chain that we write in a private session: under a key made for it, so that who carries it learns nobody's name.

import type { DeviceKey, IdentityKey } from '../../brand.ts';
import { toHex } from '../../bytes/hex.ts';
import { makeCertificate, restoreCertificate } from '../../identity/certificate.ts';
import type { Certificate } from '../../identity/certificate.ts';
import { nameFromKey } from '../../identity/name.ts';
import { chainKeyOf } from '../../log/chain-key.ts';
import type { Line } from '../../log/entry.ts';
import { encodeLines } from '../../log/line.ts';
import { LIMITS } from '../../limits.ts';
import type { ChainRecord, Write } from '../../ports.ts';
import type { OwnGroup, Session } from '../../session/state.ts';
import { agreedNow } from '../clock.ts';
import { setOwnChain } from '../own-chain.ts';
import { randomBytes } from '../random.ts';
import { isLate, place, raiseTop } from '../receive.ts';
import type { Author } from '../say.ts';
import { emptyRecord, grownBy, seal, send } from '../say.ts';
import type { Conversation } from '../state.ts';
import type { Turn } from '../step-types.ts';
import { forgetOwn } from './forget.ts';

const CHAIN_NUMBER_BYTES = 8;
/** The payload is MLS; there is one key schedule for each chain. */
const MLS_KEY_ID = 1;

/** An author nobody knows: a new key, its own certificate, its first chain. */
export function pseudonym(turn: Turn, conversation: Conversation): Author {
  const { random, self } = turn.state;
  const seed = randomBytes(random);
  const certificate = pseudonymOf(turn, seed);
  const number = randomBytes(random).subarray(0, CHAIN_NUMBER_BYTES);
  const chain = chainKeyOf(certificate.device, number);
  const ours = { chain, certificate, identity: self.identity, name: self.name };
  return { seed, certificate, record: emptyRecord(conversation, ours) };
}

/** The key vouches for itself. The same bytes each time: when it was made is nobody's business. */
function pseudonymOf({ state: { suite } }: Turn, seed: Uint8Array): Certificate {
  const key = toHex(suite.publicKey(seed));
  const name = nameFromKey(key as IdentityKey);
  return makeCertificate(suite, {
    identitySeed: seed,
    device: key as DeviceKey,
    createdMs: 0,
    name,
  });
}

/** A chain of our own, and with it a group: another one after a power cut, in a copy, or when the last was cloned. */
export function beginGroup(turn: Turn, conversation: Conversation, session: Session): OwnGroup {
  const { own } = session;
  if (own !== null && !own.isBegun) return own;
  turn.out.push({ kind: 'commit', writes: forgetOwn(session), arrived: [] });
  const { seed, record } = pseudonym(turn, conversation);
  const group = {
    chain: record.chain,
    seed,
    isBegun: false,
    length: 0,
    members: new Set<DeviceKey>(),
    toldRoster: '',
    messages: 0,
    freshMs: turn.wallMs,
  };
  session.own = group;
  return group;
}

/** Where we speak in a session, if we can go on there: else a new chain and group are to be made. */
export function currentGroup(
  turn: Turn,
  conversation: Conversation,
  { own }: Session,
): { readonly own: OwnGroup; readonly author: Author } | null {
  if (own === null || !own.isBegun || conversation.own !== own.chain) return null;
  const record = conversation.table.get(own.chain);
  if (record === undefined || record.stopped !== null || record.length !== own.length) return null;
  // A chain that we wrote with a clock far ahead would keep all that follows waiting.
  if (record.headHlc.ms > agreedNow(turn) + LIMITS.clockSkewNoticeMs) return null;
  const certificate = restoreCertificate(turn.state.suite, record.certificate);
  return { own, author: { seed: own.seed, certificate, record } };
}

/** Who writes in our group, also before its first entry. */
export function ownAuthor(
  turn: Turn,
  conversation: Conversation,
  { chain, seed }: OwnGroup,
): Author {
  const { suite, self } = turn.state;
  const begun = conversation.table.get(chain);
  if (begun !== undefined) {
    return { seed, certificate: restoreCertificate(suite, begun.certificate), record: begun };
  }
  const certificate = pseudonymOf(turn, seed);
  const ours = { chain, certificate, identity: self.identity, name: self.name };
  return { seed, certificate, record: emptyRecord(conversation, ours) };
}

/** Appends ciphertext, and shows the lines that it says, since nobody decrypts what they said themselves. */
export function appendSealed(
  turn: Turn,
  conversation: Conversation,
  author: Author,
  { payload, lines }: { readonly payload: Uint8Array; readonly lines: readonly Line[] },
): ChainRecord {
  const entry = seal(turn, conversation, author, { payload, lineCount: 1, keyId: MLS_KEY_ID });
  const grown = grownBy(author.record, entry);
  setOwnChain(turn, conversation, grown.chain);
  place(turn, conversation, grown, { entries: [entry], lines: [null], opened: null });
  if (lines.length > 0) {
    const late = isLate(conversation, entry);
    const { chain, seq } = entry.header;
    const fate = { arrivedMs: turn.wallMs, late };
    const write: Write = { kind: 'opened', chain, seq, lines: encodeLines(lines), ...fate };
    const arrived = [{ entry, lines, identity: grown.identity, late }];
    turn.out.push({ kind: 'commit', writes: [write], arrived });
    raiseTop(conversation, arrived);
  }
  send(turn, conversation, author, entry);
  return grown;
}
