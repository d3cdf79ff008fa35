import { Directory } from '../../../local/tenant/directory/directory.js';
import { parseRule, RuleError } from '../../../local/tenant/directory/dynamic-groups.js';
import { hour, minute } from '../../../local/tenant/directory/instants.js';
import type { Initiator, Properties } from '../../../local/tenant/directory/model.js';

const start = Date.UTC(2026, 10, 20, 20, 50);
const admin: Initiator = { kind: 'app', servicePrincipalId: 'sp', displayName: 'Admin tool' };

function directory(speed = 1): Directory {
  const tenant = new Directory({ tenantId: 't', seed: 1, speed, start });
  tenant.seed('user', 'u', { displayName: 'U', department: 'Sales', accountEnabled: true });
  tenant.seed('group', 'crew', {
    displayName: 'Crew',
    groupTypes: ['DynamicMembership'],
    membershipRule: 'user.department -eq "Field"',
    membershipRuleProcessingState: 'On',
  });
  tenant.goLive();
  return tenant;
}

describe('dynamic groups', () => {
  it('take a user in some minutes after the rule fits, and say that the service did it', () => {
    const tenant = directory();

    tenant.update('u', { department: 'Field' }, admin, start);
    tenant.advance(start + 30_000);
    const early = tenant.now.links('crew', 'members');
    tenant.advance(start + 5 * minute);

    expect(early).toEqual([]);
    expect(tenant.now.links('crew', 'members')).toEqual(['u']);
    expect(tenant.trail.events.at(-1)).toMatchObject({
      activity: 'Add member to group',
      by: { kind: 'app', displayName: 'Microsoft Approval Management' },
    });
  });

  it('wait less in a faster tenant', () => {
    const tenant = directory(60);

    tenant.update('u', { department: 'Field' }, admin, start);
    tenant.advance(start + 5000);

    expect(tenant.now.links('crew', 'members')).toEqual(['u']);
  });

  it('evaluate everybody again when the rule itself changes', () => {
    const tenant = directory();

    tenant.update('crew', { membershipRule: 'user.department -eq "Sales"' }, admin, start);
    tenant.advance(start + 5 * minute);

    expect(tenant.now.links('crew', 'members')).toEqual(['u']);
  });

  it.each([
    ['user.department -eq "sales"', true],
    ['user.department -ne "Sales"', false],
    ['(user.department -startsWith "Sa") -and (user.accountEnabled -eq true)', true],
    ['user.department -eq "X" -or user.displayName -contains "u"', true],
    ['user.manager -eq null', true],
  ])('the rule %s is %s for the user', (rule, expected) => {
    const tenant = directory();

    expect(parseRule(rule).matches(tenant.object('u'))).toBe(expected);
  });

  it.each(['', 'department = Sales', 'user.department -like "S*"'])(
    'the rule "%s" is refused',
    (rule) => {
      expect(() => parseRule(rule)).toThrow(RuleError);
    },
  );
});

describe('directory sync', () => {
  const synced = (extra: Properties = {}): Directory => {
    const tenant = new Directory({ tenantId: 't', seed: 1, speed: 1, start });
    tenant.seed('user', 's', { onPremisesSyncEnabled: true, accountEnabled: true, ...extra });
    tenant.goLive();
    return tenant;
  };

  it('enables a synced user again that was only disabled in the cloud', () => {
    const tenant = synced();

    tenant.update('s', { accountEnabled: false }, admin, start + minute);
    tenant.advance(start + 29 * minute);
    const before = tenant.object('s').properties['accountEnabled'];
    tenant.advance(start + 30 * minute);

    expect(before).toBe(false);
    expect(tenant.object('s').properties['accountEnabled']).toBe(true);
    expect(tenant.trail.events.at(-1)?.by.displayName).toBe('Microsoft.Azure.SyncFabric');
  });

  it('leaves a user alone that is disabled on-premises too', () => {
    const tenant = synced();
    tenant.setOnPremises('s', false);

    tenant.update('s', { accountEnabled: false }, admin, start + minute);
    tenant.advance(start + 2 * hour);

    expect(tenant.object('s').properties['accountEnabled']).toBe(false);
  });
});
