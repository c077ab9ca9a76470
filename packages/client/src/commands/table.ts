// Every command there is, with its preconditions and its help.

import type { SessionSummary } from '../api.ts';
import { block, unblock } from './blocking.ts';
import { help } from './help.ts';
import { connect, peers } from './network.ts';
import type { CommandSpec } from './outcome.ts';
import { nick, users, verify, whois } from './people.ts';
import { fork, invite, leave, remove } from './private.ts';
import { me } from './say.ts';
import { search } from './search.ts';
import { gaps, lobby, resync, sessions, switchTo } from './sessions.ts';

const everywhere: readonly SessionSummary['kind'][] = ['lobby', 'room', 'private'];
const plain = { aliases: [], wordsMin: 0, wordsMax: 0, where: everywhere, usage: '' } as const;
const oneWord = { ...plain, wordsMin: 1, wordsMax: 1 } as const;
const inPrivate: readonly SessionSummary['kind'][] = ['private'];

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
    help: 'who is in this session: name, short key, how reached, last seen, verified',
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
    purpose: 'act',
    run: me,
  },
  {
    ...oneWord,
    name: 'whois',
    usage: 'NAME',
    help: 'name, key, safety words, verified or not, how reached, last seen',
    example: '\\whois bobby',
    run: whois,
  },
  {
    ...oneWord,
    name: 'verify',
    wordsMax: 2,
    usage: 'NAME [yes|no]',
    help: 'shows the safety words of you both to compare; yes marks them as compared, no takes it back',
    example: '\\verify bobby',
    run: verify,
  },
  {
    ...plain,
    name: 'block',
    wordsMax: 1,
    usage: '[NAME]',
    help: 'shows, keeps and passes on nothing of someone; without a name lists who is blocked',
    example: '\\block dora',
    run: block,
  },
  {
    ...oneWord,
    name: 'unblock',
    usage: 'NAME',
    help: 'hears someone again who is blocked or in quarantine, and fetches what was missed',
    example: '\\unblock dora',
    run: unblock,
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
    name: 'fork',
    wordsMin: 1,
    wordsMax: Infinity,
    usage: 'NAME…',
    help: 'opens a private session with one or more people, and goes there',
    example: '\\fork bobby carmen',
    purpose: 'move',
    run: fork,
  },
  {
    ...plain,
    name: 'invite',
    wordsMax: 1,
    where: inPrivate,
    elsewhere:
      'the lobby is open: whoever connects is in it; to talk with someone alone, type \\fork NAME',
    usage: 'NAME',
    help: 'lets someone into this private session; they read what is said from then on',
    example: '\\invite dora',
    purpose: 'act',
    run: invite,
  },
  {
    ...oneWord,
    name: 'remove',
    where: inPrivate,
    elsewhere: 'nobody can be removed from here: \\remove works in private sessions',
    usage: 'NAME',
    help: 'removes someone from this private session; they read nothing of what is said from then on',
    example: '\\remove bobby',
    purpose: 'act',
    run: remove,
  },
  {
    ...plain,
    name: 'leave',
    where: inPrivate,
    elsewhere: 'the lobby cannot be left: \\quit leaves parley',
    help: 'leaves this private session for good, and goes to the lobby',
    example: '\\leave',
    purpose: 'act',
    run: leave,
  },
  {
    ...plain,
    name: 'sessions',
    aliases: ['ss'],
    help: 'lists the sessions: * the current one, P-> forked by you, P~> by them; unread, missing, who is here',
    example: '\\ss',
    run: sessions,
  },
  {
    ...plain,
    name: 'switch',
    aliases: ['sw'],
    wordsMin: 1,
    wordsMax: Infinity,
    usage: 'N',
    help: 'goes to a session, by number or name',
    example: '\\sw 0',
    purpose: 'move',
    run: switchTo,
  },
  {
    ...plain,
    name: 'lobby',
    aliases: ['lob'],
    help: 'goes to the lobby',
    example: '\\lobby',
    purpose: 'move',
    run: lobby,
  },
  {
    ...plain,
    name: 'search',
    wordsMin: 1,
    wordsMax: Infinity,
    usage: 'TEXT',
    help: 'finds what was said in all sessions, the newest lines with all these words',
    example: '\\search red kettle',
    run: search,
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
