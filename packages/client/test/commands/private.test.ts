// Commands about private sessions, as a person meets them.

import { LIMITS } from '@parley/core';
import type { IdentityKey } from '@parley/core';
import { FakeClient, ownIdentity, personOf } from '@parley/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Person } from '../../src/api.ts';
import { findSession } from '../../src/commands/lookup.ts';
import type { CommandOutcome } from '../../src/commands/outcome.ts';
import { runTyped } from '../../src/commands/run.ts';

const someone = (name: string, sign: string): Person =>
  personOf({ identity: sign.repeat(64) as IdentityKey, name, path: 'lan' });

const bobby = someone('bobby', 'b');
const otherBobby = someone('bobby', 'c');
const carmen = someone('carmen', 'd');
const dora = someone('dora', 'e');

let client: FakeClient;

beforeEach(() => {
  client = new FakeClient();
  client.view.allPeople.push(bobby, carmen, dora);
});

const wordsOf = (identity: string): string[] => ['words', 'of', identity.slice(0, 4)];

function type(text: string, session = 'lobby'): CommandOutcome {
  return runTyped(client, session, text, { wordsOf, nowMs: () => 0 });
}

function linesOf(text: string, session?: string): string {
  const outcome = type(text, session);
  if (outcome.kind !== 'done') throw new Error(`${text}: ${JSON.stringify(outcome)}`);
  return outcome.lines.join('\n');
}

function refusalOf(text: string, session?: string): { code: string; text: string } {
  const outcome = type(text, session);
  if (outcome.kind !== 'error') throw new Error(`${text}: ${JSON.stringify(outcome)}`);
  return outcome;
}

const withOf = (session: string): string[] =>
  client.view
    .sessions()
    .filter((summary) => summary.session === session)
    .flatMap((summary) => summary.with.map((person) => person.name));

describe('\\fork', () => {
  it('opens a private session and goes there, so that the next line is said in it', () => {
    const outcome = type('\\fork bobby');
    expect(outcome).toEqual({
      kind: 'done',
      lines: ['session 1 with bobby is open: what you type goes there; \\lobby goes back'],
      session: '1',
    });
    type('between us', '1');
    expect(client.view.lines).toMatchObject([{ session: '1', text: 'between us', forkedBy: 'us' }]);
  });

  it('takes several names, each person once however often they are named', () => {
    expect(type('/fork bobby carmen bobby BOBBY')).toMatchObject({ kind: 'done', session: '1' });
    expect(withOf('1')).toEqual(['bobby', 'carmen']);
  });

  it('finds people of the lobby and of the session that it is typed in', () => {
    client.view.allPeople.pop();
    client.open('them', [bobby, dora]);
    expect(refusalOf('\\fork dora').code).toBe('unknown-peer');
    expect(type('\\fork dora', '1')).toMatchObject({ kind: 'done', session: '2' });
    expect(type('\\fork carmen', '1')).toMatchObject({ kind: 'done', session: '3' });
  });

  it.each([
    ['\\fork', 'wrong-usage', '\\fork NAME…'],
    ['\\fork anna', 'self', 'yourself'],
    ['\\fork bobby anna', 'self', 'yourself'],
    ['\\fork nobody', 'unknown-peer', 'here are: bobby, carmen, dora'],
    ['\\fork bobby nobody', 'unknown-peer', 'nobody here is called nobody'],
  ])('refuses %s as %s, and leaves nothing behind', (typed, code, text) => {
    const refusal = refusalOf(typed);
    expect(refusal.code).toBe(code);
    expect(refusal.text).toContain(text);
    expect(client.view.sessions()).toHaveLength(1);
  });

  it.each(['us', 'them'] as const)(
    'refuses a second session with the same people, forked by %s, and tells its number',
    (forkedBy) => {
      client.open(forkedBy, [bobby]);
      expect(refusalOf('\\fork bobby')).toEqual({
        kind: 'error',
        code: 'double',
        text: 'session 1 with bobby is open already: \\switch 1 goes there',
      });
      expect(type('\\fork bobby carmen')).toMatchObject({ kind: 'done', session: '2' });
    },
  );

  it('forks again once the session with the same people is closed', () => {
    client.open('them', [bobby]);
    client.change('1', { open: false });
    expect(type('\\fork bobby')).toMatchObject({ kind: 'done', session: '2' });
  });

  it('lists the labels of those who share a name, each of which then works', () => {
    client.view.allPeople.push(otherBobby);
    const refusal = refusalOf('\\fork bobby');
    expect(refusal.code).toBe('ambiguous-name');
    const labels = refusal.text.match(/bobby·\w+/gu) ?? [];
    expect(labels).toHaveLength(2);
    const outcomes = labels.map((label) => type(`\\fork ${label}`));
    expect(outcomes).toMatchObject([{ session: '1' }, { session: '2' }]);
  });

  it('says of whom it cannot encrypt to what would help', () => {
    client.withoutKeys.add(carmen.identity);
    const refusal = refusalOf('\\fork bobby carmen');
    expect(refusal.code).toBe('no-keys');
    expect(refusal.text).toContain('nothing to encrypt to carmen with has come yet');
    expect(client.view.sessions()).toHaveLength(1);
  });

  it('refuses more people than a session may hold, and tells how many that is', () => {
    const many = Array.from({ length: LIMITS.sessionMembersMax }, (_, at) =>
      personOf({ identity: (at + 16).toString(16).repeat(32) as IdentityKey, name: `p${at}` }),
    );
    client.view.allPeople.push(...many);
    const names = many.map((person) => person.name);
    expect(refusalOf(`\\fork ${names.join(' ')}`)).toMatchObject({
      code: 'too-many',
      text: `a private session takes ${LIMITS.sessionMembersMax} people at most, you included, and you ${LIMITS.sessionsMax} sessions`,
    });
    expect(type(`\\fork ${names.slice(1).join(' ')}`)).toMatchObject({ kind: 'done' });
  });

  it('is refused while parley stops', () => {
    client.stopped = true;
    expect(refusalOf('\\fork bobby').code).toBe('stopping');
  });
});

describe('\\sessions', () => {
  it('lists number, the active one, who forked it, who is in it, unread, missing and who is here', () => {
    client.open('us', [bobby]);
    client.open('them', [carmen, { ...dora, path: null }]);
    client.change('2', { unread: 3, missing: 4 });
    client.change('1', { open: false });
    const [lobby, first, second] = linesOf('\\sessions', '2').split('\n');
    expect(lobby).toMatch(/^ 0\s+lobby\s+0 unread\s+0 missing\s+1 person here$/u);
    expect(first).toMatch(
      /^ 1\s+P->\s+bobby\s+0 unread\s+0 missing\s+2 of 2 people here, closed$/u,
    );
    expect(second).toMatch(
      /^\*2\s+P~>\s+carmen, dora\s+3 unread\s+4 missing\s+2 of 3 people here$/u,
    );
    expect(linesOf('\\ss', '2')).toBe(linesOf('\\sessions', '2'));
  });

  it('marks the lobby where one is there', () => {
    expect(linesOf('\\ss')).toMatch(/^\*0\s+lobby\s+/u);
  });
});

describe('\\switch', () => {
  beforeEach(() => {
    client.open('us', [bobby]);
    client.open('them', [bobby, carmen]);
    client.open('them', [dora]);
  });

  it.each([
    ['\\sw 0', 'lobby'],
    ['\\switch lobby', 'lobby'],
    ['\\lobby', 'lobby'],
    ['\\lob', 'lobby'],
    ['\\sw 1', '1'],
    ['\\switch bobby', '1'],
    ['\\sw bobby, carmen', '2'],
    ['\\sw Bobby carmen', '2'],
    ['\\sw carmen, bobby', '2'],
    ['/sw DORA', '3'],
  ])('%s goes to %s', (typed, session) => {
    expect(type(typed, '3')).toMatchObject({ kind: 'done', session });
    expect(linesOf(typed, '3')).toMatch(/^now in /u);
  });

  it.each(['\\sw abc', '\\sw 4', '\\sw -1', '\\sw 01', '\\sw carmen', '\\sw 1 2'])(
    '%s names no session: it says which there are, and nothing changes',
    (typed) => {
      const refusal = refusalOf(typed);
      expect(refusal.code).toBe('unknown-session');
      expect(refusal.text).toContain('there are: 0 lobby; 1 bobby; 2 bobby, carmen; 3 dora');
      expect(client.calls).toEqual([]);
    },
  );

  it('lists the numbers where several sessions are called so', () => {
    client.open('them', [otherBobby]);
    const refusal = refusalOf('\\sw bobby');
    expect(refusal.code).toBe('ambiguous-name');
    expect(refusal.text).toContain('1 bobby; 4 bobby');
  });

  it('takes the one in which something can still be said', () => {
    client.open('them', [bobby]);
    client.change('1', { open: false });
    expect(type('\\sw bobby')).toMatchObject({ session: '4' });
    client.change('4', { open: false });
    expect(refusalOf('\\sw bobby').code).toBe('ambiguous-name');
  });

  it('finds a person by name where the title shows a label', () => {
    client.change('3', { title: 'dora·7k2f' });
    const match = findSession(client.view.sessions(), 'dora');
    expect(match).toMatchObject({ kind: 'found', summary: { session: '3' } });
  });
});

describe('\\users in a private session', () => {
  it('lists the people of that session, and who is verified', () => {
    client.open('us', [{ ...bobby, verified: true }]);
    const [you, other, ...more] = linesOf('\\users', '1').split('\n');
    expect(you).toMatch(/^anna\s+\w{8}\s+you$/u);
    expect(other).toMatch(/^bobby\s+\w{8}\s+lan, verified$/u);
    expect(more).toEqual([]);
  });
});

describe('\\invite and \\remove', () => {
  beforeEach(() => {
    client.open('us', [bobby]);
  });

  it('let someone in, and out again', () => {
    expect(linesOf('\\invite carmen', '1')).toContain('carmen is invited');
    expect(withOf('1')).toEqual(['bobby', 'carmen']);
    expect(linesOf('\\remove bobby', '1')).toContain('bobby is removed');
    expect(withOf('1')).toEqual(['carmen']);
  });

  it.each([
    ['\\invite', 'wrong-usage', '\\invite NAME'],
    ['\\invite bobby', 'already-in', 'bobby is in it already'],
    ['\\invite anna', 'self', 'already'],
    ['\\invite nobody', 'unknown-peer', 'here are: bobby, carmen, dora'],
    ['\\remove', 'wrong-usage', '\\remove NAME'],
    ['\\remove anna', 'self', '\\leave'],
    ['\\remove carmen', 'unknown-peer', 'here are: bobby'],
  ])('%s in a private session is refused as %s', (typed, code, text) => {
    const refusal = refusalOf(typed, '1');
    expect(refusal.code).toBe(code);
    expect(refusal.text).toContain(text);
    expect(withOf('1')).toEqual(['bobby']);
  });

  it.each([
    ['\\remove bobby', 'nobody can be removed from here'],
    ['\\leave', '\\quit leaves parley'],
  ])('%s in the lobby is refused with a word on what to do', (typed, text) => {
    const refusal = refusalOf(typed);
    expect(refusal.code).toBe('not-here');
    expect(refusal.text).toContain(text);
  });

  it('say that a session is closed', () => {
    client.change('1', { open: false });
    for (const typed of ['\\invite carmen', '\\remove bobby', 'a line']) {
      expect(refusalOf(typed, '1')).toMatchObject({
        code: 'closed-session',
        text: expect.stringContaining('session 1 with bobby is closed'),
      });
    }
  });

  it('say to whom nothing can be encrypted', () => {
    client.withoutKeys.add(carmen.identity);
    expect(refusalOf('\\invite carmen', '1')).toMatchObject({ code: 'no-keys' });
  });
});

describe('\\leave', () => {
  it('takes the session off the list and goes to the lobby, also where it was closed', () => {
    client.open('us', [bobby]);
    client.change('1', { open: false });
    expect(type('\\leave', '1')).toEqual({
      kind: 'done',
      lines: ['left session 1 with bobby; now in lobby'],
      session: 'lobby',
    });
    expect(client.view.sessions()).toHaveLength(1);
  });
});

describe('\\verify', () => {
  it('shows the safety words of both, and what to do with them', () => {
    const text = linesOf('\\verify bobby');
    expect(text).toMatch(/^safety words of bobby\s+words of bbbb$/mu);
    expect(text).toMatch(
      new RegExp(`^your safety words\\s+words of ${ownIdentity.slice(0, 4)}$`, 'mu'),
    );
    expect(text).toContain('\\verify bobby yes');
    expect(client.view.allPeople.some((person) => person.verified)).toBe(false);
  });

  it('leaves the mark with yes, and takes it away with no', () => {
    expect(linesOf('\\verify bobby yes')).toBe('bobby is verified');
    expect(linesOf('\\users')).toMatch(/^bobby\s+\w{8}\s+lan, verified$/mu);
    expect(linesOf('\\verify bobby')).toContain('\\verify bobby no');
    expect(linesOf('\\verify bobby NO')).toBe('bobby is not verified any more');
    expect(linesOf('\\users')).not.toContain('verified');
  });

  it.each([
    ['\\verify anna', 'self'],
    ['\\verify nobody', 'unknown-peer'],
    ['\\verify bobby maybe', 'wrong-usage'],
  ])('%s is refused as %s', (typed, code) => {
    expect(refusalOf(typed).code).toBe(code);
  });
});
