/** Playbook authors spell keys in several ways and put JSON into strings (inbound fact sheet A.2, A.3). */

/** A value whose every key is in lower case; of keys that differ by case alone, the first non-null wins. */
export type AnyCase = null | boolean | number | string | readonly AnyCase[] | AnyCaseObject;
export interface AnyCaseObject {
  readonly [key: string]: AnyCase;
}

const deepest = 80;

/** Copies a JSON value with keys in lower case. What lies deeper than 80 levels is dropped. */
export function anyCase(value: unknown, depth = 0): AnyCase {
  if (depth > deepest) return null;
  if (Array.isArray(value)) return value.map((item) => anyCase(item, depth + 1));
  if (typeof value !== 'object' || value === null) return scalar(value);
  const copy = new Map<string, AnyCase>();
  for (const [key, member] of Object.entries(value)) {
    const lower = key.toLowerCase();
    if ((copy.get(lower) ?? null) === null) copy.set(lower, anyCase(member, depth + 1));
  }
  // Defines own members even for names like __proto__, which an assignment would not.
  return Object.fromEntries(copy);
}

export function isObject(value: AnyCase | undefined): value is AnyCaseObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text of a scalar, without control characters and cut; null for everything else and for ''. */
export function textOf(value: AnyCase | undefined, most = 1000): string | null {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return null;
  const text = value.replace(/\p{Cc}+/gu, ' ').trim();
  return text === '' ? null : Array.from(text).slice(0, most).join('');
}

/** An object, also when it comes as JSON in a string; {} for everything else. */
export function objectOf(value: AnyCase | undefined): AnyCaseObject {
  const parsed = typeof value === 'string' ? parsedText(value) : value;
  return isObject(parsed) ? parsed : {};
}

/** A list, also as JSON in a string, also a single object instead of a list of one. */
export function listOf(value: AnyCase | undefined): readonly AnyCase[] {
  const parsed = typeof value === 'string' ? parsedText(value) : value;
  if (Array.isArray(parsed)) return parsed as readonly AnyCase[];
  return isObject(parsed) ? [parsed] : [];
}

function parsedText(text: string): AnyCase {
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    return anyCase(JSON.parse(text));
  } catch {
    // A field that says nothing readable says nothing; the alert itself still counts.
    return null;
  }
}

const scalar = (value: unknown): AnyCase =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : null;
