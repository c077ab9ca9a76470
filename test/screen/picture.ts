// Golden screens: what a terminal shows, with what differs from run to run made the same, beside what was reviewed.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Terminal } from './terminal.ts';

/** Times, days and ports, replaced by texts of the same width, so that nothing beside them moves. */
function stable(screen: string): string {
  return screen
    .replaceAll(/\b\d\d:\d\d\b(?=[ ]|$)/gmu, 'HH:MM')
    .replaceAll(/── [A-Z][a-z]+, \d+ [A-Z][a-z]+ \d{4} ─+/gu, (day) =>
      '── DAY '.padEnd(day.length, '─'),
    )
    .replaceAll(/127\.0\.0\.1:\d+/gu, (address) => '127.0.0.1:'.padEnd(address.length, 'P'));
}

export interface Picture {
  readonly shown: string;
  readonly kept: string;
}

/**
 * Waits until the screen is the one kept under this name; both differ where it does not come to that in time.
 * PARLEY_GOLDEN=write keeps what it shows when it has come to rest: review it before it is committed.
 */
export async function pictureOf(terminal: Terminal, name: string): Promise<Picture> {
  const path = fileURLToPath(new URL(`screens/${name}.txt`, import.meta.url));
  if (process.env['PARLEY_GOLDEN'] === 'write') {
    await terminal.quiet();
    writeFileSync(path, stable(terminal.text()));
  }
  const kept = readFileSync(path, 'utf8');
  await terminal.becomes(() => stable(terminal.text()) === kept);
  return { shown: stable(terminal.text()), kept };
}
