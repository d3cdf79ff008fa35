/**
 * Datetimes and timespans are counted in ticks of 100 ns, the engine's own resolution. Datetimes
 * count from 2025-01-01: a double then holds every tick between 1997 and 2053 and every millisecond
 * of the years that people meet.
 */
export const ticksPerMillisecond = 10_000;
export const ticksPerSecond = 10_000_000;
export const ticksPerMinute = 60 * ticksPerSecond;
export const ticksPerHour = 60 * ticksPerMinute;
export const ticksPerDay = 24 * ticksPerHour;

const epochMs = Date.UTC(2025, 0, 1);
/** Days from 0001-01-01, where the engine's count begins, to our epoch. */
const daysBeforeEpoch = 739_251;
const lowest = fromMilliseconds(Date.parse('0001-01-01T00:00:00Z'));
const highest = fromMilliseconds(Date.parse('9999-12-31T23:59:59.999Z')) + 9_999;

export function fromMilliseconds(ms: number): number {
  return (ms - epochMs) * ticksPerMillisecond;
}

/** Milliseconds since 1970, rounded down. */
export function toMilliseconds(ticks: number): number {
  return Math.floor(ticks / ticksPerMillisecond) + epochMs;
}

/** Ticks since 0001-01-01 as the engine's `tolong(datetime)` gives them. */
export function absoluteTicks(ticks: number): bigint {
  return BigInt(Math.round(ticks)) + BigInt(daysBeforeEpoch) * BigInt(ticksPerDay);
}

export function fromAbsoluteTicks(ticks: number): number {
  return ticks - daysBeforeEpoch * ticksPerDay;
}

/** The value when it lies in the years 1 to 9999, else null. */
export function inRange(ticks: number): number | null {
  return ticks >= lowest && ticks <= highest ? ticks : null;
}

/** Largest multiple of `size` (counted from the year 1) that is not after the datetime. */
export function binDatetime(ticks: number, size: number): number {
  const offset = Number((BigInt(daysBeforeEpoch) * BigInt(ticksPerDay)) % BigInt(Math.round(size)));
  const into = (((ticks % size) + offset) % size) + 0;
  return ticks - (into < 0 ? into + size : into);
}

/** ISO 8601 with seven fraction digits, UTC. */
export function formatDatetime(ticks: number): string {
  const ms = Math.floor(ticks / ticksPerMillisecond);
  const rest = Math.round(ticks - ms * ticksPerMillisecond);
  const iso = new Date(ms + epochMs).toISOString();
  return `${iso.slice(0, -1)}${String(rest).padStart(4, '0')}Z`;
}

const digit = (text: string, at: number) => text.charCodeAt(at) - 48;
const two = (text: string, at: number) => digit(text, at) * 10 + digit(text, at + 1);

/** Parses datetime text; null when it is none. The common ISO shape takes a path without regex. */
export function parseDatetime(text: string): number | null {
  const length = text.length;
  if (
    length >= 20 &&
    length <= 28 &&
    text.charCodeAt(10) === 84 &&
    text.charCodeAt(length - 1) === 90 &&
    text.charCodeAt(4) === 45 &&
    text.charCodeAt(7) === 45 &&
    text.charCodeAt(13) === 58 &&
    text.charCodeAt(16) === 58
  ) {
    let fraction = 0;
    let scale = ticksPerSecond;
    for (let at = 20; at < length - 1; at++) {
      scale /= 10;
      fraction += digit(text, at) * scale;
    }
    const year = two(text, 0) * 100 + two(text, 2);
    const [month, day] = [two(text, 5), two(text, 8)];
    const [hour, minute, second] = [two(text, 11), two(text, 14), two(text, 17)];
    const ticks = fromMilliseconds(Date.UTC(year, month - 1, day, hour, minute, second)) + fraction;
    const plausible = year >= 100 && month >= 1 && month <= 12 && day >= 1 && day <= 28;
    if (plausible && hour < 24 && minute < 60 && second < 60 && !Number.isNaN(ticks)) return ticks;
  }
  return parseLoosely(text.trim());
}

const isoShape =
  /^(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?:[T ](\d{1,2})(?::(\d{2})(?::(\d{2})(?:\.(\d+))?)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;
const spelledShape =
  /^(?:[a-z]{3,9},?\s+)?(?:\d{1,2}\s+[a-z]{3}|[a-z]{3,9}\s+\d|\d{1,2}\/\d{1,2}\/)/i;

function parseLoosely(text: string): number | null {
  const match = isoShape.exec(text);
  if (match === null) {
    if (!spelledShape.test(text)) return null;
    const zoned = /(?:Z|GMT|UTC|[+-]\d{2}:?\d{2})$/i.test(text);
    const ms = Date.parse(zoned ? text : `${text} UTC`);
    return Number.isNaN(ms) ? null : fromMilliseconds(ms);
  }
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((group) =>
    Number(match[group] ?? (group === 3 ? 1 : 0)),
  ) as [number, number, number, number, number, number];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const sameDay = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!sameDay || hour > 23 || minute > 59 || second > 59) return null;
  const fraction = Number((match[7] ?? '').padEnd(7, '0').slice(0, 7));
  const seconds = hour * 3600 + minute * 60 + second - offsetSeconds(match[8]);
  return inRange(fromMilliseconds(date.getTime()) + seconds * ticksPerSecond + fraction);
}

function offsetSeconds(zone: string | undefined): number {
  if (zone === undefined || zone.toUpperCase() === 'Z') return 0;
  const seconds = Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(-2)) * 60;
  return zone.startsWith('-') ? -seconds : seconds;
}

const unitTicks: ReadonlyMap<string, number> = new Map([
  ...['d', 'day', 'days'].map((unit) => [unit, ticksPerDay] as const),
  ...['h', 'hr', 'hrs', 'hour', 'hours'].map((unit) => [unit, ticksPerHour] as const),
  ...['m', 'min', 'minute', 'minutes'].map((unit) => [unit, ticksPerMinute] as const),
  ...['s', 'sec', 'second', 'seconds'].map((unit) => [unit, ticksPerSecond] as const),
  ...['ms', 'milli', 'millis', 'millisecond', 'milliseconds', 'millisec'].map(
    (unit) => [unit, ticksPerMillisecond] as const,
  ),
  ...['micro', 'micros', 'microsecond', 'microseconds', 'microsec'].map(
    (unit) => [unit, 10] as const,
  ),
  ...['tick', 'ticks'].map((unit) => [unit, 1] as const),
]);
const clockShape = /^(-)?(?:(\d+)\.)?(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?$/;
const unitShape = /^(-?\d+(?:\.\d+)?)\s*([a-z]*)$/i;

/** Parses `1.02:03:04.5`, `2h`, `1.5d`, or a bare number of days; null when it is none of them. */
export function parseTimespan(text: string): number | null {
  const trimmed = text.trim();
  const clock = clockShape.exec(trimmed);
  if (clock !== null) {
    const [days, hours, minutes, seconds] = [2, 3, 4, 5].map((group) =>
      Number(clock[group] ?? 0),
    ) as [number, number, number, number];
    if (hours > 23 || minutes > 59 || seconds > 59) return null;
    const ticks =
      days * ticksPerDay +
      hours * ticksPerHour +
      minutes * ticksPerMinute +
      seconds * ticksPerSecond +
      Number((clock[6] ?? '').padEnd(7, '0').slice(0, 7));
    return clock[1] === undefined ? ticks : -ticks;
  }
  const unit = unitShape.exec(trimmed);
  const size = unit === null ? undefined : unitTicks.get((unit[2] || 'd').toLowerCase());
  return size === undefined ? null : Math.round(Number(unit?.[1]) * size);
}

/** `[-][d.]hh:mm:ss[.fffffff]`. */
export function formatTimespan(ticks: number): string {
  const size = Math.abs(Math.round(ticks));
  const days = Math.floor(size / ticksPerDay);
  const pad = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const fraction = size % ticksPerSecond;
  return [
    ticks < 0 ? '-' : '',
    days > 0 ? `${days}.` : '',
    pad((size % ticksPerDay) / ticksPerHour),
    ':',
    pad((size % ticksPerHour) / ticksPerMinute),
    ':',
    pad((size % ticksPerMinute) / ticksPerSecond),
    fraction > 0 ? `.${String(fraction).padStart(7, '0')}` : '',
  ].join('');
}
