import type {
  AuditEvent,
  ChangeKind,
  Initiator,
  ObjectType,
  PropertyChange,
} from '../../domain/audit.js';
import { coverageOf, isPseudoProperty } from '../../domain/coverage.js';
import { unknown } from '../../domain/json.js';
import { parseAuditValue } from '../../domain/values.js';
import { rawAuditRow, type RawAuditRow, type RawTarget } from './raw-row.js';

/**
 * Turns one raw audit row into events in our words, one for each object it changed; a row that cannot
 * be read at all gives none. Holds the traps of graph fact sheet D.2, D.3 and D.5: operation names with
 * odd case, dashes and blanks, three value encodings, pseudo-properties, and memberships whose member
 * is the first target while the group hides among its properties.
 */
export function normaliseAuditRow(raw: unknown): AuditEvent[] {
  const parsed = rawAuditRow.safeParse(raw);
  if (!parsed.success) return [];
  const row = parsed.data;
  const operation = spelledPlainly(row.activityDisplayName);
  const targets = (row.targetResources ?? []).filter((target) => isId(target.id));
  const base = {
    id: row.id,
    at: row.activityDateTime,
    operation,
    correlationId: row.correlationId ?? '',
    succeeded: (row.result ?? '').toLowerCase() === 'success',
    by: initiatorOf(row),
  };
  const membership = /^(add|remove) member (to|from) group$/.exec(operation);
  if (membership) return memberEvents(membership[1] === 'add' ? 'addMember' : 'removeMember');
  if (/^(add|remove) .*member (to|from) role$/.test(operation)) return roleEvents();

  return targets.slice(0, 1).map((target) => {
    const objectType = typeOf(target);
    const changes = changesOf(target, objectType);
    const lifecycle = lifecycleOf(operation);
    const kind: ChangeKind = lifecycle ?? (changes.length > 0 ? 'update' : 'other');
    return { ...base, kind, ...objectOf(target), objectType, ...noGroup, changes };
  });

  function memberEvents(kind: 'addMember' | 'removeMember'): AuditEvent[] {
    const member = targets[0];
    if (member === undefined) return [];
    const side = kind === 'addMember' ? 'newValue' : 'oldValue';
    const groupId = propertyText(member, 'Group.ObjectID', side) ?? otherGroup(targets);
    if (groupId === null) return [];
    const groupName = propertyText(member, 'Group.DisplayName', side);
    const groupIds = { groupId: groupId.toLowerCase(), groupName };
    return [
      { ...base, kind, ...objectOf(member), objectType: typeOf(member), ...groupIds, changes: [] },
    ];
  }

  function roleEvents(): AuditEvent[] {
    const principal = targets[0];
    if (principal === undefined) return [];
    const added = operation.startsWith('add');
    const role = propertyText(principal, 'Role.DisplayName', added ? 'newValue' : 'oldValue');
    const value = parseAuditValue(role);
    const none = parseAuditValue('[]');
    const change: PropertyChange = {
      property: 'DirectoryRole',
      before: added ? none : value,
      after: added ? value : none,
    };
    const objectType = typeOf(principal);
    return [
      {
        ...base,
        kind: 'update',
        ...objectOf(principal),
        objectType,
        ...noGroup,
        changes: [change],
      },
    ];
  }
}

/** Trimmed, lower-case, one blank between words, a plain hyphen for every dash. */
export const spelledPlainly = (operation: string): string =>
  operation
    .replace(/[\u2010-\u2015]/g, '-')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();

const noGroup = { groupId: null, groupName: null } as const;

const isId = (id: string | null | undefined): id is string => typeof id === 'string' && id !== '';

const objectOf = (target: RawTarget): Pick<AuditEvent, 'objectId' | 'objectName'> => ({
  objectId: (target.id ?? '').toLowerCase(),
  objectName: nameOf(target),
});

/** A delete writes the object's id, without dashes, in front of the UPN (D.2). */
function nameOf(target: RawTarget): string | null {
  const upn = target.userPrincipalName ?? null;
  const mangled = (target.id ?? '').replaceAll('-', '').toLowerCase();
  const plain =
    upn !== null && mangled !== '' && upn.toLowerCase().startsWith(mangled)
      ? upn.slice(mangled.length)
      : upn;
  return plain || target.displayName || null;
}

function initiatorOf({ initiatedBy }: RawAuditRow): Initiator {
  const { user, app } = initiatedBy;
  if (isId(user?.id)) {
    return {
      kind: 'user',
      id: user.id.toLowerCase(),
      name: user.userPrincipalName ?? null,
      // On delegated writes the display name is the client's, e.g. "Graph Explorer" (D.2).
      clientName: user.displayName || null,
      ipAddress: user.ipAddress || null,
    };
  }
  return {
    kind: 'servicePrincipal',
    id: app?.servicePrincipalId?.toLowerCase() ?? null,
    name: app?.displayName ?? null,
    clientName: null,
    ipAddress: null,
  };
}

const types: Readonly<Record<string, ObjectType>> = {
  user: 'user',
  group: 'group',
  application: 'application',
  serviceprincipal: 'servicePrincipal',
  conditionalaccesspolicy: 'conditionalAccessPolicy',
  namedlocation: 'namedLocation',
  policy: 'policy',
  role: 'role',
  device: 'device',
};

const typeOf = (target: RawTarget): ObjectType =>
  types[(target.type ?? '').toLowerCase()] ?? 'other';

function lifecycleOf(operation: string): ChangeKind | null {
  const match =
    /^(add|delete|hard delete|restore|remove) (user|group|application|service principal|conditional access policy|named location|policy)$/.exec(
      operation,
    );
  switch (match?.[1]) {
    case 'add':
      return 'create';
    case 'delete':
    case 'remove':
      return 'softDelete';
    case 'hard delete':
      return 'hardDelete';
    case 'restore':
      return 'restore';
    default:
      return null;
  }
}

function changesOf(target: RawTarget, objectType: ObjectType): PropertyChange[] {
  return (target.modifiedProperties ?? []).flatMap(({ displayName, oldValue, newValue }) => {
    const property = displayName?.trim() ?? '';
    if (property === '' || isPseudoProperty(property)) return [];
    if (coverageOf(objectType, property)?.secret) {
      const hidden = unknown('credential material is never kept');
      return [{ property, before: hidden, after: hidden }];
    }
    return [{ property, before: parseAuditValue(oldValue), after: parseAuditValue(newValue) }];
  });
}

function propertyText(
  target: RawTarget,
  name: string,
  side: 'oldValue' | 'newValue',
): string | null {
  const found = target.modifiedProperties?.find(
    ({ displayName }) => displayName?.trim().toLowerCase() === name.toLowerCase(),
  );
  const value = parseAuditValue(found?.[side]);
  return value.known && typeof value.value === 'string' && value.value !== '' ? value.value : null;
}

const otherGroup = (targets: readonly RawTarget[]): string | null =>
  targets.slice(1).find((target) => typeOf(target) === 'group')?.id ?? null;
