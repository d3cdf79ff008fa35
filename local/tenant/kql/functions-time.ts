import type { Builtin } from './builtin.js';
import { define } from './builtin.js';
import { constant, derive, semantic, unsupported } from './scope.js';
import {
  formatTimespan,
  fromMilliseconds,
  inRange,
  ticksPerDay,
  ticksPerHour,
  ticksPerMillisecond,
  ticksPerMinute,
  ticksPerSecond,
  toMilliseconds,
} from './time.js';
import { formatDatetimePattern, formatTimespanPattern } from './time-patterns.js';

const dateOf = (ticks: number) => new Date(toMilliseconds(ticks));

/** The start of the calendar unit the datetime is in, `shift` units later. Weeks begin on Sunday. */
function startOf(unit: string, ticks: number, shift = 0): number {
  const date = dateOf(ticks);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  switch (unit) {
    case 'day':
      return fromMilliseconds(utc(year, month, day + shift));
    case 'week':
      return fromMilliseconds(utc(year, month, day - date.getUTCDay() + 7 * shift));
    case 'month':
      return fromMilliseconds(utc(year, month + shift, 1));
    default:
      return fromMilliseconds(utc(year + shift, 0, 1));
  }
}

/** Date.UTC without its reading of the years 0 to 99 as 1900 to 1999. */
function utc(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month, day);
}

const start = (unit: string): Builtin =>
  define('n', (ticks: number, shift?: number) => inRange(startOf(unit, ticks, shift ?? 0)));
const end = (unit: string): Builtin =>
  define('n', (ticks: number, shift?: number) =>
    inRange(startOf(unit, ticks, (shift ?? 0) + 1) - 1),
  );

const fixedUnits: ReadonlyMap<string, number> = new Map([
  ['week', 7 * ticksPerDay],
  ['day', ticksPerDay],
  ['hour', ticksPerHour],
  ['minute', ticksPerMinute],
  ['second', ticksPerSecond],
  ['millisecond', ticksPerMillisecond],
  ['microsecond', 10],
  ['nanosecond', 0.01],
]);
const monthsOf: ReadonlyMap<string, number> = new Map([
  ['year', 12],
  ['quarter', 3],
  ['month', 1],
]);

/** Whole calendar boundaries crossed from the second datetime to the first. */
function difference(unit: string, later: number, earlier: number): number | null {
  const months = monthsOf.get(unit);
  if (months !== undefined) {
    const count = (ticks: number) => {
      const date = dateOf(ticks);
      return Math.floor((date.getUTCFullYear() * 12 + date.getUTCMonth()) / months);
    };
    return count(later) - count(earlier);
  }
  if (unit === 'week') {
    return Math.round((startOf('week', later) - startOf('week', earlier)) / (7 * ticksPerDay));
  }
  const size = fixedUnits.get(unit);
  if (size === undefined) return null;
  return Math.floor(later / size) - Math.floor(earlier / size) + 0;
}

/** Adds calendar units; a day that the month lacks becomes its last day. */
function add(unit: string, amount: number, ticks: number): number | null {
  const size = fixedUnits.get(unit);
  if (size !== undefined) return inRange(ticks + Math.round(amount * size));
  const months = monthsOf.get(unit);
  if (months === undefined) return null;
  const date = dateOf(ticks);
  const month = date.getUTCMonth() + amount * months;
  const last = new Date(utc(date.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const day = utc(date.getUTCFullYear(), month, Math.min(date.getUTCDate(), last));
  return inRange(fromMilliseconds(day) + (ticks - startOf('day', ticks)));
}

/** A part of a datetime by its name, as `datetime_part()` and the single functions give it. */
function partOf(name: string, ticks: number): number | null {
  const date = dateOf(ticks);
  const inDay = ticks - startOf('day', ticks);
  switch (name) {
    case 'year':
      return date.getUTCFullYear();
    case 'quarter':
      return Math.floor(date.getUTCMonth() / 3) + 1;
    case 'month':
      return date.getUTCMonth() + 1;
    case 'week_of_year':
      return weekOfYear(ticks);
    case 'day':
      return date.getUTCDate();
    case 'dayofyear':
      return Math.round((startOf('day', ticks) - startOf('year', ticks)) / ticksPerDay) + 1;
    case 'hour':
      return date.getUTCHours();
    case 'minute':
      return date.getUTCMinutes();
    case 'second':
      return date.getUTCSeconds();
    case 'millisecond':
      return Math.floor((inDay % ticksPerSecond) / ticksPerMillisecond);
    case 'microsecond':
      return Math.floor((inDay % ticksPerSecond) / 10);
    case 'nanosecond':
      return (inDay % ticksPerSecond) * 100;
    default:
      return null;
  }
}

/** ISO 8601 week number. */
function weekOfYear(ticks: number): number {
  const date = dateOf(startOf('day', ticks));
  const thursday = new Date(date.getTime() + (3 - ((date.getUTCDay() + 6) % 7)) * 86_400_000);
  const firstDay = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  return Math.floor((thursday.getTime() - firstDay) / (7 * 86_400_000)) + 1;
}

const now: Builtin = ({ args, scope }) => {
  const [offset] = args;
  if (offset === undefined) return constant('datetime', scope.context.now);
  return derive('datetime', args, (row) => {
    const ticks = offset.eval(row) as number | null;
    return ticks === null ? null : inRange(scope.context.now + ticks);
  });
};

const ago: Builtin = ({ args, scope, node }) => {
  const [offset] = args;
  if (offset?.type !== 'timespan') throw semantic('ago needs a timespan', node);
  return derive('datetime', args, (row) => {
    const ticks = offset.eval(row) as number | null;
    return ticks === null ? null : inRange(scope.context.now - ticks);
  });
};

const makeDatetime: Builtin = (call) => {
  if (call.args.length < 3) throw unsupported('make_datetime of one argument', call.node);
  return define(
    'n',
    (year: number, month: number, day: number, hour = 0, minute = 0, second = 0) => {
      const date = new Date(utc(year, month - 1, day));
      if (date.getUTCMonth() !== month - 1 || hour > 23 || minute > 59 || second >= 60) return null;
      const inDay =
        hour * ticksPerHour + minute * ticksPerMinute + Math.round(second * ticksPerSecond);
      return inRange(fromMilliseconds(date.getTime()) + inDay);
    },
  )(call);
};

/** `make_timespan(h, m [, s])` or `make_timespan(d, h, m, s)`. */
const makeTimespan = define('n', (...parts: number[]) => {
  const [days, hours, minutes, seconds] = parts.length === 4 ? parts : [0, ...parts, 0];
  return (
    (days ?? 0) * ticksPerDay +
    (hours ?? 0) * ticksPerHour +
    (minutes ?? 0) * ticksPerMinute +
    Math.round((seconds ?? 0) * ticksPerSecond)
  );
});

const fromUnix = (perSecond: number): Builtin =>
  define('n', (value: number) =>
    inRange(fromMilliseconds(0) + (value / perSecond) * ticksPerSecond),
  );
const named = (name: string): Builtin => define('n', (ticks: number) => partOf(name, ticks));

export const timeFunctions: Readonly<Record<string, Builtin>> = {
  now,
  ago,
  startofday: start('day'),
  startofweek: start('week'),
  startofmonth: start('month'),
  startofyear: start('year'),
  endofday: end('day'),
  endofweek: end('week'),
  endofmonth: end('month'),
  endofyear: end('year'),
  datetime_diff: define('tnn', (unit: string, later: number, earlier: number) =>
    difference(unit.toLowerCase(), later, earlier),
  ),
  datetime_add: define('tnn', (unit: string, amount: number, ticks: number) =>
    add(unit.toLowerCase(), amount, ticks),
  ),
  datetime_part: define('tn', (name: string, ticks: number) => partOf(name.toLowerCase(), ticks)),
  format_datetime: define('nt', formatDatetimePattern),
  format_timespan: define('nt', (ticks: number, pattern: string) =>
    pattern === 'c' ? formatTimespan(ticks) : formatTimespanPattern(ticks, pattern),
  ),
  hourofday: named('hour'),
  dayofmonth: named('day'),
  dayofyear: named('dayofyear'),
  dayofweek: define('n', (ticks: number) => dateOf(ticks).getUTCDay() * ticksPerDay),
  monthofyear: named('month'),
  getmonth: named('month'),
  getyear: named('year'),
  week_of_year: named('week_of_year'),
  make_datetime: makeDatetime,
  make_timespan: makeTimespan,
  unixtime_seconds_todatetime: fromUnix(1),
  unixtime_milliseconds_todatetime: fromUnix(1e3),
  unixtime_microseconds_todatetime: fromUnix(1e6),
};
