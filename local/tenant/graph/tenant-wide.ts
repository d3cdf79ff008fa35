import { badRequest } from './errors.js';
import type { GraphContext, Outcome, Route } from './route.js';

/** The organization itself, and Identity Protection's one action that containment uses. */
export const tenantWideRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: 'organization',
    area: 'identity',
    units: 1,
    options: ['$select'],
    permissions: [
      'Organization.Read.All',
      'Directory.Read.All',
      'Directory.ReadWrite.All',
      'User.Read',
    ],
    handle: organization,
  },
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

function organization(context: GraphContext): Outcome {
  const { ids, domain } = context.world;
  const users = [...context.view.list('user')];
  const synced = users.some(({ properties }) => properties['onPremisesSyncEnabled'] === true);
  return {
    status: 200,
    body: {
      '@odata.context': context.metadata('organization'),
      value: [
        {
          id: ids.tenantId,
          displayName: 'Woodgrove',
          tenantType: 'AAD',
          onPremisesSyncEnabled: synced ? true : null,
          createdDateTime: '2017-02-01T09:00:00Z',
          verifiedDomains: [{ name: domain, isDefault: true, isInitial: false, type: 'Managed' }],
          assignedPlans: [
            {
              service: 'AADPremiumService',
              servicePlanId: 'eec0eb4f-6444-4f95-aba0-50c24d67f998',
              capabilityStatus: 'Enabled',
            },
          ],
        },
      ],
    },
  };
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
