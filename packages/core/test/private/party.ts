// People in private sessions: peers that are linked, do their works without cryptography, and what they see.

import type { ConversationId, IdentityKey } from '../../src/brand.ts';
import type { Input, Output } from '../../src/peer/step-types.ts';
import { sessionIdFrom } from '../../src/session/names.ts';
import type { Session } from '../../src/session/state.ts';
import type { Message } from '../../src/sync/message.ts';
import { decodeMessage } from '../../src/sync/message.ts';
import { TestPeer, carry, link, suite } from '../peers.ts';
import type { TestPeerOptions } from '../peers.ts';
import { plainly } from './plain-worker.ts';

/** A secret that a fork draws. */
export function secretOf(number: number): Uint8Array {
  return suite.sha256(new TextEncoder().encode(`secret ${number}`));
}

/** The session of that secret. */
export function sessionIdOf(number: number): ConversationId {
  return sessionIdFrom(suite, secretOf(number));
}

export const SESSION: ConversationId = sessionIdOf(1);

/** Someone who can fork, at work by herself. */
export function person(name: string, options: TestPeerOptions = {}): TestPeer {
  const peer = new TestPeer(name, 0, 0, { canFork: true, ...options });
  peer.answer = plainly(peer);
  return peer;
}

/** People who are all linked to each other and have each other's keys. */
export function party<Names extends readonly string[]>(
  ...names: Names
): { readonly [At in keyof Names]: TestPeer } {
  const peers = names.map((name) => person(name));
  linkAll(peers, 0);
  return peers as unknown as { readonly [At in keyof Names]: TestPeer };
}

export function linkAll(peers: readonly TestPeer[], nowMs: number): void {
  for (const [at, one] of peers.entries())
    for (const other of peers.slice(at + 1)) link(one, other, nowMs);
  act(peers, peers[0]!, { kind: 'tick' }, nowMs);
}

/** Ends the link between two. */
export function cut(one: TestPeer, other: TestPeer, nowMs: number): void {
  for (const [each, peer] of [
    [one, other.id],
    [other, one.id],
  ] as const)
    each.take({ kind: 'network', event: { kind: 'disconnected', peer, reason: 'cut' } }, nowMs);
}

/** One does something, and what comes of it goes its way among them. */
export function act(
  peers: readonly TestPeer[],
  actor: TestPeer,
  input: Input,
  nowMs: number,
): readonly Output[] {
  const outputs = actor.take(input, nowMs);
  carry(peers, [[actor, outputs]], nowMs);
  return outputs;
}

export function fork(
  peers: readonly TestPeer[],
  initiator: TestPeer,
  others: readonly TestPeer[],
  { number = 1, nowMs = 100 }: { readonly number?: number; readonly nowMs?: number } = {},
): void {
  const people = others.map(({ identity }) => identity);
  act(peers, initiator, { kind: 'fork', secret: secretOf(number), people }, nowMs);
}

export function says(text: string, conversation: ConversationId = SESSION): Input {
  return { kind: 'say', conversation, lines: [{ type: 'say', text }] };
}

export function sessionOf(peer: TestPeer, id: ConversationId = SESSION): Session {
  const session = peer.state.sessions.get(id);
  if (session === undefined) throw new Error(`${peer.id} is not in that session`);
  return session;
}

/** Texts that became visible to someone in a session, in the order in which they did. */
export function shownTo(peer: TestPeer, id: ConversationId = SESSION): string[] {
  return peer.outputs.flatMap((output) =>
    output.kind === 'commit' ? output.arrived.flatMap((each) => textsOf(each, id)) : [],
  );
}

type Arrived = Extract<Output, { kind: 'commit' }>['arrived'][number];

function textsOf({ entry, lines }: Arrived, id: ConversationId): string[] {
  if (entry.header.conversation !== id) return [];
  return lines.flatMap((line) => (line.type === 'say' ? [line.text] : []));
}

/** What a peer sent to another, or to all, decoded. */
export function sentBy(outputs: readonly Output[], to: TestPeer | null = null): Message[] {
  return outputs.flatMap((output) => {
    if (output.kind !== 'send' || (to !== null && output.peer !== to.id)) return [];
    const message = decodeMessage(output.frame);
    return message.ok ? [message.value] : [];
  });
}

export function blamesOf(peer: TestPeer): unknown[] {
  return peer.told().filter(({ kind }) => kind === 'badFrame');
}

export function namesOf(peers: readonly TestPeer[], identities: Iterable<IdentityKey>): string[] {
  const all = new Map(peers.map((peer) => [peer.identity, peer.id]));
  return Array.from(identities, (each) => all.get(each) ?? 'someone');
}
