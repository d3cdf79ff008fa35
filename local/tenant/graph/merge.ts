import type { Json } from '../directory/model.js';

/**
 * What a PATCH leaves of a complex value, as OData has it: members that the patch does not name stay,
 * null takes one away, a list is replaced as a whole.
 */
export function merged(before: Json, patch: Json): Json {
  if (!isObject(before) || !isObject(patch)) return patch;
  const result: Record<string, Json> = { ...before };
  for (const [name, value] of Object.entries(patch)) {
    result[name] = merged(result[name] ?? null, value);
  }
  return result;
}

export function isObject(value: unknown): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
