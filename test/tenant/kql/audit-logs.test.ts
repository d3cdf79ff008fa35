import type { KqlColumn, KqlDatabase } from '../../../local/tenant/kql/index.js';
import { runKql } from '../../../local/tenant/kql/index.js';
import { rows } from './support.js';

const columns: KqlColumn[] = [
  { name: 'TimeGenerated', type: 'datetime' },
  { name: 'OperationName', type: 'string' },
  { name: 'Category', type: 'string' },
  { name: 'Result', type: 'string' },
  { name: 'Id', type: 'string' },
  { name: 'CorrelationId', type: 'string' },
  { name: 'InitiatedBy', type: 'dynamic' },
  { name: 'TargetResources', type: 'dynamic' },
  { name: 'AdditionalDetails', type: 'dynamic' },
  { name: '_BilledSize', type: 'real' },
];

const actor = {
  user: { id: 'actor-1', userPrincipalName: 'Mallory@contoso.com', ipAddress: '203.0.113.7' },
  app: null,
};
const application = {
  user: null,
  app: { appId: null, servicePrincipalId: 'sp-1', displayName: 'Sync' },
};

function change(name: string, oldValue: string | null, newValue: string | null): object {
  return { displayName: name, oldValue, newValue };
}

function event(
  second: number,
  operation: string,
  who: object,
  targets: object[],
  result = 'success',
): unknown[] {
  const stamp = `2026-03-10T11:30:${String(second).padStart(2, '0')}.1234567Z`;
  return [
    stamp,
    operation,
    'UserManagement',
    result,
    `Directory_${second}`,
    `c-${second}`,
    who,
    targets,
    [],
    812,
  ];
}

const user = (id: string, ...modifiedProperties: object[]) => ({
  id,
  type: 'User',
  userPrincipalName: `${id}@contoso.com`,
  modifiedProperties,
});

const disabled = change('AccountEnabled', '[true]', '[false]');
const marker = change('Included Updated Properties', null, '"AccountEnabled"');

const logs: KqlDatabase = {
  AuditLogs: {
    columns,
    rows: [
      event(1, 'Update user', actor, [user('u1', disabled, marker)]),
      event(2, 'Update user', actor, [user('u2', disabled, marker)]),
      event(3, 'Disable account', actor, [user('u2', disabled)]),
      event(4, 'Update user', application, [user('u3', disabled, marker)]),
      event(5, 'Update user', actor, [user('u4', change('Department', '["Sales"]', '["IT"]'))]),
      event(6, 'Update user', actor, [user('u5', disabled)], 'failure'),
      event(7, 'Update application – Certificates and secrets management ', actor, [
        {
          id: 'app-1',
          type: 'Application',
          modifiedProperties: [
            change('KeyDescription', '[]', '["[KeyIdentifier=k1,KeyType=Password]"]'),
          ],
        },
      ]),
      event(8, 'Add member to role', actor, [
        {
          id: 'u6',
          type: 'User',
          modifiedProperties: [change('Role.DisplayName', null, '"Global Administrator"')],
        },
        { id: 'role-1', type: 'Role', displayName: null, modifiedProperties: [] },
      ]),
    ],
    ingestedAt: (row) => `2026-03-10T11:4${row}:00Z`,
  },
};

describe('queries as detection engineers write them', () => {
  it('finds accounts disabled in bulk by one person', () => {
    const found = rows(
      `let window = 1h;
       AuditLogs
       | where TimeGenerated > ago(window)
       | where Category =~ "UserManagement" and Result == "success"
       | where OperationName in~ ("Update user", "Disable account")
       | extend Actor = tolower(tostring(parse_json(tostring(InitiatedBy.user)).userPrincipalName)),
                ActorIp = tostring(InitiatedBy.user.ipAddress)
       | where isnotempty(Actor)
       | mv-expand Target = TargetResources
       | mv-expand Change = Target.modifiedProperties
       | where tostring(Change.displayName) =~ "AccountEnabled"
       | where tostring(Change.newValue) has "false"
       | extend Victim = tostring(Target.id)
       | summarize First = min(TimeGenerated), Last = max(TimeGenerated), Victims = make_set(Victim),
                   Count = dcount(Victim) by Actor, ActorIp
       | where Count >= 2
       | project Actor, ActorIp, Count, Victims, Minutes = datetime_diff('second', Last, First)`,
      logs,
    );

    expect(found).toEqual([['mallory@contoso.com', '203.0.113.7', 2, ['u1', 'u2'], 2]]);
  });

  it('finds new credentials although the operation name has an en dash and a trailing blank', () => {
    const query = (test: string) =>
      rows(
        `AuditLogs
         | where ${test}
         | mv-apply p = TargetResources[0].modifiedProperties on (
             where tostring(p.displayName) == 'KeyDescription'
             | project Added = extract(@'KeyIdentifier=([^,\\]]+)', 1, tostring(p.newValue)))
         | project Application = tostring(TargetResources[0].id), Added`,
        logs,
      );

    expect(query("OperationName has 'Certificates and secrets management'")).toEqual([
      ['app-1', 'k1'],
    ]);
    expect(
      query("OperationName == 'Update application - Certificates and secrets management'"),
    ).toEqual([]);
  });

  it('joins role grants with what the same person did elsewhere', () => {
    const found = rows(
      `let grants = AuditLogs
         | where OperationName has 'Add member to role'
         | extend Actor = tostring(InitiatedBy.user.id),
                  Role = trim('"', tostring(TargetResources[0].modifiedProperties[0].newValue))
         | project GrantTime = TimeGenerated, Actor, Role;
       AuditLogs
       | extend Actor = tostring(InitiatedBy.user.id)
       | join kind=inner grants on Actor
       | where TimeGenerated between ((GrantTime - 10s) .. GrantTime)
       | summarize Before = countif(TimeGenerated < GrantTime), Failed = countif(Result != 'success') by Role`,
      logs,
    );

    expect(found).toEqual([['Global Administrator', 6, 1]]);
  });

  it('cuts a scope into windows by rows and bytes and pages through one of them', () => {
    expect(
      rows(
        'AuditLogs | summarize rows=count(), bytes=sum(estimate_data_size(Id)) by bin(TimeGenerated, 5s)',
        logs,
      ),
    ).toEqual([
      ['2026-03-10T11:30:00.0000000Z', 4, 44],
      ['2026-03-10T11:30:05.0000000Z', 4, 44],
    ]);
    expect(
      rows(
        `AuditLogs | where ingestion_time() <= datetime(2026-03-10T11:46:00Z)
         | where TimeGenerated > datetime(2026-03-10T11:30:02.1234567Z)
         | sort by TimeGenerated asc, Id asc | take 2 | project Cursor = tostring(TimeGenerated), Id`,
        logs,
      ),
    ).toEqual([
      ['2026-03-10T11:30:03.1234567Z', 'Directory_3'],
      ['2026-03-10T11:30:04.1234567Z', 'Directory_4'],
    ]);
  });
});

/** Processor time, not the clock: other work on the machine must not fail a test. */
function cpuMilliseconds(since: NodeJS.CpuUsage): number {
  const { user: inCode, system } = process.cpuUsage(since);
  return (inCode + system) / 1_000;
}

describe('one hundred thousand rows', () => {
  const many = 100_000;
  const big: KqlDatabase = {
    AuditLogs: {
      columns,
      rows: Array.from({ length: many }, (_, index) => {
        const row = event(index % 60, index % 2 === 0 ? 'Update user' : 'Add user', actor, [
          user(`u${index}`, disabled, marker),
        ]);
        row[4] = `Directory_${index}`;
        return row;
      }),
    },
  };
  const now = new Date('2026-03-10T12:00:00Z');

  it('are filtered, expanded and projected in a few seconds of processor time', () => {
    runKql('AuditLogs | take 1', big, { now });
    const began = process.cpuUsage();

    const answer = runKql(
      `AuditLogs
       | where TimeGenerated > ago(1d) and tostring(InitiatedBy.user.id) == 'actor-1'
       | mv-expand target = TargetResources
       | mv-expand change = target.modifiedProperties
       | where change.displayName == 'AccountEnabled'
       | project Id, target = tostring(target.id), old = tostring(change.oldValue)`,
      big,
      { now },
    );

    expect(answer.rows).toHaveLength(many);
    expect(cpuMilliseconds(began)).toBeLessThan(5_000);
  });

  it('are compared with thousands of ids at once', () => {
    const ids = Array.from({ length: 5_000 }, (_, index) => `u${index * 2}`);
    const began = process.cpuUsage();

    const count = (test: string) =>
      runKql(
        `let ids = dynamic(${JSON.stringify(ids)});
         AuditLogs | take 20000 | extend id = tostring(TargetResources[0].id) | where ${test} | count`,
        big,
        { now },
      ).rows;

    expect(count('id in (ids)')).toEqual([[5_000]]);
    expect(count('id has_any (ids)')).toEqual([[5_000]]);
    expect(cpuMilliseconds(began)).toBeLessThan(10_000);
  });
});
