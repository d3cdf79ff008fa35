import { people } from '../identity/identity-world.js';
import { testControl } from './control-world.js';

it.each([
  ['/health', { status: 'ok' }],
  ['/cards', { cards: [] }],
  ['/notices', { notices: [] }],
  ['/journal', { entries: [{ seq: 1 }, { seq: 2 }] }],
  ['/journal?since=1', { entries: [{ seq: 2 }] }],
  ['/faults', { rules: [] }],
  [`/directory/user/${people.actor.id}`, { id: people.actor.id, state: 'live' }],
])('GET %s answers', async (path, expected) => {
  const { call } = testControl();

  expect(await call('GET', path)).toMatchObject({ status: 200, body: expected });
});

it('a posted card is listed with its thread', async () => {
  const { call, postCard } = testControl();
  const posted = postCard('inc-1');

  const { body } = await call('GET', '/cards');

  expect(body['cards']).toEqual([
    expect.objectContaining({
      id: posted.id,
      conversationId: `${posted.channelId};messageid=${posted.id}`,
      activity: posted.activity,
    }),
  ]);
});

it('faults are replaced at run time', async () => {
  const { call } = testControl();
  const rules = [{ match: { path: '/v1.0/users' }, answer: 'reset' }];

  await call('PUT', '/faults', { rules });

  expect((await call('GET', '/faults')).body).toEqual({ rules });
});

it.each(['entra', 'connector'])('%s keys rotate and the old one can be dropped', async (keys) => {
  const { call } = testControl();

  const rotated = await call('POST', '/keys/rotate', { keys });
  const dropped = await call('POST', '/keys/rotate', { keys, drop: true });

  expect(rotated.body['published']).toHaveLength(2);
  expect(dropped.body['published']).toEqual([dropped.body['kid']]);
});

it.each([
  ['POST', '/token', { person: 'nobody' }, 400, 'BODY_INVALID'],
  ['POST', '/token', { person: 'operator', extra: 1 }, 400, 'BODY_INVALID'],
  ['POST', '/press', { person: 'operator' }, 400, 'BODY_INVALID'],
  ['POST', '/alert', { form: 'email' }, 400, 'BODY_INVALID'],
  ['GET', '/alert?form=email', undefined, 400, 'QUERY_INVALID'],
  ['GET', '/journal?since=-1', undefined, 400, 'QUERY_INVALID'],
  ['PUT', '/app', { url: 'https://collector.example' }, 400, 'BODY_INVALID'],
  ['PUT', '/faults', { rules: 'none' }, 400, 'BODY_INVALID'],
  ['GET', '/directory/user/nobody', undefined, 404, 'OBJECT_NOT_FOUND'],
  ['GET', '/nowhere', undefined, 404, 'NOT_FOUND'],
  ['DELETE', '/people', undefined, 405, 'METHOD_NOT_ALLOWED'],
])('%s %s with %p is refused', async (method, path, body, status, code) => {
  const { call } = testControl();

  const answer = await call(method, path, body);

  expect(answer).toMatchObject({ status, body: { error: { code } } });
});

describe('who may call', () => {
  it.each([
    ['a Host of another name', { host: 'rebound.example:9000' }],
    ['an Origin of another site', { origin: 'https://evil.example' }],
    ['an opaque Origin', { origin: 'null' }],
    ['a Host that only begins like loopback', { host: '127.0.0.1.evil.example' }],
  ])('%s is refused', async (_what, headers) => {
    const { call } = testControl();

    const answer = await call('POST', '/token', { person: 'operator' }, headers);

    expect(answer.status).toBe(403);
    expect(answer.body).not.toHaveProperty('accessToken');
  });

  it('a console on another loopback port may call and read the answer', async () => {
    const { call } = testControl();
    const origin = 'http://127.0.0.1:7071';

    const preflight = await call('OPTIONS', '/token', undefined, { origin });
    const answer = await call('POST', '/token', { person: 'operator' }, { origin });

    expect(preflight.status).toBe(204);
    expect(answer.headers['access-control-allow-origin']).toBe(origin);
  });
});
