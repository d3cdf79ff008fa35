import type { Json, Known } from '../json.js';
import { known, unknown } from '../json.js';

/** The reason given when a row carries no value: the only unknown that another source may confirm as empty. */
export const NOT_STATED = 'the audit row states no value';

/**
 * Reads one value of an audit row for a property that holds one value (graph fact sheet D.2): JSON
 * array text `[true]`, JSON scalar text `"False"`, or nothing; parsed values of a dynamic column are
 * taken as they are. A one-element array is unwrapped, `[]` and `""` are known and empty. Null,
 * absent, truncated or unparsable values are unknown: an unknown value is never written back.
 */
export function parseAuditValue(raw: unknown): Known {
  const read = readJson(raw);
  if (!read.known || !Array.isArray(read.value) || read.value.length !== 1) return read;

  const only = read.value[0] as Json;
  return only === null ? unknown(NOT_STATED) : known(only);
}

/** The same for a property that holds several values: always a known array, or unknown. */
export function parseAuditList(raw: unknown): Known<readonly Json[]> {
  const read = readJson(raw);
  if (!read.known) return read;
  if (!Array.isArray(read.value)) return { known: true, value: [read.value] };

  const items = read.value as readonly Json[];
  return items.includes(null) ? unknownList(NOT_STATED) : { known: true, value: items };
}

/** True for the three spellings of "no value": Graph reads null, audit rows write `[]` or `""`. */
export const isEmpty = (value: Json): boolean =>
  value === null || value === '' || (Array.isArray(value) && value.length === 0);

/**
 * Whether two values mean the same in the directory. Null, `""` and `[]` are one value ("none");
 * everything else compares exactly: no case folding, no number for a text. Keys of objects have no
 * order. With `asSets`, arrays compare as sets: order and repetition do not count.
 */
export function sameValue(a: Json, b: Json, options: { readonly asSets?: boolean } = {}): boolean {
  if (isEmpty(a) || isEmpty(b)) return isEmpty(a) && isEmpty(b);
  if (a === b) return true;
  return comparable(a, options.asSets ?? false) === comparable(b, options.asSets ?? false);
}

/**
 * One line for people, at most `max` characters: control, bidirectional and zero-width marks are
 * taken out, line breaks become blanks. Not escaped for any markup: the place that shows it does that.
 */
export function displayValue(value: Known, max = 80): string {
  if (!value.known) return '(unknown)';
  if (isEmpty(value.value)) return '(empty)';
  const text = typeof value.value === 'string' ? value.value : JSON.stringify(value.value);
  return shorten(plainText(text), max);
}

/** Text without marks that change how the text around it is read. */
export const plainText = (text: string): string =>
  text
    .replace(/[\r\n\t\u2028\u2029]+/gu, ' ')
    .replace(/[\p{Cc}\p{Cs}\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu, '');

function readJson(raw: unknown): Known {
  if (raw === null || raw === undefined || raw === '') return unknown(NOT_STATED);
  if (typeof raw !== 'string') return isJson(raw) ? known(raw) : unknown('the value is not JSON');

  try {
    const value = JSON.parse(raw) as Json;
    return value === null ? unknown(NOT_STATED) : known(value);
  } catch {
    return unknown('the value in the audit row is cut off or unreadable');
  }
}

const unknownList = (why: string): Known<readonly Json[]> => ({ known: false, why });

function isJson(value: unknown): value is Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isJson);
  return typeof value === 'object' && Object.values(value).every(isJson);
}

function comparable(value: Json, asSets: boolean): string {
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map((item) => comparable(item, asSets));
    return `[${(asSets ? [...new Set(items)].sort() : items).join(',')}]`;
  }
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value as { readonly [key: string]: Json })
      .map(([key, item]) => `${JSON.stringify(key)}:${comparable(item, asSets)}`)
      .sort();
    return `{${entries.join(',')}}`;
  }
  return JSON.stringify(value);
}

function shorten(text: string, max: number): string {
  if (text.length <= max) return text;
  const cut = text.slice(0, max - 1);
  const splitsPair = /[\ud800-\udbff]$/.test(cut);
  return `${splitsPair ? cut.slice(0, -1) : cut}…`;
}
