// Asks a person at a terminal what they want to be called.

import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { checkName, nameReasonText } from '@parley/core';
import { failed } from '../failure.ts';

/** Asks until the name is one. Throws Failure if the input ends first. */
export async function askName(input: Readable, output: Writable): Promise<string> {
  const lines = createInterface({ input, output, terminal: false });
  try {
    output.write('Please input chat name: ');
    for await (const line of lines) {
      const name = checkName(line);
      if (name.ok) return name.value;
      output.write(`${nameReasonText(name.reason)}\nPlease input chat name: `);
    }
  } finally {
    lines.close();
  }
  throw failed('no name was given; give one with --name');
}
