import type { PropertyChange } from '../../domain/attribution/audit.js';
import { known } from '../../domain/json.js';

const entry =
  /KeyIdentifier=([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})\s*,\s*KeyType=([A-Za-z0-9]+)/gi;

/**
 * The ids of secrets and certificates that a row names before and after, e.g. `password:GUID`; nothing
 * else of them is kept (graph fact sheet D.5: the text holds names and more). Null when a side cannot be
 * read, so that nothing is taken for the whole list that is not.
 */
export function credentialChange(oldValue: unknown, newValue: unknown): PropertyChange | null {
  const [before, after] = [keysOf(oldValue), keysOf(newValue)];
  if (before === null || after === null) return null;
  return { property: 'keyIdentifiers', before: known(before), after: known(after) };
}

function keysOf(raw: unknown): string[] | null {
  const text = typeof raw === 'string' ? raw : raw === undefined ? '' : JSON.stringify(raw);
  const keys = [...text.matchAll(entry)].map(([, id = '', type = '']) => {
    const kind = /^password/i.test(type) ? 'password' : 'certificate';
    return `${kind}:${id.toLowerCase()}`;
  });
  if (keys.length > 0) return [...new Set(keys)].sort();
  return /^\s*(\[\s*\])?\s*$/.test(text) ? [] : null;
}
