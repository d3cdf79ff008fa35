import { RewindError } from '../../shared/errors.js';
import { sentinelIncident } from '../support/alert-bodies.js';
import { createDoors, functionKey, ids, type Sent, type Who } from '../support/doors.js';
import { incidentId, seedIncident, seedPlan } from '../support/cases.js';

const digest = `sha256:${'0'.repeat(64)}`;
const large = 'x'.repeat(1024 * 1024 + 1);
const guid = ids.operator;

interface DoorFacts {
  readonly name: string;
  readonly may: Who;
  readonly mayNot: Who;
  /** A body that fits; null for doors without one. */
  readonly body: unknown;
  readonly ofIncident: boolean;
}

const doorsUnderTest: readonly DoorFacts[] = [
  {
    name: 'startIncident',
    may: 'commander',
    mayNot: 'responder',
    body: { title: 't', actor: { userId: guid }, window: { from: '2026-11-20T20:00:00Z' } },
    ofIncident: false,
  },
  {
    name: 'decideOverHttp',
    may: 'operator',
    mayNot: 'commander',
    body: { decision: 'approve', planDigest: digest },
    ofIncident: true,
  },
  {
    name: 'revisePlan',
    may: 'responder',
    mayNot: 'operator',
    body: { basedOn: digest, exclude: [guid], note: 'n' },
    ofIncident: true,
  },
  { name: 'cancelIncident', may: 'commander', mayNot: 'operator', body: {}, ofIncident: true },
  { name: 'holdIncident', may: 'operator', mayNot: 'approver', body: {}, ofIncident: true },
  { name: 'resumeIncident', may: 'operator', mayNot: 'approver', body: {}, ofIncident: true },
  {
    name: 'addNote',
    may: 'responder',
    mayNot: 'approver',
    body: { text: 'seen' },
    ofIncident: true,
  },
  {
    name: 'nameActors',
    may: 'commander',
    mayNot: 'responder',
    body: { add: [{ userId: guid }], note: 'n' },
    ofIncident: true,
  },
  {
    name: 'releaseActor',
    may: 'approver',
    mayNot: 'operator',
    body: { actorId: ids.actor, decision: 'keep', note: 'n' },
    ofIncident: true,
  },
  { name: 'getIncident', may: 'reader', mayNot: 'outsider', body: null, ofIncident: true },
  { name: 'getPlan', may: 'reader', mayNot: 'outsider', body: null, ofIncident: true },
  { name: 'getRecord', may: 'reader', mayNot: 'outsider', body: null, ofIncident: true },
  { name: 'getReport', may: 'reader', mayNot: 'outsider', body: null, ofIncident: true },
  { name: 'listIncidents', may: 'reader', mayNot: 'outsider', body: null, ofIncident: false },
  { name: 'getReadiness', may: 'reader', mayNot: 'outsider', body: null, ofIncident: false },
];

describe.each(doorsUnderTest)('$name', ({ name, may, mayNot, body, ofIncident }) => {
  const inPlace = { params: ofIncident ? { id: incidentId } : {} };
  const fitting = { ...inPlace, ...(body === null ? {} : { body }) };

  async function refusal(sent: Sent) {
    const doors = createDoors();
    await seedIncident(doors);
    const before = doors.store.snapshot();
    const got = await doors.call(name, sent);
    expect(doors.store.snapshot()).toBe(before);
    expect(doors.wakes).toEqual([]);
    expect(got.headers['content-type']).toBe('application/problem+json');
    expect(got.body).toMatchObject({
      type: expect.stringMatching(/^urn:entra-rewind:problem:/),
      title: expect.any(String),
      status: got.status,
      detail: expect.any(String),
    });
    return { status: got.status, code: got.body.code, body: got.body, headers: got.headers };
  }

  it('without a token nothing but that is told', async () => {
    expect(await refusal(fitting)).toMatchObject({
      status: 401,
      code: 'UNAUTHENTICATED',
      body: { detail: 'A valid token is needed.' },
      headers: { 'www-authenticate': 'Bearer' },
    });
  });

  it('without the role the missing role is named', async () => {
    const got = await refusal({ ...fitting, as: mayNot });

    expect(got).toMatchObject({ status: 403, code: 'NOT_PERMITTED' });
    expect(got.body.detail).toMatch(/Incident\.\w+/);
  });

  if (ofIncident) {
    it.each(['inc-unknown', '../etc', 'UPPER', 'a'.repeat(81), '%2e%2e', ''])(
      'an incident %p is unknown, whatever its form',
      async (id) => {
        const got = await refusal({ ...fitting, as: may, params: { id } });

        expect(got).toMatchObject({ status: 404, code: 'INCIDENT_NOT_FOUND' });
      },
    );

    it('who may not look is not told whether an incident exists', async () => {
      const got = await refusal({ ...fitting, as: mayNot, params: { id: 'inc-unknown' } });

      expect(got.status).toBe(403);
    });
  }

  if (body !== null) {
    it('too large comes before everything', async () => {
      const got = await refusal({ ...inPlace, raw: large });

      expect(got).toMatchObject({ status: 413, code: 'PAYLOAD_TOO_LARGE' });
    });

    it('a large announcement is enough', async () => {
      const headers = { 'content-length': '2000000' };
      const got = await refusal({ ...inPlace, raw: '{}', headers });

      expect(got.status).toBe(413);
    });

    it.each([
      ['not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
      ['not JSON', '{"a":'],
      ['two values', '{} {}'],
      ['only blanks', '   '],
      ['a member twice', '{"note":"a","note":"b"}'],
      ['a member twice by escapes', '{"note":"a","n\\u006fte":"b"}'],
      ['nested without end', '['.repeat(5000) + ']'.repeat(5000)],
    ])('a body that is %s is unreadable', async (_, raw) => {
      const got = await refusal({ ...inPlace, as: may, raw });

      expect(got).toMatchObject({ status: 400, code: 'BODY_UNREADABLE' });
    });

    it.each([
      ['a list', '[]'],
      ['a text', '"x"'],
      ['null', 'null'],
      ['an unknown field', JSON.stringify({ ...(body as object), surprise: 1 })],
      ['a prototype', '{"__proto__":{"note":"x"}}'],
    ])('a body that is %s does not fit', async (_, raw) => {
      const got = await refusal({ ...inPlace, as: may, raw });

      expect(got).toMatchObject({ status: 422, code: 'VALIDATION_FAILED' });
      expect(got.body.errors[0]).toEqual({
        path: expect.any(String),
        code: expect.any(String),
        message: expect.any(String),
      });
    });
  }
});

it.each(['startIncident', 'decideOverHttp', 'addNote', 'nameActors', 'releaseActor'])(
  '%s needs a body, and the hint names chunked ones',
  async (name) => {
    const doors = createDoors();
    await seedIncident(doors);
    const { may } = doorsUnderTest.find((door) => door.name === name)!;

    const got = await doors.call(name, { as: may, params: { id: incidentId } });

    expect(got).toMatchObject({ status: 400, body: { code: 'BODY_UNREADABLE' } });
    expect(got.body.detail).toContain('chunked');
  },
);

it('an application with a role for people is refused', async () => {
  const doors = createDoors();
  await seedIncident(doors);
  const { digest: planDigest } = await seedPlan(doors);

  const got = await doors.call('decideOverHttp', {
    as: 'otherApp',
    params: { id: incidentId },
    body: { decision: 'approve', planDigest },
  });

  expect(got).toMatchObject({ status: 403, body: { code: 'NOT_PERMITTED' } });
  expect((await doors.store.readLedger(incidentId)).decisions).toEqual([]);
});

it('a body of exactly 1 MiB is read', async () => {
  const doors = createDoors();
  const frame = '{"title":""}';

  const got = await doors.call('startIncident', {
    as: 'commander',
    raw: frame.replace('""', `"${'x'.repeat(1024 * 1024 - frame.length)}"`),
  });

  expect(got.status).toBe(422);
});

it('a person who asks too much is told when to ask again; a machine never is', async () => {
  const doors = createDoors();
  await seedIncident(doors);
  const note = { as: 'responder', params: { id: incidentId }, body: { text: 'n' } } as const;
  const statuses = new Set<number>();
  for (let request = 0; request < 240; request += 1) {
    statuses.add((await doors.call('addNote', note)).status);
  }
  expect([...statuses]).toEqual([201]);

  const got = await doors.call('addNote', note);

  expect(got).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED' } });
  expect(Number(got.headers['retry-after'])).toBeGreaterThan(0);
  expect((await doors.call('getIncident', { as: 'reader', params: note.params })).status).toBe(200);
  doors.advance(Number(got.headers['retry-after']) * 1000);
  expect((await doors.call('addNote', note)).status).toBe(201);
  for (let request = 0; request < 1300; request += 1) {
    const { status } = await doors.call('alertsSentinel', { as: 'playbook', body: {} });
    expect(status).toBe(422);
  }
});

describe('while signing keys cannot be had', () => {
  const outage = new RewindError('IDENTITY_UNAVAILABLE', 'The signing keys cannot be fetched.');
  const dark = () => createDoors({ callers: { verify: () => Promise.reject(outage) } });

  it('the doors of people are closed like any other, and the log says why', async () => {
    const doors = dark();
    await seedIncident(doors);
    const before = doors.store.snapshot();

    const got = await doors.call('cancelIncident', { as: 'commander', params: { id: incidentId } });

    expect(got).toMatchObject({ status: 401, body: { detail: 'A valid token is needed.' } });
    expect(doors.store.snapshot()).toBe(before);
    expect(doors.logged.join()).toContain('signing keys');
  });

  it('so is the door of the Bot Connector without its keys', async () => {
    const doors = createDoors({ connector: { verify: () => Promise.reject(outage) } });

    const got = await doors.call('teamsMessages', {
      headers: { authorization: 'Bearer connector' },
      body: { type: 'invoke', channelId: 'msteams', serviceUrl: 'https://smba.example.test/' },
    });

    expect(got.status).toBe(401);
    expect(doors.logged.join()).toContain('signing keys');
  });

  it('an alert that comes with a token is asked to come again, one with a function key is taken', async () => {
    const doors = dark();

    const byToken = await doors.call('alertsSentinel', {
      as: 'playbook',
      body: sentinelIncident(),
    });
    const byKey = await doors.call('alertsSentinel', {
      headers: { 'x-functions-key': functionKey },
      body: sentinelIncident(),
    });

    expect(byToken).toMatchObject({ status: 503, body: { code: 'IDENTITY_UNAVAILABLE' } });
    expect(Number(byToken.headers['retry-after'])).toBeGreaterThan(0);
    expect(byKey.status).toBe(202);
  });
});
