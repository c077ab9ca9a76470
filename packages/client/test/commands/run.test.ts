// Commands, as a person meets them.

import { LIMITS } from '@parley/core';
import type { IdentityKey } from '@parley/core';
import { FakeClient, ownIdentity, personOf } from '@parley/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CommandOutcome } from '../../src/commands/outcome.ts';
import { messageOf, runTyped } from '../../src/commands/run.ts';
import { commandTable } from '../../src/commands/table.ts';

const bobby = 'b'.repeat(64) as IdentityKey;
const otherBobby = `${'c'.repeat(63)}d` as IdentityKey;
const nowMs = 1_000_000_000;

let client: FakeClient;

beforeEach(() => {
  client = new FakeClient();
});

const wordsOf = (identity: string): string[] => ['words', 'of', identity.slice(0, 4)];

function type(text: string, session = 'lobby'): CommandOutcome {
  return runTyped(client, session, text, { wordsOf, nowMs: () => nowMs });
}

function linesOf(text: string): string {
  const outcome = type(text);
  if (outcome.kind !== 'done') throw new Error(`${text}: ${JSON.stringify(outcome)}`);
  return outcome.lines.join('\n');
}

function refusalOf(text: string): { code: string; text: string } {
  const outcome = type(text);
  if (outcome.kind !== 'error') throw new Error(`${text}: ${JSON.stringify(outcome)}`);
  return outcome;
}

const said = (): string[] => client.view.lines.map((line) => `${line.kind} ${line.text}`);

describe('whom one does not want to hear', () => {
  beforeEach(() => {
    client.view.allPeople = [
      personOf({ identity: ownIdentity, name: 'anna', you: true }),
      personOf({ identity: bobby, name: 'bobby' }),
      personOf({ identity: otherBobby, name: 'mallory', quarantined: true }),
      personOf({ identity: 'e'.repeat(64) as IdentityKey, name: 'trudy', blocked: true }),
    ];
  });

  it('is marked in \\users, and told of in \\whois with what takes it back', () => {
    const users = linesOf('\\users').split('\n');
    expect(users.find((line) => line.includes('trudy'))).toMatch(/blocked$/u);
    expect(users.find((line) => line.includes('mallory'))).toMatch(/in quarantine$/u);
    expect(users.find((line) => line.includes('bobby'))).not.toMatch(/blocked|quarantine/u);
    expect(linesOf('\\whois trudy')).toContain('yes; \\unblock trudy takes that back');
    expect(linesOf('\\whois mallory')).toContain('wrote too much; \\unblock mallory lets them on');
  });

  it('is blocked once, listed, and heard again', () => {
    expect(linesOf('\\block')).toBe('mallory  in quarantine\ntrudy  blocked');
    expect(linesOf('\\block bobby')).toBe(
      'bobby is blocked: nothing of theirs is shown, kept or passed on; \\unblock bobby takes that back',
    );
    expect(refusalOf('\\block trudy')).toMatchObject({
      code: 'double',
      text: 'trudy is blocked already',
    });
    expect(linesOf('\\unblock trudy')).toBe(
      'trudy is not blocked any more; what was missed is fetched',
    );
    expect(linesOf('\\unblock mallory')).toBe('mallory is let on; what was missed is fetched');
    expect(linesOf('\\unblock bobby')).toBe('bobby is not blocked');
    const ruled = client.calls.filter((call) => /^(?:un)?block /u.test(call));
    expect(ruled).toEqual([`block ${bobby}`, `unblock ${'e'.repeat(64)}`, `unblock ${otherBobby}`]);
  });
});

describe('\\search', () => {
  it('finds what was said, the oldest of the newest first, and says where', () => {
    for (const text of ['the red kettle', 'a blue kettle', 'tea']) type(text);
    const found = linesOf('\\search kettle').split('\n');
    expect(found).toHaveLength(2);
    expect(found[0]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d {2}lobby {2}anna: the red kettle$/u);
    expect(found[1]).toMatch(/anna: a blue kettle$/u);
    expect(linesOf('\\search coffee')).toBe('nothing found of: coffee');
    expect(refusalOf('\\search').code).toBe('wrong-usage');
  });

  it('says where it stopped', () => {
    for (let at = 0; at < 30; at += 1) type(`kettle ${at}`);
    const found = linesOf('\\search kettle').split('\n');
    expect(found).toHaveLength(21);
    expect(found[0]).toMatch(/kettle 10$/u);
    expect(found.at(-1)).toContain('the newest 20 lines');
  });
});

describe('what is typed', () => {
  it('is said where it begins with neither sign', () => {
    type('hello \\help /quit');
    expect(said()).toEqual(['say hello \\help /quit']);
  });

  it.each([
    ['\\\\hello', '\\hello'],
    ['//x', '/x'],
    ['\\\\', '\\'],
    ['\\\\\\a', '\\\\a'],
  ])('%s says %s', (typed, text) => {
    expect(messageOf(typed)).toBe(text);
    type(typed);
    expect(said()).toEqual([`say ${text}`]);
  });

  it.each(['\\hepl', '/hepl', '\\', '/', '\\/x', '/\\x', '/usr/bin/env', '\\frk bobby'])(
    '%s is no command, and is not said either',
    (typed) => {
      expect(refusalOf(typed).code).toBe('unknown-command');
      expect(said()).toEqual([]);
    },
  );

  it('names the nearest command for one that is unknown', () => {
    expect(refusalOf('\\hlep').text).toContain('the nearest is \\help');
    expect(refusalOf('/user').text).toContain('the nearest is \\users');
    expect(refusalOf('\\qiut').text).toContain('the nearest is \\quit');
  });

  it('is refused with its size and the limit where it is too long', () => {
    const refusal = refusalOf('x'.repeat(LIMITS.lineTextBytesMax + 1));
    expect(refusal.code).toBe('too-long');
    expect(refusal.text).toBe('the line has 16385 bytes, 16384 are allowed');
  });
});

describe('the table', () => {
  it('names no command twice', () => {
    const names = commandTable.flatMap((spec) => [spec.name, ...spec.aliases]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('has an example for each command that its own preconditions allow', () => {
    const others = ['bobby', 'carmen', 'dora'].map((name, at) =>
      personOf({ identity: String(at + 1).repeat(64) as IdentityKey, name }),
    );
    client.view.allPeople.push(...others);
    for (const spec of commandTable) {
      client.view.allSessions = client.view.allSessions.slice(0, 1);
      client.open('them', others.slice(0, 1));
      const session = spec.where.includes('lobby') ? 'lobby' : '1';
      expect(spec.example).toMatch(
        new RegExp(`^\\\\(?:${spec.name}|${spec.aliases.join('|')})\\b`),
      );
      expect([spec.example, type(spec.example, session).kind]).not.toContain('error');
    }
  });

  it.each([
    ['\\users now', '\\users'],
    ['\\quit now', '\\quit'],
    ['\\nick', '\\nick NAME'],
    ['\\nick a b', '\\nick NAME'],
    ['\\whois', '\\whois NAME'],
    ['\\me', '\\me TEXT'],
    ['\\sw', '\\switch N'],
    ['\\fork', '\\fork NAME…'],
    ['\\verify', '\\verify NAME [yes|no]'],
    ['\\lob by', '\\lobby'],
  ])('refuses %s for its number of words, and says how it is used', (typed, usage) => {
    const refusal = refusalOf(typed);
    expect(refusal.code).toBe('wrong-usage');
    expect(refusal.text).toMatch(/^too (?:much|little) behind .*; it is used so: /u);
    expect(refusal.text.endsWith(usage)).toBe(true);
  });

  it('takes both signs, and capital letters', () => {
    expect(linesOf('/LOBBY')).toBe(linesOf('\\lobby'));
  });
});

describe('\\help', () => {
  it('lists every command', () => {
    for (const spec of commandTable) expect(linesOf('\\help')).toContain(`\\${spec.name}`);
  });

  it('names the short forms in the list', () => {
    expect(linesOf('\\help')).toMatch(/\\sessions .*also \\ss/u);
  });

  it('explains one, with or without its sign, or by its alias', () => {
    expect(linesOf('\\help whois')).toContain('example: \\whois bobby');
    expect(linesOf('\\help \\whois')).toBe(linesOf('\\help whois'));
    expect(linesOf('\\help sw')).toBe(linesOf('\\help switch'));
  });

  it('names the nearest for one that is unknown', () => {
    expect(refusalOf('\\help swich').text).toContain('\\switch');
  });
});

describe('\\users', () => {
  it('says who is here, how they are reached and when they were last seen', () => {
    client.view.allPeople = [
      personOf({ identity: ownIdentity, name: 'anna', you: true }),
      personOf({ identity: bobby, name: 'bobby', path: 'lan' }),
      personOf({ identity: otherBobby, name: 'carol', lastSeenMs: nowMs - 300_000 }),
    ];
    const [you, reached, away] = linesOf('\\users').split('\n');
    expect(you).toMatch(/^anna\s+[0-9a-z]{8}\s+you$/u);
    expect(reached).toMatch(/^bobby\s+[0-9a-z]{8}\s+lan$/u);
    expect(away).toMatch(/^carol\s+[0-9a-z]{8}\s+away, last seen 5 min ago$/u);
  });
});

describe('\\whois', () => {
  beforeEach(() => {
    client.view.allPeople.push(personOf({ identity: bobby, name: 'bobby', path: 'direct' }));
  });

  it('tells key, identity, safety words and how one is reached', () => {
    const text = linesOf('\\whois bobby');
    expect(text).toContain(bobby);
    expect(text).toContain('words of bbbb');
    expect(text).toMatch(/here\s+direct/u);
    expect(text).toMatch(/^key\s+[0-9a-z]{52}$/mu);
  });

  it('names who is here where nobody is called so', () => {
    const refusal = refusalOf('\\whois nobody');
    expect(refusal.code).toBe('unknown-peer');
    expect(refusal.text).toBe('nobody here is called nobody; here are: bobby');
    client.view.allPeople.pop();
    expect(refusalOf('\\whois nobody').text).toContain('nobody else is here');
  });

  it('says whether safety words were compared', () => {
    expect(linesOf('\\whois bobby')).toMatch(/^trust\s+not verified; \\verify bobby tells how$/mu);
    client.verify(bobby, true);
    expect(linesOf('\\whois bobby')).toMatch(/^trust\s+verified$/mu);
    expect(linesOf('\\whois anna')).not.toContain('trust');
  });

  it('lists the labels of those who share a name, each of which then works', () => {
    client.view.allPeople.push(personOf({ identity: otherBobby, name: 'bobby' }));
    const refusal = refusalOf('\\whois bobby');
    expect(refusal.code).toBe('ambiguous-name');
    const labels = refusal.text.match(/bobby·\w+/gu) ?? [];
    expect(labels).toHaveLength(2);
    const found = labels.map((label) => linesOf(`\\whois ${label}`));
    expect(found.some((text) => text.includes(bobby))).toBe(true);
    expect(found.some((text) => text.includes(otherBobby))).toBe(true);
  });
});

describe('the other commands', () => {
  it('\\nick renames, or says why not', () => {
    expect(linesOf('\\nick zoe')).toBe('you are now zoe');
    expect(refusalOf('\\nick #ops')).toMatchObject({ code: 'bad-name' });
  });

  it('\\me says what one does, spaces and all', () => {
    type('\\me makes  tea ');
    expect(said()).toEqual(['me makes  tea ']);
  });

  it('\\connect dials, or says why not', () => {
    expect(linesOf('\\connect host:4747')).toContain('host:4747');
    expect(client.calls).toContain('connect host:4747');
    expect(refusalOf('\\connect host')).toMatchObject({ code: 'bad-address' });
  });

  it('\\peers lists connections and attempts', () => {
    expect(linesOf('\\peers')).toContain('no connections');
    client.view.allConnections = [
      {
        peer: '12D3' as never,
        identity: bobby,
        label: 'bobby',
        direction: 'inbound',
        address: '10.0.0.2:4747',
        path: 'lan',
        latencyMs: 3.4,
        sinceMs: nowMs - 60_000,
        lastError: 'refused',
      },
    ];
    client.view.allAttempts = [
      { address: 'gone:1', failures: 3, lastError: 'refused', nextMs: nowMs + 8_000 },
    ];
    const [first, second] = linesOf('\\peers').split('\n');
    expect(first).toMatch(
      /^bobby\s+inbound\s+10\.0\.0\.2:4747\s+lan, 3 ms, for 1 min, before: refused$/u,
    );
    expect(second).toMatch(/gone:1\s+failed 3×, last: refused, again in 8 s$/u);
  });

  it('\\doctor says what works and what does not, and what to do about it', () => {
    client.findings = [
      { about: 'clock', level: 'warn', text: '5 min behind 2 peers', advice: 'set the clock' },
      { about: 'listening', level: 'ok', text: '10.0.0.2:4747', advice: null },
    ];
    expect(linesOf('\\doctor').split('\n')).toEqual([
      'warn  clock      5 min behind 2 peers',
      '                 → set the clock',
      'ok    listening  10.0.0.2:4747',
    ]);
  });

  it.each(['\\sw 0', '\\switch lobby', '\\lob'])('%s goes to the lobby', (typed) => {
    expect(type(typed, 'elsewhere')).toMatchObject({ kind: 'done', session: 'lobby' });
  });

  it('\\switch to what is no session stays where one is, and names the sessions', () => {
    const refusal = refusalOf('\\sw abc');
    expect(refusal).toMatchObject({ code: 'unknown-session' });
    expect(refusal.text).toContain('0 lobby');
  });

  it('\\gaps says what is missing and who has it', () => {
    expect(linesOf('\\gaps')).toBe('nothing is missing in lobby');
    client.view.allGaps = [
      { author: 'bobby', missing: 12, holders: ['carol', 'dave'], bar: null },
      { author: 'eve', missing: 1, holders: [], bar: null },
      { author: 'mallory', missing: 7, holders: ['carol'], bar: 'quarantine' },
    ];
    expect(linesOf('\\gaps')).toMatch(/bobby\s+12 missing\s+held by carol, dave\neve\s+1 missing/u);
    expect(linesOf('\\gaps')).toMatch(/mallory\s+7 missing\s+not fetched: in quarantine/u);
  });

  it('\\resync asks again now', () => {
    expect(linesOf('\\resync')).toContain('0 peers');
    expect(client.calls).toEqual(['resync lobby']);
  });

  it('\\quit quits', () => {
    expect(type('\\quit')).toEqual({ kind: 'quit' });
  });
});
