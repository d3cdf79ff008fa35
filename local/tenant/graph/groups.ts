import { isoSeconds } from '../directory/instants.js';
import { badRequest, denied } from './errors.js';
import {
  checkCloudMastered,
  checkRoleGroup,
  groupAdmins,
  groupIn,
  groupReaders,
  groupWriters,
  isUnified,
  memberWriters,
} from './group-access.js';
import { addMembers } from './group-members.js';
import { checkGroupPatch, createdGroup } from './group-properties.js';
import { allows } from './permissions.js';
import { listOptions, oneOf, pageOf } from './present.js';
import { resources } from './resources.js';
import { reading, writing } from './route-forms.js';
import type { GraphContext, Outcome, Route } from './route.js';

const roleGroupWriters = ['RoleManagement.ReadWrite.Directory'];

export const groupRoutes: readonly Route[] = [
  reading(
    'groups',
    groupReaders,
    (context) => pageOf(context, { resource: resources.group, items: context.view.list('group') }),
    { options: listOptions },
  ),
  reading('groups/{id}', groupReaders, (context) => oneOf(context, groupIn(context, context.view))),
  writing('POST', 'groups', groupWriters, groupAdmins, createGroup),
  writing('PATCH', 'groups/{id}', memberWriters, groupAdmins, patchGroup),
  writing('DELETE', 'groups/{id}', groupWriters, groupAdmins, deleteGroup),
];

function createGroup(context: GraphContext): Outcome {
  const { by, caller, directory, now, world } = context;
  const properties = createdGroup(context.body, world.domain);
  if (properties['isAssignableToRole'] === true && !allows(caller, roleGroupWriters)) {
    throw denied();
  }
  const id = directory.newId();
  const dated = {
    ...properties,
    createdDateTime: isoSeconds(now),
    renewedDateTime: isoSeconds(now),
  };
  context.wrote(directory.create('group', id, dated, by, now));
  return { ...oneOf(context, directory.object(id)), status: 201 };
}

function patchGroup(context: GraphContext): Outcome {
  const group = groupIn(context, context.truth);
  const body = (context.body ?? {}) as Readonly<Record<string, unknown>>;
  const { 'members@odata.bind': bound, ...rest } = body;
  const patch = checkGroupPatch(group, rest);
  const empty = Object.keys(patch).length === 0;
  if (empty && bound === undefined) throw badRequest('Nothing to update.');
  if (!empty && !allows(context.caller, groupWriters)) throw denied();
  checkRoleGroup(context, group);
  checkCloudMastered(group);
  if (bound !== undefined) addMembers(context, group, bound);
  context.wrote(context.directory.update(group.id, patch, context.by, context.now));
  return { status: 204 };
}

/** Into the recycle bin; mailing lists belong to Exchange and are out of reach. */
function deleteGroup(context: GraphContext): Outcome {
  const group = groupIn(context, context.truth);
  checkRoleGroup(context, group);
  checkCloudMastered(group);
  if (group.properties['mailEnabled'] === true && !isUnified(group)) {
    throw badRequest('Cannot Delete a mail-enabled security groups and or distribution list.');
  }
  context.wrote(context.directory.softDelete(group.id, context.by, context.now));
  return { status: 204 };
}
