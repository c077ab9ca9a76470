// What a face is given of the files that people write, and how it says what is wrong with them.

import type { Complaint } from './jsonc.ts';

export interface SettingsFile {
  readonly path: string;
  /** Null where there is no such file, or it cannot be read. */
  readonly source: string | null;
  /** Why it cannot be read. */
  readonly complaint: string | null;
}

/** Finds a file by its name where the settings of this profile are. Never throws for what is on the disk. */
export type ReadSettingsFile = (name: string) => SettingsFile;

/** One line: "config.json:3: …". */
export function complaintText(path: string, { line, text }: Complaint): string {
  return `${path}:${line}: ${text}`;
}
