import { roleId } from '../../../local/tenant/directory/roles.js';
import { rig, type Rig } from './support.js';

/** What a caller with one role may do to a target with one role: graph fact sheet A.2. */
const matrix: readonly [caller: string | null, target: string | null, allowed: boolean][] = [
  [null, null, true],
  [null, 'Helpdesk Administrator', false],
  [null, 'role group', false],
  ['Authentication Administrator', null, true],
  ['Authentication Administrator', 'Helpdesk Administrator', false],
  ['Authentication Administrator', 'Authentication Administrator', true],
  ['User Administrator', 'Helpdesk Administrator', true],
  ['User Administrator', 'User Administrator', true],
  ['User Administrator', 'Authentication Administrator', true],
  ['User Administrator', 'role group', false],
  ['User Administrator', 'Global Administrator', false],
  ['Privileged Authentication Administrator', 'role group', true],
  ['Privileged Authentication Administrator', 'Global Administrator', true],
  ['Global Administrator', 'Privileged Authentication Administrator', true],
];

describe('sensitive properties of privileged users', () => {
  it.each(matrix)('an app with %s, a target with %s: allowed is %s', async (own, held, allowed) => {
    const outside = withRoles(own, held);
    const target = outside.world.facts['damaged']?.[0] ?? '';

    const disabled = await outside.call('PATCH', `/users/${target}`, { accountEnabled: true });
    const renamed = await outside.call('PATCH', `/users/${target}`, { department: 'Anything' });

    expect(disabled.status).toBe(allowed ? 204 : 403);
    expect(renamed.status).toBe(204);
  });

  it('a deleted administrator is restored only by an app with a sufficient role', async () => {
    const outside = withRoles('User Administrator', 'Global Administrator');
    const target = outside.world.facts['damaged']?.[0] ?? '';
    const { directory } = outside.world;
    const by = { kind: 'app', servicePrincipalId: null, displayName: 'x' } as const;
    directory.softDelete(target, by, outside.clock.now());

    const answer = await outside.call('POST', `/directory/deletedItems/${target}/restore`, {});

    expect(answer.status).toBe(403);
    expect(answer.body.error?.code).toBe('Authorization_RequestDenied');
  });
});

function withRoles(own: string | null, held: string | null): Rig {
  const outside = rig();
  const { directory, ids, facts } = outside.world;
  const at = outside.clock.now();
  const by = { kind: 'app', servicePrincipalId: null, displayName: 'x' } as const;
  for (const assignment of [...directory.now.list('roleAssignment')]) {
    if (assignment.properties['principalId'] === ids.ourServicePrincipalId) {
      directory.endAssignment(assignment.id, by, at);
    }
  }
  const target = facts['damaged']?.[0] ?? '';
  if (own !== null) directory.grantRole('own', ids.ourServicePrincipalId, roleId(own), by, at);
  if (held === 'role group') {
    const group = [...directory.now.list('group')].find(
      ({ properties }) => properties['isAssignableToRole'] === true,
    );
    directory.setLink('members', group?.id ?? '', target, true, by, at);
  } else if (held !== null) directory.grantRole('held', target, roleId(held), by, at);
  return outside;
}
