import { isDynamic } from '../directory/automation.js';
import type { DirectoryObject } from '../directory/model.js';
import { badRequest, notFound } from './errors.js';
import {
  checkCloudMastered,
  checkRoleGroup,
  groupAdmins,
  groupIn,
  groupReaders,
  isUnified,
  memberWriters,
} from './group-access.js';
import { linkedObjects, listOptions } from './present.js';
import { bodyReference, referenced } from './references.js';
import { reading, writing } from './route-forms.js';
import type { GraphContext, Outcome, Route } from './route.js';

const bindLimit = 20;

/** Members of groups: read, added and removed one by one. */
export const groupMemberRoutes: readonly Route[] = [
  reading(
    'groups/{id}/members',
    groupReaders,
    (context) => linkedObjects(context, groupIn(context, context.view), 'members'),
    { units: 3, options: listOptions },
  ),
  writing('POST', 'groups/{id}/members/$ref', memberWriters, groupAdmins, addMember),
  writing(
    'DELETE',
    'groups/{id}/members/{memberId}/$ref',
    memberWriters,
    groupAdmins,
    removeMember,
  ),
];

/** Up to 20 members in one request: all are added or none. */
export function addMembers(context: GraphContext, group: DirectoryObject, bound: unknown): void {
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
  checkCloudMastered(group);
  if (group.properties['mailEnabled'] === true && !isUnified(group)) {
    throw badRequest('Cannot Update a mail-enabled security groups and or distribution list.');
  }
}

function checkAbsent(context: GraphContext, group: DirectoryObject, member: DirectoryObject): void {
  if (!context.truth.linked(group.id, 'members', member.id)) return;
  throw badRequest(
    "One or more added object references already exist for the following modified properties: 'members'.",
  );
}
