// One connection to the local socket: what it may do, when it is dropped, and that every object is a documented one.

import { readFileSync } from 'node:fs';
import { duplexPair } from 'node:stream';
import type { Duplex } from 'node:stream';
import { LocalClient, LocalError } from '@parley/local-api';
import type { Input, Output } from '@parley/local-api';
import type { IdentityKey } from '@parley/core';
import { createFakeSuite, FakeClient } from '@parley/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Connection } from '../src/local/connection.ts';
import { readJsonInput } from '../src/face/json-input.ts';

const manual = readFileSync(new URL('../../../docs/local-api.md', import.meta.url), 'utf8');

let client: FakeClient;
let opened: Duplex[];

beforeEach(() => {
  client = new FakeClient();
  opened = [];
});

afterEach(() => {
  for (const stream of opened) stream.destroy();
});

interface Side {
  readonly stream: Duplex;
  readonly connection: Connection;
  readonly over: Promise<void>;
}

function connected(): Side {
  const [stream, theirs] = duplexPair();
  opened.push(stream);
  // As a socket does.
  stream.once('close', () => theirs.destroy());
  const connection = new Connection(
    theirs,
    {
      client,
      suite: createFakeSuite(),
      version: '1.2.3',
      fullScreen: () => Promise.reject(new Error('there is no screen here')),
      readFile: (name) => ({ path: name, source: null, complaint: null }),
    },
    'test',
  );
  return { stream, connection, over: connection.run() };
}

/** All objects until the other side ends. */
async function objectsOf(stream: Duplex): Promise<Record<string, unknown>[]> {
  let text = '';
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) text += String(chunk);
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('a connection', () => {
  it('answers requests by their names, whatever comes between', async () => {
    const { stream } = connected();
    const parley = await LocalClient.over(stream);
    expect(await parley.ready).toMatchObject({ type: 'ready', version: '1.2.3' });
    const [sessions] = await Promise.all([parley.sessions(), parley.say('hello', 'lobby')]);
    expect(sessions.map(({ session }) => session)).toEqual(['lobby']);
    expect(await parley.people()).toEqual(
      client.view.people('lobby').map(({ identity }) => expect.objectContaining({ identity })),
    );
    expect((await parley.search('hello')).lines).toHaveLength(1);
    client.findings = [{ about: 'clock', level: 'ok', text: 'fine', advice: null }];
    expect(await parley.doctor()).toEqual(client.findings);
    expect((await parley.settle()).said).toBe(1);
    await expect(parley.say('')).rejects.toMatchObject({ code: 'empty' });
    await expect(parley.command('\\nonsense')).rejects.toMatchObject({ code: 'unknown-command' });
    await expect(parley.people('nowhere')).rejects.toMatchObject({ code: 'unknown-session' });
    await expect(parley.importRun('AAAA')).rejects.toMatchObject({ code: 'bad-run' });
    expect(await parley.importRun('AQID')).toMatchObject({ entries: 1 });
    await parley.close();
    await expect(parley.sessions()).rejects.toBeInstanceOf(LocalError);
  });

  it('loses nothing between two looks of whoever iterates slowly', async () => {
    const { stream } = connected();
    const parley = await LocalClient.over(stream);
    const texts: string[] = [];
    const wanted = 5_000;
    for (let number = 0; number < 10; number += 1) client.addLine({ text: `${number}` });
    for await (const output of parley) {
      if (output.type !== 'line') continue;
      texts.push(output.text);
      if (texts.length === 10)
        for (let number = 10; number < wanted; number += 1) client.addLine({ text: `${number}` });
      if (texts.length === wanted) break;
    }
    expect(texts).toEqual(Array.from({ length: wanted }, (_, number) => `${number}`));
  });

  it('attends to its session while it is there, and no longer', async () => {
    const { stream, over } = connected();
    const parley = await LocalClient.over(stream);
    expect(client.calls.filter((call) => call.startsWith('attend'))).toEqual(['attend lobby']);
    await parley.close();
    await over;
    expect(client.calls.filter((call) => call.startsWith('attend'))).toEqual([
      'attend lobby',
      'attend nothing',
    ]);
    const before = client.calls.length;
    client.emit({ kind: 'notice', text: 'nobody hears it', level: 'info' });
    expect(client.calls).toHaveLength(before);
  });

  it('that leaves too much unread is dropped, and its last word is why', async () => {
    const { stream, over } = connected();
    stream.write('{"type":"attach","face":"json"}\n');
    await new Promise((resolve) => stream.once('readable', resolve));
    const text = 'x'.repeat(10_000);
    for (let number = 0; number < 1_000; number += 1)
      client.emit({ kind: 'notice', text, level: 'info' });
    const objects = await objectsOf(stream);
    expect(objects.at(-1)).toMatchObject({ type: 'error', code: 'flooded' });
    expect(objects.length).toBeLessThan(1_000);
    await over;
  });

  it('is told why when the process ends', async () => {
    const { stream, connection, over } = connected();
    stream.write('{"type":"attach","face":"json"}\n');
    const objects = objectsOf(stream);
    await new Promise((resolve) => setImmediate(resolve));
    await connection.end('the end');
    expect((await objects).at(-1)).toEqual({ type: 'error', code: 'ended', text: 'the end' });
    await over;
  });
});

// Each has every type of its union, or this does not compile.
const outputs: Readonly<Record<Output['type'], true>> = {
  blocking: true,
  delivered: true,
  diagnosis: true,
  done: true,
  error: true,
  found: true,
  imported: true,
  line: true,
  notice: true,
  peer: true,
  people: true,
  ready: true,
  session: true,
  sessions: true,
  settled: true,
  status: true,
};
const inputs: Readonly<Record<Input['type'], string>> = {
  say: '"text":"x"',
  command: '"text":"\\\\help"',
  sessions: '"re":"1"',
  doctor: '"re":"1"',
  people: '"re":"1"',
  search: '"query":"x"',
  settle: '"re":"1"',
  import: '"run":"AQID"',
};

/** The types of the rows under a heading. */
function documented(heading: string): string[] {
  const section = manual.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\| `\{"type":"(\w+)"/gmu)].map(([, type = '']) => type);
}

/** The names of all fields, also of the objects in lists, whose own are documented elsewhere where they are lines. */
function fieldsOf(object: object): string[] {
  return Object.entries(object).flatMap(([name, value]: [string, unknown]) => {
    if (name === 'lines' || typeof value !== 'object' || value === null) return [name];
    const inner: unknown = Array.isArray(value) ? value[0] : value;
    return typeof inner === 'object' && inner !== null ? [name, ...fieldsOf(inner)] : [name];
  });
}

describe('the documented objects', () => {
  it('that parley writes are those of the types, and those of its faces', () => {
    expect(new Set(documented('What parley writes'))).toEqual(new Set(Object.keys(outputs)));
  });

  it('that parley reads are those of the types, and each is taken', () => {
    expect(new Set(documented('What parley reads'))).toEqual(
      new Set([...Object.keys(inputs), 'attach']),
    );
    for (const [type, field] of Object.entries(inputs)) {
      expect(readJsonInput(`{"type":"${type}",${field}}`)).toMatchObject({ ok: true });
      expect(readJsonInput(`{"type":"${type}","re":1}`)).toMatchObject({ ok: false });
    }
  });

  it('have the fields that are documented, and no others', async () => {
    const { stream } = connected();
    const objects = objectsOf(stream);
    stream.write('{"type":"attach","face":"json"}\n');
    await new Promise((resolve) => setImmediate(resolve));
    const bobby = 'b'.repeat(64) as IdentityKey;
    client.open('them', client.view.allPeople.slice(0, 1));
    const link = { address: '127.0.0.1:1', path: 'lan' } as const;
    client.emit({ kind: 'peer', event: 'connected', identity: bobby, name: 'bobby', ...link });
    client.emit({ kind: 'delivered', session: 'lobby', id: 'x', heldBy: 1 });
    client.emit({ kind: 'blocking', identity: bobby, blocked: true });
    client.emit({ kind: 'notice', text: 'x', level: 'info' });
    for (const [type, field] of Object.entries(inputs))
      stream.write(`{"type":"${type}",${field}${field.includes('"re"') ? '' : ',"re":"1"'}}\n`);
    stream.end('garbage\n');
    const seen = new Map((await objects).map((object) => [String(object['type']), object]));
    expect(new Set(seen.keys())).toEqual(new Set(Object.keys(outputs)));
    for (const [type, object] of seen) {
      const row = manual.split('\n').find((line) => line.startsWith(`| \`{"type":"${type}"`)) ?? '';
      expect([type, fieldsOf(object).filter((field) => !row.includes(`"${field}"`))]).toEqual([
        type,
        [],
      ]);
    }
  });
});
