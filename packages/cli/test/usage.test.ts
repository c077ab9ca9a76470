// The command line.

import { describe, expect, it } from 'vitest';
import { Failure } from '../src/failure.ts';
import { parseCommandLine } from '../src/usage/parse.ts';
import { momentOf } from '../src/usage/values.ts';

const parse = (...argv: string[]): ReturnType<typeof parseCommandLine> =>
  parseCommandLine(argv, '1.2.3');

const refusal = (...argv: string[]): Failure => {
  try {
    parse(...argv);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error(`${argv.join(' ')} was accepted`);
};

describe('parseCommandLine', () => {
  it('chats where no command is given, with the defaults of the contract', () => {
    expect(parse()).toEqual({
      kind: 'chat',
      options: {
        name: null,
        listen: [],
        connect: [],
        home: null,
        discovery: true,
        ephemeral: false,
        rooms: [],
        roomFiles: [],
        logLevel: null,
        face: 'auto',
        stay: false,
        time: false,
        historyLines: 0,
        color: true,
      },
    });
    expect(parse('chat')).toEqual(parse());
  });

  it('takes every option of chat', () => {
    const argv =
      '--name anna --listen a:0 --listen-addr [::]:1 --connect b:2 --connect c --home d ' +
      '--no-discovery --log-level debug --json --stay --time --history 5 --no-color';
    expect(parse(...argv.split(' '))).toEqual({
      kind: 'chat',
      options: {
        name: 'anna',
        listen: ['a:0', '[::]:1'],
        connect: ['b:2', 'c'],
        home: 'd',
        discovery: false,
        ephemeral: false,
        rooms: [],
        roomFiles: [],
        logLevel: 'debug',
        face: 'json',
        stay: true,
        time: true,
        historyLines: 5,
        color: false,
      },
    });
  });

  it('takes the other commands', () => {
    expect(parse('serve', '--name', 'rock')).toMatchObject({
      kind: 'serve',
      options: { name: 'rock' },
    });
    expect(parse('id', '--json')).toMatchObject({ kind: 'id', options: { json: true } });
    expect(parse('log', '--since', '2026-11-22', '--limit', '3', '--follow')).toMatchObject({
      kind: 'log',
      options: { sinceMs: new Date(2026, 10, 22).getTime(), limit: 3, follow: true },
    });
  });

  it.each([
    ['--help', 'Options of chat'],
    ['--version', '1.2.3'],
    ['help log', '--since'],
    ['serve --help', 'Example:'],
  ])('%s is a text', (line, words) => {
    const invocation = parse(...line.split(' '));
    expect(invocation.kind).toBe('text');
    expect(invocation.kind === 'text' && invocation.text).toContain(words);
  });

  it.each([
    ['--nick x', "unknown option '--nick'"],
    ['--jsn', 'Did you mean --json?'],
    ['chta', "unknown command 'chta'; the nearest is 'chat'"],
    ['--name anna serv', "unknown command 'serv'; the nearest is 'serve'"],
    ['help chta', "unknown command 'chta'; the nearest is 'chat'"],
    ['--home  --plain', 'It is a directory'],
    ['log extra', 'too many arguments'],
    ['--plain --json', 'cannot be used with'],
    ['--ephemeral --home x', 'cannot be used with'],
    ['log --follow --until 1h', 'cannot be used with'],
    ['--name #x', 'does not begin with'],
    ['--connect a:99999', 'port'],
    ['--listen a', 'host:port'],
    ['--history -1', 'whole number'],
    ['--rooms x', 'unknown option'],
    ['invite --expires soon', '30m, 2h, 3d or 1w'],
    ['room new 17', 'not a number'],
    ['room new crew --secret --passphrase', 'passphrase'],
    ['room new', 'missing required argument'],
    ['room', 'parley room wants one of: new; see parley room --help'],
  ])('%s is refused in one line', (line, words) => {
    const failure = refusal(...line.split(' '));
    expect(failure.exitCode).toBe(2);
    expect(failure.message).toContain(words);
    expect(failure.message).not.toContain('\n');
    expect(failure.message).toMatch(/ee parley .*--help$/u);
  });
});

describe('momentOf', () => {
  const nowMs = new Date(2026, 10, 22, 12, 30, 15).getTime();

  it.each([
    ['2h', nowMs - 7_200_000],
    ['3d', nowMs - 259_200_000],
    ['90s', nowMs - 90_000],
    ['09:05', new Date(2026, 10, 22, 9, 5).getTime()],
    ['2026-11-20', new Date(2026, 10, 20).getTime()],
    ['2026-11-20 09:05', new Date(2026, 10, 20, 9, 5).getTime()],
    ['2026-11-20T09:05:01Z', Date.UTC(2026, 10, 20, 9, 5, 1)],
    ['2026-11-20T09:05+02:00', Date.UTC(2026, 10, 20, 7, 5)],
  ])('reads %s', (text, ms) => {
    expect(momentOf(text, nowMs)).toBe(ms);
  });

  it.each(['', 'now', '24:00', '9:60', '2h3m', '2026-13-01', '22.11.2026', '5'])(
    'does not read "%s"',
    (text) => {
      expect(momentOf(text, nowMs)).toBeNull();
    },
  );
});
