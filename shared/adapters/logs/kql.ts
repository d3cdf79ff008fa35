import { invariant } from '../../errors.js';
import type { Window } from '../../domain/incident.js';

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Every query this product sends to Log Analytics. The query API has no slot for values (graph fact
 * sheet F.3), so literals are made only from validated GUIDs and instants; there is no free text.
 */
export const queries = {
  writes: (actorIds: readonly string[], window: Window): string =>
    lines(rowsIn(window), initiators, `| where InitiatorId in (${idList(actorIds)})`, row),

  writesCount: (actorIds: readonly string[], window: Window): string =>
    lines(rowsIn(window), initiators, `| where InitiatorId in (${idList(actorIds)})`, '| count'),

  histories: (actorIds: readonly string[], scopeWindow: Window, window: Window): string =>
    lines(
      `let touched = ${touched(actorIds, scopeWindow)};`,
      rowsIn(window),
      targets,
      '| where TargetId in (touched)',
      row,
    ),

  historiesCount: (actorIds: readonly string[], scopeWindow: Window, window: Window): string =>
    lines(
      `let touched = ${touched(actorIds, scopeWindow)};`,
      rowsIn(window),
      targets,
      '| where TargetId in (touched)',
      '| count',
    ),

  objectEvents: (objectIds: readonly string[], window: Window): string =>
    lines(rowsIn(window), targets, `| where TargetId in (${idList(objectIds)})`, row),

  objectEventsCount: (objectIds: readonly string[], window: Window): string =>
    lines(rowsIn(window), targets, `| where TargetId in (${idList(objectIds)})`, '| count'),

  writers: (window: Window, limit: number, objectIds: readonly string[] | undefined): string =>
    lines(
      rowsIn(window),
      '| where Result =~ "success"',
      ...(objectIds === undefined ? [] : [targets, `| where TargetId in (${idList(objectIds)})`]),
      initiators,
      '| where isnotempty(InitiatorId)',
      '| summarize Rows = dcount(Id), First = min(TimeGenerated), Last = max(TimeGenerated), ' +
        'Name = take_any(InitiatorName), Client = take_any(ClientName), Address = take_any(IpAddress) ' +
        'by Kind, InitiatorId',
      `| top ${whole(limit)} by Rows desc`,
      '| project Kind, InitiatorId, Name, Rows, First = tostring(First), Last = tostring(Last), Client, Address',
    ),

  delay: (): string =>
    lines(
      'AuditLogs',
      '| where TimeGenerated > ago(1d)',
      '| summarize Rows = count(), Delay = percentile(ingestion_time() - TimeGenerated, 99)',
      '| project Rows, Seconds = Delay / 1s',
    ),

  signIns: (userIds: readonly string[], since: string): string =>
    lines(
      `union (SigninLogs ${signInColumns(userIds, since)}), (AADNonInteractiveUserSignInLogs ${signInColumns(userIds, since)})`,
    ),
} as const;

const rowsIn = ({ from, to }: Window): string =>
  `AuditLogs | where TimeGenerated >= ${instant(from)} and TimeGenerated < ${instant(to)}`;

/** `InitiatedBy.user` is an object in some exports and text in others (D.4). */
const initiators =
  '| extend ByUser = parse_json(tostring(InitiatedBy.user)), ByApp = parse_json(tostring(InitiatedBy.app)) ' +
  '| extend UserId = tolower(tostring(ByUser.id)), AppId = tolower(tostring(ByApp.servicePrincipalId)) ' +
  '| extend Kind = iff(isnotempty(UserId), "user", "servicePrincipal"), InitiatorId = iff(isnotempty(UserId), UserId, AppId), ' +
  'InitiatorName = iff(isnotempty(UserId), tostring(ByUser.userPrincipalName), tostring(ByApp.displayName)), ' +
  'ClientName = tostring(ByUser.displayName), IpAddress = tostring(ByUser.ipAddress)';

const targets =
  '| mv-expand Target = TargetResources | extend TargetId = tolower(tostring(Target.id))';

const row =
  '| project id = Id, activityDateTime = tostring(TimeGenerated), activityDisplayName = OperationName, ' +
  'operationType = AADOperationType, correlationId = CorrelationId, result = Result, ' +
  'initiatedBy = InitiatedBy, targetResources = TargetResources ' +
  '| order by activityDateTime asc';

const touched = (actorIds: readonly string[], window: Window): string =>
  lines(
    rowsIn(window),
    initiators,
    `| where InitiatorId in (${idList(actorIds)})`,
    targets,
    '| where isnotempty(TargetId) | distinct TargetId',
  );

const signInColumns = (userIds: readonly string[], since: string): string =>
  `| where TimeGenerated >= ${instant(since)} | where tolower(UserId) in (${idList(userIds)}) ` +
  '| project UserId = tolower(UserId), At = tostring(TimeGenerated), Code = tostring(ResultType)';

function idList(ids: readonly string[]): string {
  invariant(ids.length > 0, 'a query needs at least one id');
  return ids
    .map((id) => {
      invariant(guid.test(id), 'a query takes object ids only');
      return `"${id.toLowerCase()}"`;
    })
    .join(', ');
}

function instant(iso: string): string {
  invariant(
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,7})?Z$/.test(iso),
    'a query takes ISO 8601 UTC instants only',
  );
  return `datetime(${iso})`;
}

function whole(limit: number): string {
  invariant(
    Number.isInteger(limit) && limit > 0 && limit <= 10_000,
    'a limit is a small whole number',
  );
  return String(limit);
}

const lines = (...parts: readonly string[]): string => parts.join('\n');
