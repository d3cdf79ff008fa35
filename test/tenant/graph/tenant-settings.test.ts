import { appCaller, rig, userCaller, type Rig } from './support.js';

const lastRow = ({ world }: Rig) => world.directory.trail.events.at(-1);
const methods = '/policies/authenticationMethodsPolicy';
const strengths = '/policies/authenticationStrengthPolicies';
const sms = '#microsoft.graph.smsAuthenticationMethodConfiguration';

/** Reads until every replica knows. */
async function settled(outside: Rig, path: string) {
  await outside.clock.sleep(60_000);
  return (await outside.call('GET', path)).body;
}

describe('the authorization policy', () => {
  const path = '/policies/authorizationPolicy';

  it('is patched member by member and told property by property', async () => {
    const outside = rig();

    const answer = await outside.call('PATCH', path, {
      blockMsolPowerShell: false,
      defaultUserRolePermissions: { allowedToCreateApps: true },
    });

    expect(answer.status).toBe(204);
    expect(lastRow(outside)).toMatchObject({
      activity: 'Update authorization policy',
      category: 'AuthorizationPolicy',
      service: 'Core Directory',
      targets: [{ id: 'authorizationPolicy', type: 'Policy' }],
    });
    expect(lastRow(outside)?.targets[0]?.modified[0]).toEqual({
      displayName: 'BlockMsolPowerShell',
      oldValue: '[true]',
      newValue: '[false]',
    });
    expect(await settled(outside, path)).toMatchObject({
      blockMsolPowerShell: false,
      defaultUserRolePermissions: { allowedToCreateApps: true, allowedToCreateTenants: false },
    });
  });

  it.each([
    [
      'a guest role that does not exist',
      { guestUserRoleId: '62e90394-69f5-4237-9190-012177145e10' },
    ],
    ['an unknown property', { allowEverything: true }],
    ['nothing', {}],
  ])('refuses %s', async (_what, body) => {
    expect((await rig().call('PATCH', path, body)).status).toBe(400);
  });

  it('needs its own permission', async () => {
    const outside = rig();
    const caller = appCaller(outside.world, ['Policy.ReadWrite.ConditionalAccess']);

    const answer = await outside.call('PATCH', path, { blockMsolPowerShell: false }, { caller });

    expect(answer.status).toBe(403);
  });
});

describe('the authentication methods policy', () => {
  it('is patched method by method and told as a whole', async () => {
    const outside = rig();

    const answer = await outside.call(
      'PATCH',
      `${methods}/authenticationMethodConfigurations/sms`,
      {
        '@odata.type': sms,
        state: 'enabled',
      },
    );

    expect(answer.status).toBe(204);
    const row = lastRow(outside);
    expect(row).toMatchObject({
      activity: 'Authentication Methods Policy Update',
      category: 'ApplicationManagement',
      service: 'Authentication Methods',
    });
    const [told] = row?.targets[0]?.modified ?? [];
    const state = (document: string | null | undefined) =>
      (
        JSON.parse(document ?? '') as {
          authenticationMethodConfigurations: { id: string; state: string }[];
        }
      ).authenticationMethodConfigurations.find(({ id }) => id === 'Sms')?.state;
    expect([told?.displayName, state(told?.oldValue), state(told?.newValue)]).toEqual([
      'AuthenticationMethodsPolicy',
      'disabled',
      'enabled',
    ]);
    const one = `${methods}/authenticationMethodConfigurations/Sms`;
    expect(await settled(outside, one)).toMatchObject({ '@odata.type': sms, state: 'enabled' });
  });

  it('as a whole takes the registration campaign, not the methods', async () => {
    const outside = rig();
    const campaign = { authenticationMethodsRegistrationCampaign: { state: 'disabled' } };

    const taken = await outside.call('PATCH', methods, { registrationEnforcement: campaign });
    const refused = await outside.call('PATCH', methods, {
      authenticationMethodConfigurations: [],
    });

    expect([taken.status, refused.status]).toEqual([204, 400]);
    expect(await settled(outside, methods)).toMatchObject({
      registrationEnforcement: {
        authenticationMethodsRegistrationCampaign: { state: 'disabled', snoozeDurationInDays: 1 },
      },
    });
  });

  it.each([
    ['no type', { state: 'enabled' }],
    ['a foreign type', { '@odata.type': '#microsoft.graph.voice', state: 'enabled' }],
    ['a member of another method', { '@odata.type': sms, isOfficePhoneAllowed: true }],
    ['an unknown state', { '@odata.type': sms, state: 'maybe' }],
  ])('refuses %s', async (_what, body) => {
    const path = `${methods}/authenticationMethodConfigurations/Sms`;

    expect((await rig().call('PATCH', path, body)).status).toBe(400);
  });

  it('of a person asks for an administrator of authentication policies', async () => {
    const outside = rig();
    const { actor, breakGlass1 } = outside.world.ids.people;
    const path = `${methods}/authenticationMethodConfigurations/Sms`;
    const body = { '@odata.type': sms, state: 'enabled' };

    const statuses: number[] = [];
    for (const { id } of [actor, breakGlass1]) {
      const caller = userCaller(id, ['Policy.ReadWrite.AuthenticationMethod']);
      statuses.push((await outside.call('PATCH', path, body, { caller })).status);
    }

    expect(statuses).toEqual([403, 204]);
  });
});

describe('authentication strengths', () => {
  it('built in cannot be changed, own ones can, and are deleted for good', async () => {
    const outside = rig();
    const builtIn = `${strengths}/00000000-0000-0000-0000-000000000004`;
    const refused = await outside.call('PATCH', builtIn, { displayName: 'Mine' });
    const made = await outside.call('POST', strengths, {
      displayName: 'Keys only',
      allowedCombinations: ['fido2'],
    });
    const path = `${strengths}/${String(made.body['id'])}`;
    const widened = await outside.call('POST', `${path}/updateAllowedCombinations`, {
      allowedCombinations: ['fido2', 'password,sms'],
    });
    const told = lastRow(outside)?.activity;
    const removed = await outside.call('DELETE', path);

    expect([refused, made, widened, removed].map(({ status }) => status)).toEqual([
      400, 201, 200, 204,
    ]);
    expect(widened.body).toMatchObject({
      currentCombinations: ['fido2', 'password,sms'],
      previousCombinations: ['fido2'],
    });
    expect([told, lastRow(outside)?.activity]).toEqual([
      'Authentication Strength Policy Update',
      'Authentication Strength Policy Delete',
    ]);
    expect(outside.journal.alarms()).toMatchObject([{ alarm: 'HARD_DELETE' }]);
  });
});

describe('the organization', () => {
  it('is listed, patched where it may be, told as company information', async () => {
    const outside = rig();
    const path = `/organization/${outside.world.ids.tenantId}`;

    const listed = await outside.call('GET', '/organization');
    const answer = await outside.call('PATCH', path, {
      technicalNotificationMails: ['evil@elsewhere.example'],
    });
    const refused = await outside.call('PATCH', path, { displayName: 'Theirs' });

    expect(listed.body.value).toMatchObject([
      { id: outside.world.ids.tenantId, displayName: 'Woodgrove', onPremisesSyncEnabled: true },
    ]);
    expect(JSON.stringify(listed.body)).not.toContain('strongAuthentication');
    expect([answer.status, refused.status]).toEqual([204, 400]);
    expect(lastRow(outside)).toMatchObject({
      activity: 'Set Company Information',
      category: 'DirectoryManagement',
      targets: [{ type: 'Directory' }],
    });
  });
});
