import type { DirectoryObject } from '../directory/model.js';
import { badRequest, denied, notFound } from './errors.js';
import { allows } from './permissions.js';
import type { GraphContext } from './route.js';

export const groupReaders = [
  'Group.Read.All',
  'Group.ReadWrite.All',
  'Directory.Read.All',
  'Directory.ReadWrite.All',
  'GroupMember.Read.All',
];
export const memberWriters = [
  'GroupMember.ReadWrite.All',
  'Group.ReadWrite.All',
  'Directory.ReadWrite.All',
];
export const groupWriters = ['Group.ReadWrite.All', 'Directory.ReadWrite.All'];
export const groupAdmins = ['Groups Administrator', 'User Administrator', 'Global Administrator'];

/** The group that `{id}` names. */
export function groupIn(context: GraphContext, view: GraphContext['view']): DirectoryObject {
  const id = context.param('id').toLowerCase();
  const group = view.get(id);
  if (group?.type !== 'group') throw notFound(id);
  return group;
}

/** Groups that may carry roles need more rights (graph fact sheet I). */
export function checkRoleGroup(context: GraphContext, group: DirectoryObject): void {
  if (group.properties['isAssignableToRole'] !== true) return;
  if (!allows(context.caller, ['RoleManagement.ReadWrite.Directory'])) throw denied();
}

export function checkCloudMastered(group: DirectoryObject): void {
  if (group.properties['onPremisesSyncEnabled'] === true) throw mastered();
}

export function isUnified(group: DirectoryObject): boolean {
  const types = group.properties['groupTypes'];
  return Array.isArray(types) && types.includes('Unified');
}

function mastered(): Error {
  return badRequest(
    'Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.',
  );
}
