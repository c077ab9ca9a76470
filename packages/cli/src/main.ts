// The parley command: for now it only knows its own version.

import { version } from './version.ts';

if (process.argv[2] === '--version') {
  process.stdout.write(`${version}\n`);
} else {
  process.stderr.write('parley: only --version works so far\n');
  process.exitCode = 1;
}
