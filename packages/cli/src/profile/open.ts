// Puts a peer together over a profile: lock, keys, store, name, addresses, network, client; and takes it apart again.

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, systemScheduler } from '@parley/client';
import type { Client, PeerSettings } from '@parley/client';
import { checkName, nameFromKey, toHex } from '@parley/core';
import type { IdentityKey, Network, PeerId, Store, Suite } from '@parley/core';
import type { Adapters, NetworkSettings } from '../context.ts';
import type { PeerOptions } from '../usage/invocation.ts';
import { bootId } from './boot.ts';
import { profileDirectory, profileFiles } from './home.ts';
import { idleNetwork } from './idle-network.ts';
import { guardChoices, networkChoices } from './network-choices.ts';
import { LateNetwork } from './late-network.ts';
import type { ProfileFiles } from './home.ts';
import { loadKeys } from './keys.ts';
import { defaultListen } from './listen.ts';
import { writePrivateFile } from './private-file.ts';
import { checkConnect, enterRooms, roomNotice, startRooms } from './rooms.ts';
import { resumeProfile } from './run-mark.ts';

export interface OpenSettings {
  readonly options: PeerOptions;
  readonly settings: PeerSettings;
  readonly adapters: Adapters;
  readonly version: string;
  /** Told how long each commit took, in milliseconds. */
  readonly committed?: (durationMs: number) => void;
  /** `parley serve`: holds for others first. */
  readonly serves?: boolean;
  /** Reaches nobody, and listens nowhere. */
  readonly isOffline?: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Asks a person for a name; null where there is nobody to ask. */
  readonly askName: (() => Promise<string>) | null;
}

export interface OpenedPeer {
  readonly client: Client;
  readonly suite: Suite;
  /** Of the profile. */
  readonly directory: string;
  /** What the person ought to know of how it went. */
  readonly notices: readonly string[];
  /** Writes to the store; throws StoreError where that cannot be done. */
  readonly checkStore: () => void;
  /** Ends the client and gives the profile free. Idempotent. */
  close(): Promise<void>;
}

export const nameKey = 'profile.name';
/** The network's key as others dial it, so that `parley id` need not load the network. */
export const peerKey = 'profile.peer';
/** When it was last tried whether the store can be written. */
const checkedKey = 'profile.checked';
/** The public key, in hex, that peerKey was made of. */
const peerOfKey = 'profile.peer-of';

/** Nothing is listened on or dialled yet. Throws Failure or StoreError. */
export async function openPeer(settings: OpenSettings): Promise<OpenedPeer> {
  const { options, env } = settings;
  const directory = options.ephemeral
    ? mkdtempSync(join(tmpdir(), 'parley-'))
    : await profileDirectory(options.home, env);
  const undo: (() => Promise<void> | void)[] = [];
  const close = async (): Promise<void> => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
  };
  // At the very end, so that it goes however the process ends, but by kill -9.
  if (options.ephemeral)
    process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  try {
    return { ...(await assemble(settings, profileFiles(directory), undo)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function assemble(
  settings: OpenSettings,
  files: ProfileFiles,
  undo: (() => Promise<void> | void)[],
): Promise<Omit<OpenedPeer, 'close'>> {
  const { options, adapters, version } = settings;
  const storage = await adapters.storage();
  const lock = storage.lockProfile(files.directory);
  undo.push(() => lock.release());
  const suite = await adapters.suite();
  const found = loadKeys(files);
  const opened = storage.openStore({ path: files.database });
  const { era, store } = resumeProfile(opened, files, bootId());
  undo.push(() => store.close());
  const { identitySeed, deviceSeed, networkSeed } = found.keys;
  const identity = toHex(suite.publicKey(identitySeed)) as IdentityKey;
  const name = await nameOf(settings, store, identity);
  const usual = options.listen.length === 0 ? await defaultListen() : null;
  const listen = [...(usual?.listen ?? options.listen), ...settings.settings.network.websocket];
  const { discovery, connect } = options;
  const userAgent = `parley/${version}`;
  const limits = guardChoices(settings.settings);
  const chosen = networkChoices(settings.settings, settings.serves ?? false);
  const wanted = { privateKey: networkSeed, listen, discovery, userAgent, ...chosen };
  const real = await networkFor(settings, store, wanted, toHex(suite.publicKey(networkSeed)));
  const network = settings.isOffline === true ? idleNetwork(real.peer) : real;
  const rooms = startRooms(options, settings.env, suite);
  checkConnect(connect, suite);
  const lobby = rooms[0] === undefined ? {} : { lobby: rooms[0].key };
  const chance = randomBytes(32);
  const parts = { suite, store, network, scheduler: systemScheduler, chance };
  const { sessionCrypto } = adapters;
  const own = { identitySeed, deviceSeed, name, serves: settings.serves ?? false };
  const told = settings.committed === undefined ? {} : { committed: settings.committed };
  const client = createClient({
    ...parts,
    ...own,
    ...told,
    ...lobby,
    limits,
    sessionCrypto,
    era,
    connect,
  });
  undo.push(() => client.stop());
  enterRooms(client, rooms);
  keepName(client, store, name);
  keepAddresses(client, files);
  undo.push(() => rmSync(files.addresses, { force: true }));
  const notices = [found.notice, usual?.notice ?? null, roomNotice(options)].filter(
    (text) => text !== null,
  );
  const checkStore = (): void => {
    store.commit([{ kind: 'meta', key: checkedKey, value: new Date().toISOString() }]);
  };
  return { client, suite, directory: files.directory, notices, checkStore };
}

/** Where it is known what the network calls itself, the network is loaded only when it is started. */
async function networkFor(
  { adapters }: OpenSettings,
  store: Store,
  wanted: NetworkSettings,
  publicKey: string,
): Promise<Network> {
  const load = async (): Promise<Network> => (await adapters.network()).createNetwork(wanted);
  const known = store.meta(peerKey);
  if (known !== null && store.meta(peerOfKey) === publicKey) {
    return new LateNetwork(known as PeerId, load);
  }
  const network = await load();
  store.commit([
    { kind: 'meta', key: peerKey, value: network.peer },
    { kind: 'meta', key: peerOfKey, value: publicKey },
  ]);
  // Loaded, but not started: what is asked of it before waits all the same.
  return new LateNetwork(network.peer, () => Promise.resolve(network));
}

async function nameOf(
  { options, askName }: OpenSettings,
  store: Store,
  identity: IdentityKey,
): Promise<string> {
  if (options.name !== null) return options.name;
  const known = store.meta(nameKey);
  if (known !== null && checkName(known).ok) return known;
  return askName === null ? nameFromKey(identity) : askName();
}

/** Writes the name down now and whenever it has changed; a rename tells nobody, but something always follows it. */
function keepName(client: Client, store: Store, name: string): void {
  let kept = store.meta(nameKey);
  const keep = (current: string): void => {
    if (current === kept) return;
    store.commit([{ kind: 'meta', key: nameKey, value: current }]);
    kept = current;
  };
  keep(name);
  client.onChange((change) => {
    if (change.kind !== 'failed') keep(client.view.self.name);
  });
}

/** So that `parley id` beside this process can tell them. */
function keepAddresses(client: Client, files: ProfileFiles): void {
  client.onChange((change) => {
    if (change.kind !== 'listening') return;
    writePrivateFile(
      files.addresses,
      client.view
        .listening()
        .map((text) => `${text}\n`)
        .join(''),
    );
  });
}
