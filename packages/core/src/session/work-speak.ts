// Changes our own send group and says something in it (spec/session.md §4, §5).

import { LIMITS } from '../limits.ts';
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import { contentsOf } from './content-parts.ts';
import { contactAad, makeContact } from './envelope.ts';
import { encodeFrames, groupFrames } from './frames.ts';
import { lifetimeFrom, makeOwnPackage } from './key-packages.ts';
import { exporterValuePrefix, groupIdOf, groupValueKey } from './names.ts';
import { choosePackage } from './newcomer-packages.ts';
import type { Chosen } from './newcomer-packages.ts';
import { SendGroup, isOwnFault } from './send-group.ts';
import type { CertificateOf, Fault, SaidFrame } from './send-group.ts';
import type { Credential, SessionCryptoReason } from './session-crypto.ts';
import { ValueDraft } from './value-draft.ts';
import type { WorkTools } from './work-tools.ts';
import type { Ask, SealedContact, Speak, Spoken, SpokenPayload, WorkFailed } from './work-types.ts';

export async function speak(work: Speak, tools: WorkTools): Promise<Spoken | WorkFailed> {
  const certificates = certifyAll(work, tools);
  const values = new ValueDraft(tools.store);
  const group = await openGroup(work, tools, values);
  if (!group.ok) return { kind: 'failed', reason: group.reason };
  const speaker = new Speaker(work, tools, { values, group: group.value, certificates });
  const fault = await speaker.run();
  if (fault !== null) return { kind: 'failed', reason: fault };
  group.value.keep();
  if (work.leaves) eraseExporters(work, values);
  const { added, contacts, refused } = speaker;
  return {
    kind: 'spoken',
    payloads: payloadsOf(group.value.frames),
    added: added.map(({ newcomer }) => newcomer.device),
    epoch: group.value.roster.epoch,
    contacts,
    refused,
    writes: values.writes(),
  };
}

function eraseExporters({ session }: Speak, values: ValueDraft): void {
  for (const { key } of values.values(exporterValuePrefix(session))) values.set(key, null);
}

function certifyAll({ certificates }: Speak, tools: WorkTools): CertificateOf {
  const known = certificates.flatMap((bytes) => tools.certify(bytes) ?? []);
  const byCredential = new Map(known.map((certificate) => [keyOf(certificate), certificate]));
  return (credential) => byCredential.get(keyOf(credential)) ?? null;
}

function keyOf({ identity, device }: Credential): string {
  return `${identity}${device}`;
}

async function openGroup(
  work: Speak,
  tools: WorkTools,
  values: ValueDraft,
): Promise<Result<SendGroup, SessionCryptoReason>> {
  const state = work.begins
    ? await createGroup(work, tools)
    : values.value(groupValueKey(work.session, work.chain));
  if (state === null) return fail('bad-state');
  const roster = await tools.crypto.membersOf(state);
  return roster.ok
    ? ok(new SendGroup(work, tools, { values, state, roster: roster.value }))
    : roster;
}

function createGroup(
  { session, chain, nowMs }: Speak,
  { crypto: mls, suite, signer }: WorkTools,
): Promise<Uint8Array> {
  const groupId = groupIdOf(suite, session, chain);
  const lifetime = lifetimeFrom(nowMs, LIMITS.keyPackageLastResortMs);
  return mls.createGroup({ ...signer, groupId, lifetime });
}

interface Speaking {
  readonly values: ValueDraft;
  readonly group: SendGroup;
  readonly certificates: CertificateOf;
}

/** The steps of one such work, in their order. */
class Speaker {
  readonly added: Chosen[] = [];
  readonly contacts: SealedContact[] = [];
  readonly refused: Spoken['refused'][number][] = [];
  readonly #work: Speak;
  readonly #tools: WorkTools;
  readonly #values: ValueDraft;
  readonly #group: SendGroup;
  readonly #certificates: CertificateOf;
  #isRosterSaid = false;

  constructor(work: Speak, tools: WorkTools, { values, group, certificates }: Speaking) {
    this.#work = work;
    this.#tools = tools;
    this.#values = values;
    this.#group = group;
    this.#certificates = certificates;
  }

  /** Secrets are mixed in before newcomers come, who cannot know them; fresh keys come last, for everyone to know. */
  async run(): Promise<Fault> {
    const chosen = await this.#chooseAll();
    return (
      (await this.#announce(chosen)) ??
      (await this.#remove()) ??
      (await this.#heal()) ??
      (await this.#add(chosen)) ??
      (await this.#rotate()) ??
      this.#say()
    );
  }

  async #chooseAll(): Promise<Chosen[]> {
    const { add, nowMs, chance } = this.#work;
    const all: Chosen[] = [];
    for (const newcomer of add) {
      const chosen = await choosePackage(newcomer, this.#tools, { nowMs, chance });
      if (chosen.ok) all.push(chosen.value);
      else this.refused.push({ identity: newcomer.identity, reason: chosen.reason });
    }
    return all;
  }

  /** To those who read us now, of whom some may not read what comes after. */
  async #announce(chosen: readonly Chosen[]): Promise<Fault> {
    const { begins, roster, remove, rotates, heals } = this.#work;
    const isChanged = remove.length > 0 || chosen.length > 0 || rotates || heals !== null;
    if (begins || roster === null || !isChanged) return null;
    this.#isRosterSaid = true;
    return this.#sayAll(contentsOf({ roster, asks: [], batches: [] }));
  }

  async #remove(): Promise<Fault> {
    const devices = this.#work.remove.filter((device) => this.#group.has(device));
    return devices.length === 0 ? null : this.#group.remove(devices);
  }

  async #heal(): Promise<Fault> {
    const { heals } = this.#work;
    return heals === null ? null : this.#group.heal(heals);
  }

  async #rotate(): Promise<Fault> {
    return this.#work.rotates ? this.#group.rotate() : null;
  }

  /** All in one commit if that can be, else each in their own, so that one who cannot be let in stops nobody. */
  async #add(chosen: readonly Chosen[]): Promise<Fault> {
    const strangers = chosen.filter((one) => !this.#refuseMember(one));
    const room = LIMITS.sessionMembersMax - this.#group.roster.members.length;
    for (const one of strangers.slice(room)) this.#refuse(one, 'too-many-members');
    const newcomers = strangers.slice(0, room);
    if (newcomers.length === 0) return null;
    const together = await this.#addTogether(newcomers);
    if (together === null || isOwnFault(together)) return together;
    for (const one of newcomers) {
      const reason = await this.#addTogether([one]);
      if (reason !== null && isOwnFault(reason)) return reason;
      if (reason !== null) this.#refuse(one, reason);
    }
    return null;
  }

  #refuseMember(one: Chosen): boolean {
    const isMember = this.#group.has(one.newcomer.device);
    if (isMember) this.#refuse(one, 'already-member');
    return isMember;
  }

  #refuse({ newcomer }: Pick<Chosen, 'newcomer'>, reason: SessionCryptoReason): void {
    this.refused.push({ identity: newcomer.identity, reason });
  }

  async #addTogether(newcomers: readonly Chosen[]): Promise<Fault> {
    const addition = await this.#group.add(newcomers);
    if (!addition.ok) return addition.reason;
    for (const [index, one] of newcomers.entries()) {
      const welcome = addition.value.welcomes[index];
      if (welcome === undefined) throw new Error('a Welcome is missing');
      this.added.push(one);
      const welcomed = await this.#group.welcome(one, welcome, this.#certificates);
      // They are in the group all the same, and may ask to be let in again.
      if (welcomed.ok) await this.#leaveContact(one);
      else this.#refuse(one, welcomed.reason);
    }
    return null;
  }

  async #leaveContact({ newcomer, contactKey }: Chosen): Promise<void> {
    const { inbox, identity } = newcomer;
    const { crypto: mls, suite, signer } = this.#tools;
    const certificate = this.#certificates(signer.credential);
    if (inbox === null || certificate === null) return;
    const { deviceSeed } = signer;
    const { secret, agreedMs: madeMs } = this.#work;
    const contact = { secret, certificate, deviceSeed, recipient: identity, madeMs };
    const sealed = await mls.seal({
      publicKey: contactKey,
      plaintext: makeContact(suite, contact),
      aad: contactAad(inbox),
    });
    // Their directory may say anything.
    if (!sealed.ok) return this.#refuse({ newcomer }, sealed.reason);
    this.contacts.push({ inbox, sealed: sealed.value });
  }

  async #say(): Promise<Fault> {
    const { batches } = this.#work;
    const isHeard = this.#isRosterSaid && this.added.length === 0;
    const roster = isHeard ? null : this.#work.roster;
    return this.#sayAll(contentsOf({ roster, asks: await this.#makeAsks(), batches }));
  }

  async #makeAsks(): Promise<Ask[]> {
    const { asks, nowMs } = this.#work;
    const made: Ask[] = [];
    for (const { owner, again } of asks) {
      const wish = { lastResort: false, listed: false, nowMs };
      const { keyPackage } = await makeOwnPackage(this.#tools, this.#values, wish);
      made.push({ owner, keyPackage, again });
    }
    return made;
  }

  async #sayAll(contents: ReturnType<typeof contentsOf>): Promise<Fault> {
    for (const content of contents) {
      const fault = await this.#group.say(content);
      if (fault !== null) return fault;
    }
    return null;
  }
}

/** As few entries as will do, each with the lines of one batch at most. */
function payloadsOf(frames: readonly SaidFrame[]): SpokenPayload[] {
  return segmentsOf(frames).flatMap((segment) =>
    groupFrames(segment).map((group) => ({
      payload: encodeFrames(group),
      lines: group.flatMap(({ lines }) => lines),
    })),
  );
}

/** Cut before each frame with lines that is not the first such. */
function segmentsOf(frames: readonly SaidFrame[]): SaidFrame[][] {
  let segment: SaidFrame[] = [];
  const segments: SaidFrame[][] = [segment];
  for (const frame of frames) {
    if (frame.lines.length > 0 && segment.some(({ lines }) => lines.length > 0)) {
      segment = [];
      segments.push(segment);
    }
    segment.push(frame);
  }
  return segments;
}
