import { expenseDesk } from './expense-desk.js';
import { rig, type Rig } from './support.js';

const rows = ({ world }: Rig, count: number) =>
  world.directory.trail.events.slice(-count).map(({ activity }) => activity);

describe('an application and its service principal', () => {
  it('go into the bin together and come back one by one', async () => {
    const outside = rig();
    const { application, servicePrincipal } = expenseDesk(outside);
    const { now } = outside.world.directory;

    const removed = await outside.call('DELETE', `/applications/${application}`);
    const told = rows(outside, 2);
    const states = [now.state(application), now.state(servicePrincipal)];
    const first = await outside.call('POST', `/directory/deletedItems/${application}/restore`);
    const between = now.state(servicePrincipal);
    const second = await outside.call(
      'POST',
      `/directory/deletedItems/${servicePrincipal}/restore`,
    );

    expect([removed.status, first.status, second.status]).toEqual([204, 200, 200]);
    expect(told).toEqual(['Delete application', 'Remove service principal']);
    expect(states).toEqual(['deleted', 'deleted']);
    expect(between).toBe('deleted');
    expect(first.body['@odata.type']).toBe('#microsoft.graph.application');
    expect(rows(outside, 2)).toEqual(['Restore application', 'Restore service principal']);
  });

  it('are created apart; the second needs the first and exists once', async () => {
    const outside = rig();
    const made = await outside.call('POST', '/applications', { displayName: 'Mail helper' });
    const appId = String(made.body['appId']);

    const principal = await outside.call('POST', '/servicePrincipals', { appId });
    const twice = await outside.call('POST', '/servicePrincipals', { appId });
    const unknown = await outside.call('POST', '/servicePrincipals', { appId: 'nobody' });

    expect([made, principal, twice, unknown].map(({ status }) => status)).toEqual([
      201, 201, 409, 400,
    ]);
    expect(principal.body).toMatchObject({
      appId,
      displayName: 'Mail helper',
      accountEnabled: true,
    });
    expect(rows(outside, 2)).toEqual(['Add application', 'Add service principal']);
  });

  it.each<['applications' | 'servicePrincipals', Record<string, unknown>, string]>([
    ['applications', { isFallbackPublicClient: true }, 'PublicClient'],
    ['applications', { tags: ['HideApp'] }, 'ApplicationTag'],
    ['applications', { identifierUris: [] }, 'AppIdentifierUri'],
    ['applications', { info: { supportUrl: 'https://x.example' } }, 'AppInformationalUrl'],
    ['applications', { web: { redirectUris: ['https://evil.example'] } }, 'AppAddress'],
    ['applications', { signInAudience: 'AzureADMultipleOrgs' }, 'SignInAudience'],
    ['applications', { nativeAuthenticationApisEnabled: 'all' }, 'NativeAuthenticationApisEnabled'],
    ['applications', { isDisabled: true }, 'IsDisabled'],
    ['servicePrincipals', { tags: ['HideApp'] }, 'ServicePrincipalTag'],
    ['servicePrincipals', { appRoleAssignmentRequired: true }, 'ExplicitAccessGrantRequired'],
    ['servicePrincipals', { servicePrincipalNames: ['api://x'] }, 'ServicePrincipalName'],
    [
      'servicePrincipals',
      { notificationEmailAddresses: ['a@b.example'] },
      'NotificationEmailAddresses',
    ],
    [
      'servicePrincipals',
      { samlSingleSignOnSettings: { relayState: 'x' } },
      'SamlSingleSignOnSettings',
    ],
    ['servicePrincipals', { preferredSingleSignOnMode: 'saml' }, 'PreferredSingleSignOnMode'],
  ])('%s take %j, told as %s', async (set, patch, name) => {
    const outside = rig();
    const desk = expenseDesk(outside);
    const id = set === 'applications' ? desk.application : desk.servicePrincipal;

    const answer = await outside.call('PATCH', `/${set}/${id}`, patch);

    expect(answer.status).toBe(204);
    const [told] = outside.world.directory.trail.events.at(-1)?.targets[0]?.modified ?? [];
    const [value] = Object.values(patch);
    expect(told?.displayName).toBe(name);
    expect(told?.newValue).toBe(
      Array.isArray(value) && value.length === 0
        ? '[]'
        : JSON.stringify(Array.isArray(value) ? value : [value]),
    );
  });

  it.each<[string, unknown]>([
    ['an unknown property', { colour: 'red' }],
    ['the id of the application', { appId: '00000000-0000-4000-8000-000000000000' }],
    ['a wrong type', { isFallbackPublicClient: 'yes' }],
    ['an audience that does not exist', { signInAudience: 'Everybody' }],
    ['nothing', {}],
  ])('refuse %s', async (_what, patch) => {
    const outside = rig();
    const { application } = expenseDesk(outside);

    const answer = await outside.call('PATCH', `/applications/${application}`, patch);

    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'Request_BadRequest' } } });
  });

  it.each([
    ['group', 'Group.ObjectID', 'group'],
    ['application', 'Application.ObjectID', 'application'],
    ['servicePrincipal', 'ServicePrincipal.ObjectID', 'service principal'],
  ] as const)('owners of a %s come and go, told on the owner', async (type, property, noun) => {
    const outside = rig();
    const { now, trail } = outside.world.directory;
    const [holder] = type === 'group' ? now.list('group') : [];
    const desk = expenseDesk(outside);
    const id = type === 'group' ? (holder?.id ?? '') : desk[type];
    const { reader, operator } = outside.world.ids.people;
    const path = `/${type}s/${id}/owners`;
    const reference = (owner: string) => ({
      '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${owner}`,
    });

    const statuses = [
      (await outside.call('POST', `${path}/$ref`, reference(reader.id))).status,
      (await outside.call('POST', `${path}/$ref`, reference(operator.id))).status,
      (await outside.call('POST', `${path}/$ref`, reference(reader.id))).status,
      (await outside.call('DELETE', `${path}/${reader.id}/$ref`)).status,
      (await outside.call('DELETE', `${path}/${reader.id}/$ref`)).status,
    ];
    await outside.clock.sleep(60_000);
    const listed = await outside.call('GET', `${path}?$select=id`);
    const last = await outside.call('DELETE', `${path}/${operator.id}/$ref`);

    expect(statuses).toEqual([204, 204, 400, 204, 404]);
    expect(listed.body.value).toEqual([
      { '@odata.type': '#microsoft.graph.user', id: operator.id },
    ]);
    expect(last.status).toBe(type === 'group' ? 400 : 204);
    const row = trail.events.findLast(({ activity }) => activity === `Remove owner from ${noun}`);
    const [told] = row?.targets[0]?.modified ?? [];
    expect(told).toEqual({ displayName: property, oldValue: JSON.stringify(id), newValue: null });
  });
});
