import { createLocalJWKSet, decodeProtectedHeader, jwtVerify, type JSONWebKeySet } from 'jose';
import { entraForgeries } from '../../../local/tenant/control/forge-entra.js';
import {
  activityForgeries,
  connectorTokenForgeries,
  teamsForgeries,
} from '../../../local/tenant/control/forge-teams.js';
import { keySetOf } from '../../../local/tenant/identity/key-ring.js';
import { ids, origin, people } from '../identity/identity-world.js';
import { team } from '../teams/teams-world.js';
import { testControl } from './control-world.js';

interface Invoke {
  readonly channelId: string;
  readonly serviceUrl: string;
  readonly replyToId: string;
  readonly from: { readonly aadObjectId?: string };
  readonly conversation: { readonly id: string; readonly tenantId: string };
  readonly channelData: { readonly tenant: { readonly id: string } };
  readonly value: { readonly trigger: string };
}

type Control = ReturnType<typeof testControl>;

/** The checks of the inbound fact sheet B.3, written a second time on purpose. */
async function passesApiDoor(control: Control, token: string): Promise<boolean> {
  try {
    const { payload } = await jwtVerify(
      token,
      createLocalJWKSet(keySetOf(control.identity.keys.all())),
      {
        algorithms: ['RS256'],
        issuer: `${origin}/${ids.tenantId}/v2.0`,
        audience: ids.apiAppId,
        requiredClaims: ['exp', 'iat', 'nbf'],
        clockTolerance: 300,
        currentDate: new Date(control.clock.now()),
      },
    );
    return payload['tid'] === ids.tenantId && Array.isArray(payload['roles']);
  } catch {
    return false;
  }
}

/** The checks of the inbound fact sheet C.3, likewise. */
async function passesTeamsDoor(
  control: Control,
  token: string,
  activity: Invoke,
): Promise<boolean> {
  const { authority } = control.world.teams;
  const published: JSONWebKeySet = keySetOf([
    ...authority.keys.all(),
    authority.otherChannelKey,
    authority.unendorsedKey,
  ]);
  try {
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(published), {
      algorithms: ['RS256'],
      issuer: 'https://api.botframework.com',
      audience: team.botAppId,
      requiredClaims: ['exp'],
      clockTolerance: 300,
      currentDate: new Date(control.clock.now()),
    });
    const key = published.keys.find(({ kid }) => kid === protectedHeader.kid);
    const endorsements = (key?.['endorsements' as keyof typeof key] ?? []) as string[];
    return (
      endorsements.includes(activity.channelId) &&
      payload['serviceurl'] === activity.serviceUrl &&
      activity.serviceUrl === team.serviceUrl &&
      activity.conversation.id.startsWith(team.channelId) &&
      activity.conversation.tenantId === ids.tenantId &&
      activity.channelData.tenant.id === ids.tenantId &&
      activity.replyToId !== '1' &&
      activity.value.trigger === 'manual' &&
      activity.from.aadObjectId === people.operator.id
    );
  } catch {
    return false;
  }
}

describe('tokens for the API door', () => {
  it('the genuine one passes every check', async () => {
    const control = testControl();

    const { body } = await control.call('POST', '/forge', { door: 'api', kind: 'genuine' });

    expect(await passesApiDoor(control, body['token'] ?? '')).toBe(true);
  });

  it.each(entraForgeries.filter((kind) => kind !== 'genuine'))('%s fails one', async (kind) => {
    const control = testControl();

    const { status, body } = await control.call('POST', '/forge', { door: 'api', kind });

    expect(status).toBe(200);
    expect(await passesApiDoor(control, body['token'] ?? '')).toBe(false);
  });

  it('the token of the other tenant carries a valid signature of the shared keys', async () => {
    const control = testControl();

    const { body } = await control.call('POST', '/forge', { door: 'api', kind: 'otherTenant' });

    const keys = createLocalJWKSet(keySetOf(control.identity.keys.all()));
    const options = { currentDate: new Date(control.clock.now()) };
    const { payload } = await jwtVerify(body['token'] ?? '', keys, options);
    expect(payload['tid']).toBe(control.identity.foreignTenantId);
  });

  it('a forged token is delivered to any route of the product', async () => {
    const control = testControl();
    control.product.reply = () => ({ status: 401, headers: {}, answer: '' });

    const { body } = await control.call('POST', '/forge', {
      door: 'api',
      kind: 'algNone',
      deliver: { method: 'POST', path: '/api/incidents', body: { title: 'x' } },
    });

    expect(body['status']).toBe(401);
    expect(control.delivered[0]).toMatchObject({
      method: 'POST',
      url: 'http://127.0.0.1:7071/api/incidents',
      body: '{"title":"x"}',
    });
    expect(decodeProtectedHeader(body['token'] ?? '')['alg']).toBe('none');
  });
});

describe('invokes for the Teams door', () => {
  it('the genuine one passes every check', async () => {
    const control = testControl();
    control.postCard('inc-1');

    const { body } = await control.call('POST', '/forge', { door: 'teams', kind: 'genuine' });

    expect(await passesTeamsDoor(control, body['token'] ?? '', body['activity'] as Invoke)).toBe(
      true,
    );
  });

  it.each([...connectorTokenForgeries, ...activityForgeries])('%s fails one', async (kind) => {
    const control = testControl();
    control.postCard('inc-1');

    const { status, body } = await control.call('POST', '/forge', { door: 'teams', kind });

    expect(status).toBe(200);
    expect(await passesTeamsDoor(control, body['token'] ?? '', body['activity'] as Invoke)).toBe(
      false,
    );
  });

  it('an invoke is delivered as it was forged', async () => {
    const control = testControl();
    control.postCard('inc-1');

    const { body } = await control.call('POST', '/forge', {
      door: 'teams',
      kind: 'foreignConversation',
      person: 'approver',
      incidentId: 'inc-1',
      deliver: true,
    });

    expect(JSON.parse(control.delivered[0]?.body ?? '')).toEqual(body['activity']);
    expect(control.delivered[0]?.headers['authorization']).toBe(`Bearer ${body['token']}`);
  });

  it('an activity can be written by hand where no card was posted', async () => {
    const control = testControl();

    const { body } = await control.call('POST', '/forge', {
      door: 'teams',
      kind: 'entraToken',
      activity: { type: 'invoke', from: { aadObjectId: people.approver.id } },
    });

    expect(body['activity']).toEqual({
      type: 'invoke',
      from: { aadObjectId: people.approver.id },
    });
  });

  it('nothing is delivered without a card or an activity', async () => {
    const control = testControl();

    const answer = await control.call('POST', '/forge', {
      door: 'teams',
      kind: 'genuine',
      deliver: true,
    });

    expect(answer.status).toBe(404);
    expect(control.delivered).toEqual([]);
  });
});

it('every kind is listed', async () => {
  const { call } = testControl();

  expect((await call('GET', '/forge')).body).toEqual({
    api: entraForgeries,
    teams: teamsForgeries,
  });
});
