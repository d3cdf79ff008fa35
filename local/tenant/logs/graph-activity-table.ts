import { isoTicks } from '../directory/instants.js';
import type { GraphActivity } from './graph-activity.js';
import { columnsOf } from './ingested-table.js';

/** Graph fact sheet D.6. */
export const graphActivityColumns = columnsOf(`
  TimeGenerated:datetime RequestId:string OperationId:string ClientRequestId:string
  RequestMethod:string RequestUri:string ResponseStatusCode:int AppId:string
  ServicePrincipalId:string UserId:string IPAddress:string Scopes:string Roles:string Wids:string
  SignInActivityId:string SessionId:string UniqueTokenId:string TokenIssuedAt:datetime
  ClientAuthMethod:int DurationMs:int AadTenantId:string Type:string`);

/** One request as a row of MicrosoftGraphActivityLogs. */
export function graphActivityRow(activity: GraphActivity, tenantId: string): unknown[] {
  const { caller } = activity;
  const app = caller.kind === 'app';
  return [
    isoTicks(activity.at),
    activity.requestId,
    activity.operationId,
    activity.clientRequestId,
    activity.method,
    activity.uri,
    activity.status,
    caller.appId,
    app ? caller.servicePrincipalId : '',
    app ? '' : caller.userId,
    '127.0.0.1',
    app ? '' : caller.scopes.join(' '),
    caller.roles.join(' '),
    '',
    '',
    '',
    '',
    null,
    app ? 2 : 0,
    Math.round(activity.durationMs),
    tenantId,
    'MicrosoftGraphActivityLogs',
  ];
}
