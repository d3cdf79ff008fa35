/** The instants that limit a query, both included, milliseconds. */
export interface Timespan {
  readonly from: number;
  readonly to: number;
}

const duration = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/**
 * Reads a `timespan`: an ISO 8601 duration up to now, `start/end`, `start/duration` or `duration/end`.
 * `undefined` for anything else.
 */
export function parseTimespan(text: string, now: number): Timespan | undefined {
  const parts = text.trim().split('/');
  if (parts.length === 1) {
    const length = lengthOf(text.trim());
    return length === undefined ? undefined : { from: now - length, to: now };
  }
  const [first = '', second = ''] = parts;
  if (parts.length !== 2) return undefined;
  const [from, to] = [instantOf(first), instantOf(second)];
  const [lengthBefore, lengthAfter] = [lengthOf(first), lengthOf(second)];
  if (from !== undefined && to !== undefined) return { from, to };
  if (from !== undefined && lengthAfter !== undefined) return { from, to: from + lengthAfter };
  if (to !== undefined && lengthBefore !== undefined) return { from: to - lengthBefore, to };
  return undefined;
}

/** What lies in both; body and URL of a request limit together (graph fact sheet E.1). */
export function intersection(one: Timespan, other: Timespan): Timespan {
  return { from: Math.max(one.from, other.from), to: Math.min(one.to, other.to) };
}

function lengthOf(text: string): number | undefined {
  const match = duration.exec(text);
  if (match === null || text === 'P' || text.endsWith('T')) return undefined;
  const parts = match.slice(1) as (string | undefined)[];
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts.map((part) => Number(part ?? 0));
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}

function instantOf(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return undefined;
  const at = Date.parse(text.replace(/(\.\d{3})\d+/, '$1'));
  return Number.isNaN(at) ? undefined : at;
}
