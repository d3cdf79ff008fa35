import { z } from 'zod';
import { text, type DirectoryObject, type Properties } from '../directory/model.js';
import { bodyOf } from './body.js';
import { badRequest, conflicting, denied, notFound } from './errors.js';
import { checkRoleGroup } from './group-access.js';
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
  // The declared type here is directoryObject: the rest are dynamic members, left out when they are null.
  const members = Object.entries(shownDeleted(context, object, context.options.select));
  return {
    status: 200,
    body: {
      '@odata.context': context.metadata('directoryObjects/$entity'),
      '@odata.type': `#microsoft.graph.${object.type}`,
      ...Object.fromEntries(members.filter(([, value]) => value !== null)),
    },
  };
}

const restoreWish = z.strictObject({
  autoReconcileProxyConflict: z.boolean().default(false),
  newUserPrincipalName: z
    .string()
    .regex(/^[^@\s]+@[^@\s]+$/)
    .optional(),
});

/**
 * Backup fact sheet 11.1: gives the object back as it was when deleted; app-only works. Names that
 * others took since are in the way, unless the body says how to do without them.
 */
function restore(context: GraphContext): Outcome {
  const object = inBin(context);
  const wish = bodyOf(context, restoreWish);
  const { directory, by, now } = context;
  const patch = object.type === 'user' ? withoutConflicts(context, object, wish) : {};
  if (object.type === 'group') checkAddresses(context, object);
  context.wrote(directory.restore(object.id, by, now));
  context.wrote(directory.update(object.id, patch, by, now));
  return {
    status: 200,
    body: {
      '@odata.context': context.metadata('directoryObjects/$entity'),
      '@odata.type': `#microsoft.graph.${object.type}`,
      ...shown(directory.object(object.id), null),
    },
  };
}

/** What has to change about a user so that it can come back; a 400 where the body does not allow that. */
function withoutConflicts(
  context: GraphContext,
  user: DirectoryObject,
  wish: z.output<typeof restoreWish>,
): Properties {
  const name = wish.newUserPrincipalName ?? text(user.properties, 'userPrincipalName');
  if (context.directory.holderOf('userPrincipalName', name, user.id) !== undefined) {
    throw conflicting('userPrincipalName');
  }
  const renamed: Properties =
    wish.newUserPrincipalName === undefined ? {} : { userPrincipalName: name };
  if (!wish.autoReconcileProxyConflict) {
    checkAddresses(context, user);
    return renamed;
  }
  const proxyAddresses = addresses(user).filter((address) => isFree(context, user, address));
  return { ...renamed, proxyAddresses };
}

function checkAddresses(context: GraphContext, object: DirectoryObject): void {
  const free = addresses(object).every((address) => isFree(context, object, address));
  if (!free) throw conflicting('proxyAddresses');
}

function addresses({ properties }: DirectoryObject): readonly string[] {
  return (properties['proxyAddresses'] ?? []) as readonly string[];
}

function isFree(context: GraphContext, object: DirectoryObject, address: string): boolean {
  return context.directory.holderOf('proxyAddresses', address, object.id) === undefined;
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
  if (object.type === 'group') checkRoleGroup(context, object);
  return object;
}

function isDeletable(type: string): type is Deletable {
  return (types as readonly string[]).includes(type);
}
