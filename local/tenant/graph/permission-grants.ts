import { z } from 'zod';
import { text, type DirectoryObject } from '../directory/model.js';
import type { View } from '../directory/view.js';
import { appAdmins, appWriters, findApp } from './applications.js';
import { bodyOf } from './body.js';
import { GraphError, notFound } from './errors.js';
import { listOptions, oneOf, pageOf } from './present.js';
import { resources } from './resources.js';
import { reading, writing } from './route-forms.js';
import type { GraphContext, Outcome, Route } from './route.js';

const listing = { units: 2, options: listOptions };
const writers = ['DelegatedPermissionGrant.ReadWrite.All', 'Directory.ReadWrite.All'];
const readers = ['Directory.Read.All', ...writers];
const path = 'oauth2PermissionGrants';

/** Delegated grants (graph fact sheet A.5). */
export const permissionGrantRoutes: readonly Route[] = [
  reading(path, readers, (context) => list(context, () => true), listing),
  reading(`${path}/{id}`, readers, (context) => oneOf(context, find(context, context.view))),
  reading(
    `servicePrincipals/{id}/${path}`,
    [...readers, ...appWriters],
    (context) => {
      const { id } = findApp(context, 'servicePrincipal', context.view);
      return list(context, ({ properties }) => properties['clientId'] === id);
    },
    listing,
  ),
  reading(
    `users/{id}/${path}`,
    readers,
    (context) => {
      const id = context.param('id').toLowerCase();
      return list(context, ({ properties }) => properties['principalId'] === id);
    },
    listing,
  ),
  writing('POST', path, writers, appAdmins, create),
  writing('PATCH', `${path}/{id}`, writers, appAdmins, patch),
  writing('DELETE', `${path}/{id}`, writers, appAdmins, end),
];

function list(context: GraphContext, wanted: (grant: DirectoryObject) => boolean): Outcome {
  const { view } = context;
  const items = [...view.list('oAuth2PermissionGrant')].filter(
    (grant) => wanted(grant) && endsLive(grant, view),
  );
  return pageOf(context, { resource: resources.oAuth2PermissionGrant, items });
}

/** While the client or the resource is in the recycle bin the grant sleeps; it comes back with it. */
function endsLive({ properties }: DirectoryObject, view: View): boolean {
  const ends = [text(properties, 'clientId'), text(properties, 'resourceId')];
  return ends.every((id) => view.get(id) !== undefined);
}

function find(context: GraphContext, view: View): DirectoryObject {
  const id = context.param('id').toLowerCase();
  const grant = view.get(id);
  if (grant?.type !== 'oAuth2PermissionGrant') throw notFound(id);
  return grant;
}

const wish = z
  .strictObject({
    clientId: z.guid(),
    consentType: z.enum(['AllPrincipals', 'Principal']),
    principalId: z.guid().nullable().default(null),
    resourceId: z.guid(),
    scope: z.string(),
  })
  .refine(
    ({ consentType, principalId }) => (consentType === 'Principal') === (principalId !== null),
    { error: 'principalId belongs to the consentType Principal and to no other.' },
  );

function create(context: GraphContext): Outcome {
  const { by, directory, now, truth } = context;
  const { consentType: _, ...grant } = bodyOf(context, wish);
  for (const end of [grant.clientId, grant.resourceId]) {
    if (truth.get(end)?.type !== 'servicePrincipal') throw notFound(end);
  }
  if (grant.principalId !== null && truth.get(grant.principalId)?.type !== 'user') {
    throw notFound(grant.principalId);
  }
  const { scope: _scope, ...ends } = grant;
  for (const { properties } of truth.list('oAuth2PermissionGrant')) {
    if (Object.entries(ends).some(([name, value]) => properties[name] !== value)) continue;
    const message = 'Permission entry already exists.';
    throw new GraphError(409, 'Request_MultipleObjectsWithSameKeyValue', message);
  }
  const id = directory.newId();
  context.wrote(directory.grantScopes(id, grant, by, now));
  return { ...oneOf(context, directory.object(id)), status: 201 };
}

/** Only the scope of a grant can be changed. */
function patch(context: GraphContext): Outcome {
  const { by, directory, now, truth } = context;
  const grant = find(context, truth);
  const { scope } = bodyOf(context, z.strictObject({ scope: z.string() }));
  context.wrote(directory.changeScopes(grant.id, scope, by, now));
  return { status: 204 };
}

function end(context: GraphContext): Outcome {
  const { by, directory, now, truth } = context;
  context.wrote(directory.endAssignment(find(context, truth).id, by, now));
  return { status: 204 };
}
