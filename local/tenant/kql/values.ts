import type { KqlType } from './model.js';
import { numeric } from './model.js';
import {
  absoluteTicks,
  formatDatetime,
  formatTimespan,
  fromAbsoluteTicks,
  parseDatetime,
  parseTimespan,
} from './time.js';

/*
 * Values while a query runs: bool, string, number (int, long, real, decimal; ticks for datetime and
 * timespan), guid as lower-case text, dynamic as plain JS; null for a null of any type. Strings are
 * never null.
 */

/** Text of a value as `tostring()` gives it; null becomes the empty string. */
export function toText(value: unknown, type: KqlType): string {
  if (value === null || value === undefined) return '';
  switch (type) {
    case 'datetime':
      return formatDatetime(value as number);
    case 'timespan':
      return formatTimespan(value as number);
    case 'real':
      return realText(value as number);
    case 'dynamic':
      return typeof value === 'string' ? value : JSON.stringify(value);
    default:
      return (value as string | number | boolean).toString();
  }
}

function realText(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? `${value}.0` : String(value);
}

/** The value as part of a dynamic: datetimes and timespans become text. */
export function toDynamic(value: unknown, type: KqlType): unknown {
  if (value === null || value === undefined) return null;
  if (type === 'datetime') return formatDatetime(value as number);
  if (type === 'timespan') return formatTimespan(value as number);
  return value;
}

/** Numbers that JSON cannot carry go out as the text the service uses. */
export function toOutput(value: unknown, type: KqlType): unknown {
  if (value === null || value === undefined) return type === 'string' ? '' : null;
  if (type === 'datetime' || type === 'timespan') return toDynamic(value, type);
  if (typeof value === 'number' && !Number.isFinite(value) && type !== 'dynamic') {
    return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
  }
  return value;
}

/** A cell of a stored table as a running value. */
export function decoder(type: KqlType): (cell: unknown) => unknown {
  switch (type) {
    case 'string':
      return (cell) => (typeof cell === 'string' ? cell : toText(cell, 'dynamic'));
    case 'datetime':
      return (cell) => (typeof cell === 'string' ? parseDatetime(cell) : null);
    case 'timespan':
      return (cell) => (typeof cell === 'string' ? parseTimespan(cell) : null);
    case 'guid':
      return (cell) => (typeof cell === 'string' ? cell.toLowerCase() : null);
    default:
      return (cell) => cell ?? null;
  }
}

const integerShape = /^\s*[+-]?\d+\s*$/;
const hexShape = /^\s*0x[0-9a-f]+\s*$/i;
const realShape = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;
const guidShape =
  /^\{?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\}?$/i;

/**
 * Converts between types as the `to...()` functions do; null where the value has no such form.
 * A dynamic is taken by what it holds.
 */
export function convert(value: unknown, from: KqlType, to: KqlType): unknown {
  if (to === 'string') return toText(value, from);
  if (value === null || value === undefined) return null;
  if (to === 'dynamic') return toDynamic(value, from);
  if (from === to) return value;
  switch (to) {
    case 'int': {
      const whole = toInteger(value, from);
      return whole !== null && Math.abs(whole) <= 2_147_483_648 ? whole : null;
    }
    case 'long':
      return toInteger(value, from);
    case 'real':
    case 'decimal':
      return toReal(value, from);
    case 'bool':
      return toBool(value, from);
    case 'datetime':
      return toDatetime(value, from);
    case 'timespan':
      return toTimespan(value, from);
    case 'guid':
      return typeof value === 'string' ? parseGuid(value) : null;
  }
}

export function parseGuid(text: string): string | null {
  const match = guidShape.exec(text.trim());
  return match === null ? null : match.slice(1, 6).join('-').toLowerCase();
}

function toInteger(value: unknown, from: KqlType): number | null {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (from === 'datetime') return Number(absoluteTicks(value as number));
  if (typeof value === 'number') return Number.isFinite(value) ? Math.trunc(value) : null;
  if (typeof value !== 'string') return null;
  return integerShape.test(value) || hexShape.test(value) ? Number(value.trim()) : null;
}

function toReal(value: unknown, from: KqlType): number | null {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (from === 'datetime') return Number(absoluteTicks(value as number));
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return null;
  if (realShape.test(value) || hexShape.test(value)) return Number(value.trim());
  const special = /^\s*([+-]?)(nan|inf)(?:inity)?\s*$/i.exec(value);
  if (special === null) return null;
  const size = special[2]?.toLowerCase() === 'nan' ? Number.NaN : Number.POSITIVE_INFINITY;
  return special[1] === '-' ? -size : size;
}

function toBool(value: unknown, from: KqlType): boolean | null {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return from === 'datetime' ? null : value !== 0;
  if (typeof value !== 'string') return null;
  const text = value.trim().toLowerCase();
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  return integerShape.test(text) ? Number(text) !== 0 : null;
}

function toDatetime(value: unknown, from: KqlType): number | null {
  if (typeof value === 'string') return parseDatetime(value);
  if (typeof value === 'number' && (from === 'long' || from === 'int')) {
    return fromAbsoluteTicks(value);
  }
  return null;
}

function toTimespan(value: unknown, from: KqlType): number | null {
  if (typeof value === 'string') return parseTimespan(value);
  return typeof value === 'number' && numeric(from) ? value : null;
}

/** A key under which equal values of one type meet (grouping, joins, distinct, sets). */
export function keyOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? `\u0000${JSON.stringify(value)}` : value;
}

/** One key for a whole tuple of values; types are told apart by a tag. */
export function tupleKey(values: readonly unknown[]): unknown {
  if (values.length === 1) return keyOf(values[0]);
  let key = '';
  for (const value of values) {
    const text =
      typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
    key += `${value === null ? '-' : typeof value === 'string' ? 's' : 'v'}${text.length}:${text}`;
  }
  return key;
}

/** Order of two non-null values of one scalar type; strings by code unit, false before true. */
export function order(left: unknown, right: unknown): number {
  if (left === right) return 0;
  return (left as number) < (right as number) ? -1 : 1;
}
