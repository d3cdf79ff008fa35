import { incidentIdOf } from '../../functions/http/claims.js';
import type { Intake } from '../../shared/domain/incident/intake.js';
import { sha256 } from '../../shared/digest.js';
import {
  alertId,
  azureMonitor,
  incidentName,
  sentinelAlert,
  sentinelEntity,
  sentinelIncident,
  suspectAppId,
  suspectId,
} from '../support/alert-bodies.js';
import { allowedRule, createDoors, functionKey, type Doors, type Sent } from '../support/doors.js';

const otherAlert = '00000000-0000-4000-8000-00000000000b';

const send = (doors: Doors, body: unknown, more: Sent = {}) =>
  doors.call('alertsSentinel', { as: 'playbook', body, ...more });

const intakeOf = async (doors: Doors, id: string): Promise<Intake> =>
  (await doors.store.readDocument(id, 'intake')) as unknown as Intake;

describe('an alert opens an incident', () => {
  it('a Sentinel incident is claimed, documented, recorded and started once', async () => {
    const doors = createDoors();

    const got = await send(doors, sentinelIncident());

    const id = `inc-${sha256(`incident|${incidentName}`).slice(7, 39)}`;
    expect(got).toMatchObject({ status: 202, body: { incidentId: id, deduplicated: false } });
    expect(got.headers).not.toHaveProperty('location');
    expect([...doors.instances]).toEqual([id]);
    expect(await doors.store.readIncident(id)).toMatchObject({
      id,
      title: 'Bulk user changes by one actor',
      source: 'sentinelIncident',
      state: 'containing',
      labels: ['drill'],
      window: { from: '2026-11-20T20:41:07.145Z', to: '2026-11-20T20:50:59.904Z' },
      policyDigest: doors.policyInForce.digest,
      links: { report: `https://rewind.example.test/api/incidents/${id}/report` },
    });
    expect(await doors.store.readDocument(id, 'policy')).toMatchObject({
      digest: doors.policyInForce.digest,
    });
    expect(doors.store.entries(id).map(({ kind }) => kind)).toEqual(['opened']);
    expect(await doors.store.readClaim(`alert|${alertId}`)).toBe(id);
  });

  it("the rule's custom details come before the accounts, and a Defender app number is no app id", async () => {
    const doors = createDoors();

    const { body } = await send(doors, sentinelIncident());

    const { hints } = await intakeOf(doors, body.incidentId);
    expect(hints).toMatchObject([
      { kind: 'servicePrincipal', appId: suspectAppId },
      { kind: 'user', objectId: suspectId, userPrincipalName: 'admin1@contoso.test' },
    ]);
  });

  it.each([
    ['incident trigger', sentinelIncident(), 'sentinelIncident'],
    ['alert trigger', sentinelAlert(), 'sentinelAlert'],
    ['entity trigger', sentinelEntity(), 'sentinelEntity'],
    ['common alert schema', azureMonitor(), 'azureMonitor'],
    ['incident in body', { body: sentinelIncident() }, 'sentinelIncident'],
    ['alert in Body', { Body: sentinelAlert() }, 'sentinelAlert'],
    ['incident in object', { object: sentinelIncident() }, 'sentinelIncident'],
    ['azure monitor in body', { body: azureMonitor() }, 'azureMonitor'],
    ['entity in Body', { Body: sentinelEntity(null) }, 'sentinelEntity'],
    ['incident without its event', sentinelIncident().object, 'sentinelIncident'],
    ['every key in capitals', inCapitals(sentinelIncident()), 'sentinelIncident'],
    ['an alert with every key in capitals', inCapitals(sentinelAlert()), 'sentinelAlert'],
  ])('%s is taken', async (_, body, source) => {
    const doors = createDoors();

    const got = await send(doors, body);

    expect(got.status).toBe(202);
    const { incidentId } = got.body;
    expect(await doors.store.readIncident(incidentId)).toMatchObject({ source });
    const { hints } = await intakeOf(doors, incidentId);
    expect(hints).toContainEqual(expect.objectContaining({ objectId: suspectId }));
  });

  it('numbers as text, entities behind references and missing parts are no trouble', async () => {
    const doors = createDoors();
    const body = sentinelAlert();
    const sparse = { SystemAlertId: body.SystemAlertId, Entities: body.Entities };

    const got = await send(doors, sparse);

    expect(got.status).toBe(202);
    const { hints, window } = await intakeOf(doors, got.body.incidentId);
    expect(hints).toHaveLength(1);
    expect(window).toEqual({ from: '2026-11-20T20:00:00.000Z', to: '2026-11-20T21:00:00.001Z' });
  });

  it('links in a body are kept for people and never called', async () => {
    const fetched: unknown[] = [];
    const fetch = globalThis.fetch;
    globalThis.fetch = async (...what: unknown[]) => {
      fetched.push(what);
      throw new Error('no call expected');
    };
    try {
      const doors = createDoors();

      await send(doors, azureMonitor());
      await send(doors, sentinelIncident());
    } finally {
      globalThis.fetch = fetch;
    }

    expect(fetched).toEqual([]);
  });

  it('a resolved alert is ignored without a trace', async () => {
    const doors = createDoors();
    const before = doors.store.snapshot();

    const got = await send(doors, azureMonitor({ monitorCondition: 'Resolved' }));

    expect(got).toMatchObject({ status: 200, body: { ignored: true } });
    expect(doors.store.snapshot()).toBe(before);
    expect(doors.instances.size).toBe(0);
  });

  it.each([
    ['centuries ago', '1601-01-01T00:00:00Z', '2026-10-21T21:00:00.000Z'],
    ['in the future', '2999-01-01T00:00:00Z', '2026-11-20T21:00:00.000Z'],
  ])('a first activity %s is pulled into the memory of the trail', async (_, from, expected) => {
    const doors = createDoors();

    const { body } = await send(doors, sentinelIncident({ from }));

    expect((await intakeOf(doors, body.incidentId)).window.from).toBe(expected);
  });
});

describe('the same alert opens one incident', () => {
  const forms = {
    incident: sentinelIncident(),
    alert: sentinelAlert(),
    entity: sentinelEntity(),
    wrapped: { body: sentinelIncident() },
  };
  const orders = [
    ['incident', 'alert', 'entity', 'incident'],
    ['alert', 'incident', 'alert', 'entity'],
    ['entity', 'incident', 'alert', 'wrapped'],
    ['alert', 'alert', 'wrapped', 'incident'],
  ] as const;

  it.each(orders)('in the order %s, %s, %s, %s', async (...order) => {
    const doors = createDoors();

    const got = [];
    for (const form of order) got.push((await send(doors, forms[form])).body);

    expect(new Set(got.map(({ incidentId }) => incidentId)).size).toBe(1);
    expect(got.map(({ deduplicated }) => deduplicated)).toEqual([false, true, true, true]);
    expect(doors.instances.size).toBe(1);
  });

  it.each(orders)('all at once: %s, %s, %s, %s', async (...order) => {
    const doors = createDoors();

    const got = await Promise.all(order.map((form) => send(doors, forms[form])));

    expect(got.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
    expect(got.filter(({ body }) => !body.deduplicated)).toHaveLength(1);
    expect(new Set(got.map(({ body }) => body.incidentId)).size).toBe(1);
    expect(doors.instances.size).toBe(1);
  });

  it('a hundred deliveries at once start it once, and say it once in the record', async () => {
    const doors = createDoors();

    const got = await Promise.all(Array.from({ length: 100 }, () => send(doors, forms.incident)));

    expect(got.filter(({ body }) => !body.deduplicated)).toHaveLength(1);
    expect(doors.instances.size).toBe(1);
    const [id] = [...doors.instances];
    expect(doors.store.entries(id!).map(({ kind }) => kind)).toEqual(['opened']);
  });

  it('a repeated delivery changes nothing', async () => {
    const doors = createDoors();
    await send(doors, forms.incident);
    const before = doors.store.snapshot();

    await send(doors, forms.incident);
    await send(doors, forms.wrapped);

    expect(doors.store.snapshot()).toBe(before);
    expect(doors.wakes).toEqual([]);
  });

  it('the key does not depend on the case of the GUID', async () => {
    const doors = createDoors();
    const first = await send(doors, sentinelIncident());

    const again = await send(doors, sentinelIncident({ name: incidentName.toUpperCase() }));

    expect(again.body).toEqual({ incidentId: first.body.incidentId, deduplicated: true });
  });
});

describe('an alert joins the incident it belongs to', () => {
  it('a new alert of an open incident widens the window, is claimed and wakes the run', async () => {
    const doors = createDoors();
    const { body } = await send(doors, sentinelIncident());

    const update = sentinelIncident({
      alertIds: [alertId, otherAlert],
      to: '2026-11-20T20:59:00Z',
    });
    const got = await send(doors, update);

    expect(got.body).toEqual({ incidentId: body.incidentId, deduplicated: true });
    expect((await doors.store.readIncident(body.incidentId))?.window).toEqual({
      from: '2026-11-20T20:41:07.145Z',
      to: '2026-11-20T20:59:00.001Z',
    });
    expect((await intakeOf(doors, body.incidentId)).alertIds).toEqual([otherAlert, alertId]);
    expect(doors.wakes).toMatchObject([{ incidentId: body.incidentId, event: 'scopeExtended' }]);
    const other = await send(doors, sentinelAlert({ alertIds: [otherAlert] }));
    expect(other.body).toEqual({ incidentId: body.incidentId, deduplicated: true });
  });

  it.each(['executing', 'verifying'] as const)(
    'while %s it is recorded with a warning and the scope stays',
    async (state) => {
      const doors = createDoors();
      const { body } = await send(doors, sentinelIncident());
      await doors.store.updateIncident(body.incidentId, (incident) => ({ ...incident, state }));

      const late = sentinelIncident({
        alertIds: [alertId, otherAlert],
        to: '2026-11-20T20:59:00Z',
      });
      await send(doors, late);
      await send(doors, late);

      const incident = await doors.store.readIncident(body.incidentId);
      expect(incident?.window.to).toBe('2026-11-20T20:50:59.904Z');
      expect(incident?.warnings).toHaveLength(1);
      expect(doors.store.entries(body.incidentId).map(({ kind }) => kind)).toEqual([
        'opened',
        'alert.late',
      ]);
      expect(doors.urgent).toHaveLength(1);
      expect(doors.wakes).toEqual([]);
    },
  );

  it('a closed incident is never started again, whichever form comes', async () => {
    const doors = createDoors();
    const { body } = await send(doors, sentinelIncident());
    await close(doors, body.incidentId);
    doors.instances.clear();

    for (const form of [sentinelIncident(), sentinelAlert(), { body: sentinelIncident() }]) {
      const got = await send(doors, form);
      expect(got).toMatchObject({
        status: 202,
        body: { incidentId: body.incidentId, deduplicated: true },
      });
    }

    expect(doors.instances.size).toBe(0);
    expect(doors.urgent).toEqual([]);
  });

  it('an incident that first shows up when all its alerts were dealt with opens nothing', async () => {
    const doors = createDoors();
    const { body } = await send(doors, sentinelAlert());
    await close(doors, body.incidentId);

    const around = await send(doors, sentinelIncident());
    const again = await send(doors, sentinelIncident());
    const more = await send(
      doors,
      sentinelIncident({ name: 'other', alertIds: [alertId, otherAlert] }),
    );

    const known = { incidentId: body.incidentId, deduplicated: true };
    expect([around.body, again.body]).toEqual([known, known]);
    expect(more.body.deduplicated).toBe(false);
    expect(doors.instances.size).toBe(2);
  });

  it('a new alert of a closed incident still opens an incident through its own door', async () => {
    const doors = createDoors();
    const { body } = await send(doors, sentinelIncident());
    await close(doors, body.incidentId);
    const late = sentinelIncident({ alertIds: [alertId, otherAlert], to: '2026-11-20T20:59:00Z' });
    expect((await send(doors, late)).body).toEqual({
      incidentId: body.incidentId,
      deduplicated: true,
    });
    expect(doors.urgent).toHaveLength(1);

    const own = await send(doors, sentinelAlert({ alertIds: [otherAlert] }));

    expect(own.body.deduplicated).toBe(false);
    expect(own.body.incidentId).not.toBe(body.incidentId);
  });
});

describe('what a merge left of a Sentinel incident', () => {
  const merged = 'https://xdr.example.test/incidents/777';
  type Shell = Omit<Partial<ReturnType<typeof shellProperties>>, 'labels'> & { labels?: unknown };
  const shellProperties = () => ({
    ...sentinelIncident({ alertIds: [] }).object.properties,
    labels: [{ labelName: 'Redirected', labelType: 'AutoAssigned' }],
    additionalData: { alertsCount: 0, mergedIncidentUrl: merged } as Record<string, unknown>,
  });
  function shell(change: Shell = {}, name = 'a-shell') {
    const body = sentinelIncident({ name, alertIds: [] });
    const properties = { ...shellProperties(), ...change };
    return { ...body, objectEventType: 'Update', object: { ...body.object, properties } };
  }

  it.each<[string, unknown]>([
    ['as it comes', shell()],
    ['with another spelling of the label', shell({ labels: [{ labelName: 'redirected' }] })],
    ['beside other labels', shell({ labels: [{ labelName: 'x' }, { labelName: 'Redirected' }] })],
    ['with its labels as text', shell({ labels: JSON.stringify([{ labelName: 'Redirected' }]) })],
    ['in body', { body: shell() }],
    ['in object', { object: shell() }],
    ['without its event', shell().object],
    ['with every key in capitals', inCapitals(shell())],
  ])('%s opens nothing and says so', async (_, body) => {
    const doors = createDoors();
    const before = doors.store.snapshot();

    const got = await send(doors, body);

    expect(got).toMatchObject({ status: 200, body: { ignored: true, reason: 'redirected' } });
    expect(doors.store.snapshot()).toBe(before);
    expect(doors.instances.size).toBe(0);
  });

  it.each<[string, unknown]>([
    ['an alert in it', { ...shell({ alerts: sentinelIncident().object.properties.alerts }) }],
    ['a count of alerts', shell({ additionalData: { alertsCount: 2, mergedIncidentUrl: merged } })],
    ['no count of alerts', shell({ additionalData: { mergedIncidentUrl: merged } })],
    ['nothing but the label, which people write too', shell({ additionalData: {} })],
    ['a count of none, but no target of a merge', shell({ additionalData: { alertsCount: 0 } })],
    [
      'a target that is no link',
      shell({ additionalData: { alertsCount: 0, mergedIncidentUrl: 'seven' } }),
    ],
    ['an alert in the update', { ...shell(), incidentUpdates: { alerts: [{ name: alertId }] } }],
    ['another label', shell({ labels: [{ labelName: 'Not redirected' }] })],
    ['no label at all, and an empty list as most have', shell({ labels: [] })],
  ])('is no shell with %s: a genuine alert is never lost', async (_, body) => {
    const doors = createDoors();

    const got = await send(doors, body);

    expect(got).toMatchObject({ status: 202, body: { deduplicated: false } });
    expect(doors.instances.size).toBe(1);
  });

  it.each(['awaitingApproval', 'closed'] as const)(
    'leads to the incident that its own name opened before, which is %s',
    async (state) => {
      const doors = createDoors();
      const { body } = await send(doors, sentinelIncident());
      await doors.store.updateIncident(body.incidentId, (open) => ({ ...open, state }));

      const got = await send(doors, shell({}, incidentName));

      expect(got.body).toEqual({ incidentId: body.incidentId, deduplicated: true });
      expect(doors.instances.size).toBe(1);
    },
  );

  it('completes a delivery under its own name that died before it opened anything', async () => {
    const doors = createDoors();
    doors.store.failWrite(3);
    await send(doors, sentinelIncident());

    const got = await send(doors, shell({}, incidentName));

    expect(got).toMatchObject({ status: 202, body: { deduplicated: false } });
    expect([...doors.instances]).toEqual([got.body.incidentId]);
  });

  it('joins the open incident that it was merged into, told by its link', async () => {
    const doors = createDoors();
    const target = sentinelIncident();
    target.object.properties.additionalData.providerIncidentUrl = `${merged}?tid=1`;
    const { body } = await send(doors, target);
    const additionalData = { mergedIncidentUrl: `${merged}?tid=2`, alertsCount: 0 };
    const earlier = '2026-11-20T20:10:00Z';

    const got = await send(doors, shell({ additionalData, firstActivityTimeUtc: earlier }));

    expect(got.body).toEqual({ incidentId: body.incidentId, deduplicated: true });
    expect((await doors.store.readIncident(body.incidentId))?.window.from).toBe(
      '2026-11-20T20:10:00.000Z',
    );
    expect(doors.instances.size).toBe(1);
    await close(doors, body.incidentId);
    expect((await send(doors, shell({ additionalData }))).status).toBe(200);
  });
});

describe('a delivery that dies half-way', () => {
  it('is completed by the next one, wherever it died, and one run is started', async () => {
    const calm = createDoors();
    await send(calm, sentinelIncident());
    const steps = calm.store.writes.length;
    expect(steps).toBeGreaterThan(5);

    for (let step = 1; step <= steps; step += 1) {
      const doors = createDoors();
      doors.store.failWrite(step);
      const first = await send(doors, sentinelIncident());
      expect(first.status).toBe(500);

      const next = await send(doors, sentinelIncident());

      expect(next).toMatchObject({ status: 202, body: { deduplicated: false } });
      expect([...doors.instances]).toEqual([next.body.incidentId]);
      expect(doors.store.entries(next.body.incidentId).map(({ kind }) => kind)).toEqual(['opened']);
      expect(await doors.store.readDocument(next.body.incidentId, 'policy')).not.toBeNull();
    }
  });

  it('a run that could not be started is started by the next delivery', async () => {
    const doors = createDoors();
    const { runs } = doors.services;
    let attempts = 0;
    const failing = createDoors({
      store: doors.store,
      runs: (context) => ({
        ...runs(context),
        start: async (id) => {
          attempts += 1;
          if (attempts === 1) throw new Error('the task hub is away');
          return runs(context).start(id);
        },
      }),
    });
    expect((await send(failing, sentinelIncident())).status).toBe(500);

    const next = await send(failing, sentinelIncident());

    expect(next.body.deduplicated).toBe(false);
    expect([...doors.instances]).toEqual([next.body.incidentId]);
  });

  it('an alert that died is completed by the incident around it, under the id it had claimed', async () => {
    const doors = createDoors();
    const claimed = incidentIdOf({ kind: 'alert', value: alertId });
    await doors.store.claim(`alert|${alertId}`, claimed);

    const got = await send(doors, sentinelIncident());

    expect(got.body).toEqual({ incidentId: claimed, deduplicated: false });
    const alert = await send(doors, sentinelAlert());
    expect(alert.body).toEqual({ incidentId: claimed, deduplicated: true });
    const again = await send(doors, sentinelIncident());
    expect(again.body).toEqual({ incidentId: claimed, deduplicated: true });
    expect(doors.instances.size).toBe(1);
  });
});

describe('who may send alerts', () => {
  it.each([
    ['a function key in the header', { headers: { 'x-functions-key': functionKey } }, 202, null],
    ['a function key in the query', { query: { code: functionKey } }, 202, null],
    [
      'a key beside a bad token',
      { headers: { 'x-functions-key': functionKey, authorization: 'Bearer x' } },
      202,
      null,
    ],
    [
      'a token beside a bad key',
      { as: 'playbook', headers: { 'x-functions-key': 'x' } },
      202,
      null,
    ],
    ['an application with Incident.Trigger', { as: 'playbook' }, 202, null],
    ['nobody', {}, 401, 'UNAUTHENTICATED'],
    ['a wrong key', { headers: { 'x-functions-key': 'wrong' } }, 401, 'UNAUTHENTICATED'],
    ['an empty key', { query: { code: '' } }, 401, 'UNAUTHENTICATED'],
    ['an unknown token', { headers: { authorization: 'Bearer nobody' } }, 401, 'UNAUTHENTICATED'],
    ['a person with other roles', { as: 'commander' }, 403, 'NOT_PERMITTED'],
    ['an application with the webhook role alone', { as: 'otherApp' }, 403, 'NOT_PERMITTED'],
  ] as const)('%s', async (_, sent, status, code) => {
    const doors = createDoors();
    const before = doors.store.snapshot();

    const got = await doors.call('alertsSentinel', { body: sentinelIncident(), ...sent });

    expect(got.status).toBe(status);
    if (code === null) return;
    expect(got.body.code).toBe(code);
    expect(doors.store.snapshot()).toBe(before);
  });

  it.each([
    ['a listed rule, in any case', azureMonitor(), 202],
    ['another rule', azureMonitor({ alertRuleId: `${allowedRule}-evil` }), 403],
    ['no rule', azureMonitor({ alertRuleId: null }), 403],
    [
      'a resolved alert of another rule',
      azureMonitor({ alertRuleId: 'x', monitorCondition: 'Resolved' }),
      403,
    ],
    ['a Sentinel body, which names no rule', sentinelIncident(), 403],
  ])('an action group with %s', async (_, body, status) => {
    const doors = createDoors();

    const got = await send(doors, body, { as: 'actionGroup' });

    expect(got.status).toBe(status);
    expect(doors.instances.size).toBe(status === 202 ? 1 : 0);
  });

  it('a host that cannot be asked about a key makes the sender try again', async () => {
    const doors = createDoors({
      keys: {
        accepts: async () => {
          throw new Error('timeout');
        },
      },
    });

    const got = await doors.call('alertsSentinel', {
      body: sentinelIncident(),
      headers: { 'x-functions-key': functionKey },
    });

    expect(got).toMatchObject({ status: 500, body: { code: 'INVARIANT_BROKEN' } });
    expect(got.text).not.toContain('timeout');
  });
});

function inCapitals(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inCapitals);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key.toUpperCase(), inCapitals(member)]),
  );
}

async function close(doors: Doors, id: string): Promise<void> {
  await doors.store.updateIncident(id, (incident) => ({
    ...incident,
    state: 'closed',
    outcome: 'recovered',
  }));
}

describe('an alert that names no times of its own', () => {
  const times = {
    'Query Start Time UTC': '2026-11-20 20:40:59Z',
    'Query End Time UTC': '2026-11-20 20:56:00Z',
  };
  const expected = { from: '2026-11-20T20:40:59.000Z', to: '2026-11-20T20:56:00.001Z' };

  it('of an incident has the window of its rule’s query', async () => {
    const doors = createDoors();
    const body = structuredClone(sentinelIncident()) as unknown as {
      object: { properties: Record<string, unknown> & { alerts: { properties: object }[] } };
    };
    const { properties } = body.object;
    delete properties['firstActivityTimeUtc'];
    delete properties['lastActivityTimeUtc'];
    properties.alerts[0]!.properties = { systemAlertId: 'x', additionalData: times };

    const got = await doors.call('alertsSentinel', { as: 'playbook', body });

    expect((await intakeOf(doors, got.body.incidentId)).window).toEqual(expected);
  });

  it('by itself likewise, with the properties as text', async () => {
    const doors = createDoors();
    const { StartTimeUtc: _, EndTimeUtc: __, ...alert } = sentinelAlert();
    const body = { ...alert, ExtendedProperties: JSON.stringify(times) };

    const got = await doors.call('alertsSentinel', { as: 'playbook', body });

    expect((await intakeOf(doors, got.body.incidentId)).window).toEqual(expected);
  });
});
