import type { ApprovalLine, LineCount } from '../../shared/domain/approval/approval.js';
import { addToLines, linesOf } from '../../shared/domain/approval/approval-lines.js';
import type { ObjectType } from '../../shared/domain/attribution/audit.js';
import type { DeltaClass, PlanAction, PlannedObject } from '../../shared/domain/plan/plan.js';

type Row = [ObjectType, DeltaClass, PlanAction | null, ApprovalLine[]];

describe('the lines that a delta needs', () => {
  it.each<Row>([
    ['user', 'actorOnly', 'update', []],
    ['user', 'actorOnly', 'restore', []],
    ['group', 'created', 'softDelete', ['created']],
    ['group', 'restoredSince', 'softDelete', ['softDelete']],
    ['user', 'created', null, []],
    ['conditionalAccessPolicy', 'actorOnly', 'update', ['policies']],
    ['namedLocation', 'actorOnly', 'restore', ['policies']],
    ['authorizationPolicy', 'mixed', 'update', ['policies']],
    ['organization', 'actorOnly', 'update', ['policies']],
    ['conditionalAccessPolicy', 'created', 'softDelete', ['policies', 'created']],
    ['conditionalAccessPolicy', 'otherOnly', null, []],
  ])('%s, %s, %s: %j', (objectType, deltaClass, action, lines) => {
    expect(linesOf({ objectType }, { class: deltaClass, action })).toEqual(lines);
  });

  it('are counted once for an object, in one order', () => {
    const object = (objectType: ObjectType, ...actions: PlanAction[]): PlannedObject => ({
      objectId: 'x',
      objectType,
      displayName: 'x',
      privileged: false,
      residual: [],
      deltas: actions.map((action) => ({
        property: 'p',
        class: 'actorOnly',
        action,
        then: { known: true, value: 1 },
        now: { known: true, value: 2 },
        reason: '',
        evidence: [],
      })),
    });

    const counts = [
      object('conditionalAccessPolicy', 'update', 'update'),
      object('namedLocation', 'softDelete'),
      object('user', 'update'),
    ].reduce<readonly LineCount[]>(addToLines, []);

    expect(counts).toEqual([
      { line: 'softDelete', objects: 1 },
      { line: 'policies', objects: 2 },
    ]);
  });
});
