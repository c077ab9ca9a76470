// Private sessions between real processes: only those in them read them, and nobody else is needed.

import { afterEach, describe, expect, it } from 'vitest';
import { Peer, endAll, newHome, startJson } from './peer.ts';
import {
  complete,
  connectedTo,
  isOnDisk,
  meet,
  opened,
  patient,
  privateRows,
  refusal,
  sayIn,
  seesIn,
  textsIn,
  untilRows,
  withNow,
} from './session.ts';

afterEach(endAll);

const numbered = (text: string, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `${text} ${at}`);

const numberOf = (row: string): string => /\d+/u.exec(row)?.[0] ?? '';

let barriers = 0;

/** Waits until what someone says to all now has come to all: what was sent to them before has had its time. */
async function barrier(speaker: Peer, ...others: readonly Peer[]): Promise<void> {
  barriers += 1;
  const text = `to all of you, number ${barriers}`;
  sayIn(speaker, 'lobby', text);
  for (const other of others) await seesIn(other, 'lobby', text);
}

describe('forking', { timeout: 120_000 }, () => {
  it('makes of three people three sessions, each seen by its two alone', async () => {
    const peers = await meet('anna', 'bobby', 'carmen');
    const [anna, bobby, carmen] = peers;
    const pairs = [
      { one: anna, other: bobby, third: carmen, name: 'bobby' },
      { one: bobby, other: carmen, third: anna, name: 'carmen' },
      { one: carmen, other: anna, third: bobby, name: 'anna' },
    ];
    for (const { one, name } of pairs) one.command(`\\fork ${name}`);
    for (const { one, other, name } of pairs) {
      const there = await opened(one, other);
      const here = await opened(other, one);
      await one.object('session', { session: there, kind: 'private', initiator: true });
      await other.object('session', { session: here, kind: 'private', initiator: false });
      const asked = numbered(`secret question to ${name}`, 20);
      const answered = numbered(`secret answer of ${name}`, 20);
      for (const text of asked) sayIn(one, there, text);
      for (const text of answered) sayIn(other, here, text);
      await seesIn(one, there, ...asked, ...answered);
      await seesIn(other, here, ...asked, ...answered);
      expect(textsIn(other, here).filter((text) => text.includes('question'))).toEqual(asked);
      expect(textsIn(one, there).filter((text) => text.includes('answer'))).toEqual(answered);
    }
    for (const peer of peers) {
      await barrier(peer, ...peers.filter((other) => other !== peer));
      expect(await privateRows(peer)).toHaveLength(2);
    }
    for (const { one, other, third, name } of pairs) {
      await complete(one, await opened(one, other));
      expect(third.stdout).not.toContain(`question to ${name}`);
      expect(third.stdout).not.toContain(`answer of ${name}`);
      expect(isOnDisk(third.home, 'to all of you')).toBe(true);
      expect(isOnDisk(third.home, `question to ${name}`)).toBe(false);
      expect(isOnDisk(third.home, `answer of ${name}`)).toBe(false);
    }
  });

  it('is refused for oneself, nobody, strangers and namesakes, and leaves nothing behind', async () => {
    const [anna, ...others] = await meet('anna', 'bobby', 'dora', 'dora');
    const [bobby, dora] = others;
    expect(await refusal(anna, '\\fork')).toMatchObject({ code: 'wrong-usage' });
    expect(await refusal(anna, '\\fork anna')).toMatchObject({ code: 'self' });
    expect(await refusal(anna, '\\fork bobby anna')).toMatchObject({ code: 'self' });
    const unknown = await refusal(anna, '\\fork bobby zoe');
    expect(unknown).toMatchObject({ code: 'unknown-peer' });
    expect(unknown['text']).toContain('bobby');
    const ambiguous = await refusal(anna, '\\fork dora');
    expect(ambiguous).toMatchObject({ code: 'ambiguous-name' });
    const labels = String(ambiguous['text']).match(/dora·\w+/gu) ?? [];
    expect(labels).toHaveLength(2);
    expect(await privateRows(anna)).toEqual([]);
    await barrier(anna, ...others);
    for (const peer of [anna, ...others]) {
      expect(peer.objects.filter(({ type }) => type === 'session')).toEqual([]);
    }
    anna.command(`\\fork ${labels[0]}`);
    const session = await anna.object('session', { event: 'opened' });
    const [person] = session['with'] as readonly { readonly identity: string }[];
    const meant = others.find(({ identity }) => identity === person?.identity) ?? dora;
    expect(await opened(meant, anna)).toBe('1');
    expect(await privateRows(bobby)).toEqual([]);
  });

  it('is refused where a session with just these people is open, from both sides', async () => {
    const [anna, bobby, carmen] = await meet('anna', 'bobby', 'carmen');
    anna.command('\\fork bobby bobby');
    await Promise.all([opened(anna, bobby), opened(bobby, anna)]);
    for (const [peer, name] of [
      [anna, 'bobby'],
      [bobby, 'anna'],
    ] as const) {
      const double = await refusal(peer, `\\fork ${name}`);
      expect(double).toMatchObject({ code: 'double' });
      expect(double['text']).toContain('\\switch 1');
      expect(await privateRows(peer)).toHaveLength(1);
    }
    anna.command('\\fork bobby carmen');
    await Promise.all([opened(bobby, anna, carmen), opened(carmen, anna, bobby)]);
    expect(await privateRows(anna)).toHaveLength(2);
  });

  it('by both at the same moment makes one session, in which all that was said arrives', async () => {
    const [anna, bobby] = await meet('anna', 'bobby');
    anna.command('\\fork bobby');
    bobby.command('\\fork anna');
    anna.say('at once from anna');
    bobby.say('at once from bobby');
    await Promise.all([anna.sees('at once from bobby'), bobby.sees('at once from anna')]);
    const [[there = ''], [here = '']] = await Promise.all([
      untilRows(anna, 1),
      untilRows(bobby, 1),
    ]);
    sayIn(anna, numberOf(there), 'later from anna');
    sayIn(bobby, numberOf(here), 'later from bobby');
    await Promise.all([anna.sees('later from bobby'), bobby.sees('later from anna')]);
    const said = ['at once from anna', 'at once from bobby', 'later from anna', 'later from bobby'];
    for (const peer of [anna, bobby]) {
      expect(peer.texts().toSorted()).toEqual(said);
      expect(textsIn(peer, 'lobby')).toEqual([]);
      expect(await privateRows(peer)).toHaveLength(1);
    }
  });
});

describe('a private session', { timeout: 120_000 }, () => {
  it('goes on when everyone else is gone, also after both were started anew', async () => {
    const [carmen, anna, bobby] = await meet('carmen', 'anna', 'bobby');
    anna.command('\\fork bobby');
    const session = await opened(anna, bobby);
    expect(await opened(bobby, anna)).toBe('1');
    await carmen.end('SIGTERM');
    sayIn(anna, session, 'without carmen');
    sayIn(bobby, '1', 'yes, without carmen');
    await seesIn(anna, session, 'yes, without carmen');
    await seesIn(bobby, '1', 'without carmen');
    await Promise.all([anna.end('SIGTERM'), bobby.end('SIGTERM')]);
    const anna2 = await startJson('anna', { ...patient, home: anna.home });
    const bobby2 = await startJson('bobby', {
      ...patient,
      home: bobby.home,
      args: ['--connect', anna2.address],
    });
    expect(await opened(anna2, bobby)).toBe(session);
    expect(await opened(bobby2, anna)).toBe('1');
    expect(anna2.objects.slice(0, 2).map(({ type }) => type)).toEqual(['ready', 'session']);
    sayIn(anna2, session, 'here again');
    sayIn(bobby2, '1', 'welcome back');
    await seesIn(anna2, session, 'here again', 'welcome back');
    await seesIn(bobby2, '1', 'here again', 'welcome back');
    expect(textsIn(bobby2, '1').filter((text) => text === 'here again')).toHaveLength(1);
    expect((await privateRows(anna2))[0]).toMatch(/^ 1 P-> bobby /u);
    expect((await privateRows(bobby2))[0]).toMatch(/^ 1 P~> anna /u);
  });

  it('reaches who was away through someone who cannot read it', async () => {
    const home = newHome();
    const carmen = await startJson('carmen', patient);
    const args = ['--connect', carmen.address];
    const anna = await startJson('anna', { ...patient, args });
    const bobby = await startJson('bobby', { ...patient, args, home });
    await connectedTo(anna, carmen, bobby);
    await connectedTo(bobby, carmen, anna);
    await bobby.end('SIGTERM');
    await anna.object('peer', { event: 'disconnected', identity: bobby.identity });
    anna.command('\\fork bobby');
    const session = await opened(anna, bobby);
    const said = numbered('kept for bobby', 1_000);
    for (const text of said) sayIn(anna, session, text);
    expect((await anna.endInput()).code).toBe(0);
    const again = await startJson('bobby', { ...patient, args, home });
    const here = await opened(again, anna);
    await seesIn(again, here, ...said);
    expect(textsIn(again, here)).toEqual(said);
    await complete(again, here);
    expect(carmen.stdout).not.toContain('kept for bobby');
    expect(isOnDisk(carmen.home, 'kept for bobby')).toBe(false);
  });

  it('lets people in to what follows, and removes them from what follows', async () => {
    const [anna, bobby, carmen, dora] = await meet('anna', 'bobby', 'carmen', 'dora');
    anna.command('\\fork bobby carmen');
    expect(await opened(anna, bobby, carmen)).toBe('1');
    expect(await opened(bobby, anna, carmen)).toBe('1');
    expect(await opened(carmen, anna, bobby)).toBe('1');
    const early = [anna, bobby, carmen].map((peer, at) => {
      sayIn(peer, '1', `among three ${at}`);
      return `among three ${at}`;
    });
    for (const peer of [anna, bobby, carmen]) await seesIn(peer, '1', ...early);

    anna.command('\\invite dora');
    expect(await opened(dora, anna, bobby, carmen)).toBe('1');
    await withNow(bobby, '1', anna, carmen, dora);
    await withNow(carmen, '1', anna, bobby, dora);
    sayIn(bobby, '1', 'bobby greets dora');
    sayIn(carmen, '1', 'carmen greets dora');
    sayIn(dora, '1', 'dora greets all');
    const greetings = ['bobby greets dora', 'carmen greets dora', 'dora greets all'];
    for (const peer of [anna, bobby, carmen, dora]) await seesIn(peer, '1', ...greetings);
    expect(textsIn(dora, '1').toSorted()).toEqual(greetings);
    expect(isOnDisk(dora.home, 'among three')).toBe(false);

    anna.command('\\remove carmen');
    await carmen.object('session', { event: 'changed', session: '1', open: false });
    await withNow(bobby, '1', anna, dora);
    await withNow(dora, '1', anna, bobby);
    const after = [anna, bobby, dora].map((peer, at) => {
      sayIn(peer, '1', `behind her back ${at}`);
      return `behind her back ${at}`;
    });
    for (const peer of [anna, bobby, dora]) await seesIn(peer, '1', ...after);
    for (const peer of [anna, bobby, dora]) await barrier(peer, carmen);
    expect(textsIn(carmen, '1').toSorted()).toEqual([...early, ...greetings].toSorted());
    expect(isOnDisk(carmen.home, 'behind her back')).toBe(false);
    sayIn(carmen, '1', 'may I?');
    await carmen.object('error', { code: 'closed-session' });

    bobby.command('\\sw 1');
    bobby.command('\\leave');
    await bobby.object('session', { event: 'left', session: '1' });
    await withNow(anna, '1', dora);
    await withNow(dora, '1', anna);
    sayIn(anna, '1', 'only two are left');
    await seesIn(dora, '1', 'only two are left');
    await barrier(anna, bobby);
    expect(await privateRows(bobby)).toEqual([]);
    expect(bobby.stdout).not.toContain('only two are left');
    expect(isOnDisk(bobby.home, 'only two are left')).toBe(false);
  });
});

describe('in line mode', { timeout: 120_000 }, () => {
  const plain = ['--plain', '--no-discovery', '--listen', '127.0.0.1:0'];

  async function plainPair(): Promise<[Peer, Peer]> {
    const anna = new Peer({ ...patient, args: [...plain, '--name', 'anna'] });
    const address = await anna.until('an address', () =>
      /listening on (\S+:\d+)/u.exec(anna.stderr)?.at(1),
    );
    const args = [...plain, '--name', 'bobby', '--connect', address];
    const bobby = new Peer({ ...patient, args });
    await anna.until('bobby', () => anna.stderr.includes('bobby is here'));
    await bobby.until('anna', () => bobby.stderr.includes('anna is here'));
    return [anna, bobby];
  }

  it('lines say who forked their session, and being forked into takes nobody anywhere', async () => {
    const [anna, bobby] = await plainPair();
    anna.write('\\fork bobby\nhello you\n');
    await bobby.until('the line', () => bobby.stdout === 'P~> anna: hello you\n');
    expect(bobby.stderr).toContain('-- anna opened a private session with you: \\switch 1\n');
    expect(anna.stderr).not.toContain('opened a private session');
    bobby.write('to all\n\\ss\n');
    await anna.until('the line', () => anna.stdout === 'bobby: to all\n');
    await bobby.until('the list', () => bobby.stderr.includes('unread'));
    expect(bobby.stderr).toMatch(
      /^\*0\s+lobby .*\n 1\s+P~>\s+anna\s+1 unread\s+0 missing\s+2 of 2 people here$/mu,
    );
    bobby.write('\\sw 1\nto you\n\\me nods\n\\sessions\n');
    await bobby.until('the list', () => /^\*1\s+P~>\s+anna\s+0 unread /mu.test(bobby.stderr));
    await anna.until('both lines', () => anna.stdout.includes('nods'));
    anna.write('\\ss\n');
    await anna.until('the list', () => /^\*1\s+P->\s+bobby\s+0 unread /mu.test(anna.stderr));
    expect(anna.stdout).toBe('bobby: to all\nP-> bobby: to you\nP-> * bobby nods\n');
    expect(bobby.stdout).toBe('P~> anna: hello you\n');
  });

  it('what is said in one go with forking and leaving is heard, and the session is left', async () => {
    const [anna, bobby] = await plainPair();
    anna.write('\\fork bobby\none word\n\\leave\nto all\n\\ss\n');
    await bobby.until('the line', () => bobby.stdout.includes('P~> anna: one word\n'));
    await bobby.until('the other', () => bobby.stdout.includes('anna: to all\n'));
    await anna.until('the list', () => /^\*0\s+lobby /mu.test(anna.stderr));
    expect(anna.stderr).toContain('left session 1 with bobby; now in lobby\n');
    expect(anna.stderr).not.toMatch(/^.1\s+P->/mu);
    bobby.write('\\ss\n');
    await bobby.until('the list', () =>
      /^ 1\s+P~>\s.*\s1 of 1 (?:person|people) here/mu.test(bobby.stderr),
    );
  });

  it('parley log prints a private session by its number or by who is in it', async () => {
    const [anna, bobby] = await plainPair();
    anna.write('to all\n\\fork bobby\nhello you\n');
    await bobby.until('the line', () => bobby.stdout.includes('P~> anna: hello you\n'));
    await Promise.all([anna.end('SIGTERM'), bobby.end('SIGTERM')]);
    const shown = new Map([
      [anna.home, /^\d{4}-\d\d-\d\d \d\d:\d\d P-> anna: hello you\n$/u],
      [bobby.home, /^\d{4}-\d\d-\d\d \d\d:\d\d P~> anna: hello you\n$/u],
    ]);
    for (const [home, pattern] of shown) {
      for (const session of ['1', home === anna.home ? 'bobby' : 'anna']) {
        const log = new Peer({ ...patient, home, args: ['log', '--session', session] });
        expect((await log.end()).code).toBe(0);
        expect(log.stdout).toMatch(pattern);
      }
    }
    const args = [...plain, '--history', '5'];
    const again = new Peer({ ...patient, home: bobby.home, args });
    await again.until('history', () => again.stdout.includes('hello you'));
    expect(again.stdout).toBe('anna: to all\nP~> anna: hello you\n');
  });
});
