// Nobody but its owner may read a profile, and nothing that is broken is taken for new.

import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { chainOf, newConversation } from '@parley/testkit';
import { openStore } from '../src/open.ts';
import { dump } from './dump.ts';
import {
  directoryForTest,
  fileForTest,
  nextLine,
  startChild,
  storeForTest,
  thrownBy,
} from './support.ts';

function contentOf(directory: string): Record<string, string> {
  const names = fs.readdirSync(directory);
  return Object.fromEntries(
    names.map((name) => [name, fs.readFileSync(path.join(directory, name), 'hex')]),
  );
}

/** A database that was closed properly, with so much in it that it has many pages. */
async function filled(): Promise<string> {
  const file = fileForTest();
  const store = openStore({ path: file });
  store.commit([
    chainOf(
      newConversation(),
      Array.from({ length: 500 }, (_, at) => `quick ${at}`),
    ).write(),
  ]);
  store.search('quick', null, 1);
  await store.close();
  return file;
}

describe('the files of a profile', () => {
  for (const mask of ['000', '022', '077']) {
    test(`are their owner's alone under umask ${mask}`, async () => {
      const directory = path.join(directoryForTest(), 'profile');
      const modes: unknown = JSON.parse(
        await nextLine(startChild('open-with-umask.ts', directory, mask)),
      );
      const names = [
        'lock.db',
        'lock.pid',
        'parley.db',
        'parley.db-shm',
        'parley.db-wal',
        'parley.db.reserve',
      ];
      expect(modes).toEqual({
        directory: '700',
        files: Object.fromEntries(names.map((name) => [name, '600'])),
      });
    });
  }

  test('become private again when they are opened', async () => {
    const file = await filled();
    fs.chmodSync(file, 0o644);
    storeForTest({ path: file });
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  });

  test('are the database and its reserve once it is closed', async () => {
    const file = await filled();
    expect(fs.readdirSync(path.dirname(file))).toEqual(['parley.db', 'parley.db.reserve']);
  });

  test('are made anew after a first start that was cut short', async () => {
    const file = fileForTest();
    fs.writeFileSync(`${file}.new`, 'half a database');
    const store = storeForTest({ path: file });
    expect(store.lastArrival()).toBe(0);
    expect(fs.existsSync(`${file}.new`)).toBe(false);
  });
});

describe('a damaged database', () => {
  const damages: Record<string, (file: string) => void> = {
    'that is empty': (file) => fs.truncateSync(file),
    'that is cut short': (file) => fs.truncateSync(file, 5 * 4_096 + 100),
    'of which only the first page is left': (file) => fs.truncateSync(file, 4_096),
    'that is garbage': (file) => fs.writeFileSync(file, 'garbage '.repeat(2_000)),
    'with garbage after an intact header': (file) => {
      const bytes = fs.readFileSync(file);
      fs.writeFileSync(file, bytes.fill(0xa5, 100));
    },
    'of another program': (file) => {
      fs.rmSync(file);
      const other = new DatabaseSync(file);
      other.exec('CREATE TABLE bookmarks (url TEXT)');
      other.close();
    },
    'that is gone while its WAL is there': (file) => fs.renameSync(file, `${file}-wal`),
  };
  for (const [which, damage] of Object.entries(damages)) {
    test(`${which} is refused with what to do about it, and left as it is`, async () => {
      const file = await filled();
      damage(file);
      const before = contentOf(path.dirname(file));
      const error = thrownBy(() => openStore({ path: file }));
      expect(error).toMatchObject({ name: 'StoreError', code: 'damaged' });
      expect(error.message).toContain(`${file} is damaged`);
      expect(error.message).toContain('put a copy back');
      expect(contentOf(path.dirname(file))).toEqual(before);
    });
  }

  test('whose damage is met while reading says so too, and still closes', async () => {
    const file = await filled();
    const bytes = fs.readFileSync(file);
    // A page of entries from the middle, which nothing reads when opening.
    const page = Math.floor(bytes.indexOf('quick 250') / 4_096) * 4_096;
    fs.writeFileSync(file, bytes.fill(0xa5, page, page + 4_096));
    const store = openStore({ path: file });
    expect(thrownBy(() => dump(store))).toMatchObject({ code: 'damaged' });
    await store.close();
  });
});

describe('a directory that cannot be written', () => {
  test('is an io error also where the system has no room for directories at all', () => {
    const thrown = thrownBy(() => openStore({ path: '/proc/parley/parley.db' }));
    expect(thrown).toMatchObject({ code: 'io' });
  });

  test('is an io error that names the file', () => {
    const file = path.join(fileForTest(), 'below', 'a-file.db');
    fs.writeFileSync(path.dirname(path.dirname(file)), 'a file');
    const error = thrownBy(() => openStore({ path: file }));
    expect(error).toMatchObject({ code: 'io' });
    expect(error.message).toContain(file);
  });
});
