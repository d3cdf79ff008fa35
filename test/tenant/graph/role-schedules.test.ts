import { roleId } from '../../../local/tenant/directory/roles.js';
import { rig, type Rig } from './support.js';

const root = '/roleManagement/directory';
const lastRow = ({ world }: Rig) => world.directory.trail.events.at(-1);

function removal(principalId: string, role: string, change: Record<string, unknown> = {}) {
  return {
    action: 'adminRemove',
    principalId,
    roleDefinitionId: roleId(role),
    directoryScopeId: '/',
    justification: 'containment',
    ...change,
  };
}

describe('roles in PIM', () => {
  it('that are held show as assigned for good', async () => {
    const { call, world } = rig();
    const { id } = world.ids.people.actor;

    const answer = await call(
      'GET',
      `${root}/roleAssignmentScheduleInstances?$filter=principalId eq '${id}'&$expand=roleDefinition`,
    );

    expect(answer.body.value).toMatchObject([
      {
        principalId: id,
        directoryScopeId: '/',
        assignmentType: 'Assigned',
        memberType: 'Direct',
        endDateTime: null,
        roleDefinition: { displayName: 'User Administrator' },
      },
    ]);
  });

  it('are taken away by a request, once', async () => {
    const outside = rig();
    const { id } = outside.world.ids.people.actor;
    const path = `${root}/roleAssignmentScheduleRequests`;

    const first = await outside.call('POST', path, removal(id, 'User Administrator'));
    const second = await outside.call('POST', path, removal(id, 'User Administrator'));

    expect([first.status, second.status]).toEqual([201, 400]);
    expect(lastRow(outside)?.activity).toBe('Remove member from role');
    const held = [...outside.world.directory.now.list('roleAssignment')];
    expect(held.filter(({ properties }) => properties['principalId'] === id)).toEqual([]);
  });

  it('that could be activated are taken away the same way', async () => {
    const outside = rig();
    const { directory, ids } = outside.world;
    const { id } = ids.people.reader;
    const by = { kind: 'app', servicePrincipalId: null, displayName: 'MS-PIM' } as const;
    directory.grantEligibility('e', id, roleId('Global Administrator'), by, outside.clock.now());
    const path = `${root}/roleEligibilityScheduleRequests`;

    const answer = await outside.call('POST', path, removal(id, 'Global Administrator'));

    expect(answer.status).toBe(201);
    expect(directory.now.state('e')).toBe('gone');
    expect(lastRow(outside)?.activity).toBe('Remove eligible member from role');
  });

  it.each([
    ['an assignment', { action: 'adminAssign' }],
    ['an unknown member', { until: 'tomorrow' }],
    ['another scope', { directoryScopeId: '/administrativeUnits/x' }],
  ])('do not take %s', async (_what, change) => {
    const { call, world } = rig();
    const body = removal(world.ids.people.actor.id, 'User Administrator', change);

    expect((await call('POST', `${root}/roleAssignmentScheduleRequests`, body)).status).toBe(400);
  });
});
