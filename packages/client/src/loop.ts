// The loop: inputs in fair turns, the step function, and its outputs carried out in order: commit, then send, then show.

import type {
  Arrived,
  ChainKey,
  Input,
  Network,
  NetworkEvent,
  Now,
  OldEntries,
  Output,
  PeerEvent,
  PeerId,
  PeerState,
  Store,
  StoredEntry,
  Want,
  Work,
  WorkResult,
  Write,
} from '@parley/core';
import {
  encodeMessage,
  encodeRun,
  LIMITS,
  linesOf,
  makeForkProof,
  nextWakeMs,
  orderKeyOf,
  step,
} from '@parley/core';
import { count, newCounters } from './counters.ts';
import type { Counters } from './counters.ts';
import { Inbox } from './inbox.ts';

/** Where time and turns come from: the system's, or a simulation's. */
export interface Scheduler {
  now(): Now;
  /** Runs `task` soon, once, never from inside the call. */
  soon(task: () => void): void;
  /** Runs `task` at a monotonic time; returns how to call it off. */
  at(monotonicMs: number, task: () => void): () => void;
}

/** What the loop shows, after it is stored and sent. */
export interface Audience {
  /** Entries that became visible by this commit; `firstArrival` is the number of the first, the others follow it. */
  arrived(entries: readonly Arrived[], firstArrival: number, commit: number): void;
  /** Entries became visible that were stored before; read them from the store, arrival > after. */
  unparked(after: number): void;
  told(event: PeerEvent): void;
  /** The store failed; nothing of the last batch was sent or shown, and the loop has stopped. */
  failed(error: unknown): void;
}

export interface LoopPorts {
  readonly store: Store;
  readonly network: Network;
  readonly scheduler: Scheduler;
  readonly audience: Audience;
  /** Does a work of private sessions; rejects on faults of ours only. */
  readonly work: (work: Work) => Promise<WorkResult>;
  /** Told how long each commit took, in milliseconds. */
  readonly committed?: ((durationMs: number) => void) | undefined;
  /** Called before each output is carried out; a simulation crashes here. */
  readonly beforeOutput?: (output: Output) => void;
}

type Effect = Exclude<Output, { kind: 'commit' }>;

/** Inputs taken in one go before the event loop gets a turn. */
const INPUTS_PER_TURN_MAX = 256;
/** And so long, in milliseconds, however much waits: whoever types is heard between turns. */
const TURN_MS_MAX = 20;
/** Turns enough for a full queue and a full outbox. */
const FLUSH_TURNS_MAX = 256;
const TICK: Input = { kind: 'tick' };

export class Loop {
  readonly state: PeerState;
  readonly counters: Counters = newCounters();
  readonly #ports: LoopPorts;
  readonly #inbox: Inbox = new Inbox();
  #refill: (() => readonly Input[]) | null = null;
  #scheduled = false;
  #draining = false;
  #stopped = false;
  #callOff: (() => void) | null = null;
  #wakeMs = Infinity;
  #arrivals: number;

  constructor(state: PeerState, ports: LoopPorts) {
    this.state = state;
    this.#ports = ports;
    this.#arrivals = 0;
  }

  /** Carries out what comes before any input; call it once the network listens. */
  start(outputs: readonly Output[]): void {
    this.#arrivals = this.#ports.store.lastArrival();
    this.#execute(outputs);
    this.push(TICK);
  }

  get inputsWaiting(): number {
    return this.#inbox.size;
  }

  /** Where more inputs come from when a turn begins: what people said, gathered into batches. */
  refillFrom(source: () => readonly Input[]): void {
    this.#refill = source;
  }

  push(input: Input): void {
    if (this.#stopped) return;
    if (input.kind === 'network') this.#countReceived(input.event);
    this.#inbox.push(input, this.#ports.scheduler.now().monotonicMs);
    // At once, rather than soon: meanwhile nothing more is read of anyone.
    if (this.#inbox.isFull) this.#drain();
    else this.wake();
  }

  /** Makes sure that a turn comes soon. */
  wake(): void {
    if (this.#scheduled || this.#stopped) return;
    this.#scheduled = true;
    this.#ports.scheduler.soon(() => {
      this.#scheduled = false;
      this.#drain();
    });
  }

  /** Takes all that waits now, so that nothing said is left when it stops. */
  flush(): void {
    let turns = 0;
    while (!this.#stopped && turns < FLUSH_TURNS_MAX && this.#drain()) turns += 1;
  }

  stop(): void {
    this.#stopped = true;
    this.#callOff?.();
  }

  /** One turn. False where nothing was waiting. */
  #drain(): boolean {
    if (this.#draining || this.#stopped) return false;
    this.#draining = true;
    try {
      const said = this.#refill?.() ?? [];
      const isIdle = this.#inbox.size === 0 && said.length === 0;
      this.#takeTurn(said);
      if (this.#inbox.size > 0 || said.length > 0) this.wake();
      this.#setAlarm();
      return !isIdle;
    } catch (error) {
      this.stop();
      this.#ports.audience.failed(error);
      return false;
    } finally {
      this.#draining = false;
    }
  }

  /** Takes what waits, within the bounds of a turn, and what was said. */
  #takeTurn(said: readonly Input[]): void {
    const { scheduler } = this.#ports;
    const now = scheduler.now();
    let outputs: Output[] = [];
    const take = (input: Input): void => {
      const { event } = input.kind === 'network' ? input : { event: null };
      // What is not sent yet was meant for the link that ended, not for the next one to that peer.
      if (event?.kind === 'disconnected') outputs = outputs.filter(isNotFor(event.peer));
      outputs.push(...step(this.state, input, now));
    };
    for (let taken = 0; taken < INPUTS_PER_TURN_MAX; taken += 1) {
      const input = this.#inbox.take(now.monotonicMs);
      if (input === null) break;
      take(input);
      if (scheduler.now().monotonicMs - now.monotonicMs > TURN_MS_MAX) break;
    }
    for (const input of said) take(input);
    this.#execute(outputs);
  }

  /** One transaction for the whole turn comes first: nothing is sent or shown that is not stored. */
  #execute(outputs: readonly Output[]): void {
    const writes: Write[] = [];
    const arrived: Arrived[] = [];
    const effects: Effect[] = [];
    for (const output of outputs) {
      if (output.kind === 'commit') {
        writes.push(...output.writes);
        arrived.push(...output.arrived);
      } else effects.push(output);
    }
    const commit = writes.length > 0 ? this.#commit(writes, arrived) : 0;
    const firstArrival = this.#arrivals - arrived.length + 1;
    for (const effect of effects) {
      this.#ports.beforeOutput?.(effect);
      this.#perform(effect);
    }
    if (arrived.length === 0) return;
    this.#ports.audience.arrived(arrived, firstArrival, commit);
  }

  #commit(writes: readonly Write[], arrived: readonly Arrived[]): number {
    this.#ports.beforeOutput?.({ kind: 'commit', writes, arrived });
    const { store, scheduler, committed } = this.#ports;
    const beganMs = scheduler.now().monotonicMs;
    const commit = store.commit(writes);
    committed?.(scheduler.now().monotonicMs - beganMs);
    this.#arrivals += arrived.length;
    this.counters.entriesStored += arrived.length;
    return commit;
  }

  #perform(effect: Effect): void {
    const { network, audience } = this.#ports;
    switch (effect.kind) {
      case 'send':
        return this.#send(effect);
      case 'serve':
        return this.#serve(effect);
      case 'work':
        return this.#work(effect.work);
      case 'dial':
        return network.dial(effect.target);
      case 'hangUp':
        return network.hangUp(effect.peer, effect.refuseMs);
      case 'meet':
        return network.meet(effect.keys, effect.sought);
      case 'tell':
        count(effect.event, this.counters);
        return audience.told(effect.event);
      default:
        return this.#askStore(effect);
    }
  }

  /** What the store says is an input like any other. */
  #askStore(effect: Extract<Output, { kind: 'compare' | 'prune' | 'unpark' }>): void {
    if (effect.kind === 'compare') this.#compare(effect);
    else if (effect.kind === 'prune') this.#prune(effect);
    else this.#unpark(effect);
  }

  #send({ peer, frame }: Extract<Output, { kind: 'send' }>): void {
    if (!this.#give(peer, frame)) this.push({ kind: 'blocked', peer });
  }

  #give(peer: PeerId, frame: Uint8Array): boolean {
    this.counters.framesSent += 1;
    this.counters.frameBytesSent += frame.length;
    return this.#ports.network.send(peer, frame);
  }

  #countReceived(event: NetworkEvent): void {
    if (event.kind !== 'frame') return;
    this.counters.framesReceived += 1;
    this.counters.frameBytesReceived += event.bytes.length;
  }

  #serve({ peer, want, conversation }: Extract<Output, { kind: 'serve' }>): void {
    const { store } = this.#ports;
    const record = this.state.conversations.get(conversation)?.table.get(want.chain);
    const entries =
      record === undefined
        ? []
        : store.run({ ...rangeOf(want, record.floor), bytesMax: LIMITS.runBytesTarget });
    const first = entries[0];
    const last = entries.at(-1);
    if (record === undefined || first === undefined || last === undefined) {
      this.#answer(peer, want, { last: true, run: new Uint8Array(0) });
      this.push({ kind: 'served', peer, want, reached: null });
      return;
    }
    const reached = { from: first.header.seq, to: last.header.seq + 1 };
    const isLast =
      want.frames === 1 ||
      (want.direction === 'up' ? reached.to >= want.to : reached.from <= want.from);
    const sent = this.#answer(peer, want, {
      last: isLast,
      run: encodeRun(record.certificate, entries),
    });
    if (!sent) this.push({ kind: 'blocked', peer });
    this.push({ kind: 'served', peer, want, reached });
  }

  #answer(
    peer: PeerId,
    want: Want,
    part: { readonly last: boolean; readonly run: Uint8Array },
  ): boolean {
    const { tag, request } = want;
    return this.#give(peer, encodeMessage({ type: 'run', tag, request, ...part }));
  }

  #compare({ conversation, run }: Extract<Output, { kind: 'compare' }>): void {
    const record = this.state.conversations.get(conversation)?.table.get(run.chain);
    const from = Math.max(run.from - 1, record?.floor ?? 0);
    const range = {
      chain: run.chain,
      from,
      to: run.to,
      direction: 'up',
      bytesMax: LIMITS.runBytesTarget,
    } as const;
    const entries = this.#ports.store.run(range);
    const certificate = record?.certificate ?? run.certificate.bytes;
    const ours = { certificate, entries };
    const proof = makeForkProof(ours, { certificate: run.certificate.bytes, entries: run.entries });
    this.push({ kind: 'compared', conversation, proof });
  }

  /** What comes of it is an input like any other; nothing of it was sent or shown before it is stored. */
  #work(work: Work): void {
    this.#ports.work(work).then(
      (result) => this.push({ kind: 'worked', work, result }),
      (error: unknown) => {
        if (this.#stopped) return;
        this.stop();
        this.#ports.audience.failed(error);
      },
    );
  }

  #unpark({ conversation, throughMs }: Extract<Output, { kind: 'unpark' }>): void {
    const { store, audience } = this.#ports;
    const before = this.#arrivals;
    store.commit([{ kind: 'unpark', conversation, throughMs }]);
    this.#arrivals = store.lastArrival();
    const newest = store.window({ conversation, entriesMax: 1 })[0];
    const top = newest === undefined ? null : orderKeyOf(newest.entry);
    const arrived = store.arrivals(before, this.#arrivals - before).map(arrivedOf);
    this.push({
      kind: 'unparked',
      conversation,
      arrived,
      top,
      nextParkedMs: store.nextParkedMs(conversation),
    });
    audience.unparked(before);
  }

  #prune({ conversation, queries, entriesMax }: Extract<Output, { kind: 'prune' }>): void {
    const found = new Map<ChainKey, OldEntries | null>();
    let left = entriesMax;
    for (const query of queries) {
      if (left <= 0) break;
      const old = this.#ports.store.oldest({ ...query, entriesMax: left });
      found.set(query.chain, old);
      left -= old === null ? 0 : old.to - old.from;
    }
    this.push({ kind: 'old', conversation, found });
  }

  #setAlarm(): void {
    const { scheduler } = this.#ports;
    const now = scheduler.now();
    const wakeMs = nextWakeMs(this.state, now);
    if (wakeMs === this.#wakeMs && wakeMs > now.monotonicMs) return;
    this.#callOff?.();
    this.#wakeMs = wakeMs;
    this.#callOff = scheduler.at(Math.max(wakeMs, now.monotonicMs + 1), () => {
      this.#wakeMs = Infinity;
      this.push(TICK);
    });
  }
}

function arrivedOf(stored: StoredEntry): Arrived {
  const { entry, identity, late } = stored;
  return { entry, lines: linesOf(stored), identity, late };
}

function isNotFor(peer: PeerId): (output: Output) => boolean {
  return (output) => (output.kind !== 'send' && output.kind !== 'serve') || output.peer !== peer;
}

/** What was pruned meanwhile is left out: the answer begins with what is there. */
function rangeOf(
  { chain, from, to, direction }: Want,
  floor: number,
): Pick<Want, 'chain' | 'from' | 'to' | 'direction'> {
  return { chain, from: Math.max(from, floor), to, direction };
}
