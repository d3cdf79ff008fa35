import { rig, type Rig } from './support.js';

const kinds = [
  ['applications', 'agentIdentityBlueprint', 'Application'],
  ['servicePrincipals', 'agentIdentityBlueprintPrincipal', 'ServicePrincipal'],
  ['servicePrincipals', 'agentIdentity', 'ServicePrincipal'],
  ['users', 'agentUser', 'User'],
] as const;

async function agent(outside: Rig, set: string, name: string) {
  const listed = await outside.call('GET', `/${set}/microsoft.graph.${name}`);
  const [found] = listed.body.value ?? [];
  return { count: listed.body.value?.length, id: String(found?.['id']), found };
}

describe('the objects of Agent ID', () => {
  it.each(kinds)('%s: a %s carries its type wherever it is shown', async (set, name) => {
    const outside = rig();
    const type = `#microsoft.graph.${name}`;

    const { count, id, found } = await agent(outside, set, name);
    const byBase = await outside.call('GET', `/${set}/${id}?$select=displayName`);
    const byCast = await outside.call('GET', `/${set}/${id}/microsoft.graph.${name}`);
    const byIds = await outside.call('POST', '/directoryObjects/getByIds', { ids: [id] });

    expect(count).toBe(1);
    expect([found, byBase.body, byCast.body, byIds.body.value?.[0]]).toEqual(
      Array.from({ length: 4 }, () => expect.objectContaining({ '@odata.type': type })),
    );
  });

  it.each(kinds)('%s: a %s is changed by its base type and told as %s', async (set, name, told) => {
    const outside = rig();
    const { id } = await agent(outside, set, name);

    const answer = await outside.call('PATCH', `/${set}/${id}`, { displayName: 'Renamed' });

    expect(answer.status).toBe(204);
    const row = outside.world.directory.trail.events.at(-1);
    expect(row?.targets[0]).toMatchObject({ id, type: told });
  });

  it('an agent identity names its blueprint, an agent user its agent identity', async () => {
    const outside = rig();
    const blueprint = await agent(outside, 'applications', 'agentIdentityBlueprint');
    const identity = await agent(outside, 'servicePrincipals', 'agentIdentity');
    const user = await agent(outside, 'users', 'agentUser');

    const shown = await outside.call('GET', `/users/${user.id}`);

    expect(identity.found?.['agentIdentityBlueprintId']).toBe(blueprint.found?.['appId']);
    expect(shown.body['identityParentId']).toBe(identity.id);
  });

  it('neither has a secret or a password', async () => {
    const outside = rig();
    const identity = await agent(outside, 'servicePrincipals', 'agentIdentity');
    const user = await agent(outside, 'users', 'agentUser');

    const secret = await outside.call('POST', `/servicePrincipals/${identity.id}/addPassword`, {});
    const password = await outside.call('PATCH', `/users/${user.id}`, {
      passwordProfile: { password: 'x' },
    });

    expect([secret.status, password.status]).toEqual([400, 400]);
  });

  it('an ordinary object is not found under the name of an agent', async () => {
    const outside = rig();
    const { reader } = outside.world.ids.people;

    const answer = await outside.call('GET', `/users/${reader.id}/microsoft.graph.agentUser`);

    expect(answer.status).toBe(404);
  });

  it('deleting a blueprint takes its principal along', async () => {
    const outside = rig();
    const blueprint = await agent(outside, 'applications', 'agentIdentityBlueprint');
    const principal = await agent(outside, 'servicePrincipals', 'agentIdentityBlueprintPrincipal');

    await outside.call('DELETE', `/applications/${blueprint.id}`);
    const restored = await outside.call('POST', `/directory/deletedItems/${blueprint.id}/restore`);

    expect(outside.world.directory.now.state(principal.id)).toBe('deleted');
    expect(restored.body['@odata.type']).toBe('#microsoft.graph.agentIdentityBlueprint');
  });
});
