import { rig } from './support.js';

const audits = '/auditLogs/directoryAudits';

describe('directoryAudits', () => {
  it('comes newest first, a thousand at most, with links to the rest', async () => {
    const { call, clock } = rig({ users: 1500 });
    await clock.sleep(10 * 60_000);
    const ids: unknown[] = [];
    const times: string[] = [];

    let link: string | undefined = audits;
    while (link !== undefined) {
      const page = await call('GET', link);
      await clock.sleep(3000);
      expect(page.body.value?.length).toBeLessThanOrEqual(1000);
      ids.push(...(page.body.value ?? []).map(({ id }) => id));
      times.push(...(page.body.value ?? []).map((row) => String(row['activityDateTime'])));
      link = page.body['@odata.nextLink'] as string | undefined;
    }

    expect(ids.length).toBeGreaterThan(1500);
    expect(new Set(ids).size).toBe(ids.length);
    expect(times).toEqual([...times].sort().reverse());
  });

  it.each([
    ['the actor', (id: string) => `initiatedBy/user/id eq '${id}'`],
    [
      'the actor and a time',
      (id: string) =>
        `initiatedBy/user/id eq '${id}' and activityDateTime ge 2026-11-20T20:40:00Z and category eq 'UserManagement'`,
    ],
  ])('is filtered by %s', async (_, filter) => {
    const { call, world, clock } = rig();
    await clock.sleep(10 * 60_000);
    const { id } = world.ids.people.actor;

    const answer = await call('GET', `${audits}?$filter=${encodeURIComponent(filter(id))}`);

    const targets = new Set(
      answer.body.value?.map((row) => (row['targetResources'] as { id: string }[])[0]?.id),
    );
    expect([...targets].sort()).toEqual([...(world.facts['damaged'] ?? [])].sort());
  });

  it('is filtered by target', async () => {
    const { call, world, clock } = rig();
    await clock.sleep(10 * 60_000);
    const [id = ''] = world.facts['damaged'] ?? [];

    const answer = await call('GET', `${audits}?$filter=targetResources/any(t: t/id eq '${id}')`);

    expect(answer.body.value?.length).toBeGreaterThan(0);
    for (const row of answer.body.value ?? []) {
      expect((row['targetResources'] as { id: string }[]).map((target) => target.id)).toContain(id);
    }
  });

  it.each([
    ['a service principal', "initiatedBy/app/servicePrincipalId eq 'x'"],
    ['ne', "category ne 'UserManagement'"],
    ['a result', "result eq 'success'"],
    ['gt', 'activityDateTime gt 2026-01-01T00:00:00Z'],
  ])('refuses a filter by %s', async (_, filter) => {
    const { call } = rig();

    const answer = await call('GET', `${audits}?$filter=${encodeURIComponent(filter)}`);

    expect(answer.status).toBe(400);
  });

  it.each(['$top=1001', '$count=true', '$search=x', '$orderby=category'])(
    'refuses %s',
    async (option) => {
      const { call } = rig();

      const answer = await call('GET', `${audits}?${option}`);

      expect(answer.status).toBe(400);
    },
  );

  it('names an app by service principal with a null appId, and one side only', async () => {
    const { call, world, clock } = rig();
    const [id = ''] = world.facts['damaged'] ?? [];
    await call('PATCH', `/users/${id}`, { accountEnabled: true });
    await clock.sleep(10 * 60_000);

    const answer = await call('GET', `${audits}?$top=1`);

    expect(answer.body.value?.[0]?.['initiatedBy']).toEqual({
      user: null,
      app: {
        appId: null,
        displayName: 'entra-rewind-identity',
        servicePrincipalId: world.ids.ourServicePrincipalId,
        servicePrincipalName: null,
      },
    });
  });

  it('shows our own writes only after a delay', async () => {
    const { call, world, clock } = rig();
    const [id = ''] = world.facts['damaged'] ?? [];
    const ours = `${audits}?$filter=initiatedBy/app/displayName eq 'entra-rewind-identity'`;

    await call('PATCH', `/users/${id}`, { accountEnabled: true });
    const early = await call('GET', ours);
    await clock.sleep(10 * 60_000);
    const late = await call('GET', ours);

    expect(early.body.value).toEqual([]);
    expect(late.body.value?.length).toBeGreaterThan(0);
  });

  it('allows five requests in ten seconds and then asks to wait', async () => {
    const outside = rig();
    outside.clock.stop();
    const statuses: number[] = [];

    for (let count = 0; count < 6; count += 1)
      statuses.push((await outside.call('GET', audits)).status);
    const refused = await outside.call('GET', audits);

    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.headers['x-ms-throttle-information']).toBe('ResourceUnitLimitExceeded');
  });
});

describe('signIns', () => {
  it('shows the failure of a disabled user and, later, the success after it is enabled', async () => {
    const { call, world, clock } = rig({ users: 60 });
    for (const id of world.facts['damaged'] ?? [])
      await call('PATCH', `/users/${id}`, { accountEnabled: true });
    await clock.sleep(20 * 60_000);

    const filter = encodeURIComponent('createdDateTime ge 2026-11-20T20:50:00Z');
    const answer = await call('GET', `/auditLogs/signIns?$filter=${filter}`);

    const codes = (answer.body.value ?? [])
      .filter(({ userId }) => world.facts['damaged']?.includes(String(userId)))
      .map(({ status }) => (status as { errorCode: number }).errorCode);
    expect(codes.filter((code) => code === 0).length).toBeGreaterThan(10);
  });
});
