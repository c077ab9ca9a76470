// Checks the source against the rules that neither the compiler nor the linter can see.

import { placeOf } from './resolve.ts';
import { rules } from './rules.ts';
import { scan } from './scan.ts';

export interface Finding {
  readonly rule: string;
  /** Empty where the rule found nothing to examine. */
  readonly path: string;
  /** Counted from 1. */
  readonly line: number;
  readonly message: string;
}

/**
 * Every breach of every rule.
 *
 * `files` maps paths from the root of the repository to texts; only packages/<name>/src counts.
 * A rule that examined nothing is itself a finding, because it would be green whatever one wrote.
 */
export function check(files: ReadonlyMap<string, string>): Finding[] {
  const sources = [...files]
    .filter(([path]) => placeOf(path) !== undefined)
    .map(([path, text]) => scan(path, text));
  const findings: Finding[] = [];
  for (const [rule, run] of Object.entries(rules)) {
    const examined = run(sources, (file, line, message) => {
      findings.push({ rule, path: file.path, line, message });
    });
    if (examined === 0) findings.push({ rule, path: '', line: 1, message: 'examined nothing' });
  }
  return findings;
}
