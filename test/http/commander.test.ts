import type { Intake } from '../../shared/domain/incident/intake.js';
import { createDoors, ids, type Doors, type Sent, type Who } from '../support/doors.js';
import { incidentId, kinds, put, seedIncident } from '../support/cases.js';

const manual = {
  title: 'Users disabled in bulk',
  actor: { userPrincipalName: 'Admin1@Contoso.test' },
  window: { from: '2026-11-20T20:30:00Z', to: '2026-11-20T20:50:00+00:00' },
  note: 'the service desk called',
};

const start = (doors: Doors, body: unknown = manual, more: Sent = {}) =>
  doors.call('startIncident', { as: 'commander', body, ...more });

const noPins = { commanders: [] };
const keyed = (key: string) => ({ headers: { 'idempotency-key': key } });

const on = (doors: Doors, name: string, as: Who, body?: unknown) =>
  doors.call(name, { as, params: { id: incidentId }, ...(body === undefined ? {} : { body }) });

describe('an incident started by hand', () => {
  it('names its opener and starts the run', async () => {
    const doors = createDoors();

    const got = await start(doors);

    expect(got).toMatchObject({ status: 202, body: { deduplicated: false } });
    const { incidentId: id } = got.body;
    expect(id).toMatch(/^inc-[0-9a-f]{32}$/);
    expect(doors.instances).toContain(id);
    const intake = (await doors.store.readDocument(id, 'intake')) as unknown as Intake;
    expect(intake).toMatchObject({
      source: 'commander',
      openedBy: { id: ids.commander },
      window: { from: '2026-11-20T20:30:00.000Z', to: '2026-11-20T20:50:00.000Z' },
      hints: [{ kind: 'user', userPrincipalName: 'admin1@contoso.test' }],
      note: 'the service desk called',
    });
  });

  it('may name damaged objects instead of an actor', async () => {
    const doors = createDoors();
    const { actor: _, ...rest } = manual;

    const got = await start(doors, { ...rest, targets: { objectIds: [ids.operator] } });

    const id = got.body.incidentId;
    const intake = (await doors.store.readDocument(id, 'intake')) as unknown as Intake;
    expect(intake.hints).toEqual([]);
    expect(intake.targets).toMatchObject({ objectIds: [ids.operator], property: null });
  });

  it('twice without a key is two incidents, with one key it is one', async () => {
    const doors = createDoors();

    const free = [await start(doors), await start(doors)];
    const first = await start(doors, manual, keyed('k1'));
    doors.advance(60_000);
    const again = await start(doors, manual, keyed('k1'));

    expect(new Set(free.map(({ body }) => body.incidentId)).size).toBe(2);
    expect(again.body).toEqual({ incidentId: first.body.incidentId, deduplicated: true });
    expect(doors.wakes).toEqual([]);
  });

  it('without an end of the window a repetition still changes nothing', async () => {
    const doors = createDoors();
    const body = { ...manual, window: { from: manual.window.from } };
    const first = await start(doors, body, keyed('k1'));
    const before = doors.store.snapshot();
    doors.advance(600_000);

    const again = await start(doors, body, keyed('k1'));

    expect(again.body).toEqual({ incidentId: first.body.incidentId, deduplicated: true });
    expect(doors.store.snapshot()).toBe(before);
  });

  it('the same key with another body is refused, also at the same moment', async () => {
    const doors = createDoors();

    const got = await Promise.all([
      start(doors, manual, keyed('k1')),
      start(doors, { ...manual, title: 'other' }, keyed('k1')),
    ]);

    expect(got.map(({ status }) => status).sort()).toEqual([202, 409]);
    expect(got.find(({ status }) => status === 409)?.body.code).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(doors.instances.size).toBe(1);
  });

  it('the key of one commander is not the key of another', async () => {
    const doors = createDoors();

    const one = await start(doors, manual, keyed('k1'));
    const two = await start(doors, manual, { ...keyed('k1'), as: 'unpinned' });

    expect(two.body).toMatchObject({ deduplicated: false });
    expect(two.body.incidentId).not.toBe(one.body.incidentId);
  });

  const { actor: _, ...nobody } = manual;
  it.each([
    ['no actor and no targets', nobody, 'actor'],
    [
      'an actor with two names',
      { ...manual, actor: { userId: ids.actor, appId: ids.actor } },
      'actor',
    ],
    ['an actor without a name', { ...manual, actor: {} }, 'actor'],
    [
      'a UPN that is none',
      { ...manual, actor: { userPrincipalName: "x' or 1=1" } },
      'actor.userPrincipalName',
    ],
    ['an id that is no GUID', { ...manual, actor: { userId: '1' } }, 'actor.userId'],
    ['no title', { ...manual, title: '  ' }, 'title'],
    ['a title without end', { ...manual, title: 'x'.repeat(201) }, 'title'],
    [
      'a window without a zone',
      { ...manual, window: { from: '2026-11-20T20:30:00' } },
      'window.from',
    ],
    [
      'a window that ends before it begins',
      { ...manual, window: { from: '2026-11-20T20:30:00Z', to: '2026-11-20T20:00:00Z' } },
      'window.to',
    ],
    [
      'a window in the future',
      { ...manual, window: { from: '2026-11-21T20:30:00Z' } },
      'window.from',
    ],
    ['a cause nobody knows', { ...manual, cause: 'evil' }, 'cause'],
    ['empty targets', { ...nobody, targets: {} }, 'targets'],
  ])('with %s is refused', async (_, body, path) => {
    const doors = createDoors();
    const before = doors.store.snapshot();

    const got = await start(doors, body);

    expect(got).toMatchObject({ status: 422, body: { code: 'VALIDATION_FAILED' } });
    expect(got.body.errors.map((error) => error.path)).toContain(path);
    expect(doors.store.snapshot()).toBe(before);
  });

  it.each(['', 'with blank', 'x'.repeat(201)])(
    'an odd idempotency key %p is refused',
    async (key) => {
      const doors = createDoors();

      const got = await start(doors, manual, keyed(key));

      expect(got).toMatchObject({ status: 422, body: { errors: [{ path: 'Idempotency-Key' }] } });
    },
  );
});

describe('marks on a running incident', () => {
  it('cancel is kept, recorded once and wakes the run each time', async () => {
    const doors = createDoors();
    await seedIncident(doors);

    const first = await on(doors, 'cancelIncident', 'commander', { note: 'false alarm' });
    doors.advance(1000);
    const again = await on(doors, 'cancelIncident', 'commander');

    expect([first.status, again.status]).toEqual([202, 202]);
    expect(await doors.store.readDocument(incidentId, 'marks')).toEqual({
      cancel: { by: { id: ids.commander, name: 'commander' }, at: '2026-11-20T21:00:00.000Z' },
      hold: null,
    });
    expect(kinds(doors)).toEqual(['opened', 'cancel']);
    expect(doors.wakes).toMatchObject([{ event: 'marksChanged' }, { event: 'marksChanged' }]);
  });

  it('hold and resume follow each other, by commander and operator', async () => {
    const doors = createDoors();
    await seedIncident(doors);
    const held = async () =>
      (await doors.store.readDocument<{ hold: null }>(incidentId, 'marks'))?.hold;

    await on(doors, 'holdIncident', 'operator', { note: 'look first' });
    const afterHold = await held();
    doors.advance(1000);
    await on(doors, 'resumeIncident', 'commander');
    const afterResume = await held();
    doors.advance(1000);
    await on(doors, 'holdIncident', 'commander');

    expect(afterHold).toMatchObject({ by: { id: ids.operator }, why: 'look first' });
    expect(afterResume).toBeNull();
    expect(await held()).toMatchObject({ why: 'held by hand' });
    expect(kinds(doors)).toEqual(['opened', 'hold', 'resume', 'hold']);
  });

  it.each(['cancelIncident', 'holdIncident', 'resumeIncident', 'nameActors'])(
    '%s on a closed incident is a conflict',
    async (name) => {
      const doors = createDoors();
      await seedIncident(doors, { state: 'closed', outcome: 'recovered' });
      const before = doors.store.snapshot();

      const body = name === 'nameActors' ? { remove: [ids.actor], note: 'n' } : {};
      const got = await on(doors, name, 'commander', body);

      expect(got).toMatchObject({ status: 409, body: { code: 'INCIDENT_CLOSED' } });
      expect(doors.store.snapshot()).toBe(before);
    },
  );

  it.each(['cancelIncident', 'holdIncident', 'resumeIncident', 'nameActors'])(
    '%s by an actor is refused and recorded once',
    async (name) => {
      const doors = createDoors();
      await seedIncident(doors);
      const body = name === 'nameActors' ? { remove: [ids.actor], note: 'not me' } : {};

      const got = [await on(doors, name, 'actor', body), await on(doors, name, 'actor', body)];

      expect(got).toMatchObject([
        { status: 403, body: { code: 'DECIDER_IS_ACTOR' } },
        { status: 403, body: { code: 'DECIDER_IS_ACTOR' } },
      ]);
      expect(kinds(doors)).toHaveLength(2);
      expect(doors.store.entries(incidentId).at(-1)).toMatchObject({ by: { id: ids.actor } });
      expect(await doors.store.readDocument(incidentId, 'marks')).toBeNull();
      expect(await doors.store.readDocument(incidentId, 'actors')).toBeNull();
      expect(doors.wakes).toEqual([]);
    },
  );
});

describe('who may command', () => {
  const commands = [
    ['cancelIncident', {}],
    ['holdIncident', {}],
    ['resumeIncident', {}],
    ['nameActors', { add: [{ appId: ids.actor }], note: 'seen' }],
  ] as const;
  type People = Doors['policyInForce']['policy']['people'];
  const pin = (...who: Who[]) => who.map((name) => ({ objectId: ids[name], name }));

  /** An incident that began under some pins, while others are in force now. */
  async function pinnedThenNow(then: Partial<People>, now: Partial<People>) {
    const doors = createDoors();
    const { policy } = doors.policyInForce;
    doors.policyInForce.policy = { ...policy, people: { ...policy.people, ...then } };
    await seedIncident(doors);
    await put(doors, 'policy', doors.policyInForce);
    doors.policyInForce.policy = { ...policy, people: { ...policy.people, ...now } };
    return doors;
  }

  it.each<[string, Partial<People>, Partial<People>, Who, number]>([
    ['the pinned commander', {}, {}, 'commander', 202],
    ['a holder of the role beside a pinned one', {}, {}, 'unpinned', 403],
    ['a holder of the role whom no pin competes with', noPins, noPins, 'unpinned', 202],
    ['a holder of the role once the pins were emptied', {}, noPins, 'unpinned', 403],
    ['a holder of the role once pins were made', noPins, {}, 'unpinned', 403],
    ['one who was pinned since', {}, { commanders: pin('unpinned') }, 'unpinned', 403],
    ['one whose pin was taken since', {}, { commanders: pin('unpinned') }, 'commander', 403],
    ['the actor, though pinned', { commanders: pin('actor') }, {}, 'actor', 403],
    ['the actor, where no pin is asked for', noPins, noPins, 'actor', 403],
  ])('%s: %#', async (_, then, now, who, status) => {
    for (const [name, body] of commands) {
      const doors = await pinnedThenNow(
        { operators: pin('operator'), ...then },
        { operators: pin('operator'), ...now },
      );

      const got = await on(doors, name, who, body);

      expect([name, got.status]).toEqual([name, status]);
      const left = await Promise.all(
        ['marks', 'actors'].map((document) => doors.store.readDocument(incidentId, document)),
      );
      expect([name, left.some((one) => one !== null)]).toEqual([
        name,
        status === 202 && name !== 'resumeIncident',
      ]);
    }
  });

  it('by role alone is in the record as that', async () => {
    const doors = await pinnedThenNow(noPins, noPins);

    await on(doors, 'cancelIncident', 'unpinned', {});
    await on(doors, 'cancelIncident', 'unpinned', {});

    expect(kinds(doors)).toEqual(['opened', 'cancel.byRole', 'cancel']);
    expect(doors.store.entries(incidentId)[1]?.summary).toMatch(/pins no commanders.*unpinned/);
  });

  it('is nobody who was just named as an actor, before the run has taken that up', async () => {
    const doors = await pinnedThenNow(noPins, noPins);
    await on(doors, 'nameActors', 'commander', { add: [{ userId: ids.unpinned }], note: 'seen' });

    const got = await on(doors, 'cancelIncident', 'unpinned', {});

    expect(got).toMatchObject({ status: 403, body: { code: 'DECIDER_IS_ACTOR' } });
  });
});

describe('actors named by the commander', () => {
  const other = '66666666-0000-4000-8000-000000000001';
  const read = (doors: Doors) => doors.store.readDocument(incidentId, 'actors');

  it('are kept with who named them, and the last word about an identity wins', async () => {
    const doors = createDoors();
    await seedIncident(doors);

    await on(doors, 'nameActors', 'commander', { add: [{ userId: other }], note: 'seen' });
    await on(doors, 'nameActors', 'commander', { remove: [other.toUpperCase()], note: 'no' });

    expect(await read(doors)).toEqual({
      version: 2,
      add: [],
      remove: [other],
      by: [{ id: ids.commander, name: 'commander' }],
    });
    expect(kinds(doors)).toEqual(['opened', 'actors.named', 'actors.named']);
    expect(doors.wakes.map(({ event }) => event)).toEqual(['actorsNamed', 'actorsNamed']);
  });

  it.each(['nameActors', 'cancelIncident', 'holdIncident', 'resumeIncident'])(
    '%s is refused to whoever holds the role without being pinned',
    async (name) => {
      const doors = createDoors();
      await seedIncident(doors);
      const body = name === 'nameActors' ? { add: [{ userId: other }], note: 'mine' } : {};

      const got = await on(doors, name, 'unpinned', body);

      expect(got).toMatchObject({ status: 403, body: { code: 'DECIDER_NOT_PINNED' } });
      expect(await read(doors)).toBeNull();
      expect(await doors.store.readDocument(incidentId, 'marks')).toBeNull();
      expect(doors.wakes).toEqual([]);
    },
  );

  it('said again are not a new version', async () => {
    const doors = createDoors();
    await seedIncident(doors);
    const body = { add: [{ appId: other }], note: 'seen' };
    await on(doors, 'nameActors', 'commander', body);

    await on(doors, 'nameActors', 'commander', body);

    expect(await read(doors)).toMatchObject({ version: 1, add: [{ appId: other }] });
    expect(kinds(doors)).toEqual(['opened', 'actors.named']);
  });

  it.each(['executing', 'verifying'] as const)('while %s are refused', async (state) => {
    const doors = createDoors();
    await seedIncident(doors, { state });

    const body = { add: [{ userId: other }], note: 'seen' };
    const got = await on(doors, 'nameActors', 'commander', body);

    expect(got).toMatchObject({ status: 409, body: { code: 'NOT_AWAITING_APPROVAL' } });
    expect(await read(doors)).toBeNull();
  });
});

describe('release of a contained identity', () => {
  const word = (decision: string) => ({ actorId: ids.actor, decision, note: 'checked' });
  async function closed() {
    const doors = createDoors();
    await seedIncident(doors, { state: 'closed', outcome: 'recovered' });
    return doors;
  }

  it('needs a commander and an approver', async () => {
    const doors = await closed();

    const first = await on(doors, 'releaseActor', 'approver', word('release'));
    const second = await on(doors, 'releaseActor', 'commander', word('release'));

    expect(first).toMatchObject({ status: 202, body: { remaining: ['commander'] } });
    expect(second).toMatchObject({ status: 202, body: { remaining: [] } });
    expect(await doors.store.readDocument(incidentId, 'releases')).toMatchObject({
      [ids.actor]: [
        { decision: 'release', by: { id: ids.approver }, countedAs: 'approver' },
        { decision: 'release', by: { id: ids.commander }, countedAs: 'commander' },
      ],
    });
    expect(kinds(doors)).toEqual(['opened', 'release.release', 'release.release']);
    expect(doors.wakes).toMatchObject([{ event: 'marksChanged' }, { event: 'marksChanged' }]);
  });

  it('one person is one word, whatever they are pinned as', async () => {
    const doors = await closed();
    const { people } = doors.policyInForce.policy;
    const twice = { ...people, approvers: [{ objectId: ids.unpinned, name: 'x' }] };
    const commanders = [{ objectId: ids.unpinned, name: 'x' }];
    doors.policyInForce.policy = {
      ...doors.policyInForce.policy,
      people: { ...twice, commanders },
    };
    await put(doors, 'policy', doors.policyInForce);

    const first = await on(doors, 'releaseActor', 'unpinned', word('release'));
    const again = await on(doors, 'releaseActor', 'unpinned', word('release'));
    const other = await on(doors, 'releaseActor', 'unpinned', word('keep'));

    expect(first.body).toEqual({ remaining: ['approver'] });
    expect(again.body).toEqual({ remaining: ['approver'] });
    expect(other).toMatchObject({ status: 409, body: { code: 'DECIDER_ALREADY_DECIDED' } });
  });

  it.each([
    ['the actor', 'actor', ids.actor, 403, 'DECIDER_IS_ACTOR'],
    ['somebody the policy does not name', 'unpinned', ids.actor, 403, 'DECIDER_NOT_PINNED'],
    ['about somebody who is no actor', 'commander', ids.operator, 422, 'VALIDATION_FAILED'],
  ] as const)('%s', async (_, who, actorId, status, code) => {
    const doors = await closed();

    const body = { ...word('release'), actorId };
    const got = await on(doors, 'releaseActor', who, body);

    expect(got).toMatchObject({ status, body: { code } });
    const releases = await doors.store.readDocument(incidentId, 'releases');
    expect(releases ?? {}).toEqual({});
    expect(doors.wakes).toEqual([]);
  });

  it('before the end is a conflict', async () => {
    const doors = createDoors();
    await seedIncident(doors);

    const got = await on(doors, 'releaseActor', 'commander', word('release'));

    expect(got).toMatchObject({ status: 409, body: { code: 'INCIDENT_NOT_CLOSED' } });
  });
});

it('notes go into the record, also after the end', async () => {
  const doors = createDoors();
  await seedIncident(doors, { state: 'closed' });

  const got = await on(doors, 'addNote', 'responder', { text: 'called the owner' });
  await on(doors, 'addNote', 'commander', { kind: 'deviation', text: 'skipped the call' });

  expect(got).toMatchObject({ status: 201, body: { entries: 2 } });
  expect(doors.store.entries(incidentId).slice(1)).toMatchObject([
    { kind: 'note', by: { id: ids.responder }, summary: 'called the owner' },
    { kind: 'deviation', by: { id: ids.commander }, summary: 'skipped the call' },
  ]);
});

it('a note with an Idempotency-Key is written once, and the key belongs to its text', async () => {
  const doors = createDoors();
  await seedIncident(doors);
  const sent = { as: 'responder', params: { id: incidentId } } as const;
  const headers = { 'idempotency-key': 'note-1' };

  const first = await doors.call('addNote', { ...sent, headers, body: { text: 'called' } });
  const again = await doors.call('addNote', { ...sent, headers, body: { text: 'called' } });
  const other = await doors.call('addNote', { ...sent, headers, body: { text: 'wrote' } });

  expect([first.status, again.status]).toEqual([201, 201]);
  expect(other).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
  expect(kinds(doors).filter((kind) => kind === 'note')).toHaveLength(1);
});
