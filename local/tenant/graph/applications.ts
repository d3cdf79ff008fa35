import { isoSeconds } from '../directory/instants.js';
import type { DirectoryObject, Properties } from '../directory/model.js';
import { checkAppPatch, type AppType } from './application-properties.js';
import { patchedCredentials } from './credential-lists.js';
import { badRequest, GraphError, notFound } from './errors.js';
import { listOptions, oneOf, pageOf } from './present.js';
import { resources } from './resources.js';
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
  writing('POST', `${type}s`, appWriters, appAdmins, (context) => create(context, type)),
]);

function list(context: GraphContext, type: AppType): Outcome {
  return pageOf(context, { resource: resources[type], items: context.view.list(type) });
}

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
  const { by, directory, now, truth } = context;
  const object = findApp(context, type, truth);
  const { keyCredentials, passwordCredentials, ...rest } = checkAppPatch(type, context.body);
  const lists = patchedCredentials(context, object, { keyCredentials, passwordCredentials });
  context.wrote(directory.update(object.id, rest, by, now));
  context.wrote(directory.setCredentials(object.id, lists, by, now));
  return { status: 204 };
}

function create(context: GraphContext, type: AppType): Outcome {
  const { by, directory, now, world } = context;
  const id = directory.newId();
  const created = isoSeconds(now);
  const properties =
    type === 'application'
      ? newApplication(checkAppPatch(type, context.body), directory.newId(), world.domain)
      : newServicePrincipal(context);
  context.wrote(directory.create(type, id, { ...properties, createdDateTime: created }, by, now));
  return { ...oneOf(context, directory.object(id)), status: 201 };
}

function newApplication(body: Properties, appId: string, domain: string): Properties {
  if (typeof body['displayName'] !== 'string') {
    throw badRequest("A value is required for property 'displayName' of resource 'Application'.");
  }
  if ('keyCredentials' in body || 'passwordCredentials' in body) {
    throw badRequest('Credentials are added after the creation.');
  }
  return { signInAudience: 'AzureADMyOrg', ...body, appId, publisherDomain: domain };
}

/** Only applications of this tenant can be given a service principal here. */
function newServicePrincipal(context: GraphContext): Properties {
  const { appId, ...rest } = (context.body ?? {}) as Properties;
  if (typeof appId !== 'string') throw badRequest("The 'appId' property is required.");
  const application = context.truth.get(context.directory.idOfApp('application', appId) ?? '');
  if (application === undefined) {
    throw badRequest(
      `The appId '${appId}' of the service principal does not reference a valid application object.`,
    );
  }
  const present = context.directory.idOfApp('servicePrincipal', appId);
  if (present !== undefined && context.truth.state(present) !== 'gone') {
    throw new GraphError(
      409,
      'Request_MultipleObjectsWithSameKeyValue',
      `The service principal cannot be created, updated, or restored because the service principal name ${appId} is already in use.`,
    );
  }
  const { displayName = null, appRoles = [] } = application.properties;
  const given = Object.keys(rest).length === 0 ? {} : checkAppPatch('servicePrincipal', rest);
  return {
    accountEnabled: true,
    appDisplayName: displayName,
    appOwnerOrganizationId: context.world.ids.tenantId,
    appRoles,
    displayName,
    servicePrincipalNames: [appId],
    servicePrincipalType: 'Application',
    ...given,
    appId,
  };
}

function remove(context: GraphContext, type: AppType): Outcome {
  const object = findApp(context, type, context.truth);
  context.wrote(context.directory.softDelete(object.id, context.by, context.now));
  return { status: 204 };
}
