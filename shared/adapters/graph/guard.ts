import { RewindError } from '../../errors.js';

/** A segment of a path: an id or name, already percent-encoded. */
const one = String.raw`[^/?#]+`;
const guid = String.raw`[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`;
const recovery = String.raw`microsoft\.graph\.entraRecoveryServices`;
const byAppId = String.raw`\(appId='${guid}'\)`;
const app = String.raw`(?:applications|servicePrincipals)(?:/${guid}|${byAppId})`;

/** Every request this product can make of Graph. What is not here cannot be sent. */
const allowed: Readonly<Record<string, readonly RegExp[]>> = {
  GET: patterns(
    'users',
    `users/${one}`,
    `users/${guid}/(?:memberOf|transitiveMemberOf)`,
    'groups',
    `groups/${guid}`,
    `groups/${guid}/(?:members|owners)`,
    `directory/deletedItems/${guid}`,
    'servicePrincipals',
    app,
    `servicePrincipals/${guid}/(?:appRoleAssignments|appRoleAssignedTo|oauth2PermissionGrants)`,
    `(?:users|groups)/${guid}/appRoleAssignments`,
    'oauth2PermissionGrants',
    'roleManagement/directory/(?:roleAssignments|roleEligibilityScheduleInstances)',
    `identity/conditionalAccess/(?:deletedItems/)?(?:policies|namedLocations)(?:/${guid})?`,
    'policies/(?:authorizationPolicy|authenticationMethodsPolicy)',
    `policies/authenticationStrengthPolicies/${guid}`,
    `organization/${guid}`,
    'auditLogs/(?:directoryAudits|signIns)',
    'directory/recovery/(?:snapshots|jobs)',
    `directory/recovery/snapshots/${one}/(?:recoveryPreviewJobs|recoveryJobs)/${guid}`,
    `directory/recovery/snapshots/${one}/recoveryPreviewJobs/${guid}/${recovery}.getChanges`,
    `directory/recovery/snapshots/${one}/recoveryJobs/${guid}/${recovery}.getFailedChanges`,
    'organization',
  ),
  POST: patterns(
    String.raw`\$batch`,
    'directoryObjects/getByIds',
    `users/${guid}/(?:revokeSignInSessions|checkMemberGroups)`,
    String.raw`groups/${guid}/members/\$ref`,
    `directory/deletedItems/${guid}/restore`,
    `identity/conditionalAccess/deletedItems/(?:policies|namedLocations)/${guid}/restore`,
    `(?:users|groups|servicePrincipals)/${guid}/appRoleAssignments`,
    'oauth2PermissionGrants',
    `policies/authenticationStrengthPolicies/${guid}/updateAllowedCombinations`,
    `directory/recovery/snapshots/${one}/(?:recoveryPreviewJobs|recoveryJobs)`,
    `directory/recovery/jobs/${guid}/${recovery}.cancel`,
    'identityProtection/(?:riskyUsers|riskyServicePrincipals)/confirmCompromised',
    `(?:applications|servicePrincipals)/${guid}/removePassword`,
  ),
  PATCH: patterns(
    `(?:users|groups|applications|servicePrincipals)/${guid}`,
    `oauth2PermissionGrants/${one}`,
    `identity/conditionalAccess/(?:policies|namedLocations)/${guid}`,
    'policies/(?:authorizationPolicy|authenticationMethodsPolicy)',
    'policies/authenticationMethodsPolicy/authenticationMethodConfigurations/[A-Za-z0-9-]+',
    `policies/authenticationStrengthPolicies/${guid}`,
    `organization/${guid}`,
  ),
  // Deleting one of these objects puts it into the recycle bin; deleting a link or an assignment ends it.
  // Without `$ref` the same path of a member would delete the member itself, so it is spelt out here.
  DELETE: patterns(
    `(?:users|groups|applications|servicePrincipals)/${guid}`,
    `identity/conditionalAccess/(?:policies|namedLocations)/${guid}`,
    String.raw`groups/${guid}/members/${guid}/\$ref`,
    `(?:users|groups|servicePrincipals)/${guid}/appRoleAssignments/${one}`,
    `roleManagement/directory/roleAssignments/${one}`,
    `oauth2PermissionGrants/${one}`,
  ),
};

/**
 * Refuses every request outside the allow-list: the reason why no code of ours can build a hard delete
 * (safety I4). `path` is relative to the version segment, without the query. Throws INVARIANT_BROKEN.
 */
export function assertAllowed(method: string, path: string): void {
  const known = allowed[method] ?? [];
  const plain = path.split('?')[0] ?? '';
  const unambiguous = !/%2f|%5c|\\|\/\/|(^|\/)\.{1,2}(\/|$)|%2e/i.test(plain);
  if (unambiguous && known.some((pattern) => pattern.test(plain))) return;
  throw new RewindError(
    'INVARIANT_BROKEN',
    `A Graph request that is not on the allow-list was stopped: ${method} ${plain.slice(0, 120)}`,
  );
}

function patterns(...sources: readonly string[]): RegExp[] {
  return sources.map((source) => new RegExp(`^/${source}$`));
}
