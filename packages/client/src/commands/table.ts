// Every command there is, with its preconditions and its help.

import type { SessionSummary } from '../api.ts';
import { help } from './help.ts';
import { connect, peers } from './network.ts';
import type { CommandSpec } from './outcome.ts';
import { nick, users, whois } from './people.ts';
import { me } from './say.ts';
import { gaps, lobby, resync, sessions, switchTo } from './sessions.ts';

const everywhere: readonly SessionSummary['kind'][] = ['lobby', 'room', 'private'];
const plain = { aliases: [], wordsMin: 0, wordsMax: 0, where: everywhere, usage: '' } as const;
const oneWord = { ...plain, wordsMin: 1, wordsMax: 1 } as const;

export const commandTable: readonly CommandSpec[] = [
  {
    ...plain,
    name: 'help',
    wordsMax: 1,
    usage: '[COMMAND]',
    help: 'lists the commands, or explains one',
    example: '\\help whois',
    run: help,
  },
  {
    ...plain,
    name: 'users',
    help: 'who is here: name, short key, how reached, last seen',
    example: '\\users',
    run: users,
  },
  {
    ...oneWord,
    name: 'nick',
    usage: 'NAME',
    help: 'changes your name',
    example: '\\nick anna',
    run: nick,
  },
  {
    ...plain,
    name: 'me',
    wordsMin: 1,
    wordsMax: Infinity,
    usage: 'TEXT',
    help: 'says what you do',
    example: '\\me makes tea',
    run: me,
  },
  {
    ...oneWord,
    name: 'whois',
    usage: 'NAME',
    help: 'name, key, safety words, how reached, last seen',
    example: '\\whois bobby',
    run: whois,
  },
  {
    ...oneWord,
    name: 'connect',
    usage: 'ADDRESS',
    help: 'dials a peer: host:port, [v6]:port or a multiaddr',
    example: '\\connect ops.example.org:4747',
    run: connect,
  },
  {
    ...plain,
    name: 'peers',
    help: 'connections and attempts: direction, path, latency, last error',
    example: '\\peers',
    run: peers,
  },
  {
    ...plain,
    name: 'sessions',
    aliases: ['ss'],
    help: 'lists the sessions; * is the current one',
    example: '\\ss',
    run: sessions,
  },
  {
    ...oneWord,
    name: 'switch',
    aliases: ['sw'],
    usage: 'N',
    help: 'goes to a session, by number or name',
    example: '\\sw 0',
    run: switchTo,
  },
  {
    ...plain,
    name: 'lobby',
    aliases: ['lob'],
    help: 'goes to the lobby',
    example: '\\lobby',
    run: lobby,
  },
  {
    ...plain,
    name: 'gaps',
    help: 'what is missing here, and who may have it',
    example: '\\gaps',
    run: gaps,
  },
  {
    ...plain,
    name: 'resync',
    help: 'compares with all connected peers now',
    example: '\\resync',
    run: resync,
  },
  {
    ...plain,
    name: 'quit',
    help: 'leaves',
    example: '\\quit',
    run: () => ({ kind: 'quit' }),
  },
];
