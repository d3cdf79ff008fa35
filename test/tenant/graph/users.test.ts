import { text } from '../../../local/tenant/directory/model.js';
import { appCaller, origin, rig, userCaller } from './support.js';

const ids = (value: Record<string, unknown>[] | undefined): unknown[] =>
  (value ?? []).map(({ id }) => id);

describe('reading users', () => {
  it('leaves accountEnabled out unless it is selected', async () => {
    const { call, world } = rig();
    const id = world.facts['damaged']?.[0] ?? '';

    const plain = await call('GET', `/users/${id}`);
    const selected = await call('GET', `/users/${id}?$select=id,accountEnabled`);

    expect(plain.body).not.toHaveProperty('accountEnabled');
    expect(plain.body).toHaveProperty('userPrincipalName');
    expect(selected.body).toEqual({
      '@odata.context': `${origin}/v1.0/$metadata#users(id,accountEnabled)/$entity`,
      id,
      accountEnabled: false,
    });
  });

  it('finds a user by principal name in any case', async () => {
    const { call, world } = rig();
    const { id, userPrincipalName } = world.ids.people.operator;

    const answer = await call(
      'GET',
      `/users/${encodeURIComponent(userPrincipalName.toUpperCase())}`,
    );

    expect(answer.body['id']).toBe(id);
  });

  it('pages through every user once, however the pages are cut', async () => {
    const { call } = rig();
    const seen: unknown[] = [];

    let link: string | undefined = '/users?$select=id&$top=37';
    while (link !== undefined) {
      const page = await call('GET', link);
      seen.push(...ids(page.body.value));
      link = page.body['@odata.nextLink'] as string | undefined;
    }

    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe(355);
  });

  it.each([
    ['accountEnabled eq false', 'disabled'],
    ["startswith(userPrincipalName,'omar.operator')", 'prefix'],
    ["proxyAddresses/any(p:p eq 'SMTP:omar.operator@woodgrove.example')", 'address'],
    ["userPrincipalName in ('omar.operator@woodgrove.example','nobody@woodgrove.example')", 'in'],
    ["not(accountEnabled eq true) or mail eq 'o''brien@woodgrove.example'", 'advanced'],
  ])('the filter %s answers exactly the users it means', async (filter, kind) => {
    const { call, world } = rig();
    const advanced = kind === 'advanced';

    const answer = await call(
      'GET',
      `/users?$select=id,accountEnabled&$filter=${encodeURIComponent(filter)}&$top=999${advanced ? '&$count=true' : ''}`,
      undefined,
      advanced ? { headers: { consistencylevel: 'eventual' } } : {},
    );

    expect(answer.status).toBe(200);
    if (kind === 'disabled' || advanced) {
      expect(answer.body.value?.length).toBeGreaterThan(20);
      expect(answer.body.value?.every((user) => user['accountEnabled'] === false)).toBe(true);
    } else expect(ids(answer.body.value)).toEqual([world.ids.people.operator.id]);
  });

  it.each([
    ['an unknown option', '/users?$skip=5', 'Request_BadRequest'],
    ['an option sent twice', '/users?$top=5&$top=6', 'Request_BadRequest'],
    ['a page size beyond the maximum', '/users?$top=1000', 'Request_BadRequest'],
    ['an unknown property', '/users?$select=id,passwort', 'BadRequest'],
    [
      'a property that cannot be filtered',
      "/users?$filter=streetAddress eq 'x'",
      'Request_UnsupportedQuery',
    ],
    [
      'ne without an advanced query',
      '/users?$filter=accountEnabled ne true',
      'Request_UnsupportedQuery',
    ],
    [
      'endsWith without an advanced query',
      "/users?$filter=endswith(mail,'x')",
      'Request_UnsupportedQuery',
    ],
    ['a filter that does not parse', "/users?$filter=mail eq 'x", 'BadRequest'],
    ['a foreign page token', '/users?$skiptoken=abc', 'Directory_ExpiredPageToken'],
    ['an unknown segment', '/persons', 'BadRequest'],
  ])('%s is refused with 400', async (_, path, code) => {
    const { call } = rig();

    const answer = await call('GET', path);

    expect(answer.status).toBe(400);
    expect(answer.body.error?.code).toBe(code);
  });

  it('an error carries date and both request ids', async () => {
    const { call } = rig();

    const answer = await call('GET', '/users/00000000-0000-0000-0000-000000000000', undefined, {
      headers: { 'client-request-id': 'mine' },
    });

    expect(answer.status).toBe(404);
    expect(answer.body.error?.code).toBe('Request_ResourceNotFound');
    expect(answer.body.error?.innerError).toEqual({
      date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/) as string,
      'request-id': answer.headers['request-id'],
      'client-request-id': 'mine',
    });
  });
});

describe('changing users', () => {
  it('a disabled user is enabled by PATCH and the audit trail says who did it', async () => {
    const { call, world, journal } = rig();
    const id = world.facts['damaged']?.[0] ?? '';

    const answer = await call('PATCH', `/users/${id}`, { accountEnabled: true });

    expect(answer.status).toBe(204);
    expect(world.directory.now.get(id)?.properties['accountEnabled']).toBe(true);
    const row = world.directory.trail.events.findLast((event) => event.activity === 'Update user');
    expect(row?.by).toEqual({
      kind: 'app',
      servicePrincipalId: world.ids.ourServicePrincipalId,
      displayName: 'entra-rewind-identity',
    });
    expect(row?.targets[0]?.modified[0]).toEqual({
      displayName: 'AccountEnabled',
      oldValue: '[false]',
      newValue: '[true]',
    });
    expect(journal.since().at(-1)?.writes).toEqual([
      { objectId: id, property: 'accountEnabled', before: false, after: true },
    ]);
  });

  it.each([
    ['an unknown property', { nickname: 'x' }],
    ['a read-only property', { signInSessionsValidFromDateTime: '2026-01-01T00:00:00Z' }],
    ['the manager', { manager: 'x' }],
    ['a switch that is no boolean', { accountEnabled: 'false' }],
    ['an empty text', { department: '' }],
    ['two business phones', { businessPhones: ['1', '2'] }],
    [
      'an extension attribute that does not exist',
      { onPremisesExtensionAttributes: { extensionAttribute16: 'x' } },
    ],
    ['a principal name that is taken', { userPrincipalName: 'omar.operator@woodgrove.example' }],
    ['nothing', {}],
  ])('%s in the body is refused and nothing is written', async (_, body) => {
    const { call, world, journal } = rig();
    const id = world.facts['damaged']?.[0] ?? '';

    const answer = await call('PATCH', `/users/${id}`, body);

    expect(answer.status).toBe(400);
    expect(journal.since().at(-1)?.writes).toEqual([]);
  });

  it('the narrow permission covers the switch and nothing else', async () => {
    const { call, world } = rig();
    const id = world.facts['damaged']?.[0] ?? '';
    const caller = appCaller(world, ['User.EnableDisableAccount.All', 'User.Read.All']);

    const enabled = await call('PATCH', `/users/${id}`, { accountEnabled: true }, { caller });
    const renamed = await call('PATCH', `/users/${id}`, { department: 'X' }, { caller });

    expect(enabled.status).toBe(204);
    expect(renamed.status).toBe(403);
    expect(renamed.body.error?.code).toBe('Authorization_RequestDenied');
  });

  it('a caller for another audience and one without a token are told 401', async () => {
    const { call, us } = rig();

    const foreign = await call('GET', '/users', undefined, {
      caller: { ...us, audience: 'https://api.botframework.com' },
    });
    const nobody = await call('GET', '/users', undefined, { caller: null });

    expect([foreign.status, nobody.status]).toEqual([401, 401]);
    expect(nobody.body.error?.code).toBe('InvalidAuthenticationToken');
  });

  it('a signed-in user needs the directory role besides the permission', async () => {
    const { call, world } = rig();
    const id = world.facts['damaged']?.[0] ?? '';
    const scopes = ['Directory.AccessAsUser.All'];

    const outsider = await call(
      'PATCH',
      `/users/${id}`,
      { accountEnabled: true },
      {
        caller: userCaller(world.ids.people.outsider.id, scopes),
      },
    );
    const actor = await call(
      'PATCH',
      `/users/${id}`,
      { accountEnabled: true },
      {
        caller: userCaller(world.ids.people.actor.id, scopes),
      },
    );

    expect([outsider.status, actor.status]).toEqual([403, 204]);
  });

  it('revoking sessions moves the date forward and answers true', async () => {
    const { call, world } = rig();
    const { id } = world.ids.people.actor;
    const since = (): string =>
      text(world.directory.object(id).properties, 'signInSessionsValidFromDateTime');
    const before = since();

    const answer = await call('POST', `/users/${id}/revokeSignInSessions`);

    expect(answer.body['value']).toBe(true);
    expect(since() > before).toBe(true);
  });

  it('an unencoded guest name silently becomes another request, which is refused', async () => {
    const { call } = rig();

    const answer = await call(
      'POST',
      '/users/a_b.com#EXT#@woodgrove.example/revokeSignInSessions',
      {},
    );

    expect(answer.status).toBe(405);
  });
});
