import { itemOptions } from './present.js';
import type { Route } from './route.js';

/** A read of directory objects; `units` before the options count. */
export function reading(
  path: string,
  permissions: readonly string[],
  handle: Route['handle'],
  { units = 1, options = itemOptions }: Partial<Pick<Route, 'units' | 'options'>> = {},
): Route {
  return { method: 'GET', path, area: 'identity', units, options, permissions, handle };
}

/** A write to directory objects; `delegatedRoles` are what a signed-in user needs one of. */
export function writing(
  method: 'POST' | 'PATCH' | 'PUT' | 'DELETE',
  path: string,
  permissions: readonly string[],
  delegatedRoles: readonly string[],
  handle: Route['handle'],
): Route {
  return { method, path, area: 'identity', units: 1, permissions, delegatedRoles, handle };
}
