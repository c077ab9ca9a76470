// The parley command. The one place that names adapters and the other face, and loads each only when it is needed.

import type { Vouch } from '@parley/core';
import { version } from './version.ts';

const argv = process.argv.slice(2);

if (argv.length === 1 && argv[0] === '--version') {
  process.stdout.write(`${version}\n`);
} else {
  const { run } = await import('./run.ts');
  const adapters = {
    suite: async () => (await import('@parley/crypto-node')).createNodeSuite(),
    passphrases: async () => (await import('@parley/crypto-node')).secretFromPassphrase,
    storage: () => import('@parley/store-sqlite'),
    network: () => import('@parley/net-libp2p'),
    fullScreen: () => import('@parley/tui'),
    sessionCrypto: async (vouch: Vouch) =>
      (await import('@parley/crypto-mls')).createMlsSessionCrypto(vouch),
  };
  await run(argv, adapters, version);
}
