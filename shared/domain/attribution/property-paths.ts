import type { Json } from '../json.js';

/**
 * Properties inside a complex one are named with `/`, e.g.
 * `onPremisesExtensionAttributes/extensionAttribute1`. These three translate between that flat form,
 * which plans and current objects use, and Graph's bodies.
 */

interface JsonObject {
  readonly [key: string]: Json;
}

/** What `$select` must name so that all of these properties are in the answer. */
export const selectNames = (properties: readonly string[]): string[] => [
  ...new Set(properties.map((property) => property.split('/')[0] as string)),
];

/** The value at a flat name in one of Graph's objects; null when Graph leaves it out or has none. */
export function readProperty(object: JsonObject, property: string): Json {
  let value: Json = object;
  for (const name of property.split('/')) {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return null;
    value = Object.hasOwn(value, name) ? ((value as JsonObject)[name] ?? null) : null;
  }
  return value;
}

/** The request body that writes exactly these flat names; siblings of a nested one are left alone. */
export function writeBody(properties: JsonObject): JsonObject {
  const body: Record<string, Json> = {};
  for (const [property, value] of Object.entries(properties)) {
    const [outer, inner] = property.split('/') as [string, string | undefined];
    if (inner === undefined) body[outer] = value;
    else body[outer] = { ...(body[outer] as JsonObject | undefined), [inner]: value };
  }
  return body;
}
