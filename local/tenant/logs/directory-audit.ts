import type { AuditEvent, AuditTarget } from '../directory/audit-event.js';
import { isoTicks } from '../directory/instants.js';
import type { Json } from '../directory/model.js';

/** An audit event as Graph shows it (graph fact sheet D.2). */
export function directoryAudit(event: AuditEvent): Record<string, unknown> {
  return {
    id: event.id,
    category: event.category,
    correlationId: event.correlationId,
    result: event.result,
    resultReason: event.resultReason,
    activityDisplayName: event.activity,
    activityDateTime: isoTicks(event.at, event.ticks),
    loggedByService: event.service,
    operationType: event.operationType,
    initiatedBy: initiatedBy(event),
    targetResources: event.targets.map(targetResource),
    additionalDetails: additionalDetails(event),
  };
}

/** Details beside the targets; only user clients leave any. */
export function additionalDetails({ by }: AuditEvent): { key: string; value: string }[] {
  if (by.kind !== 'user' || by.userAgent === undefined) return [];
  return [{ key: 'User-Agent', value: by.userAgent }];
}

/** Reads what `$filter` may ask for without building the whole record. */
export function auditValue(event: AuditEvent, path: string): Json | undefined {
  const { by } = event;
  switch (path) {
    case 'id':
      return event.id;
    case 'category':
      return event.category;
    case 'correlationId':
      return event.correlationId;
    case 'loggedByService':
      return event.service;
    case 'activityDisplayName':
      return event.activity;
    case 'activityDateTime':
      return isoTicks(event.at, event.ticks);
    case 'initiatedBy/user/id':
      return by.kind === 'user' ? by.id : null;
    case 'initiatedBy/user/displayName':
      return by.kind === 'user' ? by.displayName : null;
    case 'initiatedBy/user/userPrincipalName':
      return by.kind === 'user' ? by.userPrincipalName : null;
    case 'initiatedBy/app/appId':
      return null;
    case 'initiatedBy/app/displayName':
      return by.kind === 'app' ? by.displayName : null;
    case 'targetResources':
      return event.targets.map(({ id, displayName }) => ({ id, displayName }));
    default:
      return undefined;
  }
}

/** Exactly one side is not null; an app's `appId` always is (D.2). */
function initiatedBy({ by }: AuditEvent): Record<string, unknown> {
  if (by.kind === 'app') {
    const app = {
      appId: null,
      displayName: by.displayName,
      servicePrincipalId: by.servicePrincipalId,
      servicePrincipalName: null,
    };
    return { user: null, app };
  }
  const user = {
    id: by.id,
    displayName: by.displayName,
    userPrincipalName: by.userPrincipalName,
    ipAddress: by.ipAddress,
    userType: 'Member',
    homeTenantId: null,
    homeTenantName: null,
  };
  return { user, app: null };
}

function targetResource(target: AuditTarget): Record<string, unknown> {
  return {
    id: target.id,
    displayName: target.displayName,
    type: target.type,
    userPrincipalName: target.userPrincipalName ?? null,
    groupType: target.groupType ?? null,
    modifiedProperties: target.modified,
  };
}
