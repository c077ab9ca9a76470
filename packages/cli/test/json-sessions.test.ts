// JSON mode and private sessions.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { IdentityKey } from '@parley/core';
import { FakeClient, personOf } from '@parley/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import { JsonFace } from '../src/face/json.ts';
import { MemorySink } from './memory-sink.ts';

const bobby = 'b'.repeat(64) as IdentityKey;
const bob = personOf({ identity: bobby, name: 'bobby' });
const begin = { version: '1.2.3', history: [] };
const opened = {
  type: 'session',
  event: 'opened',
  session: '1',
  kind: 'private',
  title: 'bobby',
  topic: '',
  secret: false,
  with: [{ identity: bobby, name: 'bobby' }],
  initiator: false,
  open: true,
};

let client: FakeClient;
let sink: MemorySink;

beforeEach(() => {
  client = new FakeClient();
  client.view.allPeople.push(bob);
  sink = new MemorySink();
});

function face(): JsonFace {
  return new JsonFace({
    client,
    tools: { wordsOf: () => ['word'], nowMs: () => 0 },
    stdout: sink,
    stderr: new MemorySink(),
    logLevel: 'info',
    after: client.view.newest(),
    attend: (session) => client.attend(session),
    goesOut: 'at-restart',
    onQuit: () => {
      throw new Error('nobody quits here');
    },
    onFailure: (error) => {
      throw error;
    },
  });
}

function command(text: string, session?: string): string {
  return JSON.stringify({ type: 'command', text, session });
}

function objects(): Record<string, unknown>[] {
  const lines = sink.text.split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

const types = (): unknown[] => objects().map(({ type }) => type);
const ofType = (wanted: string): Record<string, unknown>[] =>
  objects().filter(({ type }) => type === wanted);
const saidIn = (): string[] => client.view.lines.map(({ session, text }) => `${session} ${text}`);

describe('JsonFace with private sessions', () => {
  it('tells of sessions that are opened, changed and left', () => {
    face().begin(begin);
    client.open('them', [bob]);
    client.change('1', { open: false });
    client.leave('1');
    expect(ofType('session')).toEqual([
      opened,
      { ...opened, event: 'changed', open: false },
      { ...opened, event: 'left', open: false },
    ]);
  });

  it('tells right behind ready of those that are there already, each once', () => {
    client.open('them', [bob]);
    const shown = face();
    client.emit({ kind: 'session', event: 'opened', session: '1' });
    client.open('us', [bob]);
    shown.begin(begin);
    expect(types()).toEqual(['ready', 'session', 'status', 'session', 'status', 'status']);
    expect(ofType('session')).toEqual([opened, { ...opened, session: '2', initiator: true }]);
  });

  it('opens one by a command, says there what names no session, and gives its lines its number', async () => {
    const shown = face();
    shown.begin(begin);
    shown.taker.take(command('\\fork bobby'));
    expect(ofType('session')).toEqual([{ ...opened, initiator: true }]);
    shown.taker.take('{"type":"say","text":"here"}');
    shown.taker.take('{"type":"say","text":"there","session":"lobby"}');
    shown.taker.take('{"type":"say","text":"again","session":"1"}');
    await shown.caughtUp();
    expect(saidIn()).toEqual(['1 here', 'lobby there', '1 again']);
    expect(ofType('line').map(({ session }) => session)).toEqual(['1', 'lobby', '1']);
  });

  it('says nothing in another session than was meant where a command that was to lead there failed', () => {
    const shown = face();
    shown.begin(begin);
    for (const input of [command('\\sw 7'), '{"type":"say","text":"for 7"}', command('\\me nods')])
      shown.taker.take(input);
    expect(ofType('error').map(({ code }) => code)).toEqual([
      'unknown-session',
      'astray',
      'astray',
    ]);
    shown.taker.take('{"type":"say","text":"to all","session":"lobby"}');
    shown.taker.take(command('\\lobby'));
    shown.taker.take('{"type":"say","text":"again"}');
    expect(saidIn()).toEqual(['lobby to all', 'lobby again']);
  });

  it('runs a command in the session that it names, and stays where it is', () => {
    const shown = face();
    shown.begin(begin);
    client.open('them', [bob]);
    shown.taker.take(command('\\me waves', '1'));
    shown.taker.take(command('\\users', '1'));
    shown.taker.take('{"type":"say","text":"in the lobby"}');
    expect(saidIn()).toEqual(['1 waves', 'lobby in the lobby']);
    shown.taker.take(command('\\fork bobby', 'lobby'));
    shown.taker.take(command('\\leave', '1'));
    shown.taker.take('{"type":"say","text":"still"}');
    expect(saidIn().at(-1)).toBe('lobby still');
    expect(client.view.sessions()).toHaveLength(1);
  });

  it('stays in a session when another one is left, and goes to the lobby from one that is left', () => {
    const shown = face();
    shown.begin(begin);
    client.open('them', [bob]);
    client.open('them', [bob]);
    shown.taker.take(command('\\sw 2'));
    shown.taker.take(command('\\leave', '1'));
    shown.taker.take('{"type":"say","text":"in two"}');
    shown.taker.take(command('\\leave'));
    shown.taker.take('{"type":"say","text":"in the lobby"}');
    expect(saidIn()).toEqual(['2 in two', 'lobby in the lobby']);
    expect(client.calls).toEqual(['attend lobby', 'attend 2', 'attend lobby']);
  });

  it.each([
    ['\\fork', 'wrong-usage'],
    ['\\fork anna', 'self'],
    ['\\fork nobody', 'unknown-peer'],
    ['\\fork bobby', 'double'],
    ['\\fork zoe', 'ambiguous-name'],
    ['\\fork carmen', 'no-keys'],
    ['\\sw 7', 'unknown-session'],
    ['\\leave', 'not-here'],
  ])('answers %s with the error %s', (text, code) => {
    const others = ['carmen', 'zoe', 'zoe'].map((name, at) =>
      personOf({ identity: String(at).repeat(64) as IdentityKey, name }),
    );
    client.view.allPeople.push(...others);
    client.withoutKeys.add(others[0]!.identity);
    client.open('them', [bob]);
    const shown = face();
    shown.begin(begin);
    expect(shown.taker.take(command(text))).toBe(true);
    expect(ofType('error')).toMatchObject([{ code }]);
    expect(client.view.sessions()).toHaveLength(2);
  });

  it('says nothing in a session that is closed or not there, and runs nothing there', () => {
    client.open('them', [bob]);
    client.change('1', { open: false });
    const shown = face();
    shown.begin(begin);
    shown.taker.take('{"type":"say","text":"x","session":"1"}');
    shown.taker.take('{"type":"say","text":"x","session":"2"}');
    shown.taker.take(command('\\me waves', '2'));
    expect(ofType('error')).toMatchObject([
      { code: 'closed-session' },
      { code: 'unknown-session' },
      { code: 'unknown-session' },
    ]);
    expect(client.view.lines).toEqual([]);
  });

  it('tells status and delivery for each session', async () => {
    const shown = face();
    shown.begin(begin);
    client.open('them', [bob]);
    client.emit({ kind: 'delivered', session: '1', id: 'a', heldBy: 1 });
    client.emit({ kind: 'delivered', session: 'lobby', id: 'b', heldBy: 2 });
    await shown.caughtUp();
    await nextTurn();
    expect(ofType('status')).toMatchObject([{ session: 'lobby' }, { session: '1' }]);
    expect(ofType('delivered')).toMatchObject([
      { session: '1', id: 'a', heldBy: 1 },
      { session: 'lobby', id: 'b', heldBy: 2 },
    ]);
  });
});
