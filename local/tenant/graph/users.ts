import type { DirectoryObject, Properties } from '../directory/model.js';
import { badRequest, denied, notFound } from './errors.js';
import { allows } from './permissions.js';
import { listOptions, oneOf, pageOf } from './present.js';
import { mayChangeSensitive } from './privilege.js';
import { resources } from './resources.js';
import { reading, writing } from './route-forms.js';
import type { GraphContext, Outcome, Route } from './route.js';
import { checkUserPatch, sensitiveProperties } from './user-properties.js';

const readers = [
  'User.Read.All',
  'User.ReadWrite.All',
  'Directory.Read.All',
  'Directory.ReadWrite.All',
];
const writers = ['User.ReadWrite.All', 'Directory.ReadWrite.All'];
const userAdmins = [
  'User Administrator',
  'Global Administrator',
  'Privileged Authentication Administrator',
  'Authentication Administrator',
];

export const userRoutes: readonly Route[] = [
  reading('users', readers, listUsers, { units: 2, options: listOptions }),
  reading('users/{id}', readers, (context) => oneOf(context, findUser(context))),
  reading('users/{id}/licenseDetails', readers, licenseDetails, { options: [] }),
  reading('users/{id}/manager', readers, getManager),
  writing(
    'PATCH',
    'users/{id}',
    [
      ...writers,
      'User.EnableDisableAccount.All+User.Read.All',
      'User-PasswordProfile.ReadWrite.All',
    ],
    userAdmins,
    patchUser,
  ),
  writing('DELETE', 'users/{id}', ['User.DeleteRestore.All', ...writers], userAdmins, deleteUser),
  writing(
    'POST',
    'users/{id}/revokeSignInSessions',
    ['User.RevokeSessions.All', ...writers],
    userAdmins,
    revokeSessions,
  ),
];

function listUsers(context: GraphContext): Outcome {
  return pageOf(context, { resource: resources.user, items: context.view.list('user') });
}

function getManager(context: GraphContext): Outcome {
  const managerId = context.view.links(findUser(context).id, 'manager')[0];
  const manager = managerId === undefined ? undefined : context.view.get(managerId);
  if (manager === undefined) throw notFound('manager');
  return oneOf(context, manager);
}

/** The user that the `{id}` of the path names, by object id or principal name, as this replica has it. */
export function findUser(context: GraphContext): DirectoryObject {
  const user = byKey(context, context.view);
  if (user === undefined) throw notFound(context.param('id'));
  return user;
}

/** The same for a write, which the replica that has the truth takes. */
function targetOf(context: GraphContext): DirectoryObject {
  const user = byKey(context, context.truth);
  if (user === undefined) throw notFound(context.param('id'));
  return user;
}

function byKey(context: GraphContext, view: GraphContext['view']): DirectoryObject | undefined {
  const key = context.param('id');
  const id = key.includes('@') ? (context.directory.idOfUser(key) ?? '') : key.toLowerCase();
  const object = view.get(id);
  return object?.type === 'user' ? object : undefined;
}

function patchUser(context: GraphContext): Outcome {
  const user = targetOf(context);
  const patch = checkUserPatch(user, context.body);
  checkPatchPermission(context, user, patch);
  const { passwordProfile, ...rest } = patch;
  const upn = rest['userPrincipalName'];
  if (typeof upn === 'string') checkUniqueName(context, user.id, upn);
  if (passwordProfile != null) {
    context.wrote(context.directory.resetPassword(user.id, context.by, context.now));
  }
  context.wrote(context.directory.update(user.id, rest, context.by, context.now));
  return { status: 204 };
}

/** Each narrow permission covers its own property only; sensitive ones obey the role matrix too. */
function checkPatchPermission(
  context: GraphContext,
  user: DirectoryObject,
  patch: Properties,
): void {
  const names = Object.keys(patch);
  const needed = (name: string): readonly string[] => {
    if (name === 'accountEnabled')
      return ['User.EnableDisableAccount.All+User.Read.All', ...writers];
    if (name === 'passwordProfile') return ['User-PasswordProfile.ReadWrite.All', ...writers];
    return writers;
  };
  if (!names.every((name) => allows(context.caller, needed(name)))) throw denied();
  if (!names.some((name) => sensitiveProperties.has(name))) return;
  if (!mayChangeSensitive(context.truth, context.caller, user.id)) throw denied();
}

function checkUniqueName(context: GraphContext, id: string, upn: string): void {
  const holder = context.directory.idOfUser(upn);
  if (holder === undefined || holder === id) return;
  if (context.truth.get(holder)?.properties['userPrincipalName'] !== upn) return;
  throw badRequest(
    'Another object with the same value for property userPrincipalName already exists.',
  );
}

function deleteUser(context: GraphContext): Outcome {
  const user = targetOf(context);
  if (!mayChangeSensitive(context.truth, context.caller, user.id)) throw denied();
  context.wrote(context.directory.softDelete(user.id, context.by, context.now));
  return { status: 204 };
}

function revokeSessions(context: GraphContext): Outcome {
  const user = targetOf(context);
  context.wrote(context.directory.revokeSessions(user.id, context.by, context.now));
  return { status: 200, body: { '@odata.context': context.metadata('Edm.Boolean'), value: true } };
}

function licenseDetails(context: GraphContext): Outcome {
  const user = findUser(context);
  const licences = (user.properties['assignedLicenses'] ?? []) as unknown as { skuId: string }[];
  return {
    status: 200,
    body: {
      '@odata.context': context.metadata(`users('${user.id}')/licenseDetails`),
      value: licences.map(({ skuId }) => ({
        id: Buffer.from(`${user.id}${skuId}`).toString('base64url').slice(0, 43),
        skuId,
        skuPartNumber: 'ENTERPRISEPACK',
        servicePlans: [],
      })),
    },
  };
}
