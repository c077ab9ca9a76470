// Says on stderr what a bench is at, so that nobody takes long work for a hang.

let shown = 0;

/** Replaces the line on a terminal; elsewhere writes one line each. */
export function progress(text: string): void {
  if (!process.stderr.isTTY) {
    process.stderr.write(`${text}\n`);
    return;
  }
  process.stderr.write(`\r${text.padEnd(shown)}`);
  shown = text.length;
}

/** Clears the line, before a report. */
export function progressDone(): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${' '.repeat(shown)}\r`);
  shown = 0;
}
