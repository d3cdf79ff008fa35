import type { Window } from '../../domain/incident/incident.js';
import type { ActorRef } from '../../domain/identities.js';
import { RewindError } from '../../errors.js';

/**
 * The queries for Log Analytics. Text from outside never becomes part of one: only GUIDs and instants
 * of a checked form are written into it (graph fact sheet F.3), each as a literal of its type.
 */
const rowColumns = `Id, TimeGenerated = tostring(TimeGenerated),
    ActivityDateTime = tostring(ActivityDateTime), OperationName, CorrelationId, Result,
    InitiatedBy, TargetResources, AdditionalDetails`;

/** The sides of the initiator are objects in some exports and JSON text in others (graph fact sheet D.4). */
const withInitiator = `extend User = parse_json(tostring(InitiatedBy.user)), App = parse_json(tostring(InitiatedBy.app))
| extend UserId = tolower(tostring(User.id)), PrincipalId = tolower(tostring(App.servicePrincipalId))
| extend ActorId = iff(isnotempty(UserId), UserId, PrincipalId)`;

const withTargets = `mv-expand Target = TargetResources
| extend ObjectId = tolower(tostring(Target.id))`;

/** Rows that these actors wrote. */
export function writesQuery(actors: readonly ActorRef[], window: Window): string {
  return `AuditLogs
| where ${within(window)}
| ${withInitiator}
| where ActorId in (${actorIds(actors)})
| project ${rowColumns}`;
}

/** Everybody's rows in `window` on objects that these actors wrote to in `scopeWindow`. */
export function historiesQuery(
  actors: readonly ActorRef[],
  scopeWindow: Window,
  window: Window,
): string {
  return `let touched = AuditLogs
| where ${within(scopeWindow)}
| ${withInitiator}
| where ActorId in (${actorIds(actors)})
| ${withTargets}
| where isnotempty(ObjectId)
| distinct ObjectId;
AuditLogs
| where ${within(window)}
| ${withTargets}
| where ObjectId in (touched)
| project ${rowColumns}`;
}

/** Everybody's rows on exactly these objects. */
export function objectEventsQuery(objectIds: readonly string[], window: Window): string {
  return `AuditLogs
| where ${within(window)}
| ${withTargets}
| where ObjectId in (${guids(objectIds)})
| project ${rowColumns}`;
}

/** Who wrote in the window, busiest first. */
export function writersQuery(window: Window, limit: number, objectIds?: readonly string[]): string {
  const onObjects =
    objectIds === undefined
      ? ''
      : `| ${withTargets}
| where ObjectId in (${guids(objectIds)})
`;
  return `AuditLogs
| where ${within(window)}
| where Result =~ "success"
${onObjects}| ${withInitiator}
| where isnotempty(ActorId)
| extend Kind = iff(isnotempty(UserId), "user", "servicePrincipal"),
    Name = iff(isnotempty(UserId), tostring(User.userPrincipalName), tostring(App.displayName)),
    Client = iff(isnotempty(UserId), tostring(User.displayName), tostring(App.displayName)),
    Ip = tostring(User.ipAddress)
| summarize Rows = dcount(Id), FirstAt = min(TimeGenerated), LastAt = max(TimeGenerated),
    Name = take_any(Name), Client = take_any(Client), Ip = take_any(Ip) by Kind, ActorId
| top ${whole(limit)} by Rows desc
| project Kind, ActorId, Rows, Name, Client, Ip, FirstAt = tostring(FirstAt), LastAt = tostring(LastAt)`;
}

/** The 99th percentile of the last day's delay until rows are readable. */
export const delayQuery = `AuditLogs
| where TimeGenerated > ago(1d)
| summarize Rows = count(), Delay = percentile(ingestion_time() - TimeGenerated, 99)
| project Rows, Seconds = todouble(Delay / 1s)`;

/** Successes and failures of these users since then, at most two rows each. */
export function signInsQuery(userIds: readonly string[], since: string): string {
  const from = instant(since);
  const leg = (table: string): string => `(${table}
    | where TimeGenerated >= ${from}
    | project UserId = tolower(UserId), At = TimeGenerated, Succeeded = tolower(tostring(ResultType)) in ("0", "success"))`;
  return `union isfuzzy=true ${leg('SigninLogs')}, ${leg('AADNonInteractiveUserSignInLogs')}
| where UserId in (${guids(userIds)})
| summarize At = min(At) by UserId, Succeeded
| project UserId, Succeeded, At = tostring(At)`;
}

/** How many rows another of these queries answers with, minute by minute; minutes without any are left out. */
export const countingByMinute = (query: string): string =>
  `${query}
| summarize Rows = count() by Minute = bin(todatetime(TimeGenerated), 1m)
| order by Minute asc
| project Minute = tostring(Minute), Rows`;

const within = ({ from, to }: Window): string =>
  `TimeGenerated >= ${instant(from)} and TimeGenerated < ${instant(to)}`;

function instant(text: string): string {
  const plain = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,7})?Z$/;
  if (!plain.test(text) || Number.isNaN(Date.parse(text))) throw refused('an instant');
  return `datetime(${text})`;
}

const actorIds = (actors: readonly ActorRef[]): string => guids(actors.map(({ id }) => id));

function guids(ids: readonly string[]): string {
  const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
  const lower = ids.map((id) => id.toLowerCase());
  if (lower.length === 0 || !lower.every((id) => guid.test(id))) throw refused('an object id');
  return lower.map((id) => `"${id}"`).join(', ');
}

function whole(limit: number): string {
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > 10_000) throw refused('a limit');
  return String(limit);
}

const refused = (what: string): RewindError =>
  new RewindError(
    'INVARIANT_BROKEN',
    `A log query was to be built with an unusable value for ${what}.`,
  );
