// Three and more people on one machine: what they say reaches everyone, whoever comes and goes.

import { afterEach, describe, expect, it } from 'vitest';
import { endAll, newHome, startJson } from './peer.ts';
import type { Peer } from './peer.ts';

afterEach(endAll);

/** A listens, B knows A, C knows B. */
async function chain(): Promise<[Peer, Peer, Peer]> {
  const anna = await startJson('anna');
  const bobby = await startJson('bobby', { args: ['--connect', anna.address] });
  await bobby.object('peer', { event: 'connected', name: 'anna' });
  const carol = await startJson('carol', { args: ['--connect', bobby.address] });
  await carol.object('peer', { event: 'connected', name: 'bobby' });
  return [anna, bobby, carol];
}

function count(texts: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const text of texts) counts[text] = (counts[text] ?? 0) + 1;
  return counts;
}

describe('three in a chain', () => {
  it('each sees every line of the others exactly once, and the ends meet by themselves', async () => {
    const peers = await chain();
    const [anna, bobby, carol] = peers;
    await carol.object('peer', { event: 'connected', name: 'anna' });
    await anna.object('peer', { event: 'connected', name: 'carol' });
    const expected: Record<string, number> = {};
    for (const [at, peer] of peers.entries()) {
      for (let line = 0; line < 20; line += 1) {
        peer.say(`${at}-${line}`);
        expected[`${at}-${line}`] = 1;
      }
    }
    for (const peer of peers) await peer.sees(...Object.keys(expected));
    for (const peer of peers) await peer.last('status', { missing: 0, peers: 2 });
    for (const peer of peers) expect(count(peer.texts())).toEqual(expected);
    expect(bobby.texts('anna')).toEqual(Array.from({ length: 20 }, (_, line) => `0-${line}`));
  });

  it('goes on without the one through whom they met; who comes later has the whole history', async () => {
    const [anna, bobby, carol] = await chain();
    await carol.object('peer', { event: 'connected', name: 'anna' });
    anna.say('from anna');
    await Promise.all([bobby.sees('from anna'), carol.sees('from anna')]);
    await anna.kill();
    bobby.say('from bobby');
    carol.say('from carol');
    await Promise.all([bobby.sees('from carol'), carol.sees('from bobby')]);
    const dave = await startJson('dave', { args: ['--connect', carol.address] });
    await dave.sees('from anna', 'from bobby', 'from carol');
    expect(dave.texts('anna')).toEqual(['from anna']);
    await dave.last('status', { session: 'lobby', held: 3, missing: 0, peers: 2 });
  });

  it('gives who was killed and comes back what was missed, and takes up its chain', async () => {
    const home = newHome();
    const anna = await startJson('anna', { home });
    const { address } = anna;
    const bobby = await startJson('bobby', { args: ['--connect', address] });
    await bobby.object('peer', { event: 'connected', name: 'anna' });
    anna.say('before');
    await bobby.sees('before');
    await anna.kill();
    bobby.say('meanwhile');
    await bobby.sees('meanwhile');
    const again = await startJson('anna', { home, args: ['--connect', bobby.address] });
    await again.sees('meanwhile');
    again.say('after');
    await bobby.sees('after');
    expect(bobby.texts()).toEqual(['before', 'meanwhile', 'after']);
    expect(
      bobby.objects.filter(({ type }) => type === 'notice').map(({ text }) => text),
    ).not.toContain(expect.stringContaining('two different things'));
    expect(again.identity).toBe(anna.identity);
  });
});

describe('dialling', () => {
  it('twice, from both ends at once, or oneself makes one connection and each line comes once', async () => {
    const anna = await startJson('anna');
    const bobby = await startJson('bobby');
    bobby.command(`\\connect ${anna.address}`);
    bobby.command(`\\connect ${anna.address}`);
    anna.command(`\\connect ${bobby.address}`);
    anna.command(`\\connect ${anna.address}`);
    await bobby.object('peer', { event: 'connected', name: 'anna' });
    await anna.object('peer', { event: 'connected', name: 'bobby' });
    await anna.until('a word on dialling oneself', () =>
      anna.objects.some(
        ({ type, text }) => type === 'notice' && String(text).includes('this very peer'),
      ),
    );
    anna.say('one');
    bobby.say('two');
    anna.say('three');
    await bobby.sees('one', 'two', 'three');
    await anna.sees('one', 'two', 'three');
    expect(count(bobby.texts())).toEqual({ one: 1, two: 1, three: 1 });
    expect(count(anna.texts())).toEqual({ one: 1, two: 1, three: 1 });
    for (const peer of [anna, bobby]) await peer.last('status', { peers: 1 });
  });
});

describe('a receipt', () => {
  it('tells how many others hold a line', async () => {
    const [anna, , carol] = await chain();
    await carol.object('peer', { event: 'connected', name: 'anna' });
    anna.say('who has it?');
    const line = await anna.object('line', { text: 'who has it?', own: true });
    await anna.object('delivered', { session: 'lobby', id: line['id'], heldBy: 2 });
    const at = (type: string): number =>
      anna.objects.findIndex((object) => object['type'] === type);
    expect(at('line')).toBeLessThan(at('delivered'));
  });
});
