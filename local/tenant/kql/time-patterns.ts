import {
  formatDatetime,
  ticksPerDay,
  ticksPerHour,
  ticksPerMinute,
  ticksPerSecond,
  toMilliseconds,
} from './time.js';

const pad = (value: number, width: number) => String(Math.floor(value)).padStart(width, '0');

/** .NET-like date patterns: `yyyy-MM-dd HH:mm:ss.fff`, `hh tt`, literal separators. */
export function formatDatetimePattern(ticks: number, pattern: string): string {
  const date = new Date(toMilliseconds(ticks));
  const iso = formatDatetime(ticks);
  const hour = date.getUTCHours();
  return pattern.replace(
    /y{1,4}|M{1,2}|d{1,2}|H{1,2}|h{1,2}|m{1,2}|s{1,2}|f{1,7}|F{1,7}|tt/g,
    (token) => {
      switch (token[0]) {
        case 'y':
          return token.length > 2
            ? pad(date.getUTCFullYear(), 4)
            : pad(date.getUTCFullYear() % 100, token.length);
        case 'M':
          return pad(date.getUTCMonth() + 1, token.length);
        case 'd':
          return pad(date.getUTCDate(), token.length);
        case 'H':
          return pad(hour, token.length);
        case 'h':
          return pad(hour % 12 === 0 ? 12 : hour % 12, token.length);
        case 'm':
          return pad(date.getUTCMinutes(), token.length);
        case 's':
          return pad(date.getUTCSeconds(), token.length);
        case 'f':
          return iso.slice(20, 20 + token.length);
        case 'F':
          return iso.slice(20, 20 + token.length).replace(/0+$/, '');
        default:
          return hour < 12 ? 'AM' : 'PM';
      }
    },
  );
}

/** The same for timespans: `d.hh:mm:ss.fff`; the sign is not shown. */
export function formatTimespanPattern(ticks: number, pattern: string): string {
  const size = Math.abs(ticks);
  const fraction = pad(size % ticksPerSecond, 7);
  return pattern.replace(/d{1,8}|[Hh]{1,2}|m{1,2}|s{1,2}|f{1,7}|F{1,7}/g, (token) => {
    switch (token[0]) {
      case 'd':
        return pad(size / ticksPerDay, token.length);
      case 'H':
      case 'h':
        return pad((size % ticksPerDay) / ticksPerHour, token.length);
      case 'm':
        return pad((size % ticksPerHour) / ticksPerMinute, token.length);
      case 's':
        return pad((size % ticksPerMinute) / ticksPerSecond, token.length);
      case 'f':
        return fraction.slice(0, token.length);
      default:
        return fraction.slice(0, token.length).replace(/0+$/, '');
    }
  });
}
