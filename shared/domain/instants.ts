/**
 * Instants travel as ISO 8601 text with the service's own precision (up to 100 ns in audit rows), so
 * two of them are compared by this key, never as they stand.
 */
const plain = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?Z$/;

/** Text whose order is the order in time; unreadable instants come first. */
export function instantKey(iso: string): string {
  const match = plain.exec(iso);
  if (match) return `${match[1]}.${(match[2] ?? '').padEnd(9, '0')}`;

  const ms = Date.parse(iso);
  return Number.isNaN(ms) ? '' : new Date(ms).toISOString().slice(0, -1).padEnd(29, '0');
}

/** Negative, zero or positive, as sorting wants it. */
export function compareInstants(a: string, b: string): number {
  return compareText(instantKey(a), instantKey(b));
}

/** Code unit order: the same on every machine, which digests need. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** ISO text of the instant `ms` milliseconds after `iso`. */
export const plusMs = (iso: string, ms: number): string =>
  new Date(Date.parse(iso) + ms).toISOString();

/** "12 h 30 min", "45 s": the two largest units, for people. */
export function spell(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ] as const;

  const first = parts.findIndex(([amount]) => amount > 0);
  if (first < 0) return '0 s';
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ');
}
