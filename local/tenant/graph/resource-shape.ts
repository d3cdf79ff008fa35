import type { Json } from '../directory/model.js';
import type { Filterable } from './filter.js';

/** What Graph shows of a type, and what it lets one ask. */
export interface Resource {
  /** As in `@odata.type` and in messages. */
  readonly name: string;
  readonly set: string;
  /** Every property that may be selected, with the value of an object that has none. */
  readonly properties: Readonly<Record<string, Json>>;
  /** Those returned without `$select`. */
  readonly defaults: readonly string[];
  readonly filterable: Filterable;
  /** What the types derived from this one have besides, by the `@odata.type` that their objects carry. */
  readonly derived?: Readonly<Record<string, Readonly<Record<string, Json>>>>;
}

export function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/** Names of single values and of collections, with what an object has that was given nothing. */
export function shape(
  single: string,
  collections: string,
  others: Readonly<Record<string, Json>> = {},
): Readonly<Record<string, Json>> {
  const empty = words(single).map((name): [string, Json] => [name, null]);
  const lists = words(collections).map((name): [string, Json] => [name, []]);
  return { ...Object.fromEntries([...empty, ...lists]), ...others };
}

export const text = 'eq in startswith|ne endswith';
export const flag = 'eq in|ne';
export const moment = 'eq ge le|ne';
