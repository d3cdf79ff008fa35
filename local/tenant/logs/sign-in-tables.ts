import type { Directory } from '../directory/directory.js';
import { isoTicks } from '../directory/instants.js';
import { text } from '../directory/model.js';
import type { KqlColumn } from '../kql/index.js';
import { columnsOf } from './ingested-table.js';
import { appliedPolicies, conditionalAccessStatus } from './sign-in-record.js';
import type { SignInAttempt, SignInResult } from './sign-ins.js';

const userColumns = `
  TimeGenerated:datetime CreatedDateTime:datetime Id:string UserId:string UserPrincipalName:string
  UserDisplayName:string UserType:string AppId:string AppDisplayName:string ResourceIdentity:string
  ResourceDisplayName:string IPAddress:string Location:string CorrelationId:string
  OriginalRequestId:string UniqueTokenIdentifier:string SessionId:string ResultType:string
  ResultDescription:string ConditionalAccessStatus:string RiskLevelDuringSignIn:string
  UserAgent:string IsInteractive:bool Category:string OperationName:string
  AADTenantId:string`;
const nested = [
  'Status',
  'DeviceDetail',
  'LocationDetails',
  'MfaDetail',
  'ConditionalAccessPolicies',
];

const typed = (type: string): KqlColumn[] =>
  columnsOf(nested.map((name) => `${name}:${type}`).join(' '));

/** Nested columns are dynamic here and text in the non-interactive table (graph fact sheet D.6). */
export const signinLogsColumns = [
  ...columnsOf(userColumns),
  ...typed('dynamic'),
  ...columnsOf('Type:string'),
];
export const nonInteractiveColumns = [
  ...columnsOf(userColumns),
  ...typed('string'),
  ...columnsOf('Type:string'),
];
export const servicePrincipalColumns = columnsOf(`
  TimeGenerated:datetime CreatedDateTime:datetime Id:string ServicePrincipalId:string
  ServicePrincipalName:string AppId:string ServicePrincipalCredentialKeyId:string
  ServicePrincipalCredentialThumbprint:string FederatedCredentialId:string
  ClientCredentialType:string IPAddress:string ResourceIdentity:string
  ResourceDisplayName:string ResourceServicePrincipalId:string ResultType:string
  ResultDescription:string UniqueTokenIdentifier:string CorrelationId:string AADTenantId:string
  Type:string`);

/** A user sign-in as a row of SigninLogs or AADNonInteractiveUserSignInLogs. */
export function userSignInRow(
  attempt: SignInAttempt,
  result: SignInResult,
  directory: Directory,
): unknown[] {
  const at = isoTicks(attempt.at);
  const user = directory.asOf(attempt.at).get(attempt.principalId)?.properties ?? {};
  const interactive = attempt.kind === 'interactive';
  const { appId, displayName: app } = attempt.client;
  const details = [
    { errorCode: result.errorCode, failureReason: result.failureReason },
    { operatingSystem: 'Windows10', browser: 'Edge' },
    { city: 'Hamburg', countryOrRegion: 'DE' },
    {},
    appliedPolicies(result),
  ];
  return [
    at,
    at,
    attempt.id,
    attempt.principalId,
    text(user, 'userPrincipalName').toLowerCase(),
    user['displayName'] ?? '',
    user['userType'] ?? 'Member',
    appId,
    app,
    appId,
    app,
    attempt.ipAddress,
    'DE',
    attempt.correlationId,
    attempt.id,
    attempt.id,
    attempt.correlationId,
    String(result.errorCode),
    result.errorCode === 0 ? '' : result.failureReason,
    conditionalAccessStatus(result),
    'none',
    'Mozilla/5.0',
    interactive,
    interactive ? 'SignInLogs' : 'NonInteractiveUserSignInLogs',
    'Sign-in activity',
    directory.tenantId,
    ...(interactive ? details : details.map((detail) => JSON.stringify(detail))),
    interactive ? 'SigninLogs' : 'AADNonInteractiveUserSignInLogs',
  ];
}

/** A service principal's sign-in. */
export function servicePrincipalRow(
  attempt: SignInAttempt,
  result: SignInResult,
  directory: Directory,
): unknown[] {
  const at = isoTicks(attempt.at);
  const principal = directory.asOf(attempt.at).get(attempt.principalId)?.properties ?? {};
  const credentials = (principal['passwordCredentials'] ?? []) as readonly { keyId: string }[];
  return [
    at,
    at,
    attempt.id,
    attempt.principalId,
    principal['displayName'] ?? '',
    principal['appId'] ?? '',
    credentials[0]?.keyId ?? '',
    '',
    '',
    credentials.length > 0 ? 'clientSecret' : 'none',
    attempt.ipAddress,
    '00000003-0000-0000-c000-000000000000',
    'Microsoft Graph',
    '',
    String(result.errorCode),
    result.errorCode === 0 ? '' : result.failureReason,
    attempt.id,
    attempt.correlationId,
    directory.tenantId,
    'AADServicePrincipalSignInLogs',
  ];
}
