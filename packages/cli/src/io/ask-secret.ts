// Asks a person at a terminal for something that nobody else is to see.

import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { failed, usageFailure } from '../failure.ts';

/** What was typed, of which nothing is shown. Throws Failure where nobody sits there, or they think better of it. */
export async function askSecret(
  question: string,
  input: NodeJS.ReadStream,
  output: NodeJS.WriteStream,
): Promise<string> {
  if (!input.isTTY || !output.isTTY)
    throw usageFailure('there is nobody to ask: give --passphrase-file FILE');
  const nowhere = new Writable({ write: (_chunk, _encoding, written) => written() });
  const lines = createInterface({ input, output: nowhere, terminal: true, historySize: 0 });
  try {
    output.write(question);
    return await new Promise<string>((resolve, reject) => {
      lines.once('line', resolve);
      lines.once('SIGINT', () => lines.close());
      lines.once('close', () => reject(failed('nothing was typed')));
    });
  } finally {
    lines.close();
    output.write('\n');
  }
}
