// A whole swarm of real peers in virtual time: carries out a plan, then lets it heal, then asks whether all is well.

import type { DeviceKey, PeerEvent, PeerId, Suite, Write } from '@parley/core';
import { deviceOf, lobbyId } from '@parley/core';
import { Agenda } from './agenda.ts';
import { Chance } from './chance.ts';
import { Ledger } from './ledger.ts';
import { queueFault } from './limits-check.ts';
import type { Member, Run } from './member.ts';
import { addressOf, newClone, newMember } from './member.ts';
import type { Action, Fault, Plan } from './plan.ts';
import type { Mutant, RunHooks } from './run.ts';
import { openRun, startRun } from './run.ts';
import { SimNetwork } from './sim-network.ts';
import { describe } from './trace.ts';
import type { Traffic } from './wire.ts';

export interface WorldOptions {
  readonly suite: Suite;
  readonly mutant?: Mutant;
  readonly trace?: (line: string) => void;
}

/** A crash in the middle of what a process was doing. */
class PlannedCrash extends Error {}

export class World {
  readonly plan: Plan;
  readonly agenda: Agenda = new Agenda();
  readonly ledger: Ledger = new Ledger();
  readonly network: SimNetwork;
  readonly members: Member[] = [];
  /** What is wrong, as soon as it is known. */
  readonly objections: string[] = [];
  /** Faults that really took place. */
  readonly occurred: Set<Fault> = new Set();
  /** Devices whose profile was copied: they may say two things under one number. */
  readonly copied: Set<DeviceKey> = new Set();
  readonly #options: WorldOptions;
  readonly #chance: Chance;

  constructor(plan: Plan, options: WorldOptions) {
    this.plan = plan;
    this.#options = options;
    this.#chance = new Chance(plan.seed, 2);
    this.network = new SimNetwork(this.agenda, new Chance(plan.seed, 3), plan.weather);
    const ownWeather = [
      'gossip-loss',
      'gossip-repeat',
      'gossip-reorder',
      'delay',
      'frame-faults',
      'back-pressure',
    ];
    for (const fault of plan.faults) if (ownWeather.includes(fault)) this.occurred.add(fault);
    for (const [index, { skewMs, dials }] of plan.members.entries()) {
      const own = { wall: { skewMs }, dials: dials.map(addressOf) };
      if (Math.abs(skewMs) > 1_000) this.occurred.add('skew');
      this.members.push(newMember(options.suite, this.#chance, index, own));
    }
    for (const [index, { startMs }] of plan.members.entries()) {
      if (startMs > 1_000) this.occurred.add('late-join');
      this.agenda.at(startMs, () => this.#start(this.members[index] as Member, 'continue'));
    }
    for (const { atMs, action } of plan.actions) this.agenda.at(atMs, () => this.#act(action));
    this.agenda.at(plan.calmMs, () => this.#calm());
  }

  get traffic(): Traffic {
    return this.network.traffic;
  }

  /** Nothing goes wrong any more, everyone is back, and the clocks are right. */
  #calm(): void {
    this.#trace('— calm —');
    this.network.ways.clear();
    this.network.resume();
    // Streams that lost frames cannot go on.
    if (this.plan.weather.frameFaults > 0) this.network.cutAll();
    this.network.calm();
    for (const member of this.members) {
      member.fuse = null;
      member.wall.skewMs = 0;
    }
  }

  #act(action: Action): void {
    switch (action.kind) {
      case 'say':
        return this.#say(this.#member(action.member), action.lines);
      case 'crash': {
        const { how, outputs, downMs } = action;
        this.#member(action.member).fuse = { how, outputs, downMs };
        return;
      }
      case 'restart':
        return this.#restart(this.#member(action.member), action.downMs);
      case 'clock-jump':
        this.occurred.add('clock-jump');
        this.#member(action.member).wall.skewMs += action.byMs;
        return;
      case 'clone':
        return this.#clone(this.#member(action.member));
      case 'restore':
        return this.#saveToRestore(this.#member(action.member), action);
      default:
        return this.#disturb(action);
    }
  }

  #disturb(
    action: Extract<Action, { kind: 'partition' | 'one-way' | 'cut' | 'slow-reader' }>,
  ): void {
    const { ways } = this.network;
    this.occurred.add(action.kind);
    if (action.kind === 'cut') {
      this.network.cut(this.#member(action.one).peer, this.#member(action.other).peer);
      return;
    }
    if (action.kind === 'slow-reader') {
      const { peer } = this.#member(action.member);
      ways.deafen(peer);
      return this.#later(action.lastsMs, () => ways.undeafen(peer));
    }
    const pairs =
      action.kind === 'one-way'
        ? [[this.#member(action.from).peer, this.#member(action.to).peer] as const]
        : this.#pairsAcross(action.group);
    for (const [from, to] of pairs) {
      ways.block(from, to);
      if (action.kind === 'partition' && action.cuts) this.network.cut(from, to);
    }
    this.#later(action.lastsMs, () => {
      for (const [from, to] of pairs) ways.unblock(from, to);
    });
  }

  #later(lastsMs: number, undo: () => void): void {
    this.agenda.after(lastsMs, () => {
      undo();
      this.network.resume();
    });
  }

  /** Both ways between those of a group and all others. */
  #pairsAcross(group: readonly number[]): readonly (readonly [PeerId, PeerId])[] {
    const inside = group.map((index) => this.#member(index).peer);
    const outside = this.members.map(({ peer }) => peer).filter((peer) => !inside.includes(peer));
    return inside.flatMap((one) =>
      outside.flatMap((other) => [[one, other] as const, [other, one] as const]),
    );
  }

  #member(index: number): Member {
    return this.members[index] as Member;
  }

  // ---------------------------------------------------------------- Lives of processes

  #start(member: Member, resume: 'continue' | 'fresh'): void {
    if (member.run !== null) return;
    this.#trace(`${member.peer} starts (${resume})`);
    const { mutant = {}, suite } = this.#options;
    const { agenda, network } = this;
    const { gossips } = this.plan;
    const world = { agenda, network, suite, mutant, gossips, chance: this.#chance };
    const run = openRun(world, member, resume, this.#hooks(member));
    member.run = run;
    try {
      startRun(run, member);
    } catch (error) {
      if (!(error instanceof PlannedCrash)) throw error;
    }
  }

  #say(member: Member, lines: number): void {
    const { run } = member;
    if (run === null) return;
    this.#trace(`${member.peer} says ${lines}`);
    for (let line = 0; line < lines; line += 1) {
      member.said += 1;
      const text = `${member.peer} ${member.said}`;
      const conversation = lobbyId(this.#options.suite);
      run.loop.push({ kind: 'say', conversation, lines: [{ type: 'say', text }] });
    }
  }

  #crash(member: Member, how: 'kill' | 'power', downMs: number): void {
    if (member.run === null) return;
    this.#trace(`${member.peer} crashes (${how})`);
    this.occurred.add(how);
    this.#end(member);
    member.disk.crash(how);
    if (how === 'power') member.lostSome = true;
    const { mutant } = this.#options;
    const afterPower = mutant?.resumeAfterPower ?? 'fresh';
    this.agenda.after(downMs, () => this.#start(member, how === 'power' ? afterPower : 'continue'));
  }

  #end(member: Member): void {
    member.run?.endpoint.vanish();
    member.run?.clock.end();
    member.run?.loop.stop();
    member.run = null;
    member.fuse = null;
  }

  #restart(member: Member, downMs: number): void {
    const { run } = member;
    if (run === null) return;
    this.#trace(`${member.peer} restarts`);
    this.occurred.add('restart');
    run.loop.flush();
    if (member.run !== run) return;
    void run.store.close();
    this.#end(member);
    this.agenda.after(downMs, () => this.#start(member, 'continue'));
  }

  #clone(member: Member): void {
    if (member.run === null) return;
    this.occurred.add('copy');
    this.copied.add(member.device);
    const copy = newClone(this.#chance, member, this.members.length, member.run.store.copy());
    this.members.push(copy);
    this.ledger.noteCopy(copy.peer, member.run.store.chains());
    this.#trace(`${copy.peer} is a copy of ${member.peer}`);
    this.#start(copy, 'continue');
    const lines = this.#chance.between(0, 3);
    this.agenda.after(this.#chance.between(0, 5_000), () => this.#say(copy, lines));
  }

  #saveToRestore(member: Member, { afterMs, downMs }: { afterMs: number; downMs: number }): void {
    if (member.run === null) return;
    const saved = member.run.store.copy();
    this.agenda.after(afterMs, () => {
      if (member.run === null) return;
      this.#trace(`${member.peer} is put back as it was ${afterMs} ms ago`);
      this.occurred.add('copy');
      this.copied.add(member.device);
      this.#end(member);
      member.disk = saved;
      member.lostSome = true;
      this.ledger.forgetSynced((chain) => deviceOf(chain) === member.device);
      this.agenda.after(downMs, () => this.#start(member, 'continue'));
    });
  }

  // ---------------------------------------------------------------- What processes do

  #hooks(member: Member): RunHooks {
    const pending: Unsynced[] = [];
    return {
      committed: (writes, commit) => this.#committed(member, writes, { commit, pending }),
      synced: (commit) => {
        while (pending[0] !== undefined && pending[0].commit <= commit) {
          const { id, chain, seq } = pending.shift() as Unsynced;
          this.ledger.promiseSynced(id, chain, seq);
        }
      },
      beforeOutput: (output) => {
        if (this.#options.trace !== undefined) this.#trace(`${member.peer} ${describe(output)}`);
        const { fuse } = member;
        if (fuse === null) return;
        fuse.outputs -= 1;
        if (fuse.outputs >= 0) return;
        this.#crash(member, fuse.how, fuse.downMs);
        throw new PlannedCrash('as planned');
      },
      told: (event) => this.#told(member, event),
      failed: (error) => {
        if (!(error instanceof PlannedCrash))
          this.#object(`${member.peer} failed: ${stackOf(error)}`);
      },
      object: (text) => this.#object(`${member.peer}: ${text}`),
    };
  }

  #committed(
    member: Member,
    writes: readonly Write[],
    { commit, pending }: { readonly commit: number; readonly pending: Unsynced[] },
  ): void {
    const fresh = new Set(this.ledger.note(member.peer, writes));
    for (const write of writes) {
      if (write.kind !== 'entries') continue;
      for (const { id, header } of write.entries) {
        const isOwn = fresh.has(id) && deviceOf(header.chain) === member.device;
        if (isOwn) pending.push({ id, commit, chain: header.chain, seq: header.seq });
      }
    }
    const run = member.run;
    const fault = run === null ? null : queueFault(run.state);
    if (fault !== null) this.#object(`${member.peer}: ${fault}`);
  }

  #told(member: Member, event: PeerEvent): void {
    const { run } = member;
    if (run === null) return;
    const isMisconduct = event.kind === 'badFrame' || event.kind === 'banned';
    if (isMisconduct && this.plan.weather.frameFaults === 0) {
      this.#object(`${member.peer} blames ${event.peer}: ${event.reason}`);
    }
    if (event.kind === 'held') this.#held(member, run, event.length);
  }

  /** What an author is told of its receipts must be so. */
  #held(member: Member, run: Run, length: number): void {
    const conversation = run.state.conversations.get(lobbyId(this.#options.suite));
    const own = conversation?.own ?? null;
    if (conversation === undefined || own === null) return;
    for (const [peer, held] of conversation.receipts) {
      if (held < length) continue;
      if (!this.ledger.everHeld(peer, own, length)) {
        this.#object(`${member.peer} was told that ${peer} holds ${length} of its entries`);
      }
      this.ledger.promiseHeld(own, length, peer);
    }
  }

  #object(text: string): void {
    this.objections.push(`at ${this.agenda.nowMs} ms ${text}`);
    this.#trace(`OBJECTION ${text}`);
  }

  #trace(text: string): void {
    this.#options.trace?.(`${String(this.agenda.nowMs).padStart(7)} ${text}`);
  }
}

interface Unsynced {
  readonly id: Parameters<Ledger['promiseSynced']>[0];
  readonly commit: number;
  readonly chain: Parameters<Ledger['promiseSynced']>[1];
  readonly seq: number;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
