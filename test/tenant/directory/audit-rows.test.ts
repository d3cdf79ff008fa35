import { Directory } from '../../../local/tenant/directory/directory.js';
import type { Initiator, Json } from '../../../local/tenant/directory/model.js';

const start = Date.UTC(2026, 10, 20, 20, 50);
const admin: Initiator = {
  kind: 'user',
  id: 'admin',
  userPrincipalName: 'admin@woodgrove.example',
  displayName: 'Microsoft Graph Command Line Tools',
  ipAddress: '203.0.113.57',
};

function directory(): Directory {
  const tenant = new Directory({ tenantId: 't', seed: 1, speed: 1, start });
  tenant.seed('user', 'u', {
    userPrincipalName: 'u@woodgrove.example',
    displayName: 'U',
    userType: 'Member',
    accountEnabled: true,
    department: null,
    businessPhones: ['1'],
    officeLocation: 'HAM',
    onPremisesExtensionAttributes: { extensionAttribute1: 'CC1', extensionAttribute2: 'x' },
  });
  tenant.goLive();
  return tenant;
}

describe('rows of an update', () => {
  it.each<[string, Json, string, string, string]>([
    ['accountEnabled', false, 'AccountEnabled', '[true]', '[false]'],
    ['department', 'Sales', 'Department', '[]', '["Sales"]'],
    ['officeLocation', null, 'PhysicalDeliveryOfficeName', '["HAM"]', '[]'],
    ['businessPhones', [], 'TelephoneNumber', '["1"]', '[]'],
  ])(
    '%s is told under its internal name, in the array encoding',
    (name, value, told, old, next) => {
      const tenant = directory();

      tenant.update('u', { [name]: value }, admin, start);

      const [target] = tenant.trail.events[0]?.targets ?? [];
      expect(target?.modified).toEqual([
        { displayName: told, oldValue: old, newValue: next },
        { displayName: 'Included Updated Properties', oldValue: null, newValue: `"${told}"` },
        { displayName: 'TargetId.UserType', oldValue: null, newValue: '"Member"' },
      ]);
    },
  );

  it('extension attributes are told one by one, only those that differ', () => {
    const tenant = directory();
    const onPremisesExtensionAttributes = { extensionAttribute2: 'x' };

    tenant.update('u', { onPremisesExtensionAttributes }, admin, start);

    expect(tenant.trail.events[0]?.targets[0]?.modified[0]).toEqual({
      displayName: 'ExtensionAttribute1',
      oldValue: '["CC1"]',
      newValue: '[]',
    });
    expect(tenant.trail.events[0]?.targets[0]?.modified).toHaveLength(3);
  });

  it('a password write is logged without old and new value', () => {
    const tenant = directory();

    tenant.resetPassword('u', admin, start);

    expect(tenant.trail.events[0]?.targets[0]?.modified).toContainEqual({
      displayName: 'Password',
      oldValue: null,
      newValue: null,
    });
  });

  it('some switches of an account leave a second row of their own with the same correlation id', () => {
    const tenant = directory();

    for (let step = 0; step < 100; step += 1) {
      tenant.update('u', { accountEnabled: step % 2 === 1 }, admin, start + step);
    }

    const { events } = tenant.trail;
    const extra = events.filter(({ activity }) => /^(Enable|Disable) account$/.test(activity));
    expect(extra.length).toBeGreaterThan(2);
    expect(extra.length).toBeLessThan(30);
    for (const row of extra) {
      const partner = events.find((one) => one !== row && one.correlationId === row.correlationId);
      expect(partner?.activity).toBe('Update user');
    }
  });

  it('ids are opaque texts with the correlation id inside, no two alike', () => {
    const tenant = directory();

    for (let step = 0; step < 50; step += 1) {
      tenant.update('u', { department: `D${step}` }, admin, start + step);
    }

    const { events } = tenant.trail;
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    for (const { id, correlationId } of events) {
      expect(id).toMatch(new RegExp(`^Directory_${correlationId}_[A-Z0-9]{5}_\\d+$`));
    }
  });
});

describe('spelling', () => {
  it('"Hard Delete user" and "Hard delete service principal" differ as they do in the service', () => {
    const tenant = directory();
    tenant.seed('servicePrincipal', 'sp', { displayName: 'SP' });

    tenant.hardDelete('u', admin, start);
    tenant.softDelete('sp', admin, start);
    tenant.hardDelete('sp', admin, start);

    expect(tenant.trail.events.map(({ activity }) => activity)).toEqual([
      'Hard Delete user',
      'Remove service principal',
      'Hard delete service principal',
    ]);
  });
});
