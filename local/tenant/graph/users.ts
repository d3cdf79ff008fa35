import { isoSeconds } from '../directory/instants.js';
import { text, type DirectoryObject, type Properties } from '../directory/model.js';
import { badRequest, conflicting, denied, notFound } from './errors.js';
import { allows } from './permissions.js';
import { listOptions, oneOf, pageOf } from './present.js';
import { mayChangeSensitive } from './privilege.js';
import { bodyReference } from './references.js';
import { resources } from './resources.js';
import { reading, writing } from './route-forms.js';
import type { GraphContext, Outcome, Route } from './route.js';
import { checkNewUser, checkUserPatch, sensitiveProperties } from './user-properties.js';

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
  writing('PUT', 'users/{id}/manager/$ref', writers, userAdmins, setManager),
  writing('DELETE', 'users/{id}/manager/$ref', writers, userAdmins, removeManager),
  writing('POST', 'users', writers, userAdmins, createUser),
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

function setManager(context: GraphContext): Outcome {
  const { by, directory, now } = context;
  const user = targetOf(context);
  const manager = bodyReference(context);
  if (manager.type !== 'user')
    throw badRequest('A manager is a user or an organizational contact.');
  context.wrote(directory.setManager(user.id, manager.id, by, now));
  return { status: 204 };
}

function removeManager(context: GraphContext): Outcome {
  const { by, directory, now, truth } = context;
  const user = targetOf(context);
  if (truth.links(user.id, 'manager').length === 0) throw notFound('manager');
  context.wrote(directory.setManager(user.id, null, by, now));
  return { status: 204 };
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

function createUser(context: GraphContext): Outcome {
  const { by, directory, now } = context;
  const { passwordProfile, ...properties } = checkNewUser(context.body, context.world.domain);
  checkUniqueName(context, '', text(properties, 'userPrincipalName'));
  const id = directory.newId();
  const dated = { ...properties, createdDateTime: isoSeconds(now) };
  context.wrote(directory.create('user', id, dated, by, now));
  if (passwordProfile != null) context.wrote(directory.resetPassword(id, by, now));
  return { ...oneOf(context, directory.object(id)), status: 201 };
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
  if (context.directory.holderOf('userPrincipalName', upn, id) === undefined) return;
  throw conflicting('userPrincipalName');
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
