type Headers = { get(name: string): string | null };

/**
 * How long a service asks to wait, in milliseconds from `now`, in every spelling met: whole or
 * fractional seconds, an HTTP date, and the millisecond forms some gateways send (graph fact sheet
 * B.3). Null when it does not say, or says something unreadable; never negative.
 */
export function retryAfterMs(headers: Headers, now: number): number | null {
  for (const name of ['retry-after-ms', 'x-ms-retry-after-ms']) {
    const ms = number(headers.get(name));
    if (ms !== null) return ms;
  }
  const value = headers.get('retry-after')?.trim() ?? '';
  const seconds = number(value);
  if (seconds !== null) return Math.ceil(seconds * 1000);
  const date = /[a-z]{3}/i.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** Doubling wait with jitter: attempt 1 waits between half of `base` and `base`. */
export function backoffMs(
  attempt: number,
  random: () => number,
  base = 1000,
  max = 30_000,
): number {
  const full = Math.min(max, base * 2 ** (attempt - 1));
  return Math.round(full / 2 + (full / 2) * random());
}

function number(text: string | null): number | null {
  return text !== null && /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : null;
}
