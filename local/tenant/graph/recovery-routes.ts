import { GraphError } from './errors.js';
import { asReader, type Handle } from './recovery-access.js';
import type { GraphContext, Route } from './route.js';

export const recoveryRoot = 'directory/recovery';
const namespace = 'microsoft.graph.entraRecoveryServices';

/** Any of the service's permissions; each handler looks closer. */
const permissions = [
  'EntraBackup.Read.All',
  'EntraBackup.ReadWrite.Preview',
  'EntraBackup.ReadWrite.Recovery',
];

export function recoveryReading(path: string, options: readonly string[], handle: Handle): Route {
  const method = 'GET';
  return {
    method,
    path: `${recoveryRoot}/${path}`,
    area: 'identity',
    units: 1,
    options,
    permissions,
    handle: asReader(handle),
  };
}

export function recoveryWriting(path: string, handle: Handle): Route {
  const area = 'identity';
  return { method: 'POST', path: `${recoveryRoot}/${path}`, area, units: 1, permissions, handle };
}

/** A bound function or action under its qualified and its short name (backup fact sheet 1.1). */
export function boundForms(path: string, name: string): string[] {
  return [`${namespace}.${name}`, name].flatMap((form) => [`${path}/${form}`, `${path}/${form}()`]);
}

/** A type of the service's namespace, as `@odata.type` has it. */
export function recoveryType(name: string): string {
  return `#${namespace}.${name}`;
}

/** The snapshot of the path. One that is not or no longer kept is a 404 (fact sheet 5.11). */
export function snapshotIn(context: GraphContext): number {
  const { recovery } = context.world;
  const instant = recovery.snapshots.find(context.param('id'), recovery.settings);
  if (instant !== undefined) return instant;
  const message =
    "This isn't a valid timestamp for recovery. The provided timestamp should be in the list of available backups.";
  throw new GraphError(404, 'NotFound', message);
}

/** Whether the caller understands the later members of enumerations (fact sheet 2.2). */
export function knowsNewMembers({ prefer }: GraphContext): boolean {
  return prefer.has('include-unknown-enum-members');
}
