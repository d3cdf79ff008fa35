import { draft } from './audit-draft.js';
import {
  attribute,
  told,
  updatedList,
  type AuditDraft,
  type AuditTarget,
  type ModifiedProperty,
} from './audit-event.js';
import { documentRow, isDocument } from './document-rows.js';
import type { DirectoryObject, Initiator, Json, ObjectType } from './model.js';
import { auditName, typeNouns } from './property-names.js';

export type Updated = readonly {
  readonly name: string;
  readonly before: Json;
  readonly after: Json;
}[];

/**
 * "Update user" and its siblings, properties in the directory's own names and encoding. `object` is
 * as the update left it.
 */
export function updateRow(object: DirectoryObject, updated: Updated, by: Initiator): AuditDraft {
  if (isDocument(object.type)) {
    const old = Object.fromEntries(updated.map(({ name, before }) => [name, before]));
    return documentRow(object, 'Update', { ...object.properties, ...old }, object.properties, by);
  }
  const modified = updated.flatMap(({ name, before, after }) =>
    changedAttributes(object.type, name, before, after),
  );
  const names = [...new Set(modified.map((property) => property.displayName))];
  const noun = typeNouns[object.type];
  const activity = object.type === 'organization' ? 'Set Company Information' : `Update ${noun}`;
  return draft(object, activity, 'Update', by, [
    ...modified,
    ...updatedList(names, object.properties),
  ]);
}

/** The second row that some switches of an account leave, with the same correlation id. */
export function switchRow(object: DirectoryObject, enabled: boolean, by: Initiator): AuditDraft {
  return draft(object, enabled ? 'Enable account' : 'Disable account', 'Update', by, [
    attribute('AccountEnabled', !enabled, enabled),
    ...updatedList(['AccountEnabled'], object.properties),
  ]);
}

export function addRow(object: DirectoryObject, by: Initiator): AuditDraft {
  if (isDocument(object.type)) return documentRow(object, 'Add', null, object.properties, by);
  const modified = Object.entries(object.properties)
    .filter(([name, value]) => toldOnAdd.has(name) && value !== null)
    .map(([name, value]) => attribute(auditName(object.type, name), null, value));
  const names = modified.map((property) => property.displayName);
  return draft(object, `Add ${typeNouns[object.type]}`, 'Add', by, [
    ...modified,
    ...updatedList(names, object.properties),
  ]);
}

/** Soft delete. The event itself carries the UPN with the object id in front (D.2). */
export function deleteRow(object: DirectoryObject, by: Initiator): AuditDraft {
  if (isDocument(object.type)) return documentRow(object, 'Delete', object.properties, null, by);
  const verb = object.type === 'servicePrincipal' ? 'Remove' : 'Delete';
  const row = draft(object, `${verb} ${typeNouns[object.type]}`, 'Delete', by, [
    told('Is Hard Deleted', 'False'),
  ]);
  const upn = object.properties['userPrincipalName'];
  if (typeof upn !== 'string') return row;
  const target = row.targets[0] as AuditTarget;
  return { ...row, targets: [{ ...target, userPrincipalName: mangledUpn(object.id, upn) }] };
}

export function mangledUpn(id: string, userPrincipalName: string): string {
  return `${id.replaceAll('-', '')}${userPrincipalName}`;
}

/** "Hard Delete user", but "Hard delete service principal" (D.3). Carries no UPN. */
export function hardDeleteRow(object: DirectoryObject, by: Initiator): AuditDraft {
  if (isDocument(object.type)) {
    return documentRow(object, 'Hard Delete', object.properties, null, by);
  }
  const verb = object.type === 'servicePrincipal' ? 'Hard delete' : 'Hard Delete';
  const row = draft(object, `${verb} ${typeNouns[object.type]}`, 'Delete', by, [
    told('Is Hard Deleted', 'True'),
  ]);
  const { userPrincipalName: _, ...target } = row.targets[0] as AuditTarget;
  return { ...row, targets: [target] };
}

export function restoreRow(object: DirectoryObject, by: Initiator): AuditDraft {
  if (isDocument(object.type)) return documentRow(object, 'Restore', null, object.properties, by);
  return draft(object, `Restore ${typeNouns[object.type]}`, 'Restore', by, [
    told('Is Hard Deleted', 'False'),
  ]);
}

/** Extension attributes are one complex property in Graph and fifteen plain ones in the trail. */
function changedAttributes(
  type: ObjectType,
  name: string,
  before: Json,
  after: Json,
): ModifiedProperty[] {
  if (name !== 'onPremisesExtensionAttributes') {
    return [attribute(auditName(type, name), before, after)];
  }
  const old = (before ?? {}) as Record<string, Json>;
  const next = (after ?? {}) as Record<string, Json>;
  return Object.keys({ ...old, ...next })
    .filter((key) => (old[key] ?? null) !== (next[key] ?? null))
    .map((key) => attribute(auditName(type, key), old[key] ?? null, next[key] ?? null));
}

const toldOnAdd = new Set([
  'accountEnabled',
  'displayName',
  'userPrincipalName',
  'userType',
  'mailNickname',
  'department',
  'description',
  'securityEnabled',
  'appId',
]);
