// Line mode: lines of others on stdout, all else on stderr.

import type { CharacterRoom } from '@parley/client';
import { Readable } from 'node:stream';
import type { IdentityKey } from '@parley/core';
import { FakeClient } from '@parley/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import { lineFormat } from '../src/face/line-text.ts';
import type { GoesOut } from '../src/face/notice-text.ts';
import { PlainFace } from '../src/face/plain.ts';
import { readLines } from '../src/io/input.ts';
import { LineSplitter } from '../src/io/line-splitter.ts';
import type { LogLevel } from '../src/usage/invocation.ts';
import { MemorySink } from './memory-sink.ts';

const bobby = 'b'.repeat(64) as IdentityKey;
const screen = { color: false, unicode: true };

let client: FakeClient;
let stdout: MemorySink;
let stderr: MemorySink;
let quits: number;

beforeEach(() => {
  client = new FakeClient();
  stdout = new MemorySink();
  stderr = new MemorySink();
  quits = 0;
});

function makeFace(
  logLevel: LogLevel = 'info',
  room: CharacterRoom | null = null,
  goesOut: GoesOut = 'at-restart',
): PlainFace {
  return new PlainFace({
    client,
    tools: { wordsOf: () => ['word'], nowMs: () => 0 },
    stdout,
    stderr,
    logLevel,
    after: client.view.newest(),
    screen,
    format: lineFormat({ screen, time: 'none' }),
    room: () => room,
    isWatched: false,
    attend: (session) => client.attend(session),
    goesOut,
    onQuit: () => {
      quits += 1;
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

describe('PlainFace', () => {
  it('writes the lines of others to stdout, and not its own', async () => {
    client.addLine({ text: 'from before', identity: bobby, name: 'bobby' });
    const face = makeFace();
    face.begin({ history: [] });
    await type(face, 'mine\n');
    client.addLine({ text: 'theirs', identity: bobby, name: 'bobby' });
    await face.caughtUp();
    expect(stdout.text).toBe('bobby: theirs\n');
    expect(client.view.lines.map(({ text }) => text)).toEqual(['from before', 'mine', 'theirs']);
  });

  it('shows old lines first where it is given some, own ones too', () => {
    client.addLine({ text: 'mine' });
    client.addLine({ text: 'theirs', identity: bobby, name: 'bobby' });
    makeFace().begin({ history: client.view.lines });
    expect(stdout.text).toBe('anna: mine\nbobby: theirs\n');
  });

  it('tells where it listens, who comes and goes, notices and errors on stderr', () => {
    makeFace().begin({ history: [] });
    const peer = { identity: bobby, name: 'bo\u001bbby', address: 'a:1', path: 'lan' } as const;
    client.emit({ kind: 'peer', event: 'connected', ...peer });
    client.emit({ kind: 'peer', event: 'disconnected', ...peer });
    client.emit({ kind: 'listening' });
    client.emit({ kind: 'notice', text: 'hm', level: 'info' });
    client.emit({ kind: 'notice', text: 'too much', level: 'debug' });
    client.emit({ kind: 'error', code: 'full', text: 'no room' });
    expect(stderr.text.split('\n')).toEqual([
      '-- listening on 127.0.0.1:4747',
      '-- bo\\u{1b}bby is here (lan, a:1)',
      '-- bo\\u{1b}bby is gone',
      '-- hm',
      'parley: no room',
      '',
    ]);
    expect(stdout.text).toBe('');
  });

  it('tells what the log level wants', () => {
    const quiet = makeFace('warn');
    quiet.begin({ history: [] });
    quiet.notice('info', 'a');
    quiet.notice('warn', 'b');
    quiet.notice('error', 'c');
    expect(stderr.text).toBe('-- b\n-- c\n');
  });

  it('says how many notices nobody read', () => {
    const face = makeFace();
    stderr.dropped = 3;
    face.notice('info', 'x');
    expect(stderr.text).toBe('-- 3 notices were dropped\n-- x\n');
  });

  it('runs commands, answers on stderr, and never says one it does not know', async () => {
    const face = makeFace();
    await type(face, '\\users\n\\usrs\n//x\n   \n\n');
    expect(stderr.text).toMatch(/^anna\s+\w{8}\s+you\nparley: unknown command \\usrs; [^\n]*\n$/u);
    expect(client.view.lines.map(({ text }) => text)).toEqual(['/x']);
  });

  it('takes nothing behind \\quit', async () => {
    await type(makeFace(), 'one\n\\quit\ntwo\n');
    expect(quits).toBe(1);
    expect(client.view.lines.map(({ text }) => text)).toEqual(['one']);
  });

  it('waits while the client has no room, and loses nothing', async () => {
    const face = makeFace();
    client.hasRoom = false;
    let isOver = false;
    const typed = type(face, 'one\ntwo\n').then(() => {
      isOver = true;
      return null;
    });
    await new Promise(setImmediate);
    expect([isOver, client.view.lines.length]).toEqual([false, 0]);
    client.makeRoom();
    await typed;
    expect(client.view.lines.map(({ text }) => text)).toEqual(['one', 'two']);
  });

  it('counts what was said for the word at the end', async () => {
    const face = makeFace();
    face.settled(client.settled);
    await type(face, 'one\n\\me two\n\\users\n\\nonsense\n');
    stderr.text = '';
    face.settled({ acknowledged: 0, silent: [], unacknowledgedEntries: 0, unsaidLines: 0 });
    expect(stderr.text).toBe(
      '-- 2 lines stored; no peer is connected, so they go out when parley runs again\n',
    );
  });

  it('draws an invite as a QR code where the answers are, if it has the room', async () => {
    await type(makeFace(), '\\invite --qr\n');
    const rows = stderr.text.split('\n').filter((row) => /[▀▄█]{2}/u.test(row));
    expect(rows.length).toBeGreaterThan(15);
    expect(stderr.text.startsWith('parley:')).toBe(true);
    stderr.text = '';
    await type(makeFace('info', { columns: 20, rows: 10 }), '\\invite --qr\n');
    expect(stderr.text).toMatch(
      /^parley:[^]*\n-- the QR code takes .*: make the window larger\n$/u,
    );
  });

  it('does not promise that what an ephemeral profile said goes out later', async () => {
    const face = makeFace('info', null, 'never');
    await type(face, 'one\n');
    stderr.text = '';
    face.settled(client.settled);
    expect(stderr.text).toContain('-- 1 line said to nobody: no peer is connected');
  });

  it('says at the end what was said in private sessions and is lost', async () => {
    const face = makeFace();
    await type(face, 'one\n');
    stderr.text = '';
    face.settled({ acknowledged: 1, silent: [], unacknowledgedEntries: 0, unsaidLines: 1 });
    expect(stderr.text).toContain('-- 1 line in private sessions was not said');
  });
});
