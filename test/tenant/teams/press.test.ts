import { readFileSync } from 'node:fs';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { createActivities } from '../../../local/tenant/teams/activities.js';
import { press } from '../../../local/tenant/teams/press.js';
import { origin, people, request } from '../identity/identity-world.js';
import { approvalCard, message, team, testTeams } from './teams-world.js';

interface Invoke {
  readonly from: { readonly aadObjectId: string };
  readonly serviceUrl: string;
  readonly replyToId: string;
  readonly value: { readonly action: Record<string, unknown>; readonly trigger: string };
}

const invokeOf = (body: string) => JSON.parse(body) as Invoke;

describe('a press', () => {
  it('is signed by the connector with a key endorsed for Teams', async () => {
    const { world, post, delivered, authority, clock } = testTeams();
    await post(message(approvalCard('inc-1')));

    await press(world, { person: 'operator', verb: 'approve', incidentId: 'inc-1' });

    const get = async (path: string) =>
      JSON.parse((await authority.service(request('GET', path), null)).body) as Record<
        string,
        never
      >;
    const metadata = await get('/botframework/v1/.well-known/openidconfiguration');
    const jwks = (await get(new URL(metadata['jwks_uri']!).pathname)) as unknown as JSONWebKeySet;
    const token = delivered[0]!.headers['authorization']!.replace('Bearer ', '');
    const verified = await jwtVerify(token, createLocalJWKSet(jwks), {
      issuer: 'https://api.botframework.com',
      audience: team.botAppId,
      algorithms: ['RS256'],
      currentDate: new Date(clock.now()),
    });
    const key = jwks.keys.find(({ kid }) => kid === verified.protectedHeader.kid);
    expect(metadata['issuer']).toBe('https://api.botframework.com');
    expect(key).toMatchObject({ endorsements: expect.arrayContaining(['msteams']) });
    expect(verified.payload['serviceurl']).toBe(invokeOf(delivered[0]!.body).serviceUrl);
    expect(team.serviceUrl).toBe(`${origin}/teams/amer/${team.tenantId}/`);
  });

  it('carries the person, the card and its data merged with what was typed', async () => {
    const { world, post, delivered } = testTeams();
    const posted = await post(message(approvalCard('inc-1')));

    const answer = await press(world, {
      person: 'approver',
      verb: 'approve',
      incidentId: 'inc-1',
      comment: 'Checked',
    });

    const invoke = invokeOf(delivered[0]!.body);
    expect(delivered[0]?.url).toBe('http://127.0.0.1:7071/api/teams/messages');
    expect(invoke.from.aadObjectId).toBe(people.approver.id);
    expect(invoke.replyToId).toBe((JSON.parse(posted.body) as { id: string }).id);
    expect(invoke.value).toEqual({
      trigger: 'manual',
      action: {
        type: 'Action.Execute',
        title: 'Approve',
        verb: 'approve',
        id: 'a',
        data: {
          incidentId: 'inc-1',
          planDigest: 'sha256:00',
          planVersion: 1,
          nonce: 'once',
          comment: 'Checked',
        },
      },
    });
    expect(answer).toMatchObject({ status: 200, answer: { statusCode: 200 } });
  });

  it('leaves out the action id when the card set none, and the comment when nothing was typed', async () => {
    const { world, post, delivered } = testTeams();
    await post(message(approvalCard('inc-1')));

    await press(world, { person: 'approver', verb: 'reject', incidentId: 'inc-1' });

    const { action } = invokeOf(delivered[0]!.body).value;
    expect(action).not.toHaveProperty('id');
    expect(action['data']).not.toHaveProperty('comment');
  });

  it('an input that is named like a data key overwrites it, as in Teams', async () => {
    const { world, post, delivered } = testTeams();
    const body = [
      { type: 'Input.Text', id: 'planDigest', value: 'typed' },
      ...approvalCard('inc-1').body,
    ];
    await post(message(approvalCard('inc-1', { body })));

    await press(world, { person: 'approver', verb: 'approve', incidentId: 'inc-1' });

    expect(invokeOf(delivered[0]!.body).value.action['data']).toMatchObject({
      planDigest: 'typed',
    });
  });

  it('goes to the newest card of that incident', async () => {
    const { world, post, delivered } = testTeams();
    await post(message(approvalCard('inc-1')));
    const second = await post(message(approvalCard('inc-1')));
    await post(message(approvalCard('inc-2')));

    await press(world, { person: 'approver', verb: 'approve', incidentId: 'inc-1' });

    const { id } = JSON.parse(second.body) as { id: string };
    expect(invokeOf(delivered[0]!.body).replyToId).toBe(id);
  });

  it('waits for a card that is posted a little later', async () => {
    const { world, delivered } = testTeams();
    const late = createActivities({ ...world.clock, sleep: () => new Promise(() => undefined) });

    const pressed = press(
      { ...world, activities: late },
      { person: 'approver', verb: 'approve', incidentId: 'inc-1', waitMs: 1000 },
    );
    late.post(team.channelId, null, message(approvalCard('inc-1')));

    expect(await pressed).toMatchObject({ status: 200 });
    expect(delivered).toHaveLength(1);
  });

  it.each([
    ['no card at all', undefined, 'approve'],
    ['another incident', 'inc-1', 'approve'],
    ['a verb the card lacks', 'inc-2', 'release'],
  ])('%s means nothing is sent', async (_what, posted, verb) => {
    const { world, post, delivered } = testTeams();
    if (posted !== undefined) await post(message(approvalCard(posted)));

    const answer = await press(world, {
      person: 'approver',
      verb,
      incidentId: 'inc-2',
      waitMs: 50,
    });

    expect(answer).toBeNull();
    expect(delivered).toEqual([]);
  });

  it('has every member of the recorded invoke fixture in the same type', async () => {
    const { world, post, delivered } = testTeams();
    await post(message(approvalCard('inc-1')));

    await press(world, { person: 'operator', verb: 'approve', incidentId: 'inc-1' });

    const fixture = JSON.parse(
      readFileSync(new URL('./invoke-members.json', import.meta.url), 'utf8'),
    ) as Record<string, string>;
    const invoke = JSON.parse(delivered[0]!.body) as Record<string, unknown>;
    expect(membersOf(invoke)).toEqual(expect.objectContaining(fixture));
  });
});

/** Path of every leaf with its type. */
function membersOf(value: unknown, path = ''): Record<string, string> {
  if (typeof value !== 'object' || value === null) return { [path]: typeof value };
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, inner]) =>
      membersOf(inner, path === '' ? key : `${path}.${key}`),
    ),
  ) as Record<string, string>;
}
