import { day } from '../../../local/tenant/directory/instants.js';
import { answersById, appCaller, rig, userCaller, type Answer, type Rig } from './support.js';

const policies = '/identity/conditionalAccess/policies';
const locations = '/identity/conditionalAccess/namedLocations';
const bin = '/identity/conditionalAccess/deletedItems';

/** Keeps to the one request a second that Conditional Access allows. */
async function ask(outside: Rig, method: string, path: string, body?: unknown): Promise<Answer> {
  await outside.clock.sleep(1100);
  return outside.call(method, path, body);
}

/** What tests look into of a policy or a location. */
interface Found {
  readonly id: string;
  readonly state: string;
  readonly conditions: { readonly users: Record<string, unknown> };
  readonly sessionControls: unknown;
}

async function named(outside: Rig, set: string, name: string): Promise<Found> {
  const listed = await ask(outside, 'GET', set);
  const found = listed.body.value?.find(({ displayName }) => displayName === name);
  return found as unknown as Found;
}

/** The newest row of Conditional Access; Core Directory tells most changes once more. */
const lastRow = ({ world }: Rig) =>
  world.directory.trail.events.findLast(({ service }) => service === 'Conditional Access');
const legacy = 'CA002: Block legacy authentication';

describe('Conditional Access policies', () => {
  it('the company has twelve, with the emergency accounts out of all of them', async () => {
    const outside = rig();
    const { breakGlass1, breakGlass2 } = outside.world.ids.people;

    const listed = await ask(outside, 'GET', policies);

    expect(listed.body.value).toHaveLength(12);
    for (const policy of listed.body.value ?? []) {
      const { users } = policy['conditions'] as { users: Record<string, unknown> };
      expect(users['excludeUsers']).toEqual([breakGlass1.id, breakGlass2.id]);
    }
  });

  it('a PATCH merges complex members, replaces lists, and is told with both whole documents', async () => {
    const outside = rig();
    const before = await named(outside, policies, legacy);

    const answer = await ask(outside, 'PATCH', `${policies}/${before.id}`, {
      state: 'disabled',
      conditions: { users: { excludeUsers: [] } },
    });

    expect(answer.status).toBe(204);
    const row = lastRow(outside);
    expect(row).toMatchObject({
      activity: 'Update Conditional Access policy',
      category: 'Policy',
      service: 'Conditional Access',
      operationType: 'Update',
    });
    expect(row?.targets[0]).toMatchObject({
      id: before.id,
      type: 'Policy',
      displayName: legacy,
    });
    const [told] = row?.targets[0]?.modified ?? [];
    expect(told?.displayName).toBe('ConditionalAccessPolicy');
    const [old, next] = [told?.oldValue, told?.newValue].map((text) => JSON.parse(text ?? ''));
    expect(old).toMatchObject({ id: before.id, state: 'enabled' });
    expect(old.conditions).toEqual(before.conditions);
    expect(next.state).toBe('disabled');
    expect(next.conditions).toEqual({
      ...before.conditions,
      users: { ...before.conditions.users, excludeUsers: [] },
    });
    expect(Date.parse(next.modifiedDateTime)).toBeGreaterThan(Date.parse(old.modifiedDateTime));
  });

  it('writing back what the trail tells as old takes away what was added', async () => {
    const outside = rig();
    const guests = await named(outside, policies, 'CA010: Require MFA for guests');
    const path = `${policies}/${guests.id}`;
    await ask(outside, 'PATCH', path, {
      conditions: { platforms: { includePlatforms: ['android'] } },
      sessionControls: { persistentBrowser: { mode: 'always', isEnabled: true } },
    });
    const [told] = lastRow(outside)?.targets[0]?.modified ?? [];
    const old = JSON.parse(told?.oldValue ?? '') as Record<string, unknown>;

    const answer = await ask(outside, 'PATCH', path, {
      conditions: old['conditions'],
      sessionControls: old['sessionControls'],
    });

    expect(answer.status).toBe(204);
    await outside.clock.sleep(60_000);
    const after = (await ask(outside, 'GET', path)).body;
    const { conditions, sessionControls } = guests;
    expect(after).toEqual(expect.objectContaining({ conditions, sessionControls }));
  });

  it('is created with every member filled in, deleted into its own bin, restored under its id', async () => {
    const outside = rig();
    const created = await ask(outside, 'POST', policies, {
      displayName: 'Block everybody',
      state: 'enabled',
      conditions: {
        clientAppTypes: ['all'],
        users: { includeUsers: ['All'] },
        applications: { includeApplications: ['All'] },
      },
      grantControls: { operator: 'OR', builtInControls: ['block'] },
    });
    const id = String(created.body['id']);
    const removed = await ask(outside, 'DELETE', `${policies}/${id}`);
    await outside.clock.sleep(60_000);
    const deleted = await ask(outside, 'GET', `${bin}/policies/${id}`);
    const elsewhere = await ask(outside, 'POST', `/directory/deletedItems/${id}/restore`);
    const restored = await ask(outside, 'POST', `${bin}/policies/${id}/restore`);
    await outside.clock.sleep(60_000);
    const again = await ask(outside, 'GET', `${policies}/${id}`);

    expect([created, removed, deleted, elsewhere, restored, again].map(({ status }) => status)) //
      .toEqual([201, 204, 200, 404, 200, 200]);
    expect(deleted.body['deletedDateTime']).toMatch(/Z$/);
    expect(again.body).toMatchObject({ id, deletedDateTime: null, sessionControls: null });
    expect(lastRow(outside)?.activity).toBe('Restore Conditional Access policy');
  });

  it.each([
    ['PATCH', { state: 'disabled' }, 'Update policy'],
    ['DELETE', undefined, 'Delete policy'],
  ])(
    'is told again by Core Directory after a %s, in another form',
    async (method, body, activity) => {
      const outside = rig();
      const { id } = await named(outside, policies, legacy);

      await ask(outside, method, `${policies}/${id}`, body);

      const [told, again] = outside.world.directory.trail.events.slice(-2);
      expect(told?.service).toBe('Conditional Access');
      expect(again).toMatchObject({
        activity,
        service: 'Core Directory',
        correlationId: told?.correlationId,
        targets: [{ id, type: 'Policy' }],
      });
      expect(again?.targets[0]?.modified[0]?.displayName).toBe('PolicyDetail');
    },
  );

  it('shows the whole strength that it asks for and takes its id alone', async () => {
    const outside = rig();
    const path = `${policies}/${(await named(outside, policies, legacy)).id}`;
    const strength = { id: '00000000-0000-0000-0000-000000000004' };
    const controls = { operator: 'OR', builtInControls: [], authenticationStrength: strength };

    const taken = await ask(outside, 'PATCH', path, { grantControls: controls });
    const shown = (await ask(outside, 'GET', path)).body['grantControls'] as object;
    const back = await ask(outside, 'PATCH', path, { grantControls: shown });

    expect([taken.status, back.status]).toEqual([204, 400]);
    expect(shown).toMatchObject({
      authenticationStrength: { ...strength, displayName: 'Phishing-resistant MFA' },
    });
  });

  it('is forgotten 30 days after its deletion', async () => {
    const outside = rig();
    const { id } = await named(outside, policies, legacy);
    await ask(outside, 'DELETE', `${policies}/${id}`);

    await outside.clock.sleep(30 * day + 1);

    expect((await ask(outside, 'POST', `${bin}/policies/${id}/restore`)).status).toBe(404);
  });

  const stranger = '00000000-0000-4000-8000-000000000000';
  it.each<[string, unknown]>([
    ['an unknown property', { colour: 'red' }],
    ['a date that only the service writes', { modifiedDateTime: '2026-01-01T00:00:00Z' }],
    ['an unknown state', { state: 'on' }],
    ['no client at all', { conditions: { clientAppTypes: [] } }],
    ['no control at all', { grantControls: null, sessionControls: null }],
    ['block beside others', { grantControls: { builtInControls: ['block', 'mfa'] } }],
    ['a user that is not there', { conditions: { users: { includeUsers: [stranger] } } }],
    ['a group that is not there', { conditions: { users: { excludeGroups: [stranger] } } }],
    ['a role that is not there', { conditions: { users: { includeRoles: [stranger] } } }],
    [
      'an app that is not there',
      { conditions: { applications: { includeApplications: [stranger] } } },
    ],
    [
      'a location that is not there',
      { conditions: { locations: { includeLocations: [stranger] } } },
    ],
    ['nothing', {}],
  ])('refuses %s and changes nothing', async (_what, body) => {
    const outside = rig();
    const before = await named(outside, policies, legacy);

    const answer = await ask(outside, 'PATCH', `${policies}/${before.id}`, body);

    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'BadRequest' } } });
    expect(await named(outside, policies, legacy)).toEqual(before);
  });

  it('one request a second in the whole tenant, refused without Retry-After', async () => {
    const outside = rig();
    await ask(outside, 'GET', policies);
    outside.clock.stop();

    const answers = [await outside.call('GET', policies), await outside.call('GET', locations)];

    expect(answers.some(({ status }) => status === 429)).toBe(true);
    for (const { headers } of answers) expect(headers).not.toHaveProperty('retry-after');
  });

  it('requests of one batch are metered one by one', async () => {
    const outside = rig();
    const { id } = await named(outside, policies, legacy);
    await outside.clock.sleep(5000);
    outside.clock.stop();
    const item = (name: string) => ({
      id: name,
      method: 'PATCH',
      url: `${policies}/${id}`,
      headers: { 'Content-Type': 'application/json' },
      body: { state: 'disabled' },
    });

    const batch = await outside.call('POST', '/$batch', { requests: ['1', '2', '3'].map(item) });

    const answers = Object.values(answersById(batch));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 429, 429]);
    expect(JSON.stringify(answers)).not.toMatch(/retry-after/i);
  });

  it('writing needs both permissions, and of a person a role as well', async () => {
    const outside = rig();
    const { id } = await named(outside, policies, legacy);
    const { actor, breakGlass1 } = outside.world.ids.people;
    const both = ['Policy.ReadWrite.ConditionalAccess', 'Policy.Read.All'];
    const callers = [
      appCaller(outside.world, ['Policy.ReadWrite.ConditionalAccess']),
      appCaller(outside.world, both),
      userCaller(actor.id, both),
      userCaller(breakGlass1.id, both),
    ];

    const statuses: number[] = [];
    for (const caller of callers) {
      await outside.clock.sleep(1100);
      const body = { state: 'disabled' };
      const answer = await outside.call('PATCH', `${policies}/${id}`, body, { caller });
      statuses.push(answer.status);
    }

    expect(statuses).toEqual([403, 204, 403, 204]);
  });

  it('the past shows the policy as it was', async () => {
    const outside = rig();
    const { id, state } = await named(outside, policies, legacy);
    const instant = outside.clock.now();
    await ask(outside, 'PATCH', `${policies}/${id}`, { state: 'disabled' });
    await ask(outside, 'DELETE', `${policies}/${id}`);

    const past = outside.world.directory.asOf(instant).get(id);

    expect(past?.properties['state']).toBe(state);
  });
});

describe('named locations', () => {
  it('are of two types, which a PATCH has to name', async () => {
    const outside = rig();
    const vpn = await named(outside, locations, 'VPN egress');
    const patch = { displayName: 'VPN' };

    const without = await ask(outside, 'PATCH', `${locations}/${vpn.id}`, patch);
    const type = '#microsoft.graph.ipNamedLocation';
    const withType = await ask(outside, 'PATCH', `${locations}/${vpn.id}`, {
      ...patch,
      '@odata.type': type,
    });

    expect(vpn).toMatchObject({ '@odata.type': type, isTrusted: true });
    expect([without.status, withType.status]).toEqual([400, 204]);
    const [told] = lastRow(outside)?.targets[0]?.modified ?? [];
    expect(lastRow(outside)?.activity).toBe('Update named location');
    expect(JSON.parse(told?.newValue ?? '')).toMatchObject({ displayName: 'VPN', isTrusted: true });
  });

  it('cannot be deleted while trusted or named by a policy', async () => {
    const outside = rig();
    const vpn = await named(outside, locations, 'VPN egress');
    const forbidden = await named(outside, locations, 'Countries we never visit');
    const offices = await named(outside, locations, 'Countries of our offices');

    const answers: number[] = [];
    for (const { id } of [vpn, forbidden, offices]) {
      answers.push((await ask(outside, 'DELETE', `${locations}/${id}`)).status);
    }
    const deleted = await ask(outside, 'GET', `${bin}/namedLocations`);

    expect(answers).toEqual([400, 400, 204]);
    expect(deleted.body.value).toMatchObject([
      { id: offices.id, countriesAndRegions: ['DE', 'FR', 'PT', 'US'] },
    ]);
  });

  it('refuses ranges that are none', async () => {
    const outside = rig();

    const answer = await ask(outside, 'POST', locations, {
      '@odata.type': '#microsoft.graph.ipNamedLocation',
      displayName: 'Everywhere',
      ipRanges: [{ '@odata.type': '#microsoft.graph.iPv4CidrRange', cidrAddress: '0.0.0.0' }],
    });

    expect(answer.status).toBe(400);
  });
});
