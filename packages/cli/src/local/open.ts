// Lets others of the same person in, once the peer runs.

import type { Context } from '../context.ts';
import { isSystemError } from '../failure.ts';
import type { OpenedPeer } from '../profile/open.ts';
import { settingsFiles } from '../profile/settings-files.ts';
import { LocalServer } from './server.ts';

export interface OpenedLocal {
  /** Why nobody can attach. */
  readonly notice?: string;
}

/** Ends with the process. That it cannot be opened keeps nobody from chatting. */
export async function openLocalServer(
  { client, suite, directory }: OpenedPeer,
  { home }: { readonly home: string | null },
  { adapters, version, env, ending }: Context,
): Promise<OpenedLocal> {
  const readFile = await settingsFiles(home, env);
  const host = { client, suite, version, fullScreen: adapters.fullScreen, readFile };
  try {
    const server = await LocalServer.listen({ home: directory, env, host });
    if (server === null)
      return { notice: 'no second parley can attach here: there are no Unix sockets' };
    ending.add(() => server.close());
    return {};
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return { notice: `no second parley can attach to this one: ${error.message}` };
  }
}
