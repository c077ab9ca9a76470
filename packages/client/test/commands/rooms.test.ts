// \join, \topic, \keep and \invite, as a person meets them.

import { FakeClient, personOf } from '@parley/testkit';
import type { IdentityKey } from '@parley/core';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CommandOutcome } from '../../src/commands/outcome.ts';
import { runTyped } from '../../src/commands/run.ts';

let client: FakeClient;
let other: FakeClient;

beforeEach(() => {
  client = new FakeClient();
  other = new FakeClient();
  other.view.self = { ...other.view.self, identity: 'b'.repeat(64) as IdentityKey, name: 'bobby' };
  other.view.addresses = ['192.0.2.7:4747'];
});

function type(text: string, session = 'lobby', typist: FakeClient = client): CommandOutcome {
  const nowMs = (): number => typist.rooms.nowMs;
  return runTyped(typist, session, text, { wordsOf: () => ['word'], nowMs });
}

type Done = Extract<ReturnType<typeof type>, { kind: 'done' }>;

function answerTo(text: string, session?: string): Done {
  const outcome = type(text, session);
  if (outcome.kind !== 'done') throw new Error(`${text}: ${JSON.stringify(outcome)}`);
  return outcome;
}

function refusalOf(text: string, session?: string): { code: string; text: string } {
  const outcome = type(text, session);
  if (outcome.kind !== 'error') throw new Error(`${text}: ${JSON.stringify(outcome)}`);
  return outcome;
}

/** Of a secret room that bobby made. */
function bobbysInvite(expiresMs: number | null = null): string {
  other.rooms.join({ kind: 'secret', name: 'crew', secret: new Uint8Array(32).fill(9) });
  const written = other.rooms.inviteTo('crew', expiresMs);
  if (!written.ok) throw new Error(written.reason);
  return written.value.text;
}

describe('\\join', () => {
  it.each(['\\join ops', '\\join #ops', '\\join OPS', '/join  ops '])(
    '%s enters the open room and says that it is open',
    (typed) => {
      const { lines, session } = answerTo(typed);
      expect(session).toBe('ops');
      expect(lines[0]).toBe('now in #ops');
      expect(lines[1]).toContain('whoever knows its name');
    },
  );

  it('goes to a room one is in, and a secret one is meant rather than an open one of its name', () => {
    type(`\\join ${bobbysInvite()}`);
    const { lines, session } = answerTo('\\join crew');
    expect(session).toBe('crew');
    expect(lines.join()).not.toContain('whoever knows its name');
    expect(client.view.allSessions).toHaveLength(2);
  });

  it('takes an invite as it was pasted, and dials whoever made it', () => {
    const broken = bobbysInvite().replace(/.{50}/gu, '$&\n> ');
    const { lines, session } = answerTo(`\\join <${broken}>`);
    expect(session).toBe('crew');
    expect(lines).toEqual(['now in #crew', 'the invite is from bobby; dialling 192.0.2.7:4747']);
    expect(client.calls).toContain('reach bobby at 192.0.2.7:4747');
    expect(client.view.allSessions.at(-1)?.secret).toBe(true);
  });

  it('says what is wrong with an invite', () => {
    const text = bobbysInvite();
    const cut = refusalOf(`\\join ${text.slice(0, -9)}`);
    expect(cut).toMatchObject({
      code: 'bad-invite',
      text: expect.stringContaining('missing or mistyped'),
    });
    const old = refusalOf(`\\join ${bobbysInvite(client.rooms.nowMs - 1_000)}`);
    expect(old.text).toMatch(/expired at \d{4}-\d\d-\d\d \d\d:\d\d: ask for a new one/u);
    expect(client.view.allSessions).toHaveLength(1);
  });

  it.each([
    ['\\join', 'wrong-usage'],
    ['\\join two words', 'wrong-usage'],
    ['\\join 17', 'bad-name'],
    ['\\join a/b', 'bad-name'],
    [`\\join ${'x'.repeat(65)}`, 'bad-invite'],
    ['\\join parley:', 'bad-invite'],
  ])('%s is refused as %s, and joins nothing', (typed, code) => {
    expect(refusalOf(typed).code).toBe(code);
    expect(client.view.allSessions).toHaveLength(1);
  });
});

describe('\\invite in a room', () => {
  it('prints a text that leads there, and who may have it', () => {
    type(`\\join ${bobbysInvite()}`);
    const { lines } = answerTo('\\invite', 'crew');
    const read = other.rooms.read(lines[0] ?? '');
    expect(read).toMatchObject({ value: { room: { name: 'crew' }, inviter: { name: 'anna' } } });
    expect(lines[1]).toContain('give it to nobody else');
  });

  it('of the lobby carries where one can be dialled', () => {
    const read = other.rooms.read(answerTo('\\invite').lines[0] ?? '');
    expect(read).toMatchObject({
      value: { room: { name: 'lobby' }, addresses: ['127.0.0.1:4747'] },
    });
  });

  it('may expire', () => {
    const { lines } = answerTo('\\invite --expires 2d');
    expect(lines[1]).toMatch(/until \d{4}-/u);
    other.rooms.nowMs += 3 * 86_400_000;
    expect(other.rooms.read(lines[0] ?? '')).toMatchObject({ reason: { kind: 'expired' } });
  });

  it('is to be drawn as a QR code for who asks for it, with whatever else', () => {
    for (const typed of [
      '\\invite --qr',
      '\\invite --qr --expires 2d',
      '\\invite --expires 2d --qr',
    ]) {
      const outcome = answerTo(typed);
      expect(outcome.code).toBe(outcome.lines[0]);
    }
    expect(answerTo('\\invite').code).toBeUndefined();
  });

  it.each([
    '\\invite --qr soon',
    '\\invite --expires',
    '\\invite --expires soon',
    '\\invite bobby',
  ])('%s is refused with how it is used', (typed) => {
    expect(refusalOf(typed).code).toBe('wrong-usage');
  });
});

describe('\\topic and \\keep', () => {
  it('say what holds, and set it', () => {
    type('\\join ops');
    expect(answerTo('\\topic', 'ops').lines).toEqual(['#ops has no topic']);
    type('\\topic releases,  every Friday', 'ops');
    expect(answerTo('\\topic', 'ops').lines).toEqual(['topic of #ops: releases,  every Friday']);
    type('\\topic -', 'ops');
    expect(answerTo('\\topic', 'ops').lines).toEqual(['#ops has no topic']);
    expect(answerTo('\\keep', 'ops').lines).toEqual(['what is said in #ops is kept for ever']);
    type('\\keep 30', 'ops');
    expect(answerTo('\\keep', 'ops').lines).toEqual(['what is said in #ops is kept for 30 days']);
    type('\\keep forever', 'ops');
    expect(answerTo('\\keep', 'ops').lines).toEqual(['what is said in #ops is kept for ever']);
  });

  it('answer who sets what holds already, of which nobody else is told', () => {
    type('\\join ops');
    expect(answerTo('\\topic -', 'ops').lines).toEqual(['#ops has no topic']);
    expect(answerTo('\\keep forever', 'ops').lines).toEqual([
      'what is said in #ops is kept for ever',
    ]);
    expect(answerTo('\\topic tea', 'ops').lines).toEqual([]);
    expect(answerTo('\\topic tea', 'ops').lines).toEqual(['topic of #ops: tea']);
  });

  it.each([
    [`\\topic ${'x'.repeat(600)}`, 'too-long'],
    ['\\keep soon', 'wrong-usage'],
    ['\\keep 40000', 'too-long'],
  ])('%s is refused as %s', (typed, code) => {
    expect(refusalOf(typed).code).toBe(code);
  });

  it('are nothing for a private session', () => {
    client.open('us', [personOf({ identity: 'b'.repeat(64) as IdentityKey, name: 'bobby' })]);
    expect(refusalOf('\\topic tea', '1').code).toBe('not-here');
    expect(refusalOf('\\keep 3', '1').code).toBe('not-here');
  });
});

describe('a room in the list', () => {
  it('is found by its name with and without #, by its number, and left by \\leave', () => {
    type('\\join ops');
    for (const typed of ['\\sw ops', '\\sw #ops', '\\sw 1', '\\sw #OPS'])
      expect(answerTo(typed).session).toBe('ops');
    expect(answerTo('\\ss').lines[1]).toMatch(/^ 1\s+#ops\s+0 unread/u);
    expect(answerTo('\\leave', 'ops')).toMatchObject({
      lines: ['left #ops; now in lobby'],
      session: 'lobby',
    });
    expect(client.view.allSessions).toHaveLength(1);
  });
});
