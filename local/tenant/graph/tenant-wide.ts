import { z } from 'zod';
import type { DirectoryObject, Properties } from '../directory/model.js';
import type { View } from '../directory/view.js';
import { bodyOf } from './body.js';
import { badRequest, notFound } from './errors.js';
import { oneOf, pageOf } from './present.js';
import { resources } from './resources.js';
import { reading, writing } from './route-forms.js';
import type { GraphContext, Outcome, Route } from './route.js';

const organizationReaders = [
  'Organization.Read.All',
  'Organization.ReadWrite.All',
  'Directory.Read.All',
  'Directory.ReadWrite.All',
];

/** The organization itself, and Identity Protection's one action that containment uses. */
export const tenantWideRoutes: readonly Route[] = [
  reading('organization', [...organizationReaders, 'User.Read'], (context) =>
    pageOf(context, {
      resource: resources.organization,
      items: context.view.list('organization'),
    }),
  ),
  reading('organization/{id}', [...organizationReaders, 'User.Read'], (context) =>
    oneOf(context, organization(context, context.view)),
  ),
  writing(
    'PATCH',
    'organization/{id}',
    ['Organization.ReadWrite.All'],
    ['Global Administrator'],
    patchOrganization,
  ),
  {
    method: 'POST',
    path: 'identityProtection/riskyUsers/confirmCompromised',
    area: 'conditionalAccess',
    units: 1,
    permissions: ['IdentityRiskyUser.ReadWrite.All'],
    delegatedRoles: ['Security Administrator', 'Security Operator', 'Global Administrator'],
    handle: confirmCompromised,
  },
];

function organization(context: GraphContext, view: View): DirectoryObject {
  const id = context.param('id').toLowerCase();
  const object = view.get(id);
  if (object?.type !== 'organization') throw notFound(id);
  return object;
}

const mails = z.array(z.email());

/** What Graph lets one write (https://learn.microsoft.com/graph/api/organization-update). */
const organizationPatch = z
  .strictObject({
    marketingNotificationEmails: mails,
    privacyProfile: z
      .strictObject({ contactEmail: z.string().nullable(), statementUrl: z.string().nullable() })
      .nullable(),
    securityComplianceNotificationMails: mails,
    securityComplianceNotificationPhones: z.array(z.string()),
    technicalNotificationMails: mails,
  })
  .partial();

function patchOrganization(context: GraphContext): Outcome {
  const { by, directory, now, truth } = context;
  const { id } = organization(context, truth);
  const patch = bodyOf(context, organizationPatch) as Properties;
  context.wrote(directory.update(id, patch, by, now));
  return { status: 204 };
}

/** 204; sets the user risk to high. Ids nobody has are refused as a whole. */
function confirmCompromised(context: GraphContext): Outcome {
  const userIds = (context.body as Readonly<Record<string, unknown>> | null)?.['userIds'];
  if (!Array.isArray(userIds) || userIds.length === 0) {
    throw badRequest("The 'userIds' parameter is required.");
  }
  const users = userIds.map((id) => context.truth.get(String(id).toLowerCase()));
  if (users.some((user) => user?.type !== 'user'))
    throw badRequest('One or more users were not found.');
  for (const user of users) {
    if (user === undefined) continue;
    context.wrote(context.directory.confirmCompromised(user.id, context.by, context.now));
  }
  return { status: 204 };
}
