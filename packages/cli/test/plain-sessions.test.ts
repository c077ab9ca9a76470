// Line mode and private sessions.

import { Readable } from 'node:stream';
import type { IdentityKey } from '@parley/core';
import { FakeClient, personOf } from '@parley/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import { lineFormat } from '../src/face/line-text.ts';
import { PlainFace } from '../src/face/plain.ts';
import { foundText } from '../src/face/notice-text.ts';
import { readLines } from '../src/io/input.ts';
import { LineSplitter } from '../src/io/line-splitter.ts';
import { MemorySink } from './memory-sink.ts';

const bobby = 'b'.repeat(64) as IdentityKey;
const bob = personOf({ identity: bobby, name: 'bobby', path: 'lan' });
const carmen = personOf({ identity: 'c'.repeat(64) as IdentityKey, name: 'carmen' });
const fromBobby = { identity: bobby, name: 'bobby' };
const screen = { color: false, unicode: true };

let client: FakeClient;
let stdout: MemorySink;
let stderr: MemorySink;

beforeEach(() => {
  client = new FakeClient();
  client.view.allPeople.push(bob, carmen);
  stdout = new MemorySink();
  stderr = new MemorySink();
});

function makeFace(isWatched = false): PlainFace {
  return new PlainFace({
    client,
    tools: { wordsOf: () => ['word'], nowMs: () => 0 },
    stdout,
    stderr,
    logLevel: 'info',
    after: client.view.newest(),
    screen,
    format: lineFormat({ screen, time: 'none' }),
    room: () => null,
    isWatched,
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

function type(face: PlainFace, text: string): Promise<void> {
  const splitter = new LineSplitter(face.lineBytesMax);
  return readLines(Readable.from([Buffer.from(text)]), splitter, face.taker);
}

const saidIn = (): string[] => client.view.lines.map(({ session, text }) => `${session} ${text}`);

describe('PlainFace with private sessions', () => {
  it('says nothing in the lobby that is piped behind a \\fork or \\switch that failed, until a session is named', async () => {
    const face = makeFace();
    face.begin({ history: [] });
    await type(
      face,
      '\\fork nobody\nfor nobody\n\\me nods\n\\users\n\\fork bobby\nfor bobby\n\\sw 7\nfor 7\n',
    );
    expect(saidIn()).toEqual(['1 for bobby']);
    expect(stderr.text).toContain('not done in lobby, since \\fork nobody failed');
    expect(stderr.text).toContain('not done in bobby, since \\sw 7 failed');
    expect(stderr.text).toMatch(/^bobby +\w{8}/mu);
    await type(face, '\\lobby\nfor all\n');
    expect(saidIn()).toEqual(['1 for bobby', 'lobby for all']);
  });

  it('says what someone types who sees where they are', async () => {
    const face = makeFace(true);
    face.begin({ history: [] });
    await type(face, '\\fork nobody\nfor all\n');
    expect(saidIn()).toEqual(['lobby for all']);
  });

  it('says what is typed behind \\fork in the new session, and in the lobby again behind \\lobby', async () => {
    const face = makeFace();
    face.begin({ history: [] });
    await type(face, 'one\n\\fork bobby\ntwo\n\\lobby\nthree\n\\sw bobby\nfour\n\\leave\nfive\n');
    expect(saidIn()).toEqual(['lobby one', '1 two', 'lobby three', '1 four', 'lobby five']);
    expect(client.calls).toEqual([
      'attend lobby',
      'attend 1',
      'attend lobby',
      'attend 1',
      'attend lobby',
    ]);
    expect(stderr.text).not.toContain('opened a private session');
  });

  it('stays where it is when a command is refused', async () => {
    const face = makeFace(true);
    client.open('us', [bob]);
    await type(face, '\\sw 1\n\\fork nobody\n\\fork bobby\n\\sw abc\nstill here\n');
    expect(saidIn()).toEqual(['1 still here']);
    expect(face.current.title).toBe('bobby');
  });

  it('marks lines by who forked their session', async () => {
    const face = makeFace();
    face.begin({ history: [] });
    client.open('us', [bob]);
    client.open('them', [bob, carmen]);
    client.addLine({ ...fromBobby, text: 'to all' });
    client.addLine({ ...fromBobby, text: 'yours', session: '1' });
    client.addLine({ ...fromBobby, text: 'waves', session: '1', kind: 'me' });
    client.addLine({ ...fromBobby, text: 'mine\nagain', session: '2' });
    client.addLine({ ...fromBobby, text: 'nods', session: '2', kind: 'me' });
    await face.caughtUp();
    expect(stdout.text).toBe(
      'bobby: to all\nP-> bobby: yours\nP-> * bobby waves\n' +
        'P~> bobby: mine\n    again\nP~> * bobby nods\n',
    );
  });

  it('tells who opened a session and how to go there, and stays where it is', async () => {
    const face = makeFace();
    face.begin({ history: [] });
    stderr.text = '';
    client.open('them', [bob]);
    client.open('them', [bob, carmen]);
    client.change('1', { unread: 1 });
    expect(stderr.text.split('\n')).toEqual([
      '-- bobby opened a private session with you: \\switch 1',
      '-- bobby opened a private session with carmen and you: \\switch 2',
      '',
    ]);
    await type(face, 'to all\n');
    expect(saidIn()).toEqual(['lobby to all']);
    expect(client.calls).toEqual(['attend lobby']);
  });

  it('tells at the start how many there are already, and does not tell that they were opened', () => {
    client.open('them', [bob]);
    const face = makeFace();
    client.emit({ kind: 'session', event: 'opened', session: '1' });
    face.begin({ history: [] });
    expect(stderr.text.split('\n')).toEqual([
      '-- listening on 127.0.0.1:4747',
      '-- in 1 private session; \\sessions lists them',
      '',
    ]);
  });

  it('counts rooms too', () => {
    client.open('them', [bob]);
    const found = client.view.sessions().filter(({ kind }) => kind === 'private');
    const rooms = found.flatMap((each) => [
      { ...each, kind: 'room' as const },
      { ...each, kind: 'room' as const },
    ]);
    expect(foundText(rooms)).toBe('in 2 rooms; \\sessions lists them');
    expect(foundText([...rooms, ...found])).toContain('in 2 rooms and 1 private session;');
    expect(foundText([])).toBe(null);
  });

  it('never says in the lobby what was typed for a session that is gone or closed', async () => {
    const face = makeFace();
    face.begin({ history: [] });
    await type(face, '\\fork bobby\n');
    client.change('1', { open: false });
    await type(face, 'too late\n');
    client.leave('1');
    await type(face, 'later still\n');
    expect(client.view.lines).toEqual([]);
    expect(stderr.text).toContain('parley: session 1 with bobby is closed');
    expect(stderr.text).toContain('parley: there is no session 1');
    await type(face, '\\lobby\nhello\n');
    expect(saidIn()).toEqual(['lobby hello']);
  });
});
