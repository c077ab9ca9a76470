// What a person can choose, what holds where nothing is chosen, and what is said of a choice that cannot be.

import {
  Fields,
  oneOf,
  parseJsonc,
  settingNames,
  settingText,
  settingTruth,
  textsOf,
} from '@parley/client';
import type { Complaint, SettingNode } from '@parley/client';
import { actionNames, isAction } from '../input/keymap.ts';
import type { Action } from '../input/keymap.ts';
import { keyName } from '../input/key-name.ts';

const occasions = ['off', 'mention', 'all'] as const;
const ways = ['auto', 'osc9', 'osc777', 'bell'] as const;

/** `mention`: someone says our name, or anything in a private session. */
export type Occasion = (typeof occasions)[number];
export type NotifyWay = (typeof ways)[number];

export interface Config {
  /** "auto", "dark", "light", "none", or the name of a file in themes/. */
  readonly theme: string;
  readonly sessions: boolean;
  readonly people: boolean;
  /** Who came and went is told. */
  readonly presence: boolean;
  readonly bell: Occasion;
  readonly notify: Occasion;
  readonly notifyBy: NotifyWay;
  /** Notifications tell who said what. */
  readonly notifyContent: boolean;
  /** Keys of the actions that have others than usual. */
  readonly keys: ReadonlyMap<Action, readonly string[]>;
}

export const usualConfig: Config = {
  theme: 'auto',
  sessions: true,
  people: true,
  presence: true,
  bell: 'off',
  notify: 'mention',
  notifyBy: 'auto',
  notifyContent: true,
  keys: new Map(),
};

const keyTexts = textsOf(keyName, 'a key such as "ctrl-n" or "alt-enter", or a list of keys');

export interface ReadConfig {
  /** What could be read; the rest as usual. */
  readonly config: Config;
  readonly complaints: readonly Complaint[];
}

export function readConfig(source: string): ReadConfig {
  const parsed = parseJsonc(source);
  if (!parsed.ok) return { config: usualConfig, complaints: [parsed.reason] };
  const complaints: Complaint[] = [];
  const fields = new Fields(parsed.value, settingNames, '', complaints);
  const usual = usualConfig;
  const config: Config = {
    theme: fields.read('theme', usual.theme, settingText),
    sessions: fields.read('sessions', usual.sessions, settingTruth),
    people: fields.read('people', usual.people, settingTruth),
    presence: fields.read('presence', usual.presence, settingTruth),
    bell: fields.read('bell', usual.bell, oneOf(occasions)),
    notify: fields.read('notify', usual.notify, oneOf(occasions)),
    notifyBy: fields.read('notifyBy', usual.notifyBy, oneOf(ways)),
    notifyContent: fields.read('notifyContent', usual.notifyContent, settingTruth),
    keys: keysIn(fields.node('keys'), complaints),
  };
  return { config, complaints };
}

function keysIn(node: SettingNode | null, complaints: Complaint[]): Config['keys'] {
  const keys = new Map<Action, readonly string[]>();
  if (node === null) return keys;
  const fields = new Fields(node, actionNames, 'keys.', complaints);
  const chosen = node.kind === 'object' ? node.fields.map(({ name }) => name) : [];
  for (const action of chosen.filter(isAction)) {
    const read = fields.read<readonly string[] | null>(action, null, keyTexts);
    if (read !== null) keys.set(action, read);
  }
  return keys;
}
