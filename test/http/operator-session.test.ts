import { openIncident } from '../../shared/domain/incident/incident-changes.js';
import type { Incident } from '../../shared/domain/incident/incident.js';
import type { OperatorSessions } from '../../shared/ports/operator-sessions.js';
import { RewindError } from '../../shared/errors.js';
import { intake } from '../domain/support/incidents.js';
import { createDoors, ids, policy, type Who } from '../support/doors.js';

const incidentId = 'inc-0123456789abcdef0123456789abcdef';

async function doorsWith(change: Partial<Incident> = {}, sessions?: Partial<OperatorSessions>) {
  const doors = createDoors();
  Object.assign(doors.services.sessions, sessions);
  const incident: Incident = {
    ...openIncident({
      id: incidentId,
      intake: intake(),
      openedAt: '2026-11-20T20:55:00.000Z',
      policyDigest: doors.policyInForce.digest,
      links: {},
    }),
    actors: [
      { kind: 'user', id: ids.actor, name: 'Ada', containment: 'contained', provenAt: null },
    ],
    ...change,
  };
  await doors.store.createIncident(incident);
  await doors.store.updateDocument(incidentId, 'policy', () => ({ policy }) as never);
  const lend = (as?: Who) =>
    doors.call('lendOperatorSession', { ...(as && { as }), params: { id: incidentId } });
  return { doors, lend };
}

test('a pinned operator lends a session: until when, with which role, and the run is woken', async () => {
  const { doors, lend } = await doorsWith();
  const got = await lend('operator');

  expect(got.status).toBe(200);
  expect(got.body).toMatchObject({ backupAdministrator: 'active', wavesThatFit: 0 });
  expect(doors.wakes.map(({ event }) => event)).toEqual(['sessionLent']);
  expect(doors.store.entries(incidentId).map(({ kind }) => kind)).toContain('operatorSession.lent');
});

test.each([
  ['nobody', undefined, 401, 'UNAUTHENTICATED'],
  ['an approver', 'approver', 403, 'NOT_PERMITTED'],
  ['the commander', 'commander', 403, 'NOT_PERMITTED'],
  ['an application', 'playbook', 403, 'NOT_PERMITTED'],
  ['the actor, although pinned', 'actor', 403, 'DECIDER_IS_ACTOR'],
  ['an operator whom the policy does not pin', 'unpinned', 403, 'DECIDER_NOT_PINNED'],
] as const)('%s cannot lend one', async (_, who, status, code) => {
  const { doors, lend } = await doorsWith();
  const got = await lend(who);

  expect([got.status, got.body.code]).toEqual([status, code]);
  expect(await doors.services.sessions.current(incidentId)).toBeNull();
});

test('a session is in the record and wakes the run although its rights could not be read', async () => {
  const { doors, lend } = await doorsWith();
  doors.services.recovery.jobRights = async () => {
    throw new RewindError('GRAPH_UNAVAILABLE', 'no answer');
  };
  expect((await lend('operator')).status).toBeGreaterThanOrEqual(500);

  expect(doors.wakes.map(({ event }) => event)).toEqual(['sessionLent']);
  expect(doors.store.entries(incidentId).map(({ kind }) => kind)).toContain('operatorSession.lent');
});

test('a closed incident takes none', async () => {
  const { lend } = await doorsWith({ state: 'closed' });
  expect((await lend('operator')).body.code).toBe('INCIDENT_CLOSED');
});

test('a step-up is passed on as a challenge that a client can satisfy', async () => {
  const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
  const { lend } = await doorsWith(
    {},
    { lend: async () => ({ ok: false, why: 'stepUp', claims }) },
  );
  const got = await lend('operator');

  expect(got.status).toBe(401);
  const challenge = got.headers['www-authenticate'] ?? '';
  expect(challenge).toContain('error="insufficient_claims"');
  const encoded = /claims="([^"]+)"/.exec(challenge)?.[1] ?? '';
  expect(Buffer.from(encoded, 'base64').toString()).toBe(claims);
});

test('a refusal of the authority says why, and what was sent appears nowhere', async () => {
  const { doors, lend } = await doorsWith(
    {},
    { lend: async () => ({ ok: false, why: 'refused', message: 'AADSTS50173 invalid_grant' }) },
  );
  const got = await lend('operator');

  expect(got.status).toBe(403);
  expect(got.body.detail).toContain('AADSTS50173');
  expect(doors.wakes).toEqual([]);
});

describe('a lent session has the plan checked against the recovery point', () => {
  const point = (id: string | null) =>
    ({ id, createdDateTime: null, reason: '', alternatives: [] }) as unknown as NonNullable<
      Incident['recoveryPoint']
    >;
  const runs = (doors: Awaited<ReturnType<typeof doorsWith>>['doors']) =>
    [...doors.instances].filter((id) => id.includes('-point-'));

  test.each<[string, Partial<Incident>, readonly string[]]>([
    ['while the scope is still read', { state: 'scoping' }, ['1']],
    ['while the approval is awaited', { state: 'awaitingApproval' }, ['1']],
    ['not once the plan is carried out', { state: 'executing' }, []],
    ['not without a recovery point', { state: 'awaitingApproval', recoveryPoint: point(null) }, []],
  ])('%s', async (_, change, numbers) => {
    const { doors, lend } = await doorsWith(change);
    await lend('operator');
    await lend('operator');
    expect(runs(doors)).toEqual(numbers.map((number) => `${incidentId}-point-${number}`));
  });

  test.each([
    ['again after a run that ended without an answer', null, null, ['1', '2']],
    ['not again once it has answered', 'point-1', 'point-1', ['1']],
    ['again for another recovery point', 'point-0', 'point-0', ['1', '2']],
    ['again where another point was read since the answer', 'point-1', 'point-0', ['1', '2']],
  ])('%s', async (_, answeredFor, readOf, numbers) => {
    const open = { state: 'awaitingApproval', recoveryPoint: point('point-1') } as const;
    const { doors, lend } = await doorsWith(open);
    await lend('operator');
    const answer = answeredFor === null ? null : { pointId: answeredFor, index: answeredFor };
    const values = readOf === null ? null : { pointId: readOf, index: readOf };
    await doors.store.updateDocument(
      incidentId,
      'point-check',
      () => ({ asked: 1, ended: 1, request: null, values, answer }) as never,
    );
    await lend('operator');
    expect(runs(doors)).toEqual(numbers.map((number) => `${incidentId}-point-${number}`));
  });
});

test.each([
  ['ends at once when its lender is named as an actor', ids.operator, null],
  ['outlives the naming of somebody else', ids.outsider, 'operator'],
])('a lent session %s', async (_what, userId, left) => {
  const { doors, lend } = await doorsWith();
  await lend('operator');

  const got = await doors.call('nameActors', {
    ...{ as: 'commander', params: { id: incidentId } },
    body: { add: [{ userId }], note: 'the trail shows them' },
  });

  expect(got.status).toBe(202);
  expect((await doors.services.sessions.current(incidentId))?.by.name ?? null).toBe(left);
  const ended = doors.store
    .entries(incidentId)
    .filter(({ kind }) => kind === 'operatorSession.ended');
  expect(ended).toHaveLength(left === null ? 1 : 0);
  expect(doors.wakes.map(({ event }) => event)).toEqual(['sessionLent', 'actorsNamed']);
});
