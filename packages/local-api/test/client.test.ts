// The client of the local socket: it waits for answers, keeps what is no answer, and believes nobody.

import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectLocal } from '../src/client.ts';
import type { LocalError } from '../src/client.ts';
import { LOCAL_LIMITS } from '../src/limits.ts';
import type { NoticeMessage } from '../src/messages.ts';
import { ObjectLines } from '../src/object-lines.ts';
import { claimSocketPath, dropSocket, socketPathOf } from '../src/socket-path.ts';

let home: string;
let server: Server | null;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'parley-'));
  server = null;
});

afterEach(() => {
  server?.close();
  rmSync(home, { recursive: true, force: true });
});

const ready =
  '{"type":"ready","identity":"aa","name":"anna","peer":"","listen":[],"version":"1"}\n';

/** Somebody on the socket, who greets and then does as `each` says with each object that comes. */
async function listen(
  each: (object: Record<string, unknown>, socket: Socket) => void,
): Promise<void> {
  server = createServer((socket) => {
    const lines = new ObjectLines();
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      for (const object of lines.push(Buffer.from(chunk))) {
        const fields = object as Record<string, unknown>;
        if (fields['type'] === 'attach') socket.write(ready);
        each(fields, socket);
      }
    });
  });
  server.listen(claimSocketPath(home, {}) ?? '');
  await once(server, 'listening');
}

/** Until a number does not change any more. */
async function comesToRest(look: () => number): Promise<void> {
  for (let last = -1, same = 0; same < 10; ) {
    const now = look();
    same = now === last ? same + 1 : 0;
    last = now;
    await pause(5);
  }
}

const notice = (text: string): string => `${JSON.stringify({ type: 'notice', text })}\n`;

describe('connectLocal', () => {
  it('says where nobody listens, and where somebody did who was killed', async () => {
    await expect(connectLocal(home)).rejects.toMatchObject({ code: 'not-running' });
    await listen(() => undefined);
    await expect(connectLocal(home)).resolves.toBeDefined();
  });

  it('asks for old lines where they are wanted', async () => {
    const asked: unknown[] = [];
    await listen((object) => asked.push(object));
    const parley = await connectLocal(home, { history: 7 });
    expect((await parley.ready).name).toBe('anna');
    expect(asked).toEqual([{ type: 'attach', face: 'json', history: 7 }]);
    await parley.close();
  });
});

describe('a client', () => {
  it('finds the answer to each request, in whatever order they come', async () => {
    const asked: Record<string, unknown>[] = [];
    await listen((object, socket) => {
      if (object['type'] === 'attach') return;
      asked.push(object);
      if (asked.length < 3) return;
      for (const { re, text } of asked.toReversed())
        socket.write(
          `${notice('between')}${JSON.stringify({ type: 'done', session: '', text, re })}\n`,
        );
    });
    const parley = await connectLocal(home);
    const texts = ['\\one', '\\two', '\\three'];
    const answers = await Promise.all(texts.map((text) => parley.command(text)));
    expect(answers.map(({ text }) => text)).toEqual(texts);
    await parley.close();
  });

  it('reads no faster than one iterates, and answers come all the same', async () => {
    const count = 20_000;
    let written = 0;
    await listen((object, socket) => {
      const { re } = object;
      if (re !== undefined)
        socket.write(`{"type":"sessions","sessions":[],"re":"${re as string}"}\n`);
      if (object['type'] !== 'attach') return;
      const more = (): void => {
        while (written < count) {
          written += 1;
          if (!socket.write(notice(`${written} ${'x'.repeat(500)}`))) break;
        }
        if (written < count) socket.once('drain', more);
      };
      more();
    });
    const parley = await connectLocal(home);
    let seen = 0;
    const listed: unknown[] = [];
    let atRest = 0;
    for await (const output of parley) {
      seen += 1;
      expect((output as NoticeMessage).text.startsWith(`${seen} `)).toBe(true);
      if (seen === 1) {
        await comesToRest(() => written);
        atRest = written;
        listed.push(await parley.sessions());
      }
      if (seen === count) break;
    }
    expect(listed).toEqual([[]]);
    expect(atRest).toBeLessThan(count);
    await parley.close();
  });

  it('ends every wait when the other side goes', async () => {
    await listen((object, socket) => {
      if (object['type'] === 'settle') socket.destroy();
    });
    const parley = await connectLocal(home);
    await expect(parley.settle()).rejects.toMatchObject({ code: 'closed' });
    await expect(parley.sessions()).rejects.toMatchObject({ code: 'closed' });
    for await (const output of parley) expect(output).toBeUndefined();
  });

  it.each([['garbage\n'], ['[1]x\n'], ['null\n'], [`{"type":"${'x'.repeat(100)}`]])(
    'takes leave of whoever says %s',
    async (said) => {
      await listen((object, socket) => {
        if (object['type'] === 'settle') socket.end(said);
      });
      const parley = await connectLocal(home);
      const error = await parley.settle().catch((reason: unknown) => reason as LocalError);
      expect(error).toMatchObject({ code: 'closed' });
    },
  );
});

describe('ObjectLines', () => {
  it('holds no more of an object than its limit', () => {
    const lines = new ObjectLines();
    const piece = Buffer.alloc(1_048_576, 0x61);
    expect(() => {
      for (let bytes = 0; bytes <= LOCAL_LIMITS.outputBytesMax; bytes += piece.length)
        lines.push(piece);
    }).toThrow('an object is too long');
  });
});

describe('the path of a socket', () => {
  it('is in the profile where that is short', () => {
    expect(claimSocketPath(home, {})).toBe(join(home, 'socket'));
    expect(socketPathOf(home)).toBe(join(home, 'socket'));
  });

  it('is in a directory of our own where the profile is too deep, and that goes again', () => {
    const deep = join(home, 'a'.repeat(100));
    mkdirSync(deep);
    expect(socketPathOf(deep)).toBeNull();
    const path = claimSocketPath(deep, { XDG_RUNTIME_DIR: home }) ?? '';
    expect(dirname(dirname(path))).toBe(home);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
    expect(statSync(join(deep, 'socket.path')).mode & 0o777).toBe(0o600);
    expect(socketPathOf(deep)).toBe(path);
    expect(readFileSync(join(deep, 'socket.path'), 'utf8')).toBe(`${path}\n`);
    dropSocket(deep);
    expect(existsSync(dirname(path))).toBe(false);
    expect(socketPathOf(deep)).toBeNull();
  });

  it('is not believed where others can write beside it', () => {
    const deep = join(home, 'a'.repeat(100));
    mkdirSync(deep);
    const path = claimSocketPath(deep, { XDG_RUNTIME_DIR: home }) ?? '';
    chmodSync(dirname(path), 0o777);
    expect(socketPathOf(deep)).toBeNull();
  });
});
