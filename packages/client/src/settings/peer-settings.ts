// What a person can choose for a peer in config.json, beside how its screen looks: a table of every setting.

import { checkName } from '@parley/core';
import { readAddress } from '../address.ts';
import { Fields, countOf, oneOf, orNull, textOf, textsOf, truth } from './fields.ts';
import type { Reader } from './fields.ts';
import { parseJsonc } from './jsonc.ts';
import type { Complaint } from './jsonc.ts';
import { readHostAndPort, readListenAddress, webSocketAddress } from './listen-address.ts';

const logLevels = ['error', 'warn', 'info', 'debug'] as const;

export type LogLevel = (typeof logLevels)[number];

const relayWays = ['auto', 'serve', 'use', 'off'] as const;

export interface TopPart {
  /** Null: the name of last time. */
  readonly name: string | null;
  readonly logLevel: LogLevel;
  /** Where `parley serve` answers for its metrics, host:port; null: nowhere. */
  readonly metrics: string | null;
}

export interface NetworkPart {
  /** None: the usual places. */
  readonly listen: readonly string[];
  /** IP addresses and ports where WebSockets are answered too. */
  readonly websocket: readonly string[];
  /** Dialled for as long as parley runs. */
  readonly connect: readonly string[];
  readonly discovery: boolean;
  /** 'use': reached over peers that relay; 'serve': relays for others too; 'auto': 'serve' for `parley serve`, else 'use'. */
  readonly relay: (typeof relayWays)[number];
  /** Finds and is found by the keys of rooms, through everyone who takes part. */
  readonly dht: boolean;
  /** Asks peers far away which of our addresses they can dial, and tries theirs. */
  readonly autonat: boolean;
  /** Asks the router to lead a port to us. */
  readonly upnp: boolean;
  /** Goes on without a relay where both routers let it. */
  readonly webrtc: boolean;
}

/** What a peer does for others, strangers among them, at most. */
export interface LimitsPart {
  readonly connections: number;
  /** Peers that are reached over this one, and connections that go through it. */
  readonly relayReservations: number;
  readonly relayConnections: number;
  /** Of one relayed connection, before it has to be made anew. */
  readonly relayMinutes: number;
  readonly relayMiB: number;
  /** What is kept of each room, the lobby among them. */
  readonly roomMiB: number;
  /** What is held for people who are away, of all and of each who asks. */
  readonly heldMiB: number;
  readonly heldMiBPerPerson: number;
}

export interface PeerSettings extends TopPart {
  readonly network: NetworkPart;
  readonly limits: LimitsPart;
}

interface Setting<Value> {
  readonly usual: Value;
  readonly reader: Reader<Value>;
  /** It can change while a peer runs. */
  readonly isLive: boolean;
}

type Table<Part> = { readonly [Name in keyof Part]: Setting<Part[Name]> };

const listenAddresses = textsOf(
  readListenAddress,
  'host:port, [v6]:port or a multiaddr, or a list',
);
const addresses = textsOf(addressOf, 'an address such as "host:4747", or a list of addresses');
const webSocketAddresses = textsOf(
  webSocketAddress,
  'an address such as "0.0.0.0:4748", or a list',
);
const someName = textOf(nameOf, 'a name');
const hostAndPort = textOf(readHostAndPort, 'a text such as "127.0.0.1:9464"');

const top: Table<TopPart> = {
  name: live(null, orNull(someName)),
  logLevel: live('info', oneOf(logLevels)),
  metrics: fixed(null, orNull(hostAndPort)),
};

const network: Table<NetworkPart> = {
  listen: fixed([], listenAddresses),
  websocket: fixed([], webSocketAddresses),
  connect: live([], addresses),
  discovery: fixed(true, truth),
  relay: fixed('auto', oneOf(relayWays)),
  dht: fixed(true, truth),
  autonat: fixed(true, truth),
  upnp: fixed(true, truth),
  webrtc: fixed(true, truth),
};

const limits: Table<LimitsPart> = {
  connections: fixed(320, countOf(8, 10_000)),
  relayReservations: fixed(256, countOf(0, 10_000)),
  relayConnections: fixed(512, countOf(0, 10_000)),
  relayMinutes: fixed(30, countOf(1, 1_440)),
  relayMiB: fixed(64, countOf(1, 65_536)),
  roomMiB: live(1_024, countOf(1, 1_048_576)),
  heldMiB: live(256, countOf(0, 1_048_576)),
  heldMiBPerPerson: live(32, countOf(0, 1_048_576)),
};

/** What the full-screen face reads of the same file. */
export const screenSettingNames: readonly string[] = [
  'theme',
  'sessions',
  'people',
  'presence',
  'bell',
  'notify',
  'notifyBy',
  'notifyContent',
  'keys',
];

/** All names that the file can have at its top. */
export const settingNames: readonly string[] = [
  ...screenSettingNames,
  ...Object.keys(top),
  'network',
  'limits',
];

export const usualSettings: PeerSettings = {
  ...usualOf(top),
  network: usualOf(network),
  limits: usualOf(limits),
};

export interface ReadPeerSettings {
  /** What could be read; the rest as usual. */
  readonly settings: PeerSettings;
  readonly complaints: readonly Complaint[];
  /** Of the file as a whole, of which the full screen tells too: broken JSON, names that no setting has. */
  readonly fileComplaints: readonly Complaint[];
  /** False where nothing of it could be read: it is broken. */
  readonly isRead: boolean;
}

export function readPeerSettings(source: string): ReadPeerSettings {
  const parsed = parseJsonc(source);
  if (!parsed.ok)
    return {
      settings: usualSettings,
      complaints: [],
      fileComplaints: [parsed.reason],
      isRead: false,
    };
  const fileComplaints: Complaint[] = [];
  const complaints: Complaint[] = [];
  const whole = new Fields(parsed.value, settingNames, '', fileComplaints);
  const part = <Part>(name: string, table: Table<Part>): Part => {
    const node = whole.node(name);
    if (node === null) return usualOf(table);
    return partOf(table, new Fields(node, Object.keys(table), `${name}.`, complaints));
  };
  const settings = {
    ...partOf(top, new Fields(parsed.value, null, '', complaints)),
    network: part('network', network),
    limits: part('limits', limits),
  };
  return { settings, complaints, fileComplaints, isRead: true };
}

/** One setting of a peer: its place in the file ("network.listen"), and what holds where nothing is chosen. */
export interface SettingPlace {
  readonly path: string;
  readonly usual: unknown;
  readonly isLive: boolean;
}

export function peerSettingPlaces(): readonly SettingPlace[] {
  return [...placesIn('', top), ...placesIn('network.', network), ...placesIn('limits.', limits)];
}

function placesIn(prefix: string, table: object): SettingPlace[] {
  const settings = Object.entries(table as Record<string, Setting<unknown>>);
  return settings.map(([name, { usual, isLive }]) => ({ path: `${prefix}${name}`, usual, isLive }));
}

/** The settings that differ. */
export function changedSettings(before: PeerSettings, after: PeerSettings): SettingPlace[] {
  const isOther = ({ path }: SettingPlace): boolean =>
    JSON.stringify(valueAt(before, path)) !== JSON.stringify(valueAt(after, path));
  return peerSettingPlaces().filter(isOther);
}

function valueAt(settings: object, path: string): unknown {
  let value: unknown = settings;
  for (const name of path.split('.')) value = (value as Record<string, unknown>)[name];
  return value;
}

function live<Value>(usual: Value, reader: Reader<Value>): Setting<Value> {
  return { usual, reader, isLive: true };
}

function fixed<Value>(usual: Value, reader: Reader<Value>): Setting<Value> {
  return { usual, reader, isLive: false };
}

function usualOf<Part>(table: Table<Part>): Part {
  return mapped(table, (_, { usual }) => usual);
}

function partOf<Part>(table: Table<Part>, fields: Fields): Part {
  return mapped(table, (name, { usual, reader }) => fields.read(name, usual, reader));
}

function mapped<Part>(
  table: Table<Part>,
  value: (name: string, setting: Setting<unknown>) => unknown,
): Part {
  const entries = Object.entries(table as Record<string, Setting<unknown>>);
  return Object.fromEntries(entries.map(([name, each]) => [name, value(name, each)])) as Part;
}

function addressOf(text: string): string | null {
  const read = readAddress(text);
  return read.ok ? read.value : null;
}

function nameOf(text: string): string | null {
  const checked = checkName(text);
  return checked.ok ? checked.value : null;
}
