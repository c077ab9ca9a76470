// Numbers with units in the prose of documents.

const units: Readonly<Record<string, number>> = {
  KiB: 1_024,
  MiB: 1_048_576,
  GiB: 1_073_741_824,
  s: 1_000,
  seconds: 1_000,
  minutes: 60_000,
  minute: 60_000,
  hour: 3_600_000,
  days: 86_400_000,
};

/** Every number of a text, as it stands and in bytes or milliseconds where a unit follows it. */
export function limitsIn(text: string): number[] {
  const found = text.matchAll(/(?<![\w.])(?<number>\d[\d,]*(?:\.\d+)?)(?: (?<unit>[A-Za-z]+))?/gu);
  return Array.from(found, ({ groups }) => {
    const number = Number((groups?.['number'] ?? '').replaceAll(',', ''));
    const unit = units[groups?.['unit'] ?? ''];
    return unit === undefined ? [number] : [number, number * unit];
  }).flat();
}
