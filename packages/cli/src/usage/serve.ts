// How `parley serve` is called.

import type { Command } from 'commander';
import { addPeerOptions, peerOptions } from './options.ts';
import type { Accept, Flags } from './options.ts';

export function addServe(program: Command, accept: Accept): void {
  const serve = program
    .command('serve')
    .description('the same peer without a screen: stays up and holds for others; logs to stderr')
    .addHelpText('after', '\nExample:\n  parley serve --name rock --listen 0.0.0.0:4747');
  addPeerOptions(serve);
  serve.action((flags: Flags) => accept({ kind: 'serve', options: peerOptions(flags) }));
}
