import fc from 'fast-check';
import { normaliseAuditRow, type Dialect } from '../../shared/adapters/logs/rows.js';
import { eventOf, eventsOf } from './audit-row-reading.js';
import * as sample from './audit-row-samples.js';
import { changed, userTarget } from './audit-row-samples.js';

const known = (value: unknown) => ({ known: true, value });
const unknown = { known: false, why: expect.any(String) };

describe('an audit row', () => {
  it('reads the same in every dialect', () => {
    const event = eventOf({
      operation: 'Update user',
      targets: [
        userTarget(
          changed('AccountEnabled', '[true]', '[false]'),
          changed('Included Updated Properties', null, '"AccountEnabled"'),
          changed('TargetId.UserType', null, '"Member"'),
        ),
      ],
    });

    expect(event).toEqual({
      id: 'Directory_1_2_3',
      at: sample.at,
      operation: 'Update user',
      correlationId: 'c-1',
      succeeded: true,
      by: {
        kind: 'user',
        id: sample.actorId,
        name: 'admin@contoso.com',
        clientName: null,
        ipAddress: '203.0.113.7',
      },
      kind: 'update',
      objectId: sample.userId,
      objectType: 'user',
      objectName: 'u@contoso.com',
      groupId: null,
      groupName: null,
      changes: [{ property: 'AccountEnabled', before: known(true), after: known(false) }],
    });
  });

  it.each([
    ['a JSON array', '["Sales"]', known('Sales')],
    ['a quoted scalar', '"Sales"', known('Sales')],
    ['a quoted boolean', '"False"', known('False')],
    ['an explicitly empty array', '[]', known([])],
    ['null', null, unknown],
    ['nothing', undefined, unknown],
    ['an empty text', '', unknown],
    ['a cut-off value', '["Sal', unknown],
    ['bare text', 'Sales', unknown],
  ])('with %s as old value is never guessed', (_what, oldValue, expected) => {
    const event = eventOf({
      operation: 'Update user',
      targets: [userTarget(changed('Department', oldValue, '["X"]'))],
    });

    expect(event.changes[0]?.before).toEqual(expected);
  });

  it('keeps lists of list properties as lists, also of one element', () => {
    const { changes } = eventOf({
      operation: 'Update user',
      targets: [userTarget(changed('OtherMail', '["a@x"]', '["a@x","b@x"]'))],
    });

    expect(changes[0]).toEqual({
      property: 'OtherMail',
      before: known(['a@x']),
      after: known(['a@x', 'b@x']),
    });
  });

  it('never keeps key material or passwords', () => {
    const application = { id: sample.groupId, type: 'Application', displayName: 'App' };
    const keys = '["[KeyIdentifier=1,KeyType=Password,DisplayName=hunter2]"]';
    const credential = eventOf({
      operation: 'Update application \u2013 Certificates and secrets management ',
      targets: [{ ...application, modifiedProperties: [changed('KeyDescription', '[]', keys)] }],
    });
    const password = eventOf({ operation: 'Reset password', targets: [userTarget()] });

    expect(JSON.stringify(credential)).not.toContain('hunter2');
    expect(credential).toMatchObject({ kind: 'update', objectType: 'application' });
    expect(password).toMatchObject({
      kind: 'update',
      changes: [{ property: 'PasswordProfile', before: unknown, after: unknown }],
    });
  });

  it('of an application actor names the service principal, since its application id is null', () => {
    const { by } = eventOf({
      operation: 'Update user',
      initiatedBy: sample.byApp,
      targets: [userTarget()],
    });

    expect(by).toMatchObject({
      kind: 'servicePrincipal',
      id: sample.principalId,
      name: 'HR connector',
    });
  });

  it('of a delegated write counts for the person and names the client', () => {
    const initiatedBy = {
      user: { ...sample.byUser.user, displayName: 'Graph Explorer' },
      app: null,
    };
    const byField = eventOf({ operation: 'Update user', initiatedBy, targets: [userTarget()] });
    const byAgent = eventOf({
      operation: 'Update user',
      targets: [userTarget()],
      details: [{ key: 'User-Agent', value: 'PowerShell/7.5' }],
    });

    expect(byField.by).toMatchObject({
      kind: 'user',
      id: sample.actorId,
      clientName: 'Graph Explorer',
    });
    expect(byAgent.by.clientName).toBe('PowerShell/7.5');
    const byBoth = eventOf({
      operation: 'Update user',
      initiatedBy,
      targets: [userTarget()],
      details: [{ key: 'User-Agent', value: 'Mozilla/5.0' }],
    });
    expect(byBoth.by.clientName).toBe('Graph Explorer');
  });

  it.each([
    [{ user: null, app: null }],
    [{}],
    [{ user: { id: '', userPrincipalName: 'x@y' }, app: null }],
  ])('of nobody in particular (%j) has an initiator without an id', (initiatedBy) => {
    const events = normaliseAuditRow(
      sample.inGraph({ operation: 'Update user', initiatedBy, targets: [userTarget()] }),
      'graph',
    );

    expect(events?.[0]?.by.id).toBeNull();
  });

  it('that failed says so', () => {
    const failed = eventOf({
      operation: 'Update user',
      result: 'failure',
      targets: [userTarget()],
    });

    expect(failed.succeeded).toBe(false);
  });
});

describe('operations', () => {
  it.each<[string, string, object[]]>([
    ['Add user', 'create', []],
    ['Delete user', 'softDelete', [changed('Is Hard Deleted', null, '"False"')]],
    ['Delete user', 'hardDelete', [changed('Is Hard Deleted', null, '"True"')]],
    ['Hard Delete user', 'hardDelete', [changed('Is Hard Deleted', null, '"True"')]],
    ['Restore user', 'restore', [changed('Is Hard Deleted', null, '"False"')]],
    ['  DELETE   User ', 'softDelete', []],
    ['Disable account', 'update', []],
    [
      'Update StsRefreshTokenValidFrom Timestamp',
      'other',
      [changed('StsRefreshTokensValidFrom', '[]', '["x"]')],
    ],
    ['User registered security info', 'other', []],
    ['Set force change user password', 'update', []],
  ])('%s is of kind %s', (operation, kind, properties) => {
    expect(eventOf({ operation, targets: [userTarget(...properties)] }).kind).toBe(kind);
  });

  it.each([
    ['Hard delete service principal', 'ServicePrincipal', 'hardDelete', 'servicePrincipal'],
    ['Remove service principal', 'ServicePrincipal', 'softDelete', 'servicePrincipal'],
    ['Delete Conditional Access policy', 'Policy', 'softDelete', 'conditionalAccessPolicy'],
    ['update conditional access policy', 'Other', 'update', 'conditionalAccessPolicy'],
    ['Update named location', 'Policy', 'update', 'namedLocation'],
    ['Update policy', 'Policy', 'update', 'policy'],
    ['Add group', 'Group', 'create', 'group'],
    ['Update device', 'Device', 'update', 'device'],
    ['Something new', 'NewKind', 'update', 'other'],
  ])('%s on %s is %s of a %s', (operation, type, kind, objectType) => {
    const target = {
      id: sample.groupId,
      type,
      displayName: 'x',
      modifiedProperties: [changed('Description', '[]', '["y"]')],
    };

    expect(eventOf({ operation, targets: [target] })).toMatchObject({ kind, objectType });
  });

  it('a soft-deleted user keeps its name without the id in front', () => {
    const upn = `${sample.userId.replaceAll('-', '')}u@contoso.com`;
    const event = eventOf({
      operation: 'Delete user',
      targets: [{ ...userTarget(), userPrincipalName: upn }],
    });

    expect(event).toMatchObject({ objectId: sample.userId, objectName: 'u@contoso.com' });
  });
});

describe('memberships', () => {
  const told = (value: string) => `"${value}"`;
  const group = { id: sample.groupId, type: 'Group', displayName: null, modifiedProperties: [] };

  it.each([
    [
      'Add member to group',
      'addMember',
      (name: string, value: string) => changed(name, null, told(value)),
    ],
    [
      'Remove member from group',
      'removeMember',
      (name: string, value: string) => changed(name, told(value), null),
    ],
  ])('%s is one event of the member with its group', (operation, kind, tell) => {
    const event = eventOf({
      operation,
      targets: [
        userTarget(
          tell('Group.ObjectID', sample.groupId.toUpperCase()),
          tell('Group.DisplayName', 'Sales'),
          changed('Group.WellKnownObjectName', null, null),
        ),
        group,
      ],
    });

    expect(event).toMatchObject({
      kind,
      objectId: sample.userId,
      objectType: 'user',
      groupId: sample.groupId,
      groupName: 'Sales',
      changes: [],
    });
  });

  it('whose expected side is empty take the group from the other one, or from the targets', () => {
    const otherSide = userTarget(changed('Group.ObjectID', null, told(sample.groupId)));
    const rows = [
      { operation: 'Remove member from group', targets: [otherSide] },
      { operation: 'Remove member from group', targets: [userTarget(), group] },
    ];

    expect(rows.map((one) => eventOf(one).groupId)).toEqual([sample.groupId, sample.groupId]);
  });

  it('the direction decides on which side the group is read', () => {
    const misleading = userTarget(changed('Group.ObjectID', told('other'), told(sample.groupId)));

    expect(eventOf({ operation: 'Add member to group', targets: [misleading] }).groupId).toBe(
      sample.groupId,
    );
    expect(eventOf({ operation: 'Remove member from group', targets: [misleading] }).groupId).toBe(
      'other',
    );
  });

  it.each([
    ['Add member to role', known([]), known('Helpdesk Administrator'), null],
    ['Remove member from role', known('Helpdesk Administrator'), known([]), 'old'],
    ['Add eligible member to role', known([]), known('Helpdesk Administrator'), null],
    [
      'Add member to role in PIM completed (permanent)',
      known([]),
      known('Helpdesk Administrator'),
      null,
    ],
  ])('%s is a change of the principal', (operation, before, after, side) => {
    const name = '"Helpdesk Administrator"';
    const event = eventOf({
      operation,
      targets: [
        userTarget(
          side === null
            ? changed('Role.DisplayName', null, name)
            : changed('Role.DisplayName', name, null),
        ),
        { id: sample.groupId, type: 'Role', displayName: null, modifiedProperties: [] },
      ],
    });

    expect(event).toMatchObject({
      kind: 'update',
      objectId: sample.userId,
      changes: [{ property: 'DirectoryRole', before, after }],
    });
  });
});

describe('rows that are not as expected', () => {
  it.each<[string, unknown]>([
    ['nothing', null],
    ['a text', 'row'],
    ['no id', { ...sample.inGraph({ operation: 'x', targets: [] }), id: null }],
    [
      'no time',
      { ...sample.inGraph({ operation: 'x', targets: [] }), activityDateTime: undefined },
    ],
    [
      'targets that are no list',
      { ...sample.inGraph({ operation: 'x', targets: [] }), targetResources: 'x' },
    ],
  ])('%s cannot be read and are not taken for empty', (_what, raw) => {
    expect(normaliseAuditRow(raw, 'graph')).toBeNull();
  });

  it('without a target with an id are about nothing we can name', () => {
    expect(eventsOf({ operation: 'Update policy', targets: [] })).toEqual([]);
    expect(
      eventsOf({ operation: 'Update policy', targets: [{ id: null, type: 'Policy' }] }),
    ).toEqual([]);
  });

  it('never make the reading throw', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom<Dialect>('graph', 'logAnalytics'),
        (raw, dialect) => {
          const events = normaliseAuditRow(raw, dialect);

          expect(events === null || Array.isArray(events)).toBe(true);
        },
      ),
    );
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.jsonValue(),
        fc.jsonValue(),
        (targets, initiatedBy, details) => {
          const row = {
            ...sample.inGraph({ operation: 'Update user', targets: [] }),
            targetResources: targets,
            initiatedBy,
            additionalDetails: details,
          };

          expect(() => normaliseAuditRow(row, 'graph')).not.toThrow();
        },
      ),
    );
  });
});
