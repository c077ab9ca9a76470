// A whole swarm of real peers in virtual time: carries out a plan, then lets it heal, then asks whether all is well.

import type { DeviceKey, IdentityKey } from '@parley/core';
import type { Suite, Work, WorkResult } from '@parley/core';
import { LIMITS, lobbyId } from '@parley/core';
import { Agenda } from './agenda.ts';
import { Chance } from './chance.ts';
import { EPOCH_MS } from './clock.ts';
import { disturb } from './disturb.ts';
import { Ledger } from './ledger.ts';
import type { Member } from './member.ts';
import { addressOf, newClone, newMember } from './member.ts';
import type { Action, Fault, Plan } from './plan.ts';
import type { Mutant, RunHooks } from './run.ts';
import { openRun, startRun } from './run.ts';
import { SimNetwork } from './sim-network.ts';
import { describe, describeWork } from './trace.ts';
import { actInSession, isSessionAction, sayLastWords } from './session-acts.ts';
import type { SessionStage } from './session-acts.ts';
import { actInRoom, isRoomAction, sayLastInRooms } from './room-acts.ts';
import type { RoomStage } from './room-acts.ts';
import { RoomLedger } from './room-ledger.ts';
import { SessionLedger } from './session-ledger.ts';
import type { Traffic } from './wire.ts';
import { noteCommit, noteTold } from './witness.ts';
import type { Unsynced } from './witness.ts';
import type { MakeSessionCrypto } from './works.ts';
import { fakeCryptoOf, workFault } from './works.ts';

export interface WorldOptions {
  readonly suite: Suite;
  /** The encryption of private sessions, for each run of a process; testkit's fake where not given. */
  readonly sessionCrypto?: MakeSessionCrypto;
  readonly mutant?: Mutant;
  readonly trace?: (line: string) => void;
}

/** A crash in the middle of what a process was doing. */
class PlannedCrash extends Error {}

export class World {
  readonly plan: Plan;
  readonly agenda: Agenda = new Agenda();
  readonly ledger: Ledger = new Ledger();
  readonly sessions: SessionLedger = new SessionLedger();
  readonly rooms: RoomLedger;
  readonly suite: Suite;
  /** When everyone said their last line in each room. */
  lastInRoomsMs: number = Infinity;
  /** When everyone began to say the very last line in each private session. */
  lastWordsMs: number = Infinity;
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
  readonly #workChance: Chance;
  #runs = 0;

  constructor(plan: Plan, options: WorldOptions) {
    this.plan = plan;
    this.#options = options;
    this.suite = options.suite;
    this.rooms = new RoomLedger(options.suite, plan.rooms);
    this.#chance = new Chance(plan.seed, 2);
    this.#workChance = new Chance(plan.seed, 4);
    this.network = new SimNetwork(this.agenda, new Chance(plan.seed, 3), plan.weather);
    const ownWeather = ['uneven-links', 'delay', 'frame-faults', 'back-pressure'];
    for (const fault of plan.faults) if (ownWeather.includes(fault)) this.occurred.add(fault);
    for (const [index, { skewMs, dials, lobby = null }] of plan.members.entries()) {
      const own = { wall: { skewMs }, dials: dials.map(addressOf), lobby };
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
        this.#member(action.member).fuse = { how, outputs, downMs, waitsForWork: false };
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
        if (isSessionAction(action)) return actInSession(this.#stage(), action);
        if (isRoomAction(action)) return actInRoom(this.#stage(), action);
        this.occurred.add(action.kind);
        return disturb(this, action);
    }
  }

  #stage(): SessionStage & RoomStage {
    const { members, sessions, rooms } = this;
    const drawSecret = (): Uint8Array => this.#workChance.bytes32();
    const trace = (text: string): void => this.#trace(text);
    return { agenda: this.agenda, members, sessions, rooms, drawSecret, trace };
  }

  /** Everyone says one more line in each private session, some time after each other where copies might collide. */
  sayLastWords(isLast: boolean): void {
    if (isLast) this.lastWordsMs = this.agenda.nowMs;
    const gapMs = this.copied.size > 0 ? LAST_WORDS_GAP_MS : 0;
    for (const [index, member] of this.members.entries())
      this.agenda.after(index * gapMs, () => sayLastWords(this.#stage(), member));
  }

  sayLastInRooms(): void {
    this.lastInRoomsMs = this.agenda.nowMs;
    sayLastInRooms(this.#stage());
  }

  /** What is said to be of a later time may be waiting still, in milliseconds since 1970. */
  get horizonMs(): number {
    return EPOCH_MS + this.agenda.nowMs + LIMITS.futureMsMax - PARKED_SLACK_MS;
  }

  /** Whether a profile of theirs was put back, copied, or lost something in a power cut. */
  isDoubtful(identity: IdentityKey): boolean {
    return this.members.some((member) => member.identity === identity && member.lostSome);
  }

  /** Whether another machine goes by the same profile. */
  hasTwin({ identity }: Member): boolean {
    return this.members.filter((member) => member.identity === identity).length > 1;
  }

  #member(index: number): Member {
    return this.members[index] as Member;
  }

  // ---------------------------------------------------------------- Lives of processes

  #start(member: Member, resume: 'continue' | 'fresh'): void {
    if (member.run !== null) return;
    this.#trace(`${member.peer} starts (${resume})`);
    const { mutant = {}, suite, sessionCrypto = fakeCryptoOf(suite) } = this.#options;
    const { agenda, network } = this;
    this.#runs += 1;
    const salt = `${this.plan.seed} ${member.peer} ${this.#runs}`;
    const works = this.plan.sessions ? { sessionCrypto, chance: this.#workChance, salt } : null;
    const world = {
      agenda,
      network,
      suite,
      mutant,
      chance: this.#chance,
      works,
      dayMs: this.rooms.dayMs,
    };
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
      this.ledger.forgetSynced((chain) => this.ledger.authorOf(chain) === member.device);
      this.agenda.after(downMs, () => this.#start(member, 'continue'));
    });
  }

  // ---------------------------------------------------------------- What processes do

  #hooks(member: Member): RunHooks {
    const pending: Unsynced[] = [];
    return {
      committed: (writes, commit) => noteCommit(this, member, writes, { commit, pending }),
      synced: (commit) => {
        while (pending[0] !== undefined && pending[0].commit <= commit) {
          const { id, chain, seq } = pending.shift() as Unsynced;
          this.ledger.promiseSynced(id, chain, seq);
        }
      },
      beforeOutput: (output) => {
        if (this.#options.trace !== undefined) this.#trace(`${member.peer} ${describe(output)}`);
        const { fuse } = member;
        if (fuse === null || fuse.waitsForWork) return;
        fuse.outputs -= 1;
        if (fuse.outputs >= 0) return;
        this.#crash(member, fuse.how, fuse.downMs);
        throw new PlannedCrash('as planned');
      },
      told: (event) => noteTold(this, member, event),
      failed: (error) => {
        if (!(error instanceof PlannedCrash))
          this.object(`${member.peer} failed: ${stackOf(error)}`);
      },
      began: (work) => {
        const { run } = member;
        if (run === null || work.kind !== 'speak') return;
        const nowMs = run.clock.now().monotonicMs;
        const { nowMs: atMs } = this.agenda;
        this.sessions.began(member, work, { state: run.state, nowMs, atMs });
      },
      done: (work, result) => this.#worked(member, work, result),
      object: (text) => this.object(`${member.peer}: ${text}`),
    };
  }

  /** A work is done, and its result about to be taken. */
  #worked(member: Member, work: Work, result: WorkResult): void {
    if (this.#options.trace !== undefined)
      this.#trace(`${member.peer} worked: ${describeWork(work, result)}`);
    if (work.kind === 'speak' && result.kind === 'spoken')
      this.sessions.spoke(member, work, result);
    if (member.fuse?.waitsForWork === true) {
      member.fuse.waitsForWork = false;
      this.sessions.happened.add('crashed at work');
    }
    const fault = workFault(result);
    if (fault === null || this.copied.size > 0) return;
    this.object(`${member.peer}: ${fault} in a work (${work.kind})`);
  }

  /** Something is wrong, now. */
  object(text: string): void {
    this.objections.push(`at ${this.agenda.nowMs} ms ${text}`);
    this.#trace(`OBJECTION ${text}`);
  }

  #trace(text: string): void {
    this.#options.trace?.(`${String(this.agenda.nowMs).padStart(7)} ${text}`);
  }
}

/** Peers look at what they parked once a second, and messages take their time. */
const PARKED_SLACK_MS = 5_000;
/** Long enough to hear what a copy said. */
const LAST_WORDS_GAP_MS = 5_000;

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
