import type { AuditEvent } from '../directory/audit-event.js';
import { isoTicks } from '../directory/instants.js';
import { additionalDetails } from './directory-audit.js';
import { columnsOf } from './ingested-table.js';

/** Graph fact sheet D.4, in its order. */
export const auditLogsColumns = columnsOf(`
  TimeGenerated:datetime ActivityDateTime:datetime OperationName:string ActivityDisplayName:string
  Category:string AADOperationType:string CorrelationId:string Id:string InitiatedBy:dynamic
  TargetResources:dynamic AdditionalDetails:dynamic Identity:string Result:string
  ResultReason:string ResultType:string ResultDescription:string ResultSignature:string
  LoggedByService:string AADTenantId:string DurationMs:long OperationVersion:string Level:string
  Location:string Resource:string ResourceGroup:string ResourceId:string ResourceProvider:string
  SourceSystem:string Type:string _BilledSize:real _IsBillable:string`);

/** An audit event as a row of `AuditLogs`. The initiator has one side only, targets have no UPN when null. */
export function auditLogsRow(event: AuditEvent, tenantId: string): unknown[] {
  const at = isoTicks(event.at, event.ticks);
  const targets = event.targets.map(
    ({ id, displayName, type, userPrincipalName, groupType, modified }) => ({
      id,
      displayName,
      type,
      ...(userPrincipalName === undefined ? {} : { userPrincipalName }),
      ...(groupType === undefined ? {} : { groupType }),
      modifiedProperties: modified,
      administrativeUnits: [],
    }),
  );
  return [
    at,
    at,
    event.activity,
    event.activity,
    event.category,
    event.operationType,
    event.correlationId,
    event.id,
    initiatedBy(event),
    targets,
    additionalDetails(event),
    event.by.displayName ?? '',
    event.result,
    event.resultReason,
    '',
    '',
    'None',
    event.service,
    tenantId,
    0,
    '1.0',
    '4',
    '',
    'Microsoft.aadiam',
    'Microsoft.aadiam',
    `/tenants/${tenantId}/providers/Microsoft.aadiam`,
    '',
    'Azure AD',
    'AuditLogs',
    1800,
    'True',
  ];
}

function initiatedBy({ by }: AuditEvent): Record<string, unknown> {
  if (by.kind === 'app') {
    return {
      app: {
        appId: null,
        displayName: by.displayName,
        servicePrincipalId: by.servicePrincipalId,
        servicePrincipalName: null,
      },
    };
  }
  const { id, displayName, userPrincipalName, ipAddress } = by;
  return { user: { id, displayName, userPrincipalName, ipAddress, roles: [] } };
}
