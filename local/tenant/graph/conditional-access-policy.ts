import {
  policySchema,
  readPolicy,
  writablePart,
  type ConditionalAccessPolicy,
} from '../conditional-access/policy.js';
import type { Properties } from '../directory/model.js';
import { roleOf } from '../directory/roles.js';
import type { View } from '../directory/view.js';
import { flaws, malformed } from './errors.js';
import { isObject, merged } from './merge.js';

/** The whole policy from the body of a creation, every member filled in; a flaw is a 400. */
export function createdPolicy(body: unknown, view: View): Properties {
  return checked(body, null, view);
}

/**
 * The policy that a PATCH leaves. Complex members are merged, as OData has it: what the body does not
 * name stays, what it sets to null goes, a list is replaced.
 */
export function patchedPolicy(
  current: Readonly<Properties>,
  body: unknown,
  view: View,
): Properties {
  if (!isObject(body) || Object.keys(body).length === 0) throw malformed();
  return checked(merged(writablePart(current), body), readPolicy(current), view);
}

function checked(body: unknown, before: ConditionalAccessPolicy | null, view: View): Properties {
  const parsed = policySchema.safeParse(body);
  if (!parsed.success) throw malformed(flaws(parsed.error));
  const { data } = parsed;
  const controls = data.grantControls?.builtInControls ?? [];
  if (data.grantControls === null && data.sessionControls === null) {
    throw malformed('At least one grant or session control must be specified.');
  }
  if (controls.includes('block') && controls.length > 1) {
    throw malformed("The 'block' control cannot be combined with other controls.");
  }
  const known = new Set(before === null ? [] : references(before).map(({ id }) => id));
  const unknown = references(data).find(({ id, exists }) => !known.has(id) && !exists(view));
  if (unknown !== undefined) {
    throw malformed(`Policy contains invalid ${unknown.what}: ${unknown.id}`);
  }
  return data;
}

interface Reference {
  readonly id: string;
  readonly what: string;
  readonly exists: (view: View) => boolean;
}

/** What a policy points to. One that somebody adds has to exist; one that has died since may stay. */
function references({ conditions: when }: ConditionalAccessPolicy): Reference[] {
  const named = (what: string, words: readonly string[], type: string, list: readonly string[]) =>
    list
      .filter((id) => !words.includes(id))
      .map((id): Reference => ({ id, what, exists: (view) => view.get(id)?.type === type }));
  const { users: who, applications: apps, locations } = when;
  return [
    ...named('users', ['All', 'None', 'GuestsOrExternalUsers'], 'user', [
      ...who.includeUsers,
      ...who.excludeUsers,
    ]),
    ...named('groups', [], 'group', [...who.includeGroups, ...who.excludeGroups]),
    ...[...who.includeRoles, ...who.excludeRoles].map((id): Reference => ({
      id,
      what: 'roles',
      exists: () => roleOf(id) !== undefined,
    })),
    ...[...apps.includeApplications, ...apps.excludeApplications]
      .filter((id) => !['All', 'None', 'Office365', 'MicrosoftAdminPortals'].includes(id))
      .map((id): Reference => ({ id, what: 'applications', exists: (view) => hasApp(view, id) })),
    ...named('locations', ['All', 'AllTrusted'], 'namedLocation', [
      ...(locations?.includeLocations ?? []),
      ...(locations?.excludeLocations ?? []),
    ]),
  ];
}

function hasApp(view: View, appId: string): boolean {
  for (const { properties } of view.list('servicePrincipal')) {
    if (properties['appId'] === appId) return true;
  }
  return false;
}
