import type { Directory } from '../directory/directory.js';
import { isoSeconds } from '../directory/instants.js';
import { text, type Json } from '../directory/model.js';
import type { SignInAttempt, SignInResult } from './sign-ins.js';

/** A user sign-in as Graph v1.0 shows it (graph fact sheet H). */
export function signInRecord(
  attempt: SignInAttempt,
  result: SignInResult,
  directory: Directory,
): Record<string, unknown> {
  const user = directory.asOf(attempt.at).get(attempt.principalId)?.properties ?? {};
  return {
    id: attempt.id,
    createdDateTime: isoSeconds(attempt.at),
    userDisplayName: user['displayName'] ?? '',
    userPrincipalName: text(user, 'userPrincipalName').toLowerCase(),
    userId: attempt.principalId,
    appId: attempt.client.appId,
    appDisplayName: attempt.client.displayName,
    ipAddress: attempt.ipAddress,
    clientAppUsed: 'Browser',
    correlationId: attempt.correlationId,
    conditionalAccessStatus: conditionalAccessStatus(result),
    isInteractive: attempt.kind === 'interactive',
    riskDetail: 'none',
    riskLevelAggregated: 'none',
    riskLevelDuringSignIn: 'none',
    riskState: 'none',
    riskEventTypes_v2: [],
    resourceDisplayName: attempt.client.displayName,
    resourceId: attempt.client.appId,
    status: {
      errorCode: result.errorCode,
      failureReason: result.failureReason,
      additionalDetails: null,
    },
    deviceDetail: { deviceId: '', displayName: '', operatingSystem: 'Windows10', browser: 'Edge' },
    location: { city: 'Hamburg', state: 'Hamburg', countryOrRegion: 'DE' },
    appliedConditionalAccessPolicies: appliedPolicies(result),
  };
}

/** `notApplied` when it never came to a policy. */
export function conditionalAccessStatus({ errorCode }: SignInResult): string {
  if (errorCode === 0) return 'success';
  return errorCode === 53003 ? 'failure' : 'notApplied';
}

/** The policy that decided, if one kept the person out. */
export function appliedPolicies({ policy }: SignInResult): Record<string, unknown>[] {
  if (policy === undefined) return [];
  const displayName = text(policy.properties, 'displayName');
  const enforcedGrantControls = ['Block'];
  return [{ id: policy.id, displayName, enforcedGrantControls, result: 'failure' }];
}

/** Reads what `$filter` on sign-ins may ask for. */
export function signInValue(record: Record<string, unknown>, path: string): Json | undefined {
  if (path === 'status/errorCode') {
    return (record['status'] as { readonly errorCode: number }).errorCode;
  }
  return record[path] as Json | undefined;
}
