// What the people of a room set: its topic, and for how long what is said there is kept (spec/rooms.md §5).

import type { ChainKey, ConversationId, IdentityKey } from '../brand.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { encode } from '../codec/cbor.ts';
import type { CborValue } from '../codec/cbor.ts';
import { CborReader } from '../codec/reader.ts';
import { orderKeyOf, compareOrder } from '../log/order.ts';
import type { Line } from '../log/entry.ts';
import type { StoredValue, Write } from '../ports.ts';
import type { Conversation, Setting, Settings } from './state.ts';
import type { Arrived, PeerEvent, Turn } from './step-types.ts';

/** Begins the keys under which they are remembered. */
export const SETTINGS_VALUE_PREFIX = 'setting/';

type News = Extract<PeerEvent, { kind: 'setting' }>;

export function isSetting({ type }: Line): boolean {
  return type === 'topic' || type === 'keep';
}

/** Takes note of what became visible: the newest by the order on screen holds, whatever came last. */
export function noteSettings(
  turn: Turn,
  conversation: Conversation,
  arrived: readonly Arrived[],
): void {
  if (conversation.room === null) return;
  const before = { ...conversation.settings };
  for (const { entry, lines, identity } of arrived) {
    const place = orderKeyOf(entry);
    for (const line of lines)
      if (isSetting(line)) note(conversation.settings, line, { by: identity, place, turn });
  }
  const { settings, id } = conversation;
  const { topic, keep } = settings;
  if (topic === before.topic && keep === before.keep) return;
  conversation.retention.lookMs = turn.nowMs;
  turn.out.push({ kind: 'commit', writes: [settingsWrite(id, settings)], arrived: [] });
  const told = { kind: 'setting', conversation: id } as const;
  const news: News[] = [];
  if (isChanged(before.topic, topic, ''))
    news.push({ ...told, by: topic.by, setting: { topic: topic.value } });
  if (isChanged(before.keep, keep, 0))
    news.push({ ...told, by: keep.by, setting: { keepDays: keep.value } });
  for (const event of news) turn.out.push({ kind: 'tell', event });
}

/** `usual` is what holds where nobody set anything: that somebody set it back before we came is no news. */
function isChanged<Value>(
  before: Setting<Value> | null,
  now: Setting<Value> | null,
  usual: Value,
): now is Setting<Value> {
  return now !== null && now.value !== (before?.value ?? usual);
}

interface Source extends Pick<Setting<unknown>, 'by' | 'place'> {
  readonly turn: Turn;
}

function note(settings: Settings, line: Line, from: Source): void {
  if (line.type === 'topic') settings.topic = newest(settings.topic, line.text, from);
  if (line.type === 'keep') settings.keep = newest(settings.keep, line.days, from);
}

function newest<Value>(
  known: Setting<Value> | null,
  value: Value,
  { by, place, turn }: Source,
): Setting<Value> {
  if (known !== null && compareOrder(place, known.place) < 0) return known;
  // Saying again what holds already gives nobody a day of grace.
  const heardMs = known?.value === value ? known.heardMs : turn.wallMs;
  return { value, by, place, heardMs };
}

/** An entry of this chain that says what holds; nothing from there on is pruned, or newcomers would not learn of it. */
export function settingIn({ topic, keep }: Settings, chain: ChainKey): number {
  const seqs = [topic, keep].map((each) =>
    each?.place.chain === chain ? each.place.seq : Infinity,
  );
  return Math.min(...seqs);
}

function settingsWrite(id: ConversationId, { topic, keep }: Settings): Write {
  const value = encode([settingValue(topic), settingValue(keep)]);
  return { kind: 'value', key: `${SETTINGS_VALUE_PREFIX}${id}`, value };
}

export function eraseSettings(id: ConversationId): Write {
  return { kind: 'value', key: `${SETTINGS_VALUE_PREFIX}${id}`, value: null };
}

function settingValue(setting: Setting<string | number> | null): CborValue {
  if (setting === null) return null;
  const { value, by, place, heardMs } = setting;
  const { hlc, chain, seq } = place;
  return [value, fromHex(by), hlc.ms, hlc.counter, fromHex(chain), seq, heardMs];
}

/** Only we write it: what does not decode throws. */
export function recallSettings(
  values: readonly StoredValue[],
): ReadonlyMap<ConversationId, Settings> {
  return new Map(
    values.map(({ key, value }) => {
      const reader = new CborReader(value);
      reader.tuple(2);
      const topic = readSetting(reader, () => reader.text());
      const keep = readSetting(reader, () => reader.uint());
      const fault = reader.finish();
      if (fault !== null) throw new Error(`the stored ${key} is damaged: ${fault}`);
      return [key.slice(SETTINGS_VALUE_PREFIX.length) as ConversationId, { topic, keep }];
    }),
  );
}

function readSetting<Value>(reader: CborReader, read: () => Value): Setting<Value> | null {
  if (reader.skipNull()) return null;
  reader.tuple(7);
  const value = read();
  const by = toHex(reader.byteString(32)) as IdentityKey;
  const hlc = { ms: reader.uint(), counter: reader.uint() };
  const chain = toHex(reader.byteString(40)) as ChainKey;
  const place = { hlc, chain, seq: reader.uint() };
  return { value, by, place, heardMs: reader.uint() };
}
