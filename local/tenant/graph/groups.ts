import { isDynamic } from '../directory/automation.js';
import { parseRule, RuleError } from '../directory/dynamic-groups.js';
import type { DirectoryObject, Properties } from '../directory/model.js';
import { badRequest, denied, notFound } from './errors.js';
import { allows } from './permissions.js';
import { linkedObjects, listOptions, oneOf, pageOf } from './present.js';
import { bodyReference, referenced } from './references.js';
import { resources } from './resources.js';
import { reading, writing } from './route-forms.js';
import type { GraphContext, Outcome, Route } from './route.js';

export const groupReaders = [
  'Group.Read.All',
  'Group.ReadWrite.All',
  'Directory.Read.All',
  'Directory.ReadWrite.All',
  'GroupMember.Read.All',
];
const memberWriters = [
  'GroupMember.ReadWrite.All',
  'Group.ReadWrite.All',
  'Directory.ReadWrite.All',
];
export const groupWriters = ['Group.ReadWrite.All', 'Directory.ReadWrite.All'];
export const groupAdmins = ['Groups Administrator', 'User Administrator', 'Global Administrator'];

const patchable = new Set([
  'displayName',
  'description',
  'mailNickname',
  'visibility',
  'membershipRule',
  'membershipRuleProcessingState',
  'groupTypes',
  'securityEnabled',
  'preferredLanguage',
  'classification',
  'theme',
]);
const bindLimit = 20;

export const groupRoutes: readonly Route[] = [
  reading('groups', groupReaders, listGroups, { options: listOptions }),
  reading('groups/{id}', groupReaders, (context) => oneOf(context, find(context))),
  reading(
    'groups/{id}/members',
    groupReaders,
    (context) => linkedObjects(context, find(context), 'members'),
    { units: 3, options: listOptions },
  ),
  writing('PATCH', 'groups/{id}', memberWriters, groupAdmins, patchGroup),
  writing('DELETE', 'groups/{id}', groupWriters, groupAdmins, deleteGroup),
  writing('POST', 'groups/{id}/members/$ref', memberWriters, groupAdmins, addMember),
  writing(
    'DELETE',
    'groups/{id}/members/{memberId}/$ref',
    memberWriters,
    groupAdmins,
    removeMember,
  ),
];

function listGroups(context: GraphContext): Outcome {
  return pageOf(context, { resource: resources.group, items: context.view.list('group') });
}

function find(context: GraphContext): DirectoryObject {
  return groupIn(context, context.view);
}

function groupIn(context: GraphContext, view: GraphContext['view']): DirectoryObject {
  const id = context.param('id').toLowerCase();
  const group = view.get(id);
  if (group?.type !== 'group') throw notFound(id);
  return group;
}

function patchGroup(context: GraphContext): Outcome {
  const group = groupIn(context, context.truth);
  const body = (context.body ?? {}) as Readonly<Record<string, unknown>>;
  const { 'members@odata.bind': bound, ...rest } = body;
  const names = Object.keys(rest);
  const unknown = names.find((name) => !patchable.has(name));
  if (unknown !== undefined) throw badRequest(`Property '${unknown}' cannot be set on this group.`);
  if (names.length === 0 && bound === undefined) throw badRequest('Nothing to update.');
  if (names.length > 0 && !allows(context.caller, groupWriters)) throw denied();
  checkRoleGroup(context, group);
  if (group.properties['onPremisesSyncEnabled'] === true) throw mastered();
  checkRule(rest);
  if (bound !== undefined) addMembers(context, group, bound);
  context.wrote(context.directory.update(group.id, rest as Properties, context.by, context.now));
  return { status: 204 };
}

/** Up to 20 members in one request: all are added or none. */
function addMembers(context: GraphContext, group: DirectoryObject, bound: unknown): void {
  if (!Array.isArray(bound) || bound.length === 0)
    throw badRequest("Invalid 'members@odata.bind'.");
  if (bound.length > bindLimit) {
    throw badRequest(`The limit of ${bindLimit} references in one request is exceeded.`);
  }
  checkMemberWrite(context, group);
  const members = bound.map((reference) => referenced(context, reference));
  for (const member of members) checkAbsent(context, group, member);
  for (const member of members) link(context, group, member, true);
}

function addMember(context: GraphContext): Outcome {
  const group = groupIn(context, context.truth);
  checkMemberWrite(context, group);
  const member = bodyReference(context);
  checkAbsent(context, group, member);
  link(context, group, member, true);
  return { status: 204 };
}

function removeMember(context: GraphContext): Outcome {
  const group = groupIn(context, context.truth);
  checkMemberWrite(context, group);
  const id = context.param('memberId').toLowerCase();
  const member = context.truth.get(id);
  if (member === undefined || !context.truth.linked(group.id, 'members', id)) throw notFound(id);
  link(context, group, member, false);
  return { status: 204 };
}

function link(
  context: GraphContext,
  group: DirectoryObject,
  member: DirectoryObject,
  added: boolean,
): void {
  const { directory, by, now } = context;
  context.wrote(directory.setLink('members', group.id, member.id, added, by, now));
}

/** Dynamic, synced and mail-enabled groups take no member from here; role groups need more rights. */
function checkMemberWrite(context: GraphContext, group: DirectoryObject): void {
  checkRoleGroup(context, group);
  if (isDynamic(group)) {
    throw badRequest(
      'Insufficient privileges: the membership of a dynamic group cannot be changed.',
    );
  }
  if (group.properties['onPremisesSyncEnabled'] === true) throw mastered();
  const types = group.properties['groupTypes'];
  const unified = Array.isArray(types) && types.includes('Unified');
  if (group.properties['mailEnabled'] === true && !unified) {
    throw badRequest('Cannot Update a mail-enabled security groups and or distribution list.');
  }
}

function checkRoleGroup(context: GraphContext, group: DirectoryObject): void {
  if (group.properties['isAssignableToRole'] !== true) return;
  if (!allows(context.caller, ['RoleManagement.ReadWrite.Directory'])) throw denied();
}

function checkRule(patch: Readonly<Record<string, unknown>>): void {
  const rule = patch['membershipRule'];
  if (typeof rule !== 'string') return;
  try {
    parseRule(rule);
  } catch (error) {
    if (error instanceof RuleError) throw badRequest(error.message);
    throw error;
  }
}

function checkAbsent(context: GraphContext, group: DirectoryObject, member: DirectoryObject): void {
  if (!context.truth.linked(group.id, 'members', member.id)) return;
  throw badRequest(
    "One or more added object references already exist for the following modified properties: 'members'.",
  );
}

function deleteGroup(context: GraphContext): Outcome {
  const group = groupIn(context, context.truth);
  checkRoleGroup(context, group);
  if (group.properties['onPremisesSyncEnabled'] === true) throw mastered();
  context.wrote(context.directory.softDelete(group.id, context.by, context.now));
  return { status: 204 };
}

function mastered(): Error {
  return badRequest(
    'Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.',
  );
}
