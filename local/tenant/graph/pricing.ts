import type { QueryOptions } from './query-options.js';
import type { Route } from './route.js';

/** Resource units of one request: `$select` and a small `$top` save, `$expand` costs (fact sheet B.2). */
export function unitsOf(
  route: Route,
  options: Pick<QueryOptions, 'select' | 'expand' | 'top'>,
): number {
  let units = route.units;
  if (options.select !== null) units -= 1;
  if (options.expand.length > 0) units += 1;
  if (options.top !== null && options.top < 20) units -= 1;
  return Math.max(1, units);
}

/** Whether the request counts against the write quotas. */
export function isWrite(route: Route): boolean {
  return route.method !== 'GET' && route.reads !== true;
}
