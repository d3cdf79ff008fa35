import { z } from 'zod';
import { text, type DirectoryObject, type Json } from '../directory/model.js';
import { roleId } from '../directory/roles.js';
import type { View } from '../directory/view.js';
import { graphAppId } from '../scenarios/company-applications.js';
import { appAdmins, appReaders, findApp } from './applications.js';
import { bodyOf } from './body.js';
import { badRequest, denied, notFound } from './errors.js';
import { listOptions, oneOf, pageOf } from './present.js';
import { rolesHeld } from '../directory/belonging.js';
import { resources } from './resources.js';
import { reading, writing } from './route-forms.js';
import type { GraphContext, Outcome, Route } from './route.js';

type Side = 'principalId' | 'resourceId';

const listing = { units: 2, options: listOptions };
const creators = [
  'AppRoleAssignment.ReadWrite.All+Application.Read.All',
  'AppRoleAssignment.ReadWrite.All+Application.ReadWrite.All',
  'AppRoleAssignment.ReadWrite.All+Directory.Read.All',
];
const enders = ['AppRoleAssignment.ReadWrite.All', 'Application.ReadWrite.All'];
/** May grant every app role, those of Microsoft Graph included. */
const roleAdmins = ['Privileged Role Administrator', 'Global Administrator'];
const admins = [...new Set([...appAdmins, ...roleAdmins])];

/** App roles by who holds them and by whose they are (graph fact sheet A.5, I). */
export const appRoleAssignmentRoutes: readonly Route[] = [
  ...routesOf('servicePrincipals', 'appRoleAssignments', 'principalId'),
  ...routesOf('servicePrincipals', 'appRoleAssignedTo', 'resourceId'),
  ...routesOf('users', 'appRoleAssignments', 'principalId'),
  ...routesOf('groups', 'appRoleAssignments', 'principalId'),
];

function routesOf(set: string, relation: string, side: Side): Route[] {
  const path = `${set}/{id}/${relation}`;
  const readers =
    set === 'servicePrincipals'
      ? appReaders
      : [...appReaders, set === 'users' ? 'User.Read.All' : 'Group.Read.All'];
  const own = (context: GraphContext, view: View): string => ownerOf(context, set, view);
  return [
    reading(path, readers, (context) => list(context, side, own(context, context.view)), listing),
    writing('POST', path, creators, admins, (context) =>
      create(context, side, own(context, context.truth)),
    ),
    writing('DELETE', `${path}/{assignmentId}`, enders, admins, (context) =>
      end(context, side, context.param('id').toLowerCase()),
    ),
  ];
}

/** The id of the object whose assignments they are; service principals also by application id. */
function ownerOf(context: GraphContext, set: string, view: View): string {
  if (set === 'servicePrincipals') return findApp(context, 'servicePrincipal', view).id;
  const id = context.param('id').toLowerCase();
  if (view.get(id)?.type !== (set === 'users' ? 'user' : 'group')) throw notFound(id);
  return id;
}

function list(context: GraphContext, side: Side, id: string): Outcome {
  const { view } = context;
  const items = [...view.list('appRoleAssignment')].filter(
    (one) => one.properties[side] === id && endsLive(one, view),
  );
  return pageOf(context, {
    resource: resources.appRoleAssignment,
    items: items.map((one) => named(one, view)),
  });
}

/** While either end is in the recycle bin the assignment sleeps; it comes back with the object. */
function endsLive({ properties }: DirectoryObject, view: View): boolean {
  const ends = [text(properties, 'principalId'), text(properties, 'resourceId')];
  return ends.every((id) => view.get(id) !== undefined);
}

function named(assignment: DirectoryObject, view: View): DirectoryObject {
  const name = (end: Side): Json =>
    view.get(text(assignment.properties, end))?.properties['displayName'] ?? null;
  const properties = {
    ...assignment.properties,
    principalDisplayName: name('principalId'),
    resourceDisplayName: name('resourceId'),
  };
  return { ...assignment, type: 'appRoleAssignment', properties };
}

const wish = z.strictObject({
  principalId: z.guid(),
  resourceId: z.guid(),
  appRoleId: z.guid(),
});

function create(context: GraphContext, side: Side, ownerId: string): Outcome {
  const { by, directory, now, truth } = context;
  const grant = bodyOf(context, wish);
  if (grant[side].toLowerCase() !== ownerId) {
    throw badRequest(`The ${side} of the assignment is not the object it is sent to.`);
  }
  const principal = truth.get(grant.principalId);
  const resource = truth.get(grant.resourceId);
  if (principal === undefined) throw notFound(grant.principalId);
  if (resource?.type !== 'servicePrincipal') throw notFound(grant.resourceId);
  checkRole(resource, grant.appRoleId);
  checkMayGrant(context, resource);
  for (const { properties } of truth.list('appRoleAssignment')) {
    if (Object.entries(grant).every(([name, value]) => properties[name] === value)) {
      throw badRequest('Permission being assigned already exists on the object');
    }
  }
  const id = directory.newId();
  context.wrote(directory.grantAppRole(id, grant, by, now));
  return { ...oneOf(context, named(directory.object(id), truth)), status: 201 };
}

const defaultAccess = '00000000-0000-0000-0000-000000000000';

function checkRole(resource: DirectoryObject, appRoleId: string): void {
  const roles = (resource.properties['appRoles'] ?? []) as unknown as { id: string }[];
  if (roles.length === 0 && appRoleId === defaultAccess) return;
  if (roles.some(({ id }) => id === appRoleId)) return;
  throw badRequest('Permission being assigned was not found on application');
}

/** Administrators of applications may not hand out app roles of Microsoft Graph. */
function checkMayGrant(context: GraphContext, resource: DirectoryObject): void {
  const { caller, truth } = context;
  if (caller.kind === 'app' || resource.properties['appId'] !== graphAppId) return;
  const held = rolesHeld(truth, caller.userId);
  if (!roleAdmins.some((name) => held.has(roleId(name)))) throw denied();
}

/** By the object's id even when that object is in the bin: what it holds can still be taken away. */
function end(context: GraphContext, side: Side, ownerId: string): Outcome {
  const id = context.param('assignmentId').toLowerCase();
  const assignment = context.truth.get(id);
  if (assignment?.type !== 'appRoleAssignment' || assignment.properties[side] !== ownerId) {
    throw notFound(id);
  }
  context.wrote(context.directory.endAssignment(id, context.by, context.now));
  return { status: 204 };
}
