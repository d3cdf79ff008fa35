import { digestOf } from '../../shared/digest.js';
import type { RevisionsDocument } from '../../shared/domain/plan/revisions.js';
import { createDoors, ids, policy, type Doors, type Who } from '../support/doors.js';
import { incidentId, kinds, plannedUser, seedIncident, seedPlan } from '../support/cases.js';

const first = plannedUser(0).objectId;
const second = plannedUser(1).objectId;
const points = {
  id: 'point-2',
  createdDateTime: '2026-11-20T03:00:00.000Z',
  gapSeconds: 60,
  expiresAt: null,
  reason: 'newest',
  alternatives: [{ id: 'point-1', createdDateTime: '2026-11-19T03:00:00.000Z' }],
};

async function prepared(inForce = policy) {
  const doors = createDoors();
  doors.policyInForce.policy = inForce;
  await seedIncident(doors, { recoveryPoint: points });
  const { digest } = await seedPlan(
    doors,
    [0, 1, 2].map((number) => plannedUser(number)),
  );
  return { doors, digest };
}

const revise = (doors: Doors, body: object, as: Who = 'responder') =>
  doors.call('revisePlan', { as, params: { id: incidentId }, body: { note: 'looked', ...body } });

const stored = async (doors: Doors) =>
  (await doors.store.readDocument(incidentId, 'revisions')) as unknown as RevisionsDocument | null;

describe('a revision', () => {
  it('is written down, wakes the run, and voids decisions at once', async () => {
    const { doors, digest } = await prepared();

    const got = await revise(doors, {
      basedOn: digest,
      exclude: [first.toUpperCase()],
      choices: { [second]: 'reconcile' },
      recoveryPointId: 'point-1',
      executor: 'surgical',
    });

    expect(got).toMatchObject({ status: 202, body: { incidentId } });
    expect(await stored(doors)).toMatchObject({
      version: 1,
      excluded: [first],
      choices: { [second]: 'reconcile' },
      recoveryPointId: 'point-1',
      executor: 'surgical',
      list: [{ by: { id: ids.responder }, basedOn: digest, note: 'looked' }],
    });
    expect(doors.wakes).toMatchObject([{ event: 'planRevised', eventId: 'revision-1' }]);
    expect(doors.store.entries(incidentId).at(-1)).toMatchObject({
      kind: 'plan.revised',
      by: { id: ids.responder },
      summary: expect.stringContaining('1 object left out'),
    });
    const decided = await doors.call('decideOverHttp', {
      as: 'operator',
      params: { id: incidentId },
      body: { decision: 'approve', planDigest: digest },
    });
    expect(decided).toMatchObject({ status: 409, body: { code: 'PLAN_SUPERSEDED' } });
  });

  it('sent again is one revision', async () => {
    const { doors, digest } = await prepared();
    const body = { basedOn: digest, exclude: [first, second] };

    const got = [
      await revise(doors, body),
      await revise(doors, { ...body, exclude: [second, first] }),
    ];

    expect(got.map(({ status }) => status)).toEqual([202, 202]);
    expect((await stored(doors))?.version).toBe(1);
    expect(kinds(doors)).toEqual(['opened', 'plan.revised']);
  });

  it('of two people at once counts for one of them', async () => {
    const { doors, digest } = await prepared();

    const got = await Promise.all([
      revise(doors, { basedOn: digest, exclude: [first] }),
      revise(doors, { basedOn: digest, exclude: [second] }, 'unpinned'),
    ]);

    expect(got.map(({ status }) => status).sort()).toEqual([202, 409]);
    expect((await stored(doors))?.list).toHaveLength(1);
  });
});

describe('the plan that is changed again and again', () => {
  const objects = [0, 1, 2].map((number) => plannedUser(number));
  const actors = `POST .*/api/incidents/${incidentId}/actors`;

  /** One revision of each of the plan's next versions. */
  async function revised(...by: Who[]) {
    const { doors } = await prepared();
    for (const [index, who] of by.entries()) await reviseNext(doors, index, who);
    return doors;
  }
  async function reviseNext(doors: Doors, index: number, who: Who) {
    const { digest } = await seedPlan(doors, objects, { planVersion: index + 2 });
    const got = await revise(doors, { basedOn: digest, exclude: [first] }, who);
    expect(got.status).toBe(202);
    return got;
  }
  const tasks = async (doors: Doors) =>
    (await doors.store.readIncident(incidentId))?.tasks.map(({ id }) => id);

  it('by people whom nobody pins, one or several, is told from the third time on, with who and how to stop it', async () => {
    const doors = await revised('responder', 'unpinned');
    expect([doors.urgent, await tasks(doors)]).toEqual([[], []]);

    await reviseNext(doors, 2, 'responder');
    await reviseNext(doors, 3, 'unpinned');

    expect(doors.urgent).toHaveLength(2);
    const told = doors.store.entries(incidentId).filter(({ kind }) => kind === 'revisers.told');
    expect(told.map(({ summary }) => summary)).toEqual([
      expect.stringMatching(new RegExp(`3 times.*${ids.responder}.*${actors}`)),
      expect.stringMatching(new RegExp(`4 times.*${ids.unpinned}.*${actors}`)),
    ]);
    expect(await tasks(doors)).toEqual(['revisers-4']);
  });

  it('is told once when the third revision is sent again', async () => {
    const doors = await revised('responder', 'responder', 'responder');
    const { basedOn } = (await stored(doors))!.list.at(-1)!;

    await revise(doors, { basedOn, exclude: [first] });

    expect(doors.urgent).toHaveLength(1);
  });

  it('by somebody whom the policy pins is the work of the day', async () => {
    const operators = [{ objectId: ids.unpinned, name: 'Rita' }];
    const { doors } = await prepared({ ...policy, people: { ...policy.people, operators } });

    for (const index of [0, 1, 2, 3]) await reviseNext(doors, index, 'unpinned');

    expect([doors.urgent, await tasks(doors)]).toEqual([[], []]);
  });
});

describe('a revision is refused and changes nothing', () => {
  const unknown = plannedUser(99).objectId;
  const closed = (doors: Doors) =>
    doors.store.updateIncident(incidentId, (open) => ({ ...open, state: 'closed' }));
  const executing = (doors: Doors) =>
    doors.store.updateIncident(incidentId, (open) => ({ ...open, state: 'executing' }));
  const rows: readonly [string, object, number, string, Who?, ((doors: Doors) => unknown)?][] = [
    ['by the actor', { exclude: [first] }, 403, 'DECIDER_IS_ACTOR', 'actor'],
    ['by an operator', { exclude: [first] }, 403, 'NOT_PERMITTED', 'operator'],
    ['of another plan', { basedOn: digestOf('other'), exclude: [first] }, 409, 'PLAN_SUPERSEDED'],
    ['of nothing', {}, 422, 'VALIDATION_FAILED'],
    ['of an object the scope does not know', { exclude: [unknown] }, 422, 'VALIDATION_FAILED'],
    ['that includes such an object', { include: [first, unknown] }, 422, 'VALIDATION_FAILED'],
    ['that settles one', { choices: { [unknown]: 'skip' } }, 422, 'VALIDATION_FAILED'],
    ['with another choice', { choices: { [first]: 'delete' } }, 422, 'VALIDATION_FAILED'],
    ['both ways at once', { exclude: [first], include: [first] }, 422, 'VALIDATION_FAILED'],
    ['to a recovery point nobody named', { recoveryPointId: 'x' }, 422, 'VALIDATION_FAILED'],
    ['to an unknown executor', { executor: 'all' }, 422, 'VALIDATION_FAILED'],
    ['without a note', { exclude: [first], note: ' ' }, 422, 'VALIDATION_FAILED'],
    ['with another member', { exclude: [first], force: true }, 422, 'VALIDATION_FAILED'],
    ['after the end', { exclude: [first] }, 409, 'INCIDENT_CLOSED', 'responder', closed],
    [
      'while it is written',
      { exclude: [first] },
      409,
      'NOT_AWAITING_APPROVAL',
      'responder',
      executing,
    ],
  ];

  // A parameter that a row leaves out would be the callback of an old-style test.
  it.each(rows)('%s', async (...[, change, status, code, as, before]) => {
    const { doors, digest } = await prepared();
    await before?.(doors);

    const got = await revise(doors, { basedOn: digest, ...change }, as);

    expect(got).toMatchObject({ status, body: { code } });
    expect(await stored(doors)).toBeNull();
    expect(doors.wakes).toEqual([]);
  });
});
