import { z } from 'zod';
import type { AuditEvent, Initiator, ObjectType, PropertyChange } from '../../domain/audit.js';
import { coverageOf, isPseudoProperty } from '../../domain/coverage.js';
import { known, unknown, type Known } from '../../domain/json.js';
import { parseAuditList, parseAuditValue } from '../../domain/values.js';
import {
  lifecycleOf,
  membershipOf,
  objectTypeOf,
  roleChangeOf,
  switchesAccount,
  writesPassword,
} from './operations.js';

export type Dialect = 'graph' | 'logAnalytics';

const text = z.string().nullish();
const modifiedProperty = z.object({
  displayName: text,
  oldValue: z.unknown().optional(),
  newValue: z.unknown().optional(),
});
const target = z.object({
  id: text,
  displayName: text,
  type: text,
  userPrincipalName: text,
  modifiedProperties: z.array(modifiedProperty).nullish(),
});
const details = z.array(z.object({ key: text, value: text })).nullish();

/** The row as both dialects have it once their names are the same. */
const rowSchema = z.object({
  id: z.string().min(1),
  at: z.string().min(1),
  operation: z.string(),
  correlationId: text,
  result: text,
  user: z
    .object({ id: text, displayName: text, userPrincipalName: text, ipAddress: text })
    .nullish(),
  app: z.object({ displayName: text, servicePrincipalId: text, appId: text }).nullish(),
  targets: z.array(target),
  details,
});
type Row = z.output<typeof rowSchema>;
type Target = z.output<typeof target>;

/**
 * One raw audit row as events in our words: one per changed target, memberships as one event of the
 * member (graph fact sheet D.2, D.3, D.5; inbound fact sheet F). Null for a row that cannot be read, so
 * that the caller can refuse to take the answer for complete. Rows about things without an id give [].
 */
export function normaliseAuditRow(raw: unknown, dialect: Dialect): AuditEvent[] | null {
  const parsed = rowSchema.safeParse(dialect === 'graph' ? fromGraph(raw) : fromLogs(raw));
  if (!parsed.success) return null;
  const row = parsed.data;
  const targets = row.targets.filter(({ id }) => typeof id === 'string' && id !== '');
  const main = targets[0];
  if (main === undefined) return [];
  // The other targets are context: of a membership the group, of a role row the role (D.5).
  const damaged = targets.filter(
    (other) => other === main || (other.modifiedProperties ?? []).length > 0,
  );
  return damaged.map((one) => eventOf(row, one));
}

function eventOf(row: Row, about: Target): AuditEvent {
  const objectType = objectTypeOf(about.type ?? null, row.operation);
  const objectId = (about.id as string).toLowerCase();
  const change = membershipOf(row.operation);
  const group = change === null ? null : groupOf(about, change);
  const changes = change === null ? changesOf(row.operation, objectType, about) : [];
  const kind = change ?? lifecycleOf(row.operation, isHardDeleted(about));
  return {
    id: row.id,
    at: row.at,
    operation: row.operation.trim(),
    correlationId: row.correlationId ?? '',
    succeeded: (row.result ?? '').trim().toLowerCase() === 'success',
    by: initiatorOf(row),
    // Rows without a readable change say only that something happened; switching says what.
    kind: kind ?? (changes.length > 0 || switchesAccount(row.operation) ? 'update' : 'other'),
    objectId,
    objectType,
    objectName: plainName(about.userPrincipalName, objectId) ?? about.displayName ?? null,
    groupId: group?.id ?? null,
    groupName: group?.name ?? null,
    changes,
  };
}

function changesOf(
  operation: string,
  objectType: ObjectType,
  { modifiedProperties }: Target,
): PropertyChange[] {
  const role = directoryRoleChange(operation, modifiedProperties ?? []);
  if (role !== null) return [role];
  const changes = (modifiedProperties ?? [])
    .map(({ displayName, ...values }) => ({ property: displayName?.trim() ?? '', ...values }))
    .filter(({ property }) => property !== '' && !isPseudoProperty(property))
    .map(({ property, oldValue, newValue }): PropertyChange => {
      const covered = coverageOf(objectType, property);
      if (covered?.secret === true) return { property, before: hidden, after: hidden };
      const read = covered?.kind === 'stringList' ? readList : parseAuditValue;
      return { property, before: read(oldValue), after: read(newValue) };
    });
  const password = changes.some(({ property }) => /password/i.test(property));
  if (objectType !== 'user' || password || !writesPassword(operation)) return changes;
  return [...changes, { property: 'PasswordProfile', before: hidden, after: hidden }];
}

type Modified = z.output<typeof modifiedProperty>;

/** A role given or taken is a change of its holder that no executor reverts; its name says which. */
function directoryRoleChange(
  operation: string,
  properties: readonly Modified[],
): PropertyChange | null {
  const added = roleChangeOf(operation);
  if (added === null) return null;
  const name = valueOf(properties, 'role.displayname', added ? 'newValue' : 'oldValue');
  const value = name === null ? unknown('the row does not name the role') : known(name);
  const none = known([]);
  return { property: 'DirectoryRole', before: added ? none : value, after: added ? value : none };
}

const hidden = unknown('values of this property are never kept');
const readList = (value: unknown): Known => parseAuditList(value);

/** `initiatedBy.user` names the person also when they act through an application (delegated). */
function initiatorOf({ user, app, details: extra }: Row): Initiator {
  if (typeof user?.id === 'string' && user.id !== '') {
    const agent = extra?.find(({ key }) => key?.toLowerCase() === 'user-agent')?.value;
    return {
      kind: 'user',
      id: user.id.toLowerCase(),
      name: user.userPrincipalName || user.displayName || null,
      // For people this field holds the client they used, where it holds anything (D.2).
      clientName: agent || user.displayName || null,
      ipAddress: user.ipAddress || null,
    };
  }
  const id = app?.servicePrincipalId || null;
  return {
    kind: app === null || app === undefined ? 'user' : 'servicePrincipal',
    id: id?.toLowerCase() ?? null,
    name: app?.displayName || user?.userPrincipalName || null,
    clientName: app?.displayName || null,
    ipAddress: null,
  };
}

/** The group of a membership row: new value of an addition, old value of a removal (D.5). */
function groupOf(
  { modifiedProperties }: Target,
  change: 'addMember' | 'removeMember',
): { readonly id: string | null; readonly name: string | null } {
  const side = change === 'addMember' ? 'newValue' : 'oldValue';
  const properties = modifiedProperties ?? [];
  return {
    id: valueOf(properties, 'group.objectid', side)?.toLowerCase() ?? null,
    name: valueOf(properties, 'group.displayname', side),
  };
}

/** The text of one property on one side; null when it says nothing. */
function valueOf(
  properties: readonly Modified[],
  name: string,
  side: 'oldValue' | 'newValue',
): string | null {
  const found = properties.find(({ displayName }) => displayName?.trim().toLowerCase() === name);
  const value = parseAuditValue(found?.[side]);
  return value.known && typeof value.value === 'string' && value.value !== '' ? value.value : null;
}

const isHardDeleted = ({ modifiedProperties }: Target): boolean =>
  valueOf(modifiedProperties ?? [], 'is hard deleted', 'newValue')?.toLowerCase() === 'true';

/** Soft deletion puts the object id without dashes in front of the name (D.2). */
function plainName(upn: string | null | undefined, objectId: string): string | null {
  const prefix = objectId.replaceAll('-', '');
  if (typeof upn !== 'string' || upn === '') return null;
  return upn.toLowerCase().startsWith(prefix) ? upn.slice(prefix.length) : upn;
}

function fromGraph(raw: unknown): unknown {
  const row = object(raw);
  const by = object(row['initiatedBy']);
  return {
    id: row['id'],
    at: row['activityDateTime'],
    operation: row['activityDisplayName'],
    correlationId: row['correlationId'],
    result: row['result'],
    user: by['user'],
    app: by['app'],
    targets: row['targetResources'],
    details: row['additionalDetails'],
  };
}

/** Dynamic columns and the sides of `InitiatedBy` are objects or, in exports, their JSON text (D.4). */
function fromLogs(raw: unknown): unknown {
  const row = object(raw);
  const by = object(unfolded(row['InitiatedBy']));
  return {
    id: row['Id'],
    at: row['ActivityDateTime'] || row['TimeGenerated'],
    operation: row['OperationName'] || row['ActivityDisplayName'],
    correlationId: row['CorrelationId'],
    result: row['Result'],
    user: unfolded(by['user']) || null,
    app: unfolded(by['app']) || null,
    targets: unfolded(row['TargetResources']),
    details: unfolded(row['AdditionalDetails']) || null,
  };
}

function unfolded(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value === '' ? null : value;
  }
}

const object = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
