import type { DirectoryObject } from '../directory/model.js';
import type { View } from '../directory/view.js';
import { groupsOf, rolesHeld } from '../directory/belonging.js';
import { readPolicy, type ConditionalAccessPolicy } from './policy.js';

/** A person who wants a token, from a modern client, from nowhere that has a name. */
export interface SignInWish {
  readonly userId: string;
  /** Application id of what the token is for. */
  readonly resourceAppId: string;
}

type Conditions = ConditionalAccessPolicy['conditions'];

/**
 * The enabled policy that keeps a person from signing in, if there is one. A simple reading of the
 * service's rules (https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-policies):
 * exclusions win; only `block` keeps anyone out, because everybody here has MFA and a managed device;
 * every sign-in comes from a browser or a desktop client and from an address in no named location; the
 * only risk there is, is the one an administrator confirmed. A policy about devices, flows, agents or
 * user actions never matches.
 */
export function blockingPolicy(view: View, wish: SignInWish): DirectoryObject | undefined {
  const user = view.get(wish.userId);
  if (user === undefined) return undefined;
  for (const policy of view.list('conditionalAccessPolicy')) {
    if (policy.properties['state'] !== 'enabled' || !blocks(policy)) continue;
    const { conditions } = readPolicy(policy.properties);
    if (!matchesSurroundings(conditions, user)) continue;
    if (!matchesResource(conditions.applications, wish.resourceAppId)) continue;
    if (matchesUser(conditions.users, user, view)) return policy;
  }
  return undefined;
}

/** Asked before the policy is read as a whole, because few policies block and every sign-in asks. */
function blocks({ properties }: DirectoryObject): boolean {
  const controls = properties['grantControls'] as ConditionalAccessPolicy['grantControls'];
  return controls?.builtInControls.includes('block') === true;
}

function matchesSurroundings(conditions: Conditions, user: DirectoryObject): boolean {
  const { clientAppTypes, locations, platforms, userRiskLevels, signInRiskLevels } = conditions;
  const modern = ['all', 'browser', 'mobileAppsAndDesktopClients'] as const;
  if (!modern.some((type) => clientAppTypes.includes(type))) return false;
  if (locations !== null && !locations.includeLocations.includes('All')) return false;
  if (platforms !== null && !platforms.includePlatforms.includes('all')) return false;
  if (signInRiskLevels.length > 0) return false;
  const risk = user.properties['riskLevel'];
  if (userRiskLevels.length > 0 && !userRiskLevels.some((level) => level === risk)) return false;
  const { devices, clientApplications, authenticationFlows, insiderRiskLevels } = conditions;
  return [devices, clientApplications, authenticationFlows, insiderRiskLevels].every(
    (condition) => condition === null,
  );
}

function matchesResource(
  { includeApplications, excludeApplications }: Conditions['applications'],
  appId: string,
): boolean {
  if (excludeApplications.includes(appId)) return false;
  return includeApplications.includes('All') || includeApplications.includes(appId);
}

function matchesUser(users: Conditions['users'], user: DirectoryObject, view: View): boolean {
  const guest = user.properties['userType'] === 'Guest';
  const groups = groupsOf(view, user.id);
  const roles = rolesHeld(view, user.id);
  const among = (
    ids: readonly string[],
    inGroups: readonly string[],
    inRoles: readonly string[],
    guests: unknown,
  ): boolean =>
    ids.includes('All') ||
    ids.includes(user.id) ||
    (guest && (guests !== null || ids.includes('GuestsOrExternalUsers'))) ||
    inGroups.some((id) => groups.includes(id)) ||
    inRoles.some((id) => roles.has(id));
  const { excludeUsers, excludeGroups, excludeRoles, excludeGuestsOrExternalUsers } = users;
  if (among(excludeUsers, excludeGroups, excludeRoles, excludeGuestsOrExternalUsers)) return false;
  const { includeUsers, includeGroups, includeRoles, includeGuestsOrExternalUsers } = users;
  return among(includeUsers, includeGroups, includeRoles, includeGuestsOrExternalUsers);
}
