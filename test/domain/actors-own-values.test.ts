import type { AuditEvent } from '../../shared/domain/attribution/audit.js';
import { namingActorsOwn } from '../../shared/domain/attribution/actors-own-values.js';
import { known } from '../../shared/domain/json.js';
import type { Delta } from '../../shared/domain/plan/plan.js';
import { emptyCounts } from '../../shared/domain/plan/plan-building.js';
import { planWarnings } from '../../shared/domain/plan/plan-warnings.js';
import { auditRow } from '../support/fake-audit-log.js';
import { guid } from './support/incidents.js';

const GROUP = guid(0x90);

const row = (at: string, over: Partial<AuditEvent>): AuditEvent =>
  auditRow({ byId: 'actor', at: `2026-11-${at}T03:00:00Z`, earlier: true, ...over });

const department = (at: string, after: string | null): AuditEvent =>
  row(at, { changes: [{ property: 'Department', before: known('x'), after: known(after) }] });

const back = (over: Partial<Delta> = {}): Delta => ({
  property: 'department',
  class: 'actorOnly',
  action: 'update',
  then: known('Closing'),
  now: known('wiped'),
  reason: 'Written by the actor.',
  evidence: [],
  ...over,
});

const named = (delta: Delta, earlier: readonly AuditEvent[]): Delta | undefined =>
  namingActorsOwn({ objectId: guid(1), objectType: 'user', name: null, events: [], earlier }, [
    delta,
  ])[0];

describe('a value to return to', () => {
  it.each<[string, Delta, AuditEvent[], string]>([
    ['a property', back(), [department('17', 'Closing')], '17'],
    ['the newest of several', back(), [department('16', 'Old'), department('18', 'Closing')], '18'],
    [
      'a membership',
      back({ property: `memberOf/${GROUP}`, action: 'addMember', then: known(true) }),
      [row('17', { kind: 'addMember', groupId: GROUP, changes: [] })],
      '17',
    ],
    [
      'existence',
      back({ property: '*', action: 'restore', then: known(true) }),
      [row('17', { kind: 'create', changes: [] })],
      '17',
    ],
    [
      'an account that the row only says was switched',
      back({ property: 'accountEnabled', then: known(true) }),
      [row('17', { operation: 'Enable account', changes: [] })],
      '17',
    ],
  ])('that the actor had set itself says so: %s', (_what, delta, earlier, day) => {
    const at = `2026-11-${day}T03:00:00Z`;

    expect(named(delta, earlier)).toMatchObject({
      setByActorAt: at,
      reason: expect.stringContaining(`THE ACTOR ITSELF HAD SET THIS EARLIER VALUE at ${at}`),
      then: delta.then,
      action: delta.action,
    });
  });

  it.each<[string, Delta, AuditEvent[]]>([
    ['another value', back(), [department('17', 'Sales')]],
    [
      'a value that the actor itself replaced',
      back(),
      [department('17', 'Closing'), department('18', 'Sales')],
    ],
    ['another property', back({ property: 'jobTitle' }), [department('17', 'Closing')]],
    [
      'a value that nobody knows',
      back({ then: { known: false, why: 'cut off' } }),
      [department('17', 'Closing')],
    ],
    ['a write that failed', back(), [{ ...department('17', 'Closing'), succeeded: false }]],
  ])('is as it was when the actor had set %s', (_what, delta, earlier) => {
    expect(named(delta, earlier)).toEqual(delta);
  });
});

it('a plan that returns to such values warns of them by number and name', () => {
  const facts = {
    ...{ counts: emptyCounts(), residuals: 0, privileged: 0, unknownValues: 0, overwritten: 0 },
    recoveryPoint: {
      ...{ id: 'p', createdDateTime: '2026-11-20T02:00:00Z', gapSeconds: 1, expiresAt: null },
      ...{ reason: '', alternatives: [] },
    },
  };

  expect(planWarnings(facts)).toEqual([]);
  expect(planWarnings({ ...facts, setByActor: 3, setByActorIn: ['Ada (department)'] })).toEqual([
    expect.stringMatching(/3 values .*ACTOR ITSELF.*: Ada \(department\) and others\./),
  ]);
});
