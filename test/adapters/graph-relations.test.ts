import type { ObjectType } from '../../shared/domain/attribution/audit.js';
import type { Json } from '../../shared/domain/json.js';
import { tenantRig, type TenantRig } from './tenant-rig.js';

function principalOf(rig: TenantRig): { readonly client: string; readonly graph: string } {
  const client = [...rig.tenant.directory.now.list('servicePrincipal')].find(
    ({ properties }) => properties['displayName'] === 'Expense Desk',
  );
  if (client === undefined) throw new Error('the company has no Expense Desk');
  return { client: client.id, graph: rig.tenant.world.ids.graphServicePrincipalId };
}

function roleOf(rig: TenantRig, value: string): string {
  const { properties } = rig.tenant.directory.object(rig.tenant.world.ids.graphServicePrincipalId);
  const roles = properties['appRoles'] as unknown as { id: string; value: string }[];
  return roles.find((role) => role.value === value)?.id ?? '';
}

async function valueOf(rig: TenantRig, type: ObjectType, id: string, property: string) {
  const [object] = await rig.directory.readObjects(type, [id], [property], []);
  return object?.properties[property] as Json;
}

describe('an app role assignment', () => {
  it('is given, read back and taken by its natural key, each once', async () => {
    const rig = tenantRig({ scenario: 'quiet', users: 6 });
    const { client, graph } = principalOf(rig);
    const key = {
      objectId: client,
      objectType: 'servicePrincipal',
      resourceId: graph,
      appRoleId: roleOf(rig, 'Mail.ReadWrite'),
    } as const;
    const property = `appRoleAssignments/${graph}/${key.appRoleId}`;
    const read = () => valueOf(rig, 'servicePrincipal', client, property);

    expect(await read()).toBe(false);
    const [added] = await rig.directory.writeBatch([{ kind: 'addAssignment', ...key }]);
    const [twice] = await rig.directory.writeBatch([{ kind: 'addAssignment', ...key }]);
    await rig.clock.sleep(120_000);
    expect(await read()).toBe(true);
    const [removed] = await rig.directory.writeBatch([{ kind: 'removeAssignment', ...key }]);
    await rig.clock.sleep(120_000);
    const [again] = await rig.directory.writeBatch([{ kind: 'removeAssignment', ...key }]);

    expect([added, removed]).toEqual([
      expect.objectContaining({ ok: true, changed: true }),
      expect.objectContaining({ ok: true, changed: true }),
    ]);
    expect([twice, again]).toEqual([
      expect.objectContaining({ ok: true, changed: false }),
      expect.objectContaining({ ok: true, changed: false }),
    ]);
    expect(await read()).toBe(false);
  });

  it('of many holders is read at the resource', async () => {
    const rig = tenantRig({ scenario: 'quiet', users: 30 });
    const { graph } = principalOf(rig);
    const ids = [...rig.tenant.directory.now.list('user')].slice(0, 25).map(({ id }) => id);
    const property = `appRoleAssignments/${graph}/${roleOf(rig, 'Mail.ReadWrite')}`;

    const objects = await rig.directory.readObjects('user', ids, [property], []);

    expect(objects.map(({ properties }) => properties[property])).toEqual(ids.map(() => false));
    const asked = rig.requests().filter(({ path }) => path.includes('appRoleAssign'));
    expect(asked.map(({ path }) => path)).toEqual([
      expect.stringContaining(`/servicePrincipals/${graph}/appRoleAssignedTo`),
    ]);
  });
});

describe('a delegated grant', () => {
  it('is made, narrowed and ended by client, resource and principal', async () => {
    const rig = tenantRig({ scenario: 'quiet', users: 6 });
    const { client, graph } = principalOf(rig);
    const property = `oauth2PermissionGrants/${graph}/all`;
    const set = async (scope: string | null) => {
      const [answer] = await rig.directory.writeBatch([
        { kind: 'setGrant', objectId: client, resourceId: graph, principalId: null, scope },
      ]);
      await rig.clock.sleep(120_000);
      return { answer, now: await valueOf(rig, 'servicePrincipal', client, property) };
    };
    await set(null);

    const wide = await set('User.Read Mail.Read');
    const narrow = await set('User.Read');
    const none = await set(null);
    const still = await set(null);

    expect(wide).toMatchObject({ answer: { ok: true }, now: 'User.Read Mail.Read' });
    expect(narrow).toMatchObject({ answer: { ok: true, changed: true }, now: 'User.Read' });
    expect(none).toMatchObject({ answer: { ok: true, changed: true }, now: null });
    expect(still).toMatchObject({ answer: { ok: true, changed: false } });
  });
});

describe('a deleted user', () => {
  const removed = async (rig: TenantRig) => {
    const [user, other] = [...rig.tenant.directory.now.list('user')].filter(
      ({ properties }) => properties['onPremisesSyncEnabled'] !== true,
    );
    if (user === undefined || other === undefined) throw new Error('the tenant has no users');
    const objectType = 'user';
    await rig.directory.writeBatch([{ kind: 'softDelete', objectId: user.id, objectType }]);
    return { user, other, name: user.properties['userPrincipalName'] as string };
  };

  it('whose name somebody took since is told with who holds it', async () => {
    const rig = tenantRig({ scenario: 'quiet', users: 6 });
    const { user, other, name } = await removed(rig);
    expect(await rig.directory.restoreConflicts([user.id])).toEqual(new Map());
    const objectType = 'user';
    const properties = { userPrincipalName: name };
    await rig.directory.writeBatch([
      { kind: 'update', objectId: other.id, objectType, properties },
    ]);
    await rig.clock.sleep(120_000);

    const conflicts = await rig.directory.restoreConflicts([user.id]);

    expect(conflicts.get(user.id)).toContainEqual({
      kind: 'userPrincipalName',
      value: name,
      heldBy: other.id,
    });
  });

  it('is restored beside them under the name that was chosen', async () => {
    const rig = tenantRig({ scenario: 'quiet', users: 6 });
    const { user, name } = await removed(rig);
    const newUserPrincipalName = name.replace('@', '-restored@');

    const [answer] = await rig.directory.writeBatch([
      {
        kind: 'restore',
        objectId: user.id,
        objectType: 'user',
        restoreAs: { autoReconcileProxyConflict: true, newUserPrincipalName },
      },
    ]);

    expect(answer).toMatchObject({ ok: true, changed: true });
    expect(rig.tenant.directory.object(user.id).properties['userPrincipalName']).toBe(
      newUserPrincipalName,
    );
  });
});
