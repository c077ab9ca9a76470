// Topics on gossipsub: what may be published, who judges what arrives, and what bad messages cost their sender.

import { hash } from 'node:crypto';
import { gossipsub, StrictNoSign, TopicValidatorResult } from '@libp2p/gossipsub';
import type { GossipSub, Message } from '@libp2p/gossipsub';
import type { ComponentLogger } from '@libp2p/interface';
import type { PeerId } from '@parley/core';
import { isNear } from './address.ts';
import type { NetworkLimits } from './limits.ts';

export type Verdict = 'accept' | 'ignore' | 'reject';

export interface GossipEvents {
  readonly message: (topic: string, from: PeerId, bytes: Uint8Array, messageId: string) => void;
}

const results: Readonly<Record<Verdict, TopicValidatorResult>> = {
  accept: TopicValidatorResult.Accept,
  ignore: TopicValidatorResult.Ignore,
  reject: TopicValidatorResult.Reject,
};

/**
 * Only bad messages count: in a chat silence is no offence, and entries that come by the log first are no merit.
 * The score of a topic is 0.5 × −10 × (bad messages)², halved some ten times a minute: four bad ones graylist.
 */
const topicScore = {
  topicWeight: 0.5,
  timeInMeshWeight: 0,
  timeInMeshQuantum: 1_000,
  timeInMeshCap: 1,
  firstMessageDeliveriesWeight: 0,
  firstMessageDeliveriesDecay: 0.5,
  firstMessageDeliveriesCap: 1,
  meshMessageDeliveriesWeight: 0,
  meshMessageDeliveriesDecay: 0.5,
  meshMessageDeliveriesCap: 1,
  meshMessageDeliveriesThreshold: 1,
  meshMessageDeliveriesWindow: 10,
  meshMessageDeliveriesActivation: 5_000,
  meshFailurePenaltyWeight: 0,
  meshFailurePenaltyDecay: 0.5,
  invalidMessageDeliveriesWeight: -10,
  invalidMessageDeliveriesDecay: 0.9,
};

/** People on one network share addresses without being one person. */
class NearAddresses extends Set<string> {
  override has(ip: string): boolean {
    return isNear(ip);
  }
}

/** The part of gossipsub that its interface leaves out: topics may come and go, so their scores must. */
interface Scored {
  readonly opts: { readonly scoreParams: { topics: Record<string, typeof topicScore> } };
  readonly score: { score(peer: string): number };
}

export type GossipService = GossipSub & Scored;
type Components = Parameters<ReturnType<typeof gossipsub>>[0] & {
  readonly logger: ComponentLogger;
};

export function gossipService(limits: NetworkLimits): (components: Components) => GossipService {
  const create = gossipsub({
    globalSignaturePolicy: StrictNoSign,
    msgIdFn: (message: Message) => hash('sha256', message.data, 'buffer'),
    msgIdToStrFn: (id: Uint8Array) => Buffer.from(id).toString('hex'),
    allowPublishToZeroTopicPeers: true,
    ignoreDuplicatePublishError: true,
    emitSelf: false,
    fallbackToFloodsub: false,
    doPX: false,
    tagMeshPeers: false,
    // Publishing goes to at least D peers anyway, which in a small room is everyone.
    floodPublish: false,
    D: 8,
    Dlo: 6,
    Dhi: 12,
    Dscore: 4,
    Dout: 2,
    Dlazy: 6,
    seenTTL: limits.gossipSeenMs,
    maxOutboundBufferSize: limits.gossipOutboundBytesMax,
    scoreParams: {
      IPColocationFactorWhitelist: new NearAddresses(),
      IPColocationFactorThreshold: limits.gossipPeersPerAddressMax,
    },
    scoreThresholds: {
      gossipThreshold: limits.gossipGraylistScore / 8,
      publishThreshold: limits.gossipGraylistScore / 2,
      graylistThreshold: limits.gossipGraylistScore,
    },
  });
  return (components) => create(components) as unknown as GossipService;
}

interface Pending {
  readonly from: PeerId;
  readonly resolve: (result: TopicValidatorResult) => void;
  readonly timer: NodeJS.Timeout;
}

export class Gossip {
  readonly #service: GossipService;
  readonly #limits: NetworkLimits;
  readonly #events: GossipEvents;
  readonly #pending = new Map<string, Pending>();
  readonly #offenders: Offenders;

  constructor(service: GossipService, limits: NetworkLimits, events: GossipEvents) {
    this.#offenders = new Offenders(limits);
    this.#service = service;
    this.#limits = limits;
    this.#events = events;
  }

  /** Messages that wait for their verdict. */
  get pending(): number {
    return this.#pending.size;
  }

  join(topic: string): void {
    this.#service.opts.scoreParams.topics[topic] = topicScore;
    this.#service.topicValidators.set(topic, (from, message) => {
      return this.#judge(from.toString() as PeerId, message);
    });
    this.#service.subscribe(topic);
  }

  leave(topic: string): void {
    this.#service.unsubscribe(topic);
    this.#service.topicValidators.delete(topic);
  }

  /** Resolves once handed to gossipsub; rejects if it would not take it. */
  async publish(topic: string, bytes: Uint8Array): Promise<void> {
    await this.#service.publish(topic, bytes);
  }

  verdict(messageId: string, verdict: Verdict): void {
    const pending = this.#pending.get(messageId);
    if (pending === undefined) return;
    this.#pending.delete(messageId);
    clearTimeout(pending.timer);
    if (verdict === 'reject') this.#offenders.add(pending.from);
    pending.resolve(results[verdict]);
  }

  /** Below gossipGraylistScore nothing of that peer is read. */
  score(peer: PeerId): number {
    return this.#service.score.score(peer);
  }

  stop(): void {
    for (const messageId of this.#pending.keys()) this.verdict(messageId, 'ignore');
  }

  #judge(from: PeerId, message: Message): TopicValidatorResult | Promise<TopicValidatorResult> {
    const { data, topic } = message;
    if (data.byteLength > this.#limits.gossipMessageBytesMax) return TopicValidatorResult.Reject;
    if (this.#offenders.has(from)) return TopicValidatorResult.Ignore;
    if (this.#pending.size >= this.#limits.gossipPendingMax) return TopicValidatorResult.Ignore;
    const messageId = hash('sha256', data);
    if (this.#pending.has(messageId)) return TopicValidatorResult.Ignore;
    return new Promise((resolve) => {
      const timer = setTimeout(
        () => this.verdict(messageId, 'ignore'),
        this.#limits.gossipVerdictMs,
      );
      this.#pending.set(messageId, { from, resolve, timer });
      this.#events.message(topic, from, Uint8Array.from(data), messageId);
    });
  }
}

/** Gossipsub counts bad messages too, but looks at the count once a second and judges a batch as a whole. */
class Offenders {
  readonly #limits: NetworkLimits;
  readonly #counts = new Map<PeerId, { count: number; readonly sinceMs: number }>();

  constructor(limits: NetworkLimits) {
    this.#limits = limits;
  }

  add(peer: PeerId): void {
    const known = this.#current(peer);
    if (known !== null) {
      known.count += 1;
      return;
    }
    const [oldest] = this.#counts.keys();
    if (oldest !== undefined && this.#counts.size >= this.#limits.knownPeersMax) {
      this.#counts.delete(oldest);
    }
    this.#counts.set(peer, { count: 1, sinceMs: performance.now() });
  }

  has(peer: PeerId): boolean {
    return (this.#current(peer)?.count ?? 0) >= this.#limits.gossipBadMax;
  }

  #current(peer: PeerId): { count: number } | null {
    const known = this.#counts.get(peer);
    if (known === undefined) return null;
    if (performance.now() - known.sinceMs < this.#limits.gossipBadWindowMs) return known;
    this.#counts.delete(peer);
    return null;
  }
}
