// Times as faces show them: by the clock and in the time zone of this place.

/** "09:05" */
export function clockText(ms: number): string {
  const moment = new Date(ms);
  return `${two(moment.getHours())}:${two(moment.getMinutes())}`;
}

/** "2026-11-22 09:05" */
export function dateText(ms: number): string {
  const moment = new Date(ms);
  const date = `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
  return `${date} ${clockText(ms)}`;
}

function two(part: number): string {
  return String(part).padStart(2, '0');
}
