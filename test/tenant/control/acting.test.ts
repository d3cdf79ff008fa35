import { decodeJwt } from 'jose';
import { personNames } from '../../../local/tenant/scenarios/world.js';
import { ids, origin, people, personRoles } from '../identity/identity-world.js';
import { testControl } from './control-world.js';

const tokenOf = (authorization: string | undefined) =>
  decodeJwt((authorization ?? '').replace('Bearer ', ''));

describe('people', () => {
  it('everybody is listed with the roles they hold', async () => {
    const { call } = testControl();

    const { body } = await call('GET', '/people');

    expect(body['people']).toEqual(
      personNames.map((person) => ({ person, ...people[person], roles: personRoles[person] })),
    );
  });

  it('a person signs in for our API', async () => {
    const { call } = testControl();

    const { body } = await call('POST', '/token', { person: 'operator' });

    expect(decodeJwt(body['accessToken'] ?? '')).toMatchObject({
      aud: ids.apiAppId,
      oid: people.operator.id,
      roles: ['Incident.Operator'],
      scp: 'access_as_user',
    });
  });

  it('a disabled person cannot sign in', async () => {
    const { call, directory } = testControl();
    directory.users.get(people.actor.id)!.accountEnabled = false;

    const answer = await call('POST', '/token', { person: 'actor' });

    expect(answer).toMatchObject({ status: 403, body: { error: { code: 'AADSTS50057' } } });
  });

  it('a device code is accepted for a person, an unknown one is not', async () => {
    const { call, identity } = testControl();
    const { userCode } = identity.signIns.startDevice(ids.apiAppId, `${ids.apiAppId}/.default`, []);

    const accepted = await call('POST', '/device', { userCode, person: 'operator' });
    const unknown = await call('POST', '/device', { userCode: 'NOSUCHCODE', person: 'operator' });

    expect(accepted).toMatchObject({ status: 200, body: { accepted: true } });
    expect(unknown.status).toBe(404);
  });
});

describe('presses', () => {
  it('a press reaches the product and its answer comes back', async () => {
    const { call, delivered, product, postCard } = testControl();
    postCard('inc-1');
    product.reply = () => ({ status: 200, headers: {}, answer: { statusCode: 400 } });

    const { body } = await call('POST', '/press', {
      person: 'approver',
      verb: 'approve',
      incidentId: 'inc-1',
      comment: 'Checked',
    });

    expect(body).toEqual({ status: 200, answer: { statusCode: 400 } });
    expect(delivered[0]?.url).toBe('http://127.0.0.1:7071/api/teams/messages');
    expect(JSON.parse(delivered[0]?.body ?? '')).toMatchObject({
      from: { aadObjectId: people.approver.id },
      value: { action: { verb: 'approve', data: { comment: 'Checked' } } },
    });
  });

  it('without a card the press is refused', async () => {
    const { call, delivered } = testControl();

    const answer = await call('POST', '/press', {
      person: 'approver',
      verb: 'approve',
      waitMs: 10,
    });

    expect(answer).toMatchObject({ status: 404, body: { error: { code: 'CARD_NOT_FOUND' } } });
    expect(delivered).toEqual([]);
  });

  it('a product that does not answer is named', async () => {
    const { call, product, postCard } = testControl();
    postCard('inc-1');
    product.reply = () => {
      throw new Error('connect ECONNREFUSED');
    };

    const answer = await call('POST', '/press', { person: 'approver', verb: 'approve' });

    expect(answer).toMatchObject({ status: 502, body: { error: { code: 'APP_UNREACHABLE' } } });
  });
});

describe('the alert', () => {
  it('is forwarded by the Logic App with a role on our API', async () => {
    const { call, delivered } = testControl();

    const { body } = await call('POST', '/alert');

    expect(body).toEqual({
      name: expect.any(String),
      status: 202,
      body: { incidentId: 'inc-1' },
    });
    expect(delivered[0]?.url).toBe('http://127.0.0.1:7071/api/alerts/sentinel');
    expect(tokenOf(delivered[0]?.headers['authorization'])).toMatchObject({
      aud: ids.apiAppId,
      idtyp: 'app',
      oid: ids.logicAppServicePrincipalId,
      roles: ['Incident.Trigger'],
    });
  });

  it('has a fresh incident name each time, and the same body for the same name', async () => {
    const { call, delivered } = testControl();

    const first = await call('POST', '/alert');
    const second = await call('POST', '/alert');
    await call('POST', '/alert', { name: first.body['name'] });

    expect(second.body['name']).not.toBe(first.body['name']);
    expect(delivered[2]?.body).toBe(delivered[0]?.body);
  });

  it('the incident form is complete and tells who acted and when', async () => {
    const { call } = testControl();

    const { body } = await call('GET', '/alert');

    expect(body).toMatchObject({
      objectSchemaType: 'Incident',
      objectEventType: 'Create',
      object: {
        name: expect.stringMatching(/^[0-9a-f-]{36}$/),
        properties: {
          severity: 'High',
          status: 'New',
          firstActivityTimeUtc: '2026-11-20T20:51:00.0000000Z',
          relatedEntities: [
            {
              kind: 'Account',
              properties: { accountName: 'actor', aadUserId: people.actor.id },
            },
          ],
          alerts: [
            {
              kind: 'SecurityAlert',
              properties: {
                additionalData: {
                  'Custom Details': '{"Writes":["4800"]}',
                  'Query Start Time UTC': '2026-11-20 20:43:00Z',
                },
              },
            },
          ],
        },
      },
    });
  });

  it('the alert form carries the alert id that the incident of the name lists', async () => {
    const { call } = testControl();
    const name = '63883bf7-5be1-42f4-809a-0417943b837b';

    const incident = await call('GET', `/alert?name=${name}`);
    const alert = await call('GET', `/alert?form=alert&name=${name}`);

    expect(JSON.stringify(incident.body)).toContain(
      `"systemAlertId":"${alert.body['SystemAlertId'] as string}"`,
    );
    expect(alert.body).not.toHaveProperty('objectSchemaType');
  });

  it.each(['alert', 'entity', 'azureMonitor'])('the %s form is delivered too', async (form) => {
    const { call, delivered } = testControl();

    const { body } = await call('POST', '/alert', { form });

    expect(body['status']).toBe(202);
    expect(delivered).toHaveLength(1);
  });

  it('a product on another address is reached after it was told', async () => {
    const { call, delivered } = testControl();

    await call('PUT', '/app', { url: 'http://127.0.0.1:7999' });
    await call('POST', '/alert');

    expect((await call('GET', '/app')).body).toEqual({ url: 'http://127.0.0.1:7999' });
    expect(delivered[0]?.url).toBe('http://127.0.0.1:7999/api/alerts/sentinel');
  });
});

it('the managed identity endpoint is served here', async () => {
  const { call, identity } = testControl();
  const query = new URLSearchParams({
    resource: origin,
    'api-version': '2019-08-01',
    client_id: ids.ourAppId,
  });

  const answer = await call('GET', `/msi/token?${query.toString()}`, undefined, {
    'x-identity-header': identity.managedIdentityHeader,
  });

  expect(answer.status).toBe(200);
  expect(decodeJwt(answer.body['access_token'] ?? '')['aud']).toBe(origin);
});
