import { auditValue, directoryAudit } from '../logs/directory-audit.js';
import { signInRecord, signInValue } from '../logs/sign-in-record.js';
import type { SignInAttempt } from '../logs/sign-ins.js';
import { badRequest, unsupportedQuery } from './errors.js';
import { checkFilter, passes, type Filterable } from './filter.js';
import { nextLink, readCursor } from './present.js';
import type { GraphContext, Outcome, Route } from './route.js';

/** Graph fact sheet D.1; `servicePrincipalId` is missing there on purpose. */
const auditFilterable: Filterable = {
  activityDateTime: 'eq ge le',
  activityDisplayName: 'eq startswith',
  category: 'eq',
  correlationId: 'eq',
  id: 'eq',
  loggedByService: 'eq',
  'initiatedBy/user/id': 'eq',
  'initiatedBy/user/displayName': 'eq',
  'initiatedBy/user/userPrincipalName': 'eq startswith',
  'initiatedBy/app/appId': 'eq',
  'initiatedBy/app/displayName': 'eq',
  'targetResources/id': 'eq',
  'targetResources/displayName': 'eq startswith',
};

const signInFilterable: Filterable = {
  id: 'eq',
  userId: 'eq',
  userPrincipalName: 'eq startswith',
  userDisplayName: 'eq startswith',
  appId: 'eq',
  appDisplayName: 'eq startswith',
  createdDateTime: 'eq ge le',
  'status/errorCode': 'eq',
  ipAddress: 'eq startswith',
  correlationId: 'eq',
};

const pageSize = 1000;
const options = ['$filter', '$top', '$orderby', '$skiptoken', '$select'] as const;

export const auditLogRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: 'auditLogs/directoryAudits',
    area: 'reports',
    units: 1,
    options,
    permissions: ['AuditLog.Read.All', 'Directory.Read.All'],
    handle: listAudits,
  },
  {
    method: 'GET',
    path: 'auditLogs/signIns',
    area: 'reports',
    units: 1,
    options,
    permissions: ['AuditLog.Read.All'],
    handle: listSignIns,
  },
];

interface Source<T> {
  readonly count: number;
  readonly item: (index: number) => T | undefined;
  readonly passes: (item: T) => boolean;
  readonly show: (item: T) => Record<string, unknown>;
  readonly timeProperty: string;
  readonly set: string;
}

function listAudits(context: GraphContext): Outcome {
  const { events } = context.directory.trail;
  const { filter } = context.options;
  if (filter !== null) checkFilter(filter, auditFilterable, 'DirectoryAudit', false);
  return page(context, {
    count: events.length,
    item: (index) => {
      const event = events[index];
      return event !== undefined && event.graphAt <= context.now ? event : undefined;
    },
    passes: (event) => filter === null || passes(filter, (path) => auditValue(event, path)),
    show: directoryAudit,
    timeProperty: 'activityDateTime',
    set: 'auditLogs/directoryAudits',
  });
}

/** v1.0 knows interactive user sign-ins only. */
function listSignIns(context: GraphContext): Outcome {
  const { filter } = context.options;
  if (filter !== null) checkFilter(filter, signInFilterable, 'SignIn', false);
  const { signIns } = context.world;
  const attempts: readonly SignInAttempt[] = signIns.attempts
    .filter(({ kind, graphAt }) => kind === 'interactive' && graphAt <= context.now)
    .sort((one, other) => one.at - other.at);
  const record = (attempt: SignInAttempt): Record<string, unknown> =>
    signInRecord(attempt, signIns.resultOf(attempt), context.directory);
  return page(context, {
    count: attempts.length,
    item: (index) => attempts[index],
    passes: (attempt) => {
      if (filter === null) return true;
      const shown = record(attempt);
      return passes(filter, (path) => signInValue(shown, path));
    },
    show: record,
    timeProperty: 'createdDateTime',
    set: 'auditLogs/signIns',
  });
}

/** Newest first unless asked otherwise. The cursor is a place in the log, which only ever grows. */
function page<T>(context: GraphContext, source: Source<T>): Outcome {
  const { orderBy, top, select } = context.options;
  const size = top ?? pageSize;
  if (size > pageSize) {
    throw badRequest(`Invalid page size specified: '${size}'. Must be between 1 and ${pageSize}.`);
  }
  if (orderBy !== null && orderBy.path !== source.timeProperty) {
    throw unsupportedQuery(`Sorting by '${orderBy.path}' is not supported.`);
  }
  const step = orderBy?.descending === false ? 1 : -1;
  const first = step === 1 ? 0 : source.count - 1;
  const value: Record<string, unknown>[] = [];
  let more = false;
  let last = first;
  for (let index = readCursor(context.options, 'next') ?? first; ; index += step) {
    if (index < 0 || index >= source.count) break;
    const item = source.item(index);
    if (item === undefined || !source.passes(item)) continue;
    if (value.length === size) {
      more = true;
      last = index;
      break;
    }
    value.push(source.show(item));
  }
  const body: Record<string, unknown> = { '@odata.context': context.metadata(source.set) };
  if (more) body['@odata.nextLink'] = nextLink(context, { next: last });
  return { status: 200, body: { ...body, value: value.map((row) => selected(row, select)) } };
}

function selected(
  row: Record<string, unknown>,
  select: readonly string[] | null,
): Record<string, unknown> {
  if (select === null) return row;
  const unknown = select.find((name) => !(name in row));
  if (unknown !== undefined) {
    throw badRequest(`Could not find a property named '${unknown}'.`);
  }
  return Object.fromEntries(select.map((name) => [name, row[name]]));
}
