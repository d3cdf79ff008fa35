import type { ObjectType, PropertyChange } from '../../domain/attribution/audit.js';
import { known, unknown, type Known } from '../../domain/json.js';
import { NOT_STATED } from '../../domain/attribution/values.js';
import type { RelationChange } from './operations.js';
import { textOf, type Modified } from './modified-properties.js';

export interface Relation {
  /** The principal of an assignment, the client of a grant. */
  readonly objectId: string;
  readonly objectType: ObjectType;
  readonly objectName: string | null;
  readonly change: PropertyChange;
}

const guid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/**
 * An assignment or a grant as a change of the object it belongs to, named by its natural key. Rows have
 * the resource as their target and name the principal or client among the modified properties, on the new
 * side of an addition and the old side of a removal. A row that leaves part of the key out stays a change
 * of the resource that a person must look at.
 */
export function relationChange(
  { relation, verb }: RelationChange,
  resourceId: string,
  properties: readonly Modified[],
): Relation {
  const added = verb !== 'remove';
  const text = (name: string): string | null => {
    const [first, second] = added
      ? (['newValue', 'oldValue'] as const)
      : (['oldValue', 'newValue'] as const);
    return textOf(properties, name, first) ?? textOf(properties, name, second);
  };
  const id = (name: string): string | null => {
    const value = text(name)?.trim().toLowerCase() ?? '';
    return guid.test(value) ? value : null;
  };
  const found = relation === 'assignment' ? assignment() : grant();
  return found ?? unkeyed();

  function assignment(): Relation | null {
    const holder = holders.find(([, name]) => id(name) !== null);
    const appRoleId = id('approle.id');
    if (holder === undefined || appRoleId === null) return null;
    const [objectType, name, display] = holder;
    return {
      objectId: id(name) as string,
      objectType,
      objectName: text(display),
      change: {
        property: `appRoleAssignments/${resourceId}/${appRoleId}`,
        before: known(!added),
        after: known(added),
      },
    };
  }

  function grant(): Relation | null {
    const clientId = id('serviceprincipal.objectid');
    const consent = text('delegatedpermissiongrant.consenttype')?.toLowerCase();
    const principal =
      consent === 'allprincipals'
        ? 'all'
        : (id('user.objectid') ?? id('delegatedpermissiongrant.principalid'));
    if (clientId === null || principal === null) return null;
    const side = (name: 'oldValue' | 'newValue') =>
      textOf(properties, 'delegatedpermissiongrant.scope', name);
    const [old, next] = [side('oldValue'), side('newValue')];
    // A grant that is amended leaves two rows, an addition and a removal, and both state old and new.
    const lasts = added || (old !== null && next !== null);
    return {
      objectId: clientId,
      objectType: 'servicePrincipal',
      objectName: text('serviceprincipal.displayname'),
      change: {
        property: `oauth2PermissionGrants/${resourceId}/${principal}`,
        before: before(added ? old : (old ?? next)),
        after: lasts ? scopes(next) : known(null),
      },
    };
  }

  /** An addition that states no earlier scopes began from no grant; an update must state them. */
  function before(scope: string | null): Known {
    return scope === null && verb === 'update' ? unknown(NOT_STATED) : scopes(scope);
  }

  function unkeyed(): Relation {
    const why = unknown('the row does not say between whom');
    const property = relation === 'assignment' ? 'AppRoleAssignment' : 'DelegatedPermissionGrant';
    return {
      objectId: resourceId,
      objectType: 'servicePrincipal',
      objectName: null,
      change: { property, before: why, after: why },
    };
  }
}

const holders: readonly (readonly [ObjectType, string, string])[] = [
  ['servicePrincipal', 'serviceprincipal.objectid', 'serviceprincipal.displayname'],
  ['user', 'user.objectid', 'user.upn'],
  ['group', 'group.objectid', 'group.displayname'],
];

/** A side without any scope: there was, or is, no grant. */
const scopes = (text: string | null) =>
  known(text === null || text.trim() === '' ? null : text.trim());
