import { eventOf } from './audit-row-reading.js';
import * as sample from './audit-row-samples.js';
import { changed } from './audit-row-samples.js';

const policyId = 'eeeeeeee-2222-4333-8444-555555555555';
const resourceId = 'abababab-2222-4333-8444-555555555555';
const roleId = '19dbc75e-c2e2-444c-a770-ec69d8559fc7';

const known = (value: unknown) => ({ known: true, value });
const unknown = { known: false, why: expect.any(String) };
const told = (value: string) => JSON.stringify(value);

const target = (type: string, id: string, ...modifiedProperties: readonly object[]) => ({
  id,
  type,
  displayName: 'x',
  modifiedProperties,
});

describe('a row about a whole policy', () => {
  const before = {
    id: policyId,
    displayName: 'MFA for admins',
    state: 'enabled',
    createdDateTime: '2026-01-01T00:00:00Z',
    modifiedDateTime: '2026-01-01T00:00:00Z',
    conditions: { users: { includeUsers: ['All'], excludeUsers: [] }, locations: null },
    grantControls: { operator: 'OR', builtInControls: ['mfa'] },
    sessionControls: null,
  };
  const policyRow = (oldValue: unknown, newValue: unknown, operation = 'Update') =>
    eventOf({
      operation: `${operation} Conditional Access policy`,
      targets: [target('Policy', policyId, changed('ConditionalAccessPolicy', oldValue, newValue))],
    });

  it('is one change per property that differs, whatever the service writes by itself', () => {
    const after = {
      ...before,
      state: 'disabled',
      modifiedDateTime: '2026-07-17T00:00:00Z',
      conditions: { users: { includeUsers: ['All'] } },
      sessionControls: { signInFrequency: { value: 1 } },
    };

    expect(policyRow(JSON.stringify(before), JSON.stringify(after))).toMatchObject({
      kind: 'update',
      objectId: policyId,
      objectType: 'conditionalAccessPolicy',
      changes: [
        {
          property: 'sessionControls',
          before: known(null),
          after: known({ signInFrequency: { value: 1 } }),
        },
        { property: 'state', before: known('enabled'), after: known('disabled') },
      ],
    });
  });

  it('takes a member that a whole policy does not name for none', () => {
    const { sessionControls: _none, ...shorter } = before;
    const after = { ...before, sessionControls: { disableResilienceDefaults: true } };

    const { changes } = policyRow(JSON.stringify(shorter), JSON.stringify(after));

    expect(changes[0]).toMatchObject({ property: 'sessionControls', before: known(null) });
  });

  it.each([
    ['cut off', JSON.stringify(before).slice(0, -20)],
    ['not stated', null],
    ['empty', ''],
    ['no policy', '"x"'],
    ['only a part', JSON.stringify({ state: 'enabled' })],
  ])('that is %s on one side says only that something changed', (_what, unreadable) => {
    for (const sides of [
      [unreadable, JSON.stringify(before)],
      [JSON.stringify(before), unreadable],
    ]) {
      expect(policyRow(sides[0], sides[1]).changes).toEqual([
        { property: 'ConditionalAccessPolicy', before: unknown, after: unknown },
      ]);
    }
  });

  it.each([
    ['Add', 'create', null, JSON.stringify(before)],
    ['Delete', 'softDelete', JSON.stringify(before), null],
    ['Restore', 'restore', null, JSON.stringify(before)],
  ])('that it was %s is a matter of its existence alone', (operation, kind, old, next) => {
    expect(policyRow(old, next, operation)).toMatchObject({ kind, changes: [] });
  });

  it('tells the methods of the authentication methods policy one by one', () => {
    const methods = (state: string) =>
      JSON.stringify({
        id: 'authenticationMethodsPolicy',
        displayName: 'Authentication Methods Policy',
        authenticationMethodConfigurations: [
          {
            '@odata.type': '#microsoft.graph.smsAuthenticationMethodConfiguration',
            id: 'Sms',
            state,
          },
          {
            '@odata.type': '#microsoft.graph.fido2AuthenticationMethodConfiguration',
            id: 'Fido2',
            state: 'enabled',
          },
        ],
      });

    const event = eventOf({
      operation: 'Authentication Methods Policy Update',
      targets: [
        target(
          'Policy',
          policyId,
          changed('AuthenticationMethodsPolicy', methods('disabled'), methods('enabled')),
        ),
      ],
    });

    expect(event.objectType).toBe('authenticationMethodPolicy');
    expect(event.changes.map(({ property }) => property)).toEqual([
      'authenticationMethodConfigurations/Sms',
    ]);
  });
});

describe('a row about single settings of the authentication methods policy', () => {
  const whole = {
    id: 'authenticationMethodsPolicy',
    displayName: 'Authentication Methods Policy',
    authenticationMethodConfigurations: [{ id: 'Sms', state: 'disabled' }],
  };
  const { displayName: _name, ...unnamed } = whole;
  const { authenticationMethodConfigurations: _methods, ...withoutMethods } = whole;

  it.each<[string, object[]]>([
    [
      'names each setting',
      [changed('Sms.State', told('disabled'), told('enabled')), changed('Sms.Targets', '[]', '[]')],
    ],
    [
      'states a part by the id of the policy',
      [changed('AuthenticationMethodsPolicy', JSON.stringify(unnamed), JSON.stringify(unnamed))],
    ],
    [
      'leaves the methods out',
      [
        changed(
          'AuthenticationMethodsPolicy',
          JSON.stringify(withoutMethods),
          JSON.stringify(withoutMethods),
        ),
      ],
    ],
  ])('that %s says only that something in the policy changed', (_how, modified) => {
    const event = eventOf({
      operation: 'Authentication Methods Policy Update',
      targets: [target('Policy', policyId, ...modified)],
    });

    expect(event).toMatchObject({
      kind: 'update',
      objectType: 'authenticationMethodPolicy',
      changes: [{ property: 'AuthenticationMethodsPolicy', before: unknown, after: unknown }],
    });
    expect(event.changes).toHaveLength(1);
  });
});

describe('a row about an assignment or a grant', () => {
  const side = (added: boolean) => (name: string, value: string | null) =>
    changed(
      name,
      added || value === null ? null : told(value),
      added && value !== null ? told(value) : null,
    );

  it.each([
    ['Add app role assignment to service principal', true, 'servicePrincipal', 'ServicePrincipal'],
    [
      'Remove app role assignment from service principal',
      false,
      'servicePrincipal',
      'ServicePrincipal',
    ],
    ['Add app role assignment grant to user', true, 'user', 'User'],
    ['Remove app role assignment from user', false, 'user', 'User'],
    ['Add app role assignment to group', true, 'group', 'Group'],
  ])('%s is a change of whoever holds it', (operation, added, objectType, prefix) => {
    const tell = side(added);
    const event = eventOf({
      operation,
      targets: [
        target(
          'ServicePrincipal',
          resourceId.toUpperCase(),
          tell('AppRole.Id', roleId),
          tell('AppRole.Value', 'Directory.ReadWrite.All'),
          tell(`${prefix}.ObjectID`, sample.principalId.toUpperCase()),
        ),
        target(prefix, sample.principalId),
      ],
    });

    expect(event).toMatchObject({
      kind: 'update',
      objectId: sample.principalId,
      objectType,
      groupId: null,
      changes: [
        {
          property: `appRoleAssignments/${resourceId}/${roleId}`,
          before: known(!added),
          after: known(added),
        },
      ],
    });
  });

  const grantRow = (operation: string, ...properties: readonly object[]) =>
    eventOf({
      operation,
      targets: [
        target(
          'ServicePrincipal',
          resourceId,
          ...properties,
          changed('ServicePrincipal.ObjectID', null, told(sample.principalId)),
        ),
      ],
    });
  const forAll = changed('DelegatedPermissionGrant.ConsentType', null, told('AllPrincipals'));

  it.each<[string, unknown, unknown, unknown, unknown]>([
    [
      'Add delegated permission grant',
      null,
      told(' Mail.Read User.Read'),
      known(null),
      known('Mail.Read User.Read'),
    ],
    [
      'Add delegated permission grant',
      told('User.Read'),
      told('User.Read Mail.Read'),
      known('User.Read'),
      known('User.Read Mail.Read'),
    ],
    ['Remove delegated permission grant', told('User.Read'), null, known('User.Read'), known(null)],
    ['Remove delegated permission grant', null, told('User.Read'), known('User.Read'), known(null)],
    [
      'Remove delegated permission grant',
      told(' User.Read'),
      told(' User.Read Mail.Read'),
      known('User.Read'),
      known('User.Read Mail.Read'),
    ],
    ['Update delegated permission grant', null, told('Mail.Read'), unknown, known('Mail.Read')],
  ])('%s (%j to %j) is a change of the client', (operation, old, next, before, after) => {
    const event = grantRow(operation, changed('DelegatedPermissionGrant.Scope', old, next), forAll);

    expect(event).toMatchObject({
      objectId: sample.principalId,
      objectType: 'servicePrincipal',
      changes: [{ property: `oauth2PermissionGrants/${resourceId}/all`, before, after }],
    });
  });

  it('that leaves out between whom stays with the resource, for a person to look at', () => {
    const scope = changed('DelegatedPermissionGrant.Scope', null, told('Mail.Read'));
    const forOne = changed('DelegatedPermissionGrant.ConsentType', null, told('Principal'));
    const unkeyed = [
      grantRow('Add delegated permission grant', scope, forOne),
      eventOf({
        operation: 'Add app role assignment to service principal',
        targets: [
          target('ServicePrincipal', resourceId, changed('AppRole.Id', null, told(roleId))),
        ],
      }),
    ];

    for (const event of unkeyed) {
      expect(event).toMatchObject({ kind: 'update', objectId: resourceId });
      expect(event.changes[0]).toMatchObject({ before: unknown, after: unknown });
    }
  });

  it('of consent by one person is keyed by that person', () => {
    const event = grantRow(
      'Add delegated permission grant',
      changed('DelegatedPermissionGrant.Scope', null, told('Mail.Read')),
      changed('DelegatedPermissionGrant.ConsentType', null, told('Principal')),
      changed('User.ObjectID', null, told(sample.userId)),
    );

    expect(event.changes[0]?.property).toBe(
      `oauth2PermissionGrants/${resourceId}/${sample.userId}`,
    );
  });
});

describe('a row about credentials', () => {
  const secret = (id: string, type = 'Password') =>
    `[KeyIdentifier=${id},KeyType=${type},KeyUsage=Verify,DisplayName=hunter2]`;
  const rowOf = (old: unknown, next: unknown, type = 'Application') =>
    eventOf({
      operation: 'Update application \u2013 Certificates and secrets management ',
      targets: [target(type, policyId, changed('KeyDescription', old, next))],
    });

  it('keeps the ids of secrets and certificates and nothing else of them', () => {
    const event = rowOf(
      JSON.stringify([secret(roleId)]),
      JSON.stringify([secret(roleId), secret(resourceId, 'AsymmetricX509Cert')]),
    );

    expect(event.changes).toEqual([
      {
        property: 'keyIdentifiers',
        before: known([`password:${roleId}`]),
        after: known([`certificate:${resourceId}`, `password:${roleId}`]),
      },
    ]);
    expect(JSON.stringify(event)).not.toContain('hunter2');
  });

  it('that is cut off shows nothing at all', () => {
    const event = rowOf('[]', '["[KeyIdentifier=19dbc75e,KeyType=Password,DisplayName=hunter2');

    expect(event.changes).toEqual([
      { property: 'KeyDescription', before: unknown, after: unknown },
    ]);
  });
});

describe('a row about owners', () => {
  it.each([
    ['application', 'Application'],
    ['service principal', 'ServicePrincipal'],
    ['group', 'Group'],
  ])('of a %s is a change of what is owned', (noun, prefix) => {
    const event = eventOf({
      operation: `Add owner to ${noun}`,
      targets: [
        target('User', sample.userId, changed(`${prefix}.ObjectID`, null, told(policyId))),
        target(prefix, policyId),
      ],
    });

    expect(event).toMatchObject({
      kind: 'update',
      objectId: policyId,
      changes: [{ property: `owners/${sample.userId}`, before: known(false), after: known(true) }],
    });
  });
});

describe('a row about a directory role', () => {
  const pim = (operation: string) =>
    eventOf({
      operation,
      targets: [
        {
          ...target(
            'Role',
            policyId,
            changed('RoleDefinitionOriginType', told(''), told('BuiltInRole')),
            changed('TemplateId', told(''), told(roleId)),
          ),
          displayName: 'Application Administrator',
        },
        target('Request', resourceId),
        target('User', sample.userId),
        target('Directory', policyId),
      ],
    });

  it.each([
    ['Add member to role in PIM completed (permanent)', [], 'Application Administrator'],
    ['Remove member from role in PIM completed (permanent)', 'Application Administrator', []],
    ['Add eligible member to role in PIM completed (timebound)', [], 'Application Administrator'],
  ])('in the words of PIM (%s) is a change of the holder', (operation, before, after) => {
    expect(pim(operation)).toMatchObject({
      kind: 'update',
      objectId: sample.userId,
      objectType: 'user',
      changes: [
        { property: `DirectoryRole/${roleId}`, before: known(before), after: known(after) },
      ],
    });
  });
});

describe('kinds of objects', () => {
  it.each([
    ['Update authorization policy', 'Policy', 'authorizationPolicy'],
    ['Set Company Information', 'Directory', 'organization'],
    ['Authentication Strength Policy Update', 'Policy', 'authenticationStrengthPolicy'],
    ['Update application', 'AgentIdentityBlueprint', 'application'],
    ['Update service principal', 'AgentIdentity', 'servicePrincipal'],
    ['Update service principal', 'AgentIdentityBlueprintPrincipal', 'servicePrincipal'],
    ['Update user', 'AgentUser', 'user'],
  ])('%s on a %s is about a %s', (operation, type, objectType) => {
    const modified = changed('Description', '["x"]', '["y"]');

    expect(eventOf({ operation, targets: [target(type, policyId, modified)] })).toMatchObject({
      kind: 'update',
      objectType,
    });
  });
});
