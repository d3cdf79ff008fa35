import type { DirectoryObject, Json, Properties } from '../directory/model.js';
import { badRequest, notFound } from './errors.js';
import { listOptions, oneOf, pageOf } from './present.js';
import { read, resources } from './resources.js';
import { reading, writing } from './route-forms.js';
import type { GraphContext, Outcome, Route } from './route.js';

export const appReaders = [
  'Application.Read.All',
  'Application.ReadWrite.All',
  'Directory.Read.All',
  'Directory.ReadWrite.All',
];
export const appWriters = ['Application.ReadWrite.All', 'Directory.ReadWrite.All'];
export const appAdmins = [
  'Application Administrator',
  'Cloud Application Administrator',
  'Global Administrator',
];
const patchable: Readonly<Record<'application' | 'servicePrincipal', ReadonlySet<string>>> = {
  application: new Set([
    'displayName',
    'description',
    'notes',
    'identifierUris',
    'isDisabled',
    'keyCredentials',
    'requiredResourceAccess',
    'signInAudience',
    'tags',
  ]),
  servicePrincipal: new Set([
    'accountEnabled',
    'alternativeNames',
    'appRoleAssignmentRequired',
    'description',
    'displayName',
    'keyCredentials',
    'loginUrl',
    'notes',
    'servicePrincipalNames',
    'tags',
  ]),
};

/** Applications and service principals, also addressed as `servicePrincipals(appId='…')`. */
export const applicationRoutes: readonly Route[] = (
  ['application', 'servicePrincipal'] as const
).flatMap((type): Route[] => [
  reading(`${type}s`, appReaders, (context) => list(context, type), { options: listOptions }),
  reading(`${type}s/{id}`, appReaders, (context) =>
    oneOf(context, findApp(context, type, context.view)),
  ),
  writing('PATCH', `${type}s/{id}`, appWriters, appAdmins, (context) => patch(context, type)),
  writing('DELETE', `${type}s/{id}`, appWriters, appAdmins, (context) => remove(context, type)),
  writing('POST', `${type}s/{id}/removePassword`, appWriters, appAdmins, (context) =>
    removePassword(context, type),
  ),
]);

function list(context: GraphContext, type: AppType): Outcome {
  return pageOf(context, { resource: resources[type], items: context.view.list(type) });
}

type AppType = 'application' | 'servicePrincipal';

/** The object that `{id}` names, by object id or as `appId='…'`. */
export function findApp(
  context: GraphContext,
  type: AppType,
  view: GraphContext['view'],
): DirectoryObject {
  const key = context.param('id');
  const appId = /^appId='(.*)'$/.exec(key)?.[1];
  const id = appId === undefined ? key.toLowerCase() : context.directory.idOfApp(type, appId);
  const object = view.get(id ?? '');
  if (object?.type !== type) throw notFound(appId ?? key);
  return object;
}

function patch(context: GraphContext, type: AppType): Outcome {
  const object = findApp(context, type, context.truth);
  const body = (context.body ?? {}) as Properties;
  const unknown = Object.keys(body).find((name) => !patchable[type].has(name));
  if (unknown !== undefined) throw badRequest(`Property '${unknown}' cannot be set.`);
  if (Object.keys(body).length === 0) throw badRequest('Nothing to update.');
  if ('accountEnabled' in body && typeof body['accountEnabled'] !== 'boolean') {
    throw badRequest("Invalid value specified for property 'accountEnabled'.");
  }
  if ('keyCredentials' in body) checkKeys(object, body['keyCredentials']);
  context.wrote(context.directory.update(object.id, body, context.by, context.now));
  return { status: 204 };
}

/** The whole list is replaced; an entry that was not there before would need a proof we never have. */
function checkKeys(object: DirectoryObject, keys: Json): void {
  if (!Array.isArray(keys)) throw badRequest("Invalid value specified for 'keyCredentials'.");
  const present = (read(object, 'keyCredentials') ?? []) as { keyId?: Json }[];
  const known = new Set(present.map(({ keyId }) => keyId));
  const foreign = (keys as { keyId?: Json }[]).some(({ keyId }) => !known.has(keyId));
  if (foreign) throw badRequest('New keyCredentials must be added with a key value.');
}

function remove(context: GraphContext, type: AppType): Outcome {
  const object = findApp(context, type, context.truth);
  context.wrote(context.directory.softDelete(object.id, context.by, context.now));
  return { status: 204 };
}

function removePassword(context: GraphContext, type: AppType): Outcome {
  const object = findApp(context, type, context.truth);
  const keyId = (context.body as Readonly<Record<string, unknown>> | null)?.['keyId'];
  if (typeof keyId !== 'string') throw badRequest("The 'keyId' parameter is required.");
  const changes = context.directory.removePassword(object.id, keyId, context.by, context.now);
  if (changes.length === 0)
    throw badRequest(`No password credential found with keyId: '${keyId}'.`);
  context.wrote(changes);
  return { status: 204 };
}
