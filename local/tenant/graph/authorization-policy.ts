import { z } from 'zod';
import type { DirectoryObject, Properties } from '../directory/model.js';
import type { View } from '../directory/view.js';
import { bodyOf } from './body.js';
import { badRequest } from './errors.js';
import { merged } from './merge.js';
import { oneOf } from './present.js';
import { reading, writing } from './route-forms.js';
import type { GraphContext, Outcome, Route } from './route.js';

const path = 'policies/authorizationPolicy';

/** What members and guests may do by default (backup fact sheet 6.2 knows two of the settings). */
export const authorizationPolicyRoutes: readonly Route[] = [
  reading(path, ['Policy.Read.All', 'Policy.ReadWrite.Authorization'], (context) =>
    oneOf(context, only(context.view)),
  ),
  writing(
    'PATCH',
    path,
    ['Policy.ReadWrite.Authorization'],
    ['Privileged Role Administrator', 'Global Administrator'],
    patch,
  ),
];

const guestRoles = [
  'a0b1b346-4d3e-4e8b-98f8-753987be4970',
  '10dae51f-b6af-4016-8d66-8c2a99b929b3',
  '2af84b1e-32c8-42b7-82bc-daa82404023b',
] as const;

const body = z
  .strictObject({
    displayName: z.string(),
    description: z.string(),
    allowInvitesFrom: z.enum([
      'none',
      'adminsAndGuestInviters',
      'adminsGuestInvitersAndAllMembers',
      'everyone',
    ]),
    allowedToSignUpEmailBasedSubscriptions: z.boolean(),
    allowedToUseSSPR: z.boolean(),
    allowEmailVerifiedUsersToJoinOrganization: z.boolean(),
    allowUserConsentForRiskyApps: z.boolean().nullable(),
    blockMsolPowerShell: z.boolean(),
    guestUserRoleId: z.enum(guestRoles),
    defaultUserRolePermissions: z
      .strictObject({
        allowedToCreateApps: z.boolean(),
        allowedToCreateSecurityGroups: z.boolean(),
        allowedToCreateTenants: z.boolean(),
        allowedToReadBitlockerKeysForOwnedDevice: z.boolean(),
        allowedToReadOtherUsers: z.boolean(),
        permissionGrantPoliciesAssigned: z.array(z.string()),
      })
      .partial(),
  })
  .partial();

function only(view: View): DirectoryObject {
  const [policy] = view.list('authorizationPolicy');
  if (policy === undefined) throw new TypeError('The tenant has no authorization policy.');
  return policy;
}

function patch(context: GraphContext): Outcome {
  const { by, directory, now, truth } = context;
  const { id, properties } = only(truth);
  const wish = bodyOf(context, body) as Properties;
  if (Object.keys(wish).length === 0) throw badRequest('Nothing to update.');
  const whole = Object.fromEntries(
    Object.entries(wish).map(([name, value]) => [name, merged(properties[name] ?? null, value)]),
  );
  context.wrote(directory.update(id, whole, by, now));
  return { status: 204 };
}
