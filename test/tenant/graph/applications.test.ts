import { expenseDesk } from './expense-desk.js';
import { rig } from './support.js';

describe('applications and service principals', () => {
  it('a service principal is found by application id too', async () => {
    const outside = rig();
    const { appId, servicePrincipal } = expenseDesk(outside);

    const answer = await outside.call(
      'GET',
      `/servicePrincipals(appId='${appId}')?$select=id,accountEnabled`,
    );

    expect(answer.body).toMatchObject({ id: servicePrincipal, accountEnabled: true });
  });

  it('is blocked by PATCH, with a row of its own category', async () => {
    const outside = rig();
    const { servicePrincipal } = expenseDesk(outside);

    const answer = await outside.call('PATCH', `/servicePrincipals/${servicePrincipal}`, {
      accountEnabled: false,
    });

    expect(answer.status).toBe(204);
    expect(outside.world.directory.trail.events.at(-1)).toMatchObject({
      activity: 'Update service principal',
      category: 'ApplicationManagement',
    });
  });

  it('a secret is removed by key id; the row of the application has the en dash and the trailing blank', async () => {
    const outside = rig();
    const { application } = expenseDesk(outside);
    const secrets = outside.world.directory.object(application).properties['passwordCredentials'];
    const [{ keyId } = { keyId: '' }] = secrets as unknown as { keyId: string }[];

    const removed = await outside.call('POST', `/applications/${application}/removePassword`, {
      keyId,
    });
    const again = await outside.call('POST', `/applications/${application}/removePassword`, {
      keyId,
    });

    expect([removed.status, again.status]).toEqual([204, 400]);
    const row = outside.world.directory.trail.events.at(-1);
    expect(row?.activity).toBe('Update application \u2013 Certificates and secrets management ');
    const [told] = row?.targets[0]?.modified ?? [];
    expect(told?.displayName).toBe('KeyDescription');
    expect(told?.oldValue).toContain(`[KeyIdentifier=${keyId},KeyType=Password,KeyUsage=Verify,`);
    expect(JSON.parse(told?.newValue ?? '')).toEqual([
      expect.stringContaining('KeyType=AsymmetricX509Cert'),
    ]);
  });

  it('app roles and grants are listed and ended', async () => {
    const outside = rig();
    const { servicePrincipal } = expenseDesk(outside);
    const us = outside.world.ids.ourServicePrincipalId;

    const roles = await outside.call('GET', `/servicePrincipals/${us}/appRoleAssignments`);
    const grants = await outside.call(
      'GET',
      `/servicePrincipals/${servicePrincipal}/oauth2PermissionGrants`,
    );
    const role = String(roles.body.value?.[0]?.['id']);
    const grant = String(grants.body.value?.[0]?.['id']);
    const endedRole = await outside.call(
      'DELETE',
      `/servicePrincipals/${us}/appRoleAssignments/${role}`,
    );
    const endedGrant = await outside.call('DELETE', `/oauth2PermissionGrants/${grant}`);

    expect(roles.body.value?.[0]).toMatchObject({ resourceDisplayName: 'Microsoft Graph' });
    expect([endedRole.status, endedGrant.status]).toEqual([204, 204]);
    expect(outside.world.directory.now.get(role)).toBeUndefined();
  });

  it('directory roles are listed by principal and removed', async () => {
    const { call, world } = rig();
    const { id } = world.ids.people.actor;
    const path = '/roleManagement/directory/roleAssignments';

    const held = await call('GET', `${path}?$filter=principalId eq '${id}'&$expand=roleDefinition`);
    const removed = await call('DELETE', `${path}/${String(held.body.value?.[0]?.['id'])}`);

    expect(held.body.value).toMatchObject([
      { principalId: id, roleDefinition: { displayName: 'User Administrator' } },
    ]);
    expect(removed.status).toBe(204);
    expect(world.directory.trail.events.at(-1)?.activity).toBe('Remove member from role');
  });
});

describe('tenant-wide operations', () => {
  it('snapshots are seven, daily, newest first, and older than the incident', async () => {
    const { call, world } = rig();

    const answer = await call('GET', '/directory/recovery/snapshots');

    const times = (answer.body.value ?? []).map((one) =>
      Date.parse(String(one['createdDateTime'])),
    );
    expect(times).toEqual([...world.snapshots]);
    expect(times).toHaveLength(7);
    expect(times.every((time) => new Date(time).getUTCHours() === 2)).toBe(true);
    expect(times[0]).toBeLessThan(Date.parse(world.alert.firstActivityTimeUtc));
    const id = encodeURIComponent(String(answer.body.value?.[0]?.['id']));
    expect((await call('GET', `/directory/recovery/snapshots/${id}`)).status).toBe(200);
  });

  it.each(['recoveryPreviewJobs', 'recoveryJobs'])('an app cannot start %s', async (jobs) => {
    const { call } = rig();
    const list = await call('GET', '/directory/recovery/snapshots');
    const id = encodeURIComponent(String(list.body.value?.[0]?.['id']));

    const answer = await call('POST', `/directory/recovery/snapshots/${id}/${jobs}`, {});

    expect(answer.status).toBe(403);
  });

  it('a confirmed compromise is logged, a second one within the second is throttled without Retry-After', async () => {
    const { call, world, quotas, us } = rig();
    const body = { userIds: [world.ids.people.actor.id] };

    const first = await call('POST', '/identityProtection/riskyUsers/confirmCompromised', body);
    quotas.take({ area: 'conditionalAccess', caller: us, units: 1, write: true });
    const second = await call('POST', '/identityProtection/riskyUsers/confirmCompromised', body);

    expect([first.status, second.status]).toEqual([204, 429]);
    expect(second.headers).not.toHaveProperty('retry-after');
    expect(second.headers['x-ms-throttle-scope']).toMatch(/^Tenant\/Write\//);
    expect(world.directory.trail.events.at(-1)?.activity).toBe('ConfirmAccountCompromised');
  });

  it('getByIds leaves unknown ids out and tells types apart', async () => {
    const { call, world } = rig();
    const { people, ourServicePrincipalId } = world.ids;

    const answer = await call('POST', '/directoryObjects/getByIds?$select=id', {
      ids: [people.reader.id, ourServicePrincipalId, '00000000-0000-4000-8000-000000000000'],
    });

    expect(answer.body.value).toEqual([
      { '@odata.type': '#microsoft.graph.user', id: people.reader.id },
      { '@odata.type': '#microsoft.graph.servicePrincipal', id: ourServicePrincipalId },
    ]);
  });
});

describe('a role assignment of a deleted user', () => {
  it('can still be ended and is told', async () => {
    const { call, world, clock } = rig();
    const { id } = world.ids.people.actor;
    const by = { kind: 'app', servicePrincipalId: null, displayName: 'x' } as const;
    world.directory.softDelete(id, by, clock.now());
    const held = [...world.directory.now.list('roleAssignment')].find(
      ({ properties }) => properties['principalId'] === id,
    );

    const answer = await call(
      'DELETE',
      `/roleManagement/directory/roleAssignments/${held?.id ?? ''}`,
    );

    expect(answer.status).toBe(204);
    expect(world.directory.trail.events.at(-1)?.activity).toBe('Remove member from role');
  });
});
