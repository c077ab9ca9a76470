// How `parley serve` is called.

import type { Command } from 'commander';
import { addPeerOptions, peerOptions, stringOrNull } from './options.ts';
import type { Accept, Flags } from './options.ts';
import { parseMetrics } from './values.ts';

const example = `
Example:
  parley serve --name rock --listen 0.0.0.0:4747 --metrics 127.0.0.1:9464
`;

export function addServe(program: Command, accept: Accept): void {
  const serve = program
    .command('serve')
    .description('the same peer without a screen: stays up and holds for others; logs to stderr')
    .option('--metrics <HOST:PORT>', 'answer for metrics and health there', parseMetrics)
    .addHelpText('after', example);
  addPeerOptions(serve);
  serve.action((flags: Flags) => {
    const options = { ...peerOptions(flags), metrics: stringOrNull(flags['metrics']) };
    accept({ kind: 'serve', options });
  });
}
