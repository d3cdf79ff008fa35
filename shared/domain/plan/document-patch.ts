import { asReference } from '../attribution/graph-values.js';
import type { Json } from '../json.js';

interface JsonObject {
  readonly [member: string]: Json;
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The body that turns part of a policy from `now` into `then`. Graph merges complex values, so a member
 * that was not there before is set to none by name; annotations that only the present value has are kept,
 * since Graph tells the kinds of values by them. Lists are replaced as a whole, references by their id.
 */
export function documentPatch(then: Json, now: Json): Json {
  if (!isObject(then)) return then;
  const present = isObject(now) ? now : {};
  const patch: Record<string, Json> = {};
  for (const [name, value] of Object.entries(present)) {
    if (name in then) continue;
    if (!name.includes('@')) patch[name] = Array.isArray(value) ? [] : null;
    else if (name === '@odata.type') patch[name] = value;
  }
  for (const [name, value] of Object.entries(then)) {
    if (name.includes('@') && name !== '@odata.type') continue;
    const wanted = asReference(name, value);
    patch[name] = documentPatch(wanted, asReference(name, present[name] ?? null));
  }
  return patch;
}
