import { expenseDesk } from './expense-desk.js';
import { rig, userCaller, type Rig } from './support.js';

const lastRow = ({ world }: Rig) => world.directory.trail.events.at(-1);

function appRole({ world }: Rig, value: string): string {
  const graph = world.directory.object(world.ids.graphServicePrincipalId);
  const roles = graph.properties['appRoles'] as unknown as { id: string; value: string }[];
  return roles.find((role) => role.value === value)?.id ?? '';
}

function wish(outside: Rig, value = 'Mail.ReadWrite') {
  return {
    principalId: expenseDesk(outside).servicePrincipal,
    resourceId: outside.world.ids.graphServicePrincipalId,
    appRoleId: appRole(outside, value),
  };
}

describe('app role assignments', () => {
  it.each(['appRoleAssignments', 'appRoleAssignedTo'] as const)(
    'are given and taken through %s',
    async (relation) => {
      const outside = rig();
      const body = wish(outside);
      const owner = relation === 'appRoleAssignments' ? body.principalId : body.resourceId;
      const path = `/servicePrincipals/${owner}/${relation}`;

      const made = await outside.call('POST', path, body);
      const added = lastRow(outside);
      const twice = await outside.call('POST', path, body);
      await outside.clock.sleep(60_000);
      const listed = await outside.call(
        'GET',
        `${path}?$filter=principalId eq '${body.principalId}'`,
      );
      const ended = await outside.call('DELETE', `${path}/${String(made.body['id'])}`);

      expect([made.status, twice.status, ended.status]).toEqual([201, 400, 204]);
      expect(listed.body.value?.map(({ id }) => id)).toContain(made.body['id']);
      expect(made.body).toMatchObject({ ...body, principalType: 'ServicePrincipal' });
      expect(added).toMatchObject({
        activity: 'Add app role assignment to service principal',
        category: 'ApplicationManagement',
        targets: [{ id: body.resourceId, displayName: 'Microsoft Graph' }],
      });
      expect(added?.targets[0]?.modified).toEqual(
        expect.arrayContaining([
          { displayName: 'AppRole.Value', oldValue: null, newValue: '"Mail.ReadWrite"' },
          {
            displayName: 'ServicePrincipal.ObjectID',
            oldValue: null,
            newValue: JSON.stringify(body.principalId),
          },
        ]),
      );
      expect(lastRow(outside)?.activity).toBe('Remove app role assignment from service principal');
    },
  );

  it('of a user and of a group are told in their own categories', async () => {
    const outside = rig();
    const { world } = outside;
    const [group] = world.directory.now.list('group');
    const resourceId = world.ids.apiServicePrincipalId;
    const api = world.directory.object(resourceId).properties['appRoles'];
    const [{ id: appRoleId } = { id: '' }] = api as unknown as { id: string }[];

    const told: unknown[] = [];
    for (const [set, id] of [
      ['users', world.ids.people.outsider.id],
      ['groups', group?.id ?? ''],
    ] as const) {
      const body = { principalId: id, resourceId, appRoleId };
      await outside.call('POST', `/${set}/${id}/appRoleAssignments`, body);
      told.push([lastRow(outside)?.category, lastRow(outside)?.activity]);
    }

    expect(told).toEqual([
      ['UserManagement', 'Add app role assignment grant to user'],
      ['GroupManagement', 'Add app role assignment to group'],
    ]);
  });

  it('sleep while their resource is in the bin and come back with it', async () => {
    const outside = rig();
    const { apiServicePrincipalId } = outside.world.ids;
    const path = `/users/${outside.world.ids.people.commander.id}/appRoleAssignments`;
    const count = async (): Promise<number> => {
      await outside.clock.sleep(60_000);
      return (await outside.call('GET', path)).body.value?.length ?? -1;
    };

    const before = await count();
    await outside.call('DELETE', `/servicePrincipals/${apiServicePrincipalId}`);
    const meanwhile = await count();
    await outside.call('POST', `/directory/deletedItems/${apiServicePrincipalId}/restore`);

    expect([before, meanwhile, await count()]).toEqual([1, 0, 1]);
  });

  it.each<[string, (body: ReturnType<typeof wish>) => Record<string, unknown>]>([
    ['a role that the resource does not have', (body) => ({ ...body, appRoleId: body.resourceId })],
    ['an assignment for somebody else', (body) => ({ ...body, principalId: body.resourceId })],
    ['an unknown member', (body) => ({ ...body, scope: 'Mail.Read' })],
    ['a missing role', ({ principalId, resourceId }) => ({ principalId, resourceId })],
  ])('refuse %s', async (_what, change) => {
    const outside = rig();
    const body = wish(outside);
    const path = `/servicePrincipals/${body.principalId}/appRoleAssignments`;

    expect((await outside.call('POST', path, change(body))).status).toBe(400);
  });

  it('of Microsoft Graph are beyond administrators of applications', async () => {
    const outside = rig();
    const { world } = outside;
    const { outsider, breakGlass1 } = world.ids.people;
    const by = { kind: 'app', servicePrincipalId: null, displayName: 'MS-PIM' } as const;
    const applicationAdministrator = '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3';
    world.directory.grantRole('r', outsider.id, applicationAdministrator, by, outside.clock.now());
    const scopes = ['AppRoleAssignment.ReadWrite.All', 'Application.Read.All'];
    const body = wish(outside);
    const path = `/servicePrincipals/${body.principalId}/appRoleAssignments`;

    const statuses: number[] = [];
    for (const { id } of [outsider, breakGlass1]) {
      const caller = userCaller(id, scopes);
      statuses.push((await outside.call('POST', path, body, { caller })).status);
    }

    expect(statuses).toEqual([403, 201]);
  });
});

describe('delegated grants', () => {
  const path = '/oauth2PermissionGrants';

  function grant(outside: Rig) {
    return {
      clientId: expenseDesk(outside).servicePrincipal,
      consentType: 'Principal',
      principalId: outside.world.ids.people.reader.id,
      resourceId: outside.world.ids.graphServicePrincipalId,
      scope: 'Mail.Read',
    };
  }

  it('are given, widened and taken; the resource is the target, the client told in it', async () => {
    const outside = rig();
    const body = grant(outside);

    const made = await outside.call('POST', path, body);
    const id = String(made.body['id']);
    const added = lastRow(outside);
    const twice = await outside.call('POST', path, body);
    const widened = await outside.call('PATCH', `${path}/${id}`, { scope: 'Mail.Read Mail.Send' });
    const [changed, again] = outside.world.directory.trail.events.slice(-2);
    const ended = await outside.call('DELETE', `${path}/${id}`);

    expect([made, twice, widened, ended].map(({ status }) => status)).toEqual([201, 409, 204, 204]);
    const scopes = (row: typeof added) =>
      row?.targets[0]?.modified.find(({ displayName }) => displayName.endsWith('.Scope'));
    expect(added).toMatchObject({
      activity: 'Add delegated permission grant',
      targets: [{ id: body.resourceId }, { id: body.clientId }],
    });
    expect(added?.targets[0]?.modified).toContainEqual({
      displayName: 'ServicePrincipal.ObjectID',
      oldValue: null,
      newValue: JSON.stringify(body.clientId),
    });
    expect(scopes(added)).toMatchObject({ oldValue: null, newValue: '"Mail.Read"' });
    expect(changed?.activity).toBe('Add delegated permission grant');
    expect(scopes(changed)).toMatchObject({
      oldValue: '"Mail.Read"',
      newValue: '"Mail.Read Mail.Send"',
    });
    // A change is told as an addition and as a removal, both with old and new.
    expect(again).toMatchObject({
      activity: 'Remove delegated permission grant',
      correlationId: changed?.correlationId,
      targets: changed?.targets,
    });
    expect(lastRow(outside)?.activity).toBe('Remove delegated permission grant');
    expect(scopes(lastRow(outside))).toMatchObject({ newValue: null });
  });

  it('given on the consent page leave a second row with the same correlation id', () => {
    const outside = rig();
    const { directory, ids } = outside.world;
    const by = { kind: 'app', servicePrincipalId: null, displayName: 'x' } as const;
    const { clientId, resourceId, scope } = grant(outside);
    const consented = { clientId, resourceId, scope, principalId: null };

    directory.grantScopes('g', consented, by, outside.clock.now(), true);

    const [granted, consent] = directory.trail.events.slice(-2);
    expect(consent).toMatchObject({
      activity: 'Consent to application',
      correlationId: granted?.correlationId,
      targets: [{ id: clientId }],
    });
    expect(ids.graphServicePrincipalId).toBe(resourceId);
    const told = Object.fromEntries(
      consent?.targets[0]?.modified.map(({ displayName, newValue }) => [displayName, newValue]) ??
        [],
    );
    expect(told['ConsentContext.IsAdminConsent']).toBe('"True"');
    expect(told['ConsentAction.Permissions']).toContain(
      'ConsentType: AllPrincipals, Scope: Mail.Read',
    );
  });

  it.each<[string, Record<string, unknown>, number]>([
    ['everybody and one person at once', { consentType: 'AllPrincipals' }, 400],
    ['one person who is not named', { principalId: null }, 400],
    ['a client that is not there', { clientId: '00000000-0000-4000-8000-000000000000' }, 404],
    ['an unknown member', { expiryTime: '2027-01-01T00:00:00Z' }, 400],
  ])('refuse %s', async (_what, change, status) => {
    const outside = rig();

    const answer = await outside.call('POST', path, { ...grant(outside), ...change });

    expect(answer.status).toBe(status);
  });
});
