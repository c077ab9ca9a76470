// What a peer has to say of its own state: one finding a line, with what to do about it.

export type FindingLevel = 'ok' | 'warn' | 'bad';

export interface Finding {
  /** "listening", "clock": what it is about, the same in every run. */
  readonly about: string;
  readonly level: FindingLevel;
  /** What is so, and why. */
  readonly text: string;
  /** What to do; null where there is nothing to do. */
  readonly advice: string | null;
}

export function finding(
  about: string,
  level: FindingLevel,
  text: string,
  advice: string | null = null,
): Finding {
  return { about, level, text, advice };
}

/** "warn  clock      differs …" and below it what to do. */
export function findingLines(findings: readonly Finding[]): string[] {
  const width = Math.max(0, ...findings.map(({ about }) => about.length));
  return findings.flatMap(({ about, level, text, advice }) => {
    const line = `${level.padEnd(4)}  ${about.padEnd(width)}  ${text}`;
    return advice === null ? [line] : [line, `${' '.repeat(width + 8)}→ ${advice}`];
  });
}
