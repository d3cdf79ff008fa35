import { ConnectionReset } from '../../../local/tenant/faults.js';
import { Quotas } from '../../../local/tenant/quotas.js';
import { appCaller, origin, rig, VirtualClock } from './support.js';

const caller = {
  kind: 'app',
  appId: 'a',
  servicePrincipalId: 's',
  audience: origin,
  roles: [],
} as const;

function quotas(speed = 1, users = 1000): { quotas: Quotas; clock: VirtualClock } {
  const clock = new VirtualClock(0);
  return { clock, quotas: new Quotas({ clock, speed, tenantId: 't', users }) };
}

describe('quotas', () => {
  it('3,000 writes pass at once, then twenty more for each second of waiting', async () => {
    const { quotas: meter, clock } = quotas();
    const write = { area: 'identity', caller, units: 1, write: true } as const;

    const burst = Array.from({ length: 3001 }, () => meter.take(write).allowed);
    await clock.sleep(2000);
    const later = Array.from({ length: 60 }, () => meter.take(write).allowed);

    expect(burst.filter(Boolean)).toHaveLength(3000);
    expect(later.filter(Boolean).length).toBeGreaterThanOrEqual(39);
    expect(later.filter(Boolean).length).toBeLessThanOrEqual(40);
  });

  it('waiting as long as Retry-After says is enough', async () => {
    const { quotas: meter, clock } = quotas();
    const read = { area: 'reports', caller, units: 1, write: false } as const;
    for (let count = 0; count < 5; count += 1) meter.take(read);

    const refused = meter.take(read);
    const seconds = refused.allowed ? 0 : Number(refused.retryAfter);
    await clock.sleep(seconds * 1000);

    expect(refused.allowed).toBe(false);
    expect(meter.take(read).allowed).toBe(true);
  });

  it('asking again too early makes the wait longer', () => {
    const { quotas: meter } = quotas(60);
    const read = { area: 'reports', caller, units: 1, write: false } as const;
    const wait = (): number => {
      const metering = meter.take(read);
      return metering.allowed ? 0 : Number(metering.retryAfter);
    };
    for (let count = 0; count < 5; count += 1) meter.take(read);

    const first = wait();
    for (let count = 0; count < 8; count += 1) wait();

    expect(wait()).toBeGreaterThan(first);
  });

  it.each([
    [49, 3500],
    [50, 5000],
    [500, 5000],
    [501, 8000],
  ])('a tenant of %i users has %i resource units in ten seconds', (users, units) => {
    const { quotas: meter } = quotas(1, users);
    const charge = { area: 'identity', caller, write: false } as const;

    expect(meter.take({ ...charge, units }).allowed).toBe(true);
    expect(meter.take({ ...charge, units: 1 }).allowed).toBe(false);
  });

  it('windows shrink with the speed', async () => {
    const { quotas: meter, clock } = quotas(100);
    const read = { area: 'reports', caller, units: 1, write: false } as const;
    for (let count = 0; count < 5; count += 1) meter.take(read);

    await clock.sleep(100);

    expect(Array.from({ length: 6 }, () => meter.take(read).allowed).filter(Boolean)).toHaveLength(
      5,
    );
  });

  it.each([
    ['/users?$top=100', '2'],
    ['/users?$top=100&$select=id', '1'],
    ['/users?$top=5&$select=id', '1'],
    ['/groups/GROUP/members', '3'],
    ['/groups/GROUP/members?$select=id&$top=5', '1'],
  ])('%s costs %s resource units', async (path, units) => {
    const { call, world } = rig();
    const [group] = [...world.directory.now.list('group')];

    const answer = await call('GET', path.replace('GROUP', group?.id ?? ''));

    expect(answer.headers['x-ms-resource-unit']).toBe(units);
  });

  it('near the limit every answer says how near', async () => {
    const { call, quotas: meter, us, world, clock } = rig();
    clock.stop();
    meter.take({ area: 'identity', caller: us, units: 7000, write: false });

    const answer = await call('GET', `/users/${world.ids.people.reader.id}`);

    expect(Number(answer.headers['x-ms-throttle-limit-percentage'])).toBeGreaterThan(0.8);
  });
});

describe('faults', () => {
  it.each([
    ['an outage page', 'html', 503, '<html>'],
    ['an empty answer', 'empty', 200, ''],
  ] as const)(
    '%s comes as often as asked for, then the service is itself again',
    async (_, answer, status, text) => {
      const { graph, faults, us, world } = rig();
      faults.set([{ match: { path: '/users/' }, times: 1, answer }]);
      const request = {
        method: 'GET',
        url: new URL(`${origin}/v1.0/users/${world.ids.people.reader.id}`),
        headers: {},
        body: Buffer.alloc(0),
      };

      const first = await graph(request, us);
      const second = await graph(request, us);

      expect(first.status).toBe(status);
      expect(first.body.startsWith(text)).toBe(true);
      expect(second.status).toBe(200);
      expect(faults.list()).toEqual([]);
    },
  );

  it.each([
    ['reset', false],
    ['applyThenReset', true],
  ] as const)('%s breaks the connection; the write happened: %s', async (answer, applied) => {
    const { call, faults, world, journal } = rig();
    const [id = ''] = world.facts['damaged'] ?? [];
    faults.set([{ match: { method: 'PATCH', path: '/users/' }, answer }]);

    const broken = call('PATCH', `/users/${id}`, { accountEnabled: true });

    await expect(broken).rejects.toBeInstanceOf(ConnectionReset);
    expect(world.directory.object(id).properties['accountEnabled']).toBe(applied);
    expect(journal.since().length).toBe(applied ? 1 : 0);
  });

  it('a hanging request ends in a broken connection after ten minutes', async () => {
    const { call, faults, clock } = rig();
    const before = clock.now();
    faults.set([{ match: { path: '.' }, answer: 'hang' }]);

    await expect(call('GET', '/users')).rejects.toBeInstanceOf(ConnectionReset);

    expect(clock.now() - before).toBe(600_000);
  });

  it('strikes single items of a batch by their own path', async () => {
    const { call, faults, world } = rig();
    const [one = '', other = ''] = world.facts['damaged'] ?? [];
    faults.set([
      { match: { path: other }, answer: { status: 503, headers: { 'retry-after': '2' } } },
    ]);
    const item = (id: string): object => ({ id, method: 'GET', url: `/users/${id}?$select=id` });

    const answer = await call('POST', '/$batch', { requests: [item(one), item(other)] });

    const responses = answer.body['responses'] as { id: string; status: number }[];
    expect(responses.find(({ id }) => id === one)?.status).toBe(200);
    expect(responses.find(({ id }) => id === other)?.status).toBe(503);
  });

  it('on one item of a batch can take the answers to all of them', async () => {
    const { call, faults, journal, world } = rig();
    const [one = '', other = ''] = world.facts['damaged'] ?? [];
    faults.set([
      { match: { path: one }, answer: 'applyThenReset' },
      { match: { path: other }, answer: 'reset' },
    ]);
    const item = (id: string): object => ({
      id,
      method: 'PATCH',
      url: `/users/${id}`,
      headers: { 'Content-Type': 'application/json' },
      body: { department: 'Lost and found' },
    });

    const batch = call('POST', '/$batch', { requests: [item(one), item(other)] });

    await expect(batch).rejects.toBeInstanceOf(ConnectionReset);
    const written = journal.since().flatMap(({ writes }) => writes);
    expect(written).toMatchObject([{ objectId: one, after: 'Lost and found' }]);
  });

  it('with a probability strike about that often', async () => {
    const { call, faults, world } = rig();
    faults.set([{ match: { path: '.' }, probability: 0.3, answer: { status: 500 } }]);

    let failed = 0;
    for (let count = 0; count < 200; count += 1) {
      const { status } = await call('GET', `/users/${world.ids.people.reader.id}?$select=id`);
      if (status === 500) failed += 1;
    }

    expect(failed).toBeGreaterThan(30);
    expect(failed).toBeLessThan(90);
  });

  it('a rule whose path is no expression is refused and the old rules stay', () => {
    const { faults } = rig();
    faults.set([{ match: { path: 'a' }, answer: 'reset' }]);

    expect(() => faults.set([{ match: { path: '(' }, answer: 'reset' }])).toThrow(SyntaxError);
    expect(faults.list()).toHaveLength(1);
  });
});

describe('the journal', () => {
  it('holds refused requests too, names the caller and never a header', async () => {
    const { call, journal, world } = rig();
    const stranger = appCaller(world, []);

    await call('GET', '/users', undefined, { caller: stranger });
    await call('GET', '/users', undefined, { caller: null });

    expect(journal.since().map(({ status }) => status)).toEqual([403, 401]);
    expect(journal.since()[0]?.caller?.oid).toBe(world.ids.ourServicePrincipalId);
    expect(journal.since()[1]?.caller).toBeNull();
    expect(JSON.stringify(journal.since())).not.toContain('Bearer');
    expect(journal.since(1)).toHaveLength(1);
  });
});
