import type { Json } from '../directory/model.js';
import { appAdmins, appReaders, appWriters, findApp } from './applications.js';
import { notFound } from './errors.js';
import { listOptions, pageOf } from './present.js';
import { resources } from './resources.js';
import { reading, writing } from './route-forms.js';
import type { GraphContext, Outcome, Route } from './route.js';

const listing = { units: 2, options: listOptions };
const grantReaders = ['Directory.Read.All', 'Directory.ReadWrite.All'];

/** App role assignments and delegated grants (graph fact sheet A.5). */
export const grantRoutes: readonly Route[] = [
  reading('servicePrincipals/{id}/appRoleAssignments', appReaders, heldBy, listing),
  reading('servicePrincipals/{id}/appRoleAssignedTo', appReaders, grantedOn, listing),
  reading(
    'users/{id}/appRoleAssignments',
    [...appReaders, 'User.Read.All'],
    (context) => assignments(context, 'principalId', context.param('id').toLowerCase()),
    listing,
  ),
  ...['servicePrincipals', 'users'].map((set) =>
    writing(
      'DELETE',
      `${set}/{id}/appRoleAssignments/{assignmentId}`,
      ['AppRoleAssignment.ReadWrite.All', 'Application.ReadWrite.All'],
      appAdmins,
      endAssignment,
    ),
  ),
  reading(
    'servicePrincipals/{id}/oauth2PermissionGrants',
    [...grantReaders, ...appWriters],
    (context) => grants(context, findApp(context, 'servicePrincipal', context.view).id),
    listing,
  ),
  reading('oauth2PermissionGrants', grantReaders, (context) => grants(context, null), listing),
  writing(
    'DELETE',
    'oauth2PermissionGrants/{id}',
    ['DelegatedPermissionGrant.ReadWrite.All', 'Directory.ReadWrite.All'],
    appAdmins,
    endGrant,
  ),
];

function heldBy(context: GraphContext): Outcome {
  const { id } = findApp(context, 'servicePrincipal', context.view);
  return assignments(context, 'principalId', id);
}

function grantedOn(context: GraphContext): Outcome {
  const { id } = findApp(context, 'servicePrincipal', context.view);
  return assignments(context, 'resourceId', id);
}

function assignments(
  context: GraphContext,
  side: 'principalId' | 'resourceId',
  id: string,
): Outcome {
  const all = [...context.view.list('appRoleAssignment')];
  const name = (object: Json | undefined): Json =>
    typeof object === 'string'
      ? (context.view.get(object)?.properties['displayName'] ?? null)
      : null;
  return pageOf(context, {
    resource: resources.appRoleAssignment,
    items: all
      .filter(({ properties }) => properties[side] === id)
      .map((object) => ({
        ...object,
        type: 'appRoleAssignment' as const,
        properties: {
          ...object.properties,
          principalDisplayName: name(object.properties['principalId']),
          resourceDisplayName: name(object.properties['resourceId']),
        },
      })),
  });
}

function endAssignment(context: GraphContext): Outcome {
  const id = context.param('assignmentId').toLowerCase();
  const assignment = context.truth.get(id);
  const holder = assignment?.properties['principalId'];
  if (assignment?.type !== 'appRoleAssignment' || holder !== context.param('id').toLowerCase()) {
    throw notFound(id);
  }
  context.wrote(context.directory.endAssignment(id, context.by, context.now));
  return { status: 204 };
}

function grants(context: GraphContext, clientId: string | null): Outcome {
  const all = [...context.view.list('oAuth2PermissionGrant')];
  const items = all.filter(
    ({ properties }) => clientId === null || properties['clientId'] === clientId,
  );
  return pageOf(context, { resource: resources.oAuth2PermissionGrant, items });
}

function endGrant(context: GraphContext): Outcome {
  const id = context.param('id').toLowerCase();
  if (context.truth.get(id)?.type !== 'oAuth2PermissionGrant') throw notFound(id);
  context.wrote(context.directory.endAssignment(id, context.by, context.now));
  return { status: 204 };
}
