import { z } from 'zod';
import type {
  AuditEvent,
  Initiator,
  ObjectType,
  PropertyChange,
} from '../../domain/attribution/audit.js';
import { coverageOf, isPseudoProperty } from '../../domain/coverage/coverage.js';
import { known, unknown, type Known } from '../../domain/json.js';
import { parseAuditList, parseAuditValue } from '../../domain/attribution/values.js';
import { credentialChange } from './credential-changes.js';
import { documentChanges, isDocument, somePart, statesParts } from './document-changes.js';
import { modifiedProperty, textOf, type Modified } from './modified-properties.js';
import {
  lifecycleOf,
  membershipOf,
  objectTypeOf,
  ownerChangeOf,
  relationOf,
  roleChangeOf,
  switchesAccount,
  writesPassword,
} from './operations.js';
import { relationChange } from './relation-changes.js';

export type Dialect = 'graph' | 'logAnalytics';

const text = z.string().nullish();
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
 * member, assignments and grants as one of their principal or client, owners as one of what they own (graph fact sheet D.2, D.3, D.5; inbound fact sheet F). Null for a row that cannot be read, so
 * that the caller can refuse to take the answer for complete. Rows about things without an id give [].
 */
export function normaliseAuditRow(raw: unknown, dialect: Dialect): AuditEvent[] | null {
  const parsed = rowSchema.safeParse(dialect === 'graph' ? fromGraph(raw) : fromLogs(raw));
  if (!parsed.success) return null;
  const row = parsed.data;
  const targets = row.targets.filter(({ id }) => typeof id === 'string' && id !== '');
  const main = targets[0];
  if (main === undefined) return [];
  const linked = relationEvent(row, main) ?? ownerEvent(row, main) ?? roleEvent(row, targets);
  if (linked !== null) return [linked];
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
  const group = change === null ? null : groupOf(row, about, change);
  const lifecycle = change ?? lifecycleOf(row.operation, isHardDeleted(about));
  const isWhole = change !== null || (lifecycle !== null && isPolicy(objectType));
  const changes = isWhole ? [] : changesOf(row.operation, objectType, about);
  return {
    ...commonOf(row),
    // Rows without a readable change say only that something happened; switching says what.
    kind: lifecycle ?? (changes.length > 0 || switchesAccount(row.operation) ? 'update' : 'other'),
    objectId,
    objectType,
    objectName: plainName(about.userPrincipalName, objectId) ?? about.displayName ?? null,
    groupId: group?.id ?? null,
    groupName: group?.name ?? null,
    changes,
  };
}

const commonOf = (row: Row) => ({
  id: row.id,
  at: row.at,
  operation: row.operation.trim(),
  correlationId: row.correlationId ?? '',
  succeeded: (row.result ?? '').trim().toLowerCase() === 'success',
  by: initiatorOf(row),
});

/** Rows that make or delete a policy state it whole; that says nothing about who wrote its parts. */
const isPolicy = (objectType: ObjectType): boolean => /policy$|^namedLocation$/i.test(objectType);

function relationEvent(row: Row, main: Target): AuditEvent | null {
  const relation = relationOf(row.operation);
  if (relation === null) return null;
  const resourceId = (main.id as string).toLowerCase();
  const found = relationChange(relation, resourceId, main.modifiedProperties ?? []);
  const { objectId, objectType, objectName, change } = found;
  return {
    ...{ ...commonOf(row), kind: 'update', objectId, objectType, objectName },
    ...{ groupId: null, groupName: null, changes: [change] },
  };
}

const owned: readonly (readonly [ObjectType, string])[] = [
  ['application', 'application'],
  ['servicePrincipal', 'serviceprincipal'],
  ['group', 'group'],
];

/** The owner is the target; what is owned stands among the modified properties. */
function ownerEvent(row: Row, main: Target): AuditEvent | null {
  const added = ownerChangeOf(row.operation);
  if (added === null) return null;
  const side = added ? 'newValue' : 'oldValue';
  const properties = main.modifiedProperties ?? [];
  const holder = owned.find(
    ([, prefix]) => textOf(properties, `${prefix}.objectid`, side) !== null,
  );
  if (holder === undefined) return null;
  const [objectType, prefix] = holder;
  const ownerId = (main.id as string).toLowerCase();
  return {
    ...commonOf(row),
    kind: 'update',
    objectId: (textOf(properties, `${prefix}.objectid`, side) as string).toLowerCase(),
    objectType,
    objectName: textOf(properties, `${prefix}.displayname`, side),
    ...{ groupId: null, groupName: null },
    // Each owner is a property of its own: rows about one say nothing of the others.
    changes: [{ property: `owners/${ownerId}`, before: known(!added), after: known(added) }],
  };
}

/**
 * PIM names the role first and its holder among the others, where Core Directory has it the other way
 * round (D.5): either way the change is the holder's.
 */
function roleEvent(row: Row, targets: readonly Target[]): AuditEvent | null {
  const kindOf = ({ type }: Target): ObjectType => objectTypeOf(type ?? null, '');
  const [role] = targets;
  if (roleChangeOf(row.operation) === null || role === undefined) return null;
  const holder = targets.find((one) => roleHolders.includes(kindOf(one)));
  if (kindOf(role) !== 'role' || holder === undefined) return null;
  const properties = role.modifiedProperties ?? [];
  const template =
    textOf(properties, 'templateid', 'newValue') ?? textOf(properties, 'templateid', 'oldValue');
  const told = (name: string, value: string | null): Modified => {
    const text = value === null ? null : JSON.stringify(value);
    return { displayName: `Role.${name}`, oldValue: text, newValue: text };
  };
  return eventOf(row, {
    ...holder,
    modifiedProperties: [
      told('DisplayName', role.displayName ?? null),
      told('TemplateId', template),
    ],
  });
}

const roleHolders: readonly ObjectType[] = ['user', 'group', 'servicePrincipal'];

function changesOf(
  operation: string,
  objectType: ObjectType,
  { modifiedProperties }: Target,
): PropertyChange[] {
  const role = directoryRoleChange(operation, modifiedProperties ?? []);
  if (role !== null) return [role];
  const stated = (modifiedProperties ?? [])
    .map(({ displayName, ...values }) => ({ property: displayName?.trim() ?? '', ...values }))
    .filter(({ property }) => property !== '' && !isPseudoProperty(property))
    .flatMap(({ property, oldValue, newValue }): readonly PropertyChange[] => {
      if (isDocument(objectType, property)) return documentChanges(property, oldValue, newValue);
      const covered = coverageOf(objectType, property);
      if (covered === null && statesParts(objectType)) return [somePart];
      if (covered?.secret === true) {
        const keys = namesKeys(property) ? credentialChange(oldValue, newValue) : null;
        return [keys ?? { property, before: hidden, after: hidden }];
      }
      const read = covered?.kind === 'stringList' ? readList : parseAuditValue;
      return [{ property, before: read(oldValue), after: read(newValue) }];
    });
  const changes = [...new Set(stated)];
  const password = changes.some(({ property }) => /password/i.test(property));
  if (objectType !== 'user' || password || !writesPassword(operation)) return changes;
  return [...changes, { property: 'PasswordProfile', before: hidden, after: hidden }];
}

/** A role given or taken is a change of its holder that no executor reverts; its name says which. */
function directoryRoleChange(
  operation: string,
  properties: readonly Modified[],
): PropertyChange | null {
  const added = roleChangeOf(operation);
  if (added === null) return null;
  const side = added ? 'newValue' : 'oldValue';
  const name = textOf(properties, 'role.displayname', side);
  const id = textOf(properties, 'role.templateid', side)?.toLowerCase() ?? null;
  const value = name === null ? unknown('the row does not name the role') : known(name);
  const none = known([]);
  const property = id === null ? 'DirectoryRole' : `DirectoryRole/${id}`;
  return { property, before: added ? none : value, after: added ? value : none };
}

const namesKeys = (property: string): boolean => property.toLowerCase() === 'keydescription';
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
      // For people this field holds the client they used, where it holds anything (D.2); the agent is
      // mostly the browser below it.
      clientName: user.displayName || agent || null,
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

/**
 * The group of a membership row: new value of an addition, old value of a removal, and where that side is
 * empty the other one, or the group among the targets (D.5).
 */
function groupOf(
  { targets }: Row,
  { modifiedProperties }: Target,
  change: 'addMember' | 'removeMember',
): { readonly id: string | null; readonly name: string | null } {
  const properties = modifiedProperties ?? [];
  const sides =
    change === 'addMember'
      ? (['newValue', 'oldValue'] as const)
      : (['oldValue', 'newValue'] as const);
  const told = (name: string): string | null =>
    textOf(properties, name, sides[0]) ?? textOf(properties, name, sides[1]);
  const group = targets.slice(1).find(({ type }) => type?.toLowerCase() === 'group');
  return {
    id: (told('group.objectid') ?? group?.id)?.toLowerCase() ?? null,
    name: told('group.displayname') ?? group?.displayName ?? null,
  };
}

const isHardDeleted = ({ modifiedProperties }: Target): boolean =>
  textOf(modifiedProperties ?? [], 'is hard deleted', 'newValue')?.toLowerCase() === 'true';

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
