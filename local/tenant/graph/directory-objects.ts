import type { DirectoryObject } from '../directory/model.js';
import { badRequest, denied, notFound } from './errors.js';
import { allows } from './permissions.js';
import { checkSelect, itemOptions, listOptions, pageOf, shown, shownDeleted } from './present.js';
import { mayChangeSensitive } from './privilege.js';
import { resources } from './resources.js';
import type { GraphContext, Outcome, Route } from './route.js';

const types = ['user', 'group', 'application', 'servicePrincipal'] as const;
type Deletable = (typeof types)[number];

const restoreWriters: Readonly<Record<Deletable, readonly string[]>> = {
  user: ['User.DeleteRestore.All', 'User.ReadWrite.All', 'Directory.ReadWrite.All'],
  group: ['Group.ReadWrite.All', 'Directory.ReadWrite.All'],
  application: ['Application.ReadWrite.All', 'Application.ReadWrite.OwnedBy'],
  servicePrincipal: ['Application.ReadWrite.All', 'Application.ReadWrite.OwnedBy'],
};
const anyRestore = [...new Set(Object.values(restoreWriters).flat())];
const anyRead = [
  'Directory.Read.All',
  'Directory.ReadWrite.All',
  'User.Read.All',
  'User.ReadWrite.All',
  'Group.Read.All',
  'Group.ReadWrite.All',
  'Application.Read.All',
  'Application.ReadWrite.All',
];
const admins = [
  'User Administrator',
  'Global Administrator',
  'Privileged Authentication Administrator',
];

export const directoryObjectRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: 'directoryObjects/getByIds',
    area: 'identity',
    units: 5,
    reads: true,
    options: itemOptions,
    permissions: ['Directory.Read.All', 'Directory.ReadWrite.All'],
    handle: getByIds,
  },
  ...types.map((type): Route => ({
    method: 'GET',
    path: `directory/deletedItems/microsoft.graph.${type}`,
    area: 'identity',
    units: 1,
    options: listOptions,
    permissions: anyRead,
    handle: (context) =>
      pageOf(context, {
        resource: resources[type],
        items: context.view.list(type, 'deleted'),
        show: (object) => shownDeleted(context, object, context.options.select),
      }),
  })),
  {
    method: 'GET',
    path: 'directory/deletedItems/{id}',
    area: 'identity',
    units: 1,
    options: itemOptions,
    permissions: anyRead,
    handle: getDeleted,
  },
  {
    method: 'POST',
    path: 'directory/deletedItems/{id}/restore',
    area: 'identity',
    units: 1,
    permissions: anyRestore,
    delegatedRoles: admins,
    handle: restore,
  },
  {
    method: 'DELETE',
    path: 'directory/deletedItems/{id}',
    area: 'identity',
    units: 1,
    permissions: anyRestore,
    delegatedRoles: admins,
    handle: hardDelete,
  },
];

/** At most 1,000 ids; unknown and deleted ones are just absent. */
function getByIds(context: GraphContext): Outcome {
  const { ids, types: wanted } = (context.body ?? {}) as Readonly<Record<string, unknown>>;
  if (!Array.isArray(ids) || ids.length === 0) throw badRequest("The 'ids' parameter is required.");
  if (ids.length > 1000) throw badRequest("The maximum number of 'ids' is 1000.");
  if (wanted !== undefined && !Array.isArray(wanted)) throw badRequest("Invalid 'types'.");
  const { select } = context.options;
  const found = ids
    .map((id) => context.view.get(String(id).toLowerCase()))
    .filter((object): object is DirectoryObject => object !== undefined)
    .filter(({ type }) => isDeletable(type) && (wanted === undefined || wanted.includes(type)));
  return {
    status: 200,
    body: {
      '@odata.context': context.metadata('directoryObjects'),
      value: found.map((object) => ({
        '@odata.type': `#microsoft.graph.${object.type}`,
        ...shown(object, select),
      })),
    },
  };
}

function getDeleted(context: GraphContext): Outcome {
  const id = context.param('id').toLowerCase();
  const object = context.view.deleted(id);
  if (object === undefined) throw notFound(id);
  checkSelect(resources[object.type], context.options.select);
  return {
    status: 200,
    body: {
      '@odata.context': context.metadata('directoryObjects/$entity'),
      '@odata.type': `#microsoft.graph.${object.type}`,
      ...shownDeleted(context, object, context.options.select),
    },
  };
}

/** Backup fact sheet 11.1: restores the object as it was when deleted; app-only works. */
function restore(context: GraphContext): Outcome {
  const object = inBin(context);
  const { newUserPrincipalName } = (context.body ?? {}) as Readonly<Record<string, unknown>>;
  const name = newUserPrincipalName ?? object.properties['userPrincipalName'];
  if (object.type === 'user' && typeof name === 'string') checkFree(context, object.id, name);
  const { directory, by, now } = context;
  context.wrote(directory.restore(object.id, by, now));
  if (object.type === 'user' && typeof newUserPrincipalName === 'string') {
    context.wrote(
      directory.update(object.id, { userPrincipalName: newUserPrincipalName }, by, now),
    );
  }
  return {
    status: 200,
    body: {
      '@odata.context': context.metadata('directoryObjects/$entity'),
      '@odata.type': `#microsoft.graph.${object.type}`,
      ...shown(directory.object(object.id), null),
    },
  };
}

function hardDelete(context: GraphContext): Outcome {
  const object = inBin(context);
  context.alarm = 'HARD_DELETE';
  context.wrote(context.directory.hardDelete(object.id, context.by, context.now));
  return { status: 204 };
}

/** The object in the bin, if the caller may decide about one of its kind. */
function inBin(context: GraphContext): DirectoryObject {
  const id = context.param('id').toLowerCase();
  const object = context.truth.deleted(id);
  if (object === undefined || !isDeletable(object.type)) throw notFound(id);
  if (!allows(context.caller, restoreWriters[object.type])) throw denied();
  const user = object.type === 'user';
  if (user && !mayChangeSensitive(context.truth, context.caller, id)) throw denied();
  return object;
}

function checkFree(context: GraphContext, id: string, name: string): void {
  const holder = context.directory.idOfUser(name);
  if (holder === undefined || holder === id || context.truth.get(holder) === undefined) return;
  throw badRequest(
    'Another object with the same value for property userPrincipalName already exists.',
  );
}

function isDeletable(type: string): type is Deletable {
  return (types as readonly string[]).includes(type);
}
