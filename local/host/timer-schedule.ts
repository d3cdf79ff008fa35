import { CronExpressionParser } from 'cron-parser';
import { HostError } from './host-error.js';

/** When a timer trigger runs next, after a moment. Times are milliseconds since the epoch, in UTC. */
export type NextRun = (after: number) => number;

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const days = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const names = new RegExp(`\\b(${[...months, ...days].join('|')})[A-Z]*\\b`, 'gi');

/**
 * Reads the schedule of a timer trigger: an NCRONTAB expression of five or six fields, an interval
 * `hh:mm:ss`, or the name of a setting as `%NAME%`.
 * @throws HostError naming the function when it is none of them.
 */
export function readSchedule(fn: string, text: unknown, settings = process.env): NextRun {
  const wrong = (why: string) => new HostError(`The schedule of timer function "${fn}" ${why}`);
  if (typeof text !== 'string' || text.trim() === '') throw wrong('is missing.');
  const setting = /^%(.+)%$/.exec(text.trim())?.[1];
  const value = setting === undefined ? text.trim() : settings[setting]?.trim();
  if (!value) throw wrong(`names the setting ${setting}, which is not set.`);
  const interval = /^(\d+):([0-5]\d):([0-5]\d)$/.exec(value);
  if (interval) {
    const [, hours, minutes, seconds] = interval.map(Number);
    const length = ((hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)) * 1000;
    if (length === 0) throw wrong('is an empty interval.');
    return (after) => after + length;
  }
  const fields = value.split(/\s+/);
  if (fields.length !== 5 && fields.length !== 6)
    throw wrong(`is no NCRONTAB expression: ${value}`);
  if (!/^[\d*,/\s-]+$/.test(value.replace(names, '0')))
    throw wrong(`uses something that NCRONTAB does not know: ${value}`);
  try {
    CronExpressionParser.parse(value, { tz: 'UTC' });
  } catch (error) {
    throw wrong(`is no NCRONTAB expression: ${value} (${(error as Error).message})`);
  }
  return (after) =>
    CronExpressionParser.parse(value, { tz: 'UTC', currentDate: new Date(after) })
      .next()
      .toDate()
      .getTime();
}
