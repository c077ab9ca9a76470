// Durations and moments in the few words that a list has room for.

const units: readonly (readonly [unitMs: number, name: string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
];

/** "5 min": whole units of the largest that fits; "0 s" for less than a second and for clocks that went back. */
export function durationText(ms: number): string {
  for (const [unitMs, name] of units) {
    if (ms >= unitMs) return `${Math.floor(ms / unitMs)} ${name}`;
  }
  return '0 s';
}

export function agoText(momentMs: number, nowMs: number): string {
  const passedMs = nowMs - momentMs;
  return passedMs < 1_000 ? 'just now' : `${durationText(passedMs)} ago`;
}

const unitsOfPeriods: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Milliseconds of 90s, 30m, 2h, 3d or 1w; null for anything else. */
export function periodMs(text: string): number | null {
  const groups = /^(?<count>[1-9]\d{0,4})(?<unit>[smhdw])$/u.exec(text)?.groups;
  return groups === undefined
    ? null
    : Number(groups['count']) * (unitsOfPeriods[groups['unit'] ?? ''] ?? 0);
}
