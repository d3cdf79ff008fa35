import { answersById, appCaller, origin, rig } from './support.js';

const patch = (id: string, userId: string, body: unknown = { accountEnabled: true }): object => ({
  id,
  method: 'PATCH',
  url: `/users/${userId}`,
  headers: { 'Content-Type': 'application/json' },
  body,
});

describe('a batch', () => {
  it('answers each item with its own status and not always in the order of asking', async () => {
    const { call, world } = rig();
    const damaged = world.facts['damaged'] ?? [];
    const requests = damaged.map((id, index) => patch(String(index), id));

    const answer = await call('POST', '/$batch', { requests });

    const responses = answer.body['responses'] as { id: string; status: number; body?: unknown }[];
    expect(responses.map(({ status }) => status)).toEqual(damaged.map(() => 204));
    expect(responses.every((response) => !('body' in response))).toBe(true);
    expect(responses.map(({ id }) => id)).not.toEqual(requests.map((_, index) => String(index)));
  });

  it('meters every item alone: a throttled one has its own Retry-After', async () => {
    const { call, world, quotas, us, clock } = rig();
    clock.stop();
    const [one = '', other = ''] = world.facts['damaged'] ?? [];
    for (let count = 0; count < 2999; count += 1) {
      quotas.take({ area: 'identity', caller: us, units: 1, write: true });
    }

    const answer = await call('POST', '/$batch', {
      requests: [patch('1', one), patch('2', other)],
    });

    expect(answer.status).toBe(200);
    const responses = answersById(answer);
    const statuses = Object.values(responses).map(({ status }) => status);
    expect(statuses.sort()).toEqual([204, 429]);
    const throttled = Object.values(responses).find(({ status }) => status === 429);
    expect(Number(throttled?.headers['Retry-After'])).toBeGreaterThan(0);
  });

  it('does not run what depends on a failed item', async () => {
    const { call, world } = rig();
    const [id = ''] = world.facts['damaged'] ?? [];
    const nobody = '00000000-0000-4000-8000-000000000000';

    const answer = await call('POST', '/$batch', {
      requests: [patch('a', nobody), { ...patch('b', id), dependsOn: ['A'] }],
    });

    const responses = answersById(answer);
    expect(responses['a']?.status).toBe(404);
    expect(responses['b']?.status).toBe(424);
    expect(world.directory.object(id).properties['accountEnabled']).toBe(false);
  });

  it('with a version in the url of an item fails only that item, in words about the segment', async () => {
    const { call, world } = rig();
    const { id } = world.ids.people.reader;

    const answer = await call('POST', '/$batch', {
      requests: [
        { id: '1', method: 'GET', url: `/v1.0/users/${id}` },
        { id: '2', method: 'GET', url: `/users/${id}?$select=id` },
      ],
    });

    const responses = answersById(answer);
    expect(responses['1']?.status).toBe(400);
    expect(responses['1']?.body?.error?.message).toContain("segment 'v1.0'");
    expect(responses['2']?.status).toBe(200);
  });

  it('applies permissions to each item', async () => {
    const { call, world } = rig();
    const { id } = world.ids.people.reader;
    const caller = appCaller(world, ['User.Read.All']);

    const answer = await call(
      'POST',
      '/$batch',
      { requests: [{ id: '1', method: 'GET', url: `/users/${id}` }, patch('2', id)] },
      { caller },
    );

    const responses = answersById(answer);
    expect([responses['1']?.status, responses['2']?.status]).toEqual([200, 403]);
  });

  it.each([
    [
      'more than 20 items',
      Array.from({ length: 21 }, (_, id) => ({ id: `${id}`, method: 'GET', url: '/users' })),
    ],
    ['no item', []],
    [
      'ids that differ only in case',
      ['a', 'A'].map((id) => ({ id, method: 'GET', url: '/users' })),
    ],
    ['an item without id', [{ method: 'GET', url: '/users' }]],
    ['an item without url', [{ id: '1', method: 'GET' }]],
    ['a body without content type', [{ id: '1', method: 'PATCH', url: '/users/x', body: {} }]],
    [
      'a write without body',
      [
        {
          id: '1',
          method: 'POST',
          url: '/users/x/revokeSignInSessions',
          headers: { 'content-type': 'application/json' },
        },
      ],
    ],
    ['a dependency on nothing', [{ id: '1', method: 'GET', url: '/users', dependsOn: ['2'] }]],
    [
      'a circle',
      [
        { id: '1', method: 'GET', url: '/users', dependsOn: ['2'] },
        { id: '2', method: 'GET', url: '/users', dependsOn: ['1'] },
      ],
    ],
  ])('with %s is refused as a whole', async (_, requests) => {
    const { call, journal } = rig();

    const answer = await call('POST', '/$batch', { requests });

    expect(answer.status).toBe(400);
    expect(answer.body.error?.code).toBe('BadRequest');
    expect(journal.since().at(-1)).toMatchObject({ status: 400, writes: [] });
  });

  it('is one entry in the journal, with every item and what it wrote', async () => {
    const { call, world, journal, us } = rig();
    const [id = ''] = world.facts['damaged'] ?? [];

    await call('POST', `${origin}/v1.0/$batch`, { requests: [patch('1', id)] });

    const write = { objectId: id, property: 'accountEnabled', before: false, after: true };
    expect(journal.since()).toEqual([
      {
        seq: 1,
        at: expect.any(String) as string,
        method: 'POST',
        path: '/v1.0/$batch',
        status: 200,
        caller: { appId: us.appId, oid: world.ids.ourServicePrincipalId },
        writes: [write],
        batch: [{ id: '1', method: 'PATCH', path: `/users/${id}`, status: 204, writes: [write] }],
      },
    ]);
  });
});
