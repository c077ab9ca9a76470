// Our own send group during one piece of work: its state, and the frames that bring readers along (spec/session.md §4).

import type { DeviceKey } from '../brand.ts';
import type { Certificate } from '../identity/certificate.ts';
import type { Line } from '../log/entry.ts';
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import { encodeContent } from './content.ts';
import type { Content } from './content.ts';
import { encodeEnvelope, envelopeAad } from './envelope.ts';
import { findExporter, keepExporter, pskOf } from './exporters.ts';
import type { Frame } from './frames.ts';
import { groupValueKey } from './names.ts';
import type { Chosen } from './newcomer-packages.ts';
import type {
  Addition,
  Credential,
  Outgoing,
  Roster,
  SessionCryptoReason,
} from './session-crypto.ts';
import type { ValueDraft } from './value-draft.ts';
import type { WorkTools } from './work-tools.ts';
import type { ExporterName, Speak } from './work-types.ts';

/** A frame with the lines that it says. */
export interface SaidFrame extends Frame {
  readonly lines: readonly Line[];
}

/** The certificate of a member; null where we know none. */
export type CertificateOf = (credential: Credential) => Certificate | null;

/** Why the group cannot go on; null if it can. */
export type Fault = SessionCryptoReason | null;

/** Reasons that say something of the group, not of whom it was to let in. */
const ownFaults: ReadonlySet<SessionCryptoReason> = new Set<SessionCryptoReason>([
  'bad-state',
  'not-owner',
  'removed',
]);

const noData = new Uint8Array(0);

export class SendGroup {
  readonly frames: SaidFrame[] = [];
  roster: Roster;
  readonly #work: Speak;
  readonly #tools: WorkTools;
  readonly #values: ValueDraft;
  #state: Uint8Array;

  constructor(
    work: Speak,
    tools: WorkTools,
    from: { readonly values: ValueDraft; readonly state: Uint8Array; readonly roster: Roster },
  ) {
    this.#work = work;
    this.#tools = tools;
    this.#values = from.values;
    this.#state = from.state;
    this.roster = from.roster;
  }

  has(device: DeviceKey): boolean {
    return this.roster.members.some((member) => member.device === device);
  }

  async say(content: Content): Promise<Fault> {
    const said = await this.#tools.crypto.encrypt(this.#state, encodeContent(content), noData);
    if (!said.ok) return said.reason;
    this.#take(said.value, content.lines);
    return null;
  }

  async remove(devices: readonly DeviceKey[]): Promise<Fault> {
    const removed = await this.#tools.crypto.removeMembers(this.#state, devices);
    if (!removed.ok) return removed.reason;
    return this.#commit(removed.value, true);
  }

  async rotate(): Promise<Fault> {
    const rotated = await this.#tools.crypto.rotate(this.#state, null);
    if (!rotated.ok) return rotated.reason;
    return this.#commit(rotated.value, true);
  }

  /** Nothing happens where not all of our readers can know the secret, we included: they could not read on. */
  async heal(name: ExporterName): Promise<Fault> {
    const { session } = this.#work;
    const exporter = findExporter(this.#values, session, name);
    const knowing = new Set(exporter?.members);
    const isShared = this.roster.members.every(({ device }) => knowing.has(device));
    if (exporter === null || !isShared) return null;
    const { crypto: mls, suite } = this.#tools;
    const healed = await mls.rotate(this.#state, pskOf(suite, session, name, exporter));
    if (!healed.ok) return healed.reason;
    return this.#commit(healed.value, false);
  }

  /** In one commit. Those who cannot be let in are the reason of a failure. */
  async add(newcomers: readonly Chosen[]): Promise<Result<Addition, SessionCryptoReason>> {
    const keyPackages = newcomers.map(({ keyPackage }) => keyPackage);
    const { nowMs } = this.#work;
    const added = await this.#tools.crypto.addMembers(this.#state, keyPackages, nowMs);
    if (!added.ok) return added;
    const fault = await this.#commit(added.value, false);
    return fault === null ? added : fail(fault);
  }

  /** Adds the frame by which a newcomer, who was added just now, can read on from here. */
  async welcome(
    { content }: Chosen,
    welcome: Uint8Array,
    certificates: CertificateOf,
  ): Promise<Result<null, SessionCryptoReason>> {
    const { session, chain } = this.#work;
    const owner = certificates(this.roster.owner);
    if (owner === null) return fail('not-vouched');
    const members = this.roster.members.flatMap((member) => certificates(member) ?? []);
    const sealed = await this.#tools.crypto.seal({
      publicKey: content.publicKey,
      plaintext: encodeEnvelope({ owner, members, welcome }),
      aad: envelopeAad(session, chain),
    });
    if (!sealed.ok) return sealed;
    this.frames.push({ kind: 'welcome', bytes: sealed.value, lines: [] });
    return ok(null);
  }

  /** Keeps the state for the next work. */
  keep(): void {
    const { session, chain } = this.#work;
    this.#values.set(groupValueKey(session, chain), this.#state);
  }

  async #commit(outgoing: Outgoing, isFresh: boolean): Promise<Fault> {
    this.#take(outgoing, []);
    const { crypto: mls } = this.#tools;
    const roster = await mls.membersOf(this.#state);
    if (!roster.ok) return roster.reason;
    this.roster = roster.value;
    if (!isFresh) return null;
    const { session, chain } = this.#work;
    const of = { session, chain, state: this.#state, roster: roster.value };
    const kept = await keepExporter(mls, this.#values, of);
    return kept.ok ? null : kept.reason;
  }

  #take({ state, message }: Outgoing, lines: readonly Line[]): void {
    this.#state = state;
    this.frames.push({ kind: 'message', bytes: message, lines });
  }
}

export function isOwnFault(reason: SessionCryptoReason): boolean {
  return ownFaults.has(reason);
}
