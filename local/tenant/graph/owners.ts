import type { DirectoryObject } from '../directory/model.js';
import { appAdmins, appReaders, appWriters } from './applications.js';
import { badRequest, notFound } from './errors.js';
import { groupAdmins, groupReaders, groupWriters } from './group-access.js';
import { linkedObjects, listOptions } from './present.js';
import { bodyReference } from './references.js';
import { reading, writing } from './route-forms.js';
import type { GraphContext, Outcome, Route } from './route.js';

const kinds = [
  { type: 'group', readers: groupReaders, writers: groupWriters, admins: groupAdmins },
  { type: 'application', readers: appReaders, writers: appWriters, admins: appAdmins },
  { type: 'servicePrincipal', readers: appReaders, writers: appWriters, admins: appAdmins },
] as const;

/** Owners of groups, applications and service principals. No recovery of Microsoft's puts them back. */
export const ownerRoutes: readonly Route[] = kinds.flatMap(
  ({ type, readers, writers, admins }): Route[] => [
    reading(
      `${type}s/{id}/owners`,
      readers,
      (context) => linkedObjects(context, holder(context, type, context.view), 'owners'),
      { units: 2, options: listOptions },
    ),
    writing('POST', `${type}s/{id}/owners/$ref`, writers, admins, (context) => add(context, type)),
    writing('DELETE', `${type}s/{id}/owners/{ownerId}/$ref`, writers, admins, (context) =>
      remove(context, type),
    ),
  ],
);

type Owned = (typeof kinds)[number]['type'];

function holder(context: GraphContext, type: Owned, view: GraphContext['view']): DirectoryObject {
  const id = context.param('id').toLowerCase();
  const object = view.get(id);
  if (object?.type !== type) throw notFound(id);
  return object;
}

function add(context: GraphContext, type: Owned): Outcome {
  const { by, directory, now, truth } = context;
  const owned = holder(context, type, truth);
  const owner = bodyReference(context);
  if (owner.type !== 'user' && owner.type !== 'servicePrincipal') {
    throw badRequest('Only users and service principals can be owners.');
  }
  const changes = directory.setLink('owners', owned.id, owner.id, true, by, now);
  if (changes.length === 0) {
    throw badRequest(
      "One or more added object references already exist for the following modified properties: 'owners'.",
    );
  }
  context.wrote(changes);
  return { status: 204 };
}

/** A group keeps its last owner; applications and service principals may lose theirs. */
function remove(context: GraphContext, type: Owned): Outcome {
  const { by, directory, now, truth } = context;
  const owned = holder(context, type, truth);
  const id = context.param('ownerId').toLowerCase();
  const owners = truth.links(owned.id, 'owners');
  if (!owners.includes(id)) throw notFound(id);
  if (type === 'group' && owners.length === 1) {
    throw badRequest('The group must have at least one owner, hence this owner cannot be removed.');
  }
  context.wrote(directory.setLink('owners', owned.id, id, false, by, now));
  return { status: 204 };
}
