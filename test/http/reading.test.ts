import { Ajv2020 } from 'ajv/dist/2020.js';
import { canonicalText } from '../../shared/digest.js';
import { verifyChain } from '../../shared/domain/record.js';
import { digestOf } from '../../shared/digest.js';
import {
  azureMonitor,
  sentinelAlert,
  sentinelEntity,
  sentinelIncident,
} from '../support/alert-bodies.js';
import { createDoors, type Doors, type GotBody, type Who } from '../support/doors.js';
import { incidentId, plannedUser, seedIncident, seedPlan } from '../support/cases.js';

const read = (doors: Doors, name: string, query: Record<string, string> = {}, as: Who = 'reader') =>
  doors.call(name, { as, params: { id: incidentId }, query });

async function prepared(objects?: Parameters<typeof seedPlan>[1]) {
  const doors = createDoors();
  const incident = await seedIncident(doors);
  const plan = objects === undefined ? null : await seedPlan(doors, objects);
  return { doors, incident, plan };
}

describe('incidents', () => {
  it('are read by every role of the API, people and applications', async () => {
    const { doors } = await prepared();

    for (const who of ['reader', 'responder', 'approver', 'operator', 'playbook'] as const) {
      const got = await read(doors, 'getIncident', {}, who);
      expect(got).toMatchObject({ status: 200, body: { id: incidentId, state: 'containing' } });
      expect(got.headers['cache-control']).toBe('no-store');
    }
  });

  it('are listed in pages', async () => {
    const { doors, incident } = await prepared();
    await doors.store.createIncident({ ...incident, id: 'inc-second' });

    const first = await doors.call('listIncidents', { as: 'reader', query: { top: '1' } });
    const token = first.body.nextToken;
    const second = await doors.call('listIncidents', { as: 'reader', query: { top: '1', token } });

    expect(first.body.items).toMatchObject([{ id: 'inc-second' }]);
    expect(second.body.items).toMatchObject([{ id: incidentId }]);
    expect(second.body).not.toHaveProperty('nextToken');
  });

  it.each([{ top: '0' }, { top: '201' }, { top: 'x' }, { top: '1,2' }, { order: 'asc' }])(
    'a query %p is refused',
    async (query) => {
      const { doors } = await prepared();

      const got = await doors.call('listIncidents', { as: 'reader', query });

      expect(got).toMatchObject({ status: 422, body: { code: 'VALIDATION_FAILED' } });
    },
  );
});

describe('the plan', () => {
  const objects = [
    plannedUser(1),
    plannedUser(2, { objectType: 'group', displayName: 'Payroll' }),
    plannedUser(3, {
      deltas: [
        {
          property: 'department',
          class: 'unexplained',
          action: null,
          then: { known: false, why: 'the trail does not say' },
          now: { known: true, value: ['a', 'b'] },
          reason: 'nobody is named',
          evidence: [],
        },
      ],
      residual: [{ kind: 'manual', objectId: 'x', what: 'unknown value', todo: 'ask' }],
    }),
  ];

  it('can be checked against the digest that is approved', async () => {
    const { doors, plan } = await prepared(objects);

    const got = await read(doors, 'getPlan');

    expect(got).toMatchObject({ status: 200, body: { digest: plan!.digest, total: 3, skip: 0 } });
    expect(digestOf(got.body.body)).toBe(plan!.digest);
    expect(got.body.items.map((item) => canonicalText(item))).toEqual(
      objects.map((object) => canonicalText(object)),
    );
  });

  it.each([
    [{ class: 'unexplained' }, ['User 3'], 1],
    [{ objectType: 'group' }, ['Payroll'], 1],
    [{ q: 'PAYROLL' }, ['Payroll'], 1],
    [{ q: 'department' }, ['User 3'], 1],
    [{ q: plannedUser(1).objectId }, ['User 1'], 1],
    [{ top: '1', skip: '1' }, ['Payroll'], 3],
    [{ skip: '3' }, [], 3],
    [{ class: 'lost' }, [], 0],
  ])('is filtered by %p', async (query, names, total) => {
    const { doors } = await prepared(objects);

    const got = await read(doors, 'getPlan', query);

    expect(got.body.total).toBe(total);
    expect(got.body.items.map((item) => item.displayName)).toEqual(names);
  });

  it('before it exists is an empty page, and a table of nothing but its header', async () => {
    const { doors } = await prepared();

    const page = await read(doors, 'getPlan');
    const table = await read(doors, 'getPlan', { format: 'csv' });

    expect(page).toMatchObject({ status: 200, body: { digest: null, items: [], total: 0 } });
    expect(table.text).toMatch(/^\ufeffobjectId,objectType,.*\r\n$/);
  });

  it.each([{ class: 'all' }, { format: 'xml' }, { top: '-1' }, { unknown: '1' }])(
    'a query %p is refused',
    async (query) => {
      const { doors } = await prepared(objects);

      expect((await read(doors, 'getPlan', query as Record<string, string>)).status).toBe(422);
    },
  );

  it('as a table runs nothing in a spreadsheet, whatever names hold', async () => {
    const hostile = [
      '=HYPERLINK("https://evil.test")',
      '+1+cmd|calc',
      '-2+3',
      '@SUM(A1)',
      '\t=1+1',
      '\r\n=1+1',
      '\u202e=1+1',
      '＝1+1',
      'a,"b"\nc',
    ];
    const { doors } = await prepared(
      hostile.map((displayName, index) => plannedUser(index, { displayName })),
    );

    const got = await read(doors, 'getPlan', { format: 'csv' });

    const rows = got.text.trimEnd().split('\r\n').slice(1);
    expect(rows).toHaveLength(hostile.length);
    const names = rows.map((row) => /^[^,]*,[^,]*,("(?:[^"]|"")*"|[^,]*),/.exec(row)![1]!);
    for (const name of names.slice(0, -1)) expect(name).toMatch(/^"?'/);
    expect(names.at(-1)).toBe('"a,""b"" c"');
    expect(got.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${incidentId}-plan-1.csv"`,
    });
  });

  it('as a table shows values then and now, and what is left to people', async () => {
    const { doors } = await prepared(objects);

    const { text } = await read(doors, 'getPlan', { format: 'csv', q: 'User 3' });

    expect(text).toContain('department,unexplained,none,"[""a"",""b""]",unknown: the trail');
    expect(text).toContain(',manual,by hand,,,unknown value ask,');
  });
});

it('the record comes byte for byte and its chain verifies', async () => {
  const { doors } = await prepared();
  await doors.store.append(incidentId, 'k', {
    at: '2026-11-20T21:00:00.000Z',
    kind: 'note',
    by: { id: 'x', name: 'Zoë' },
    summary: 'zwei',
  });

  const got = await read(doors, 'getRecord');

  const stored = Buffer.from((await doors.store.readRecord(incidentId))!).toString('utf8');
  expect(got.text).toBe(stored);
  const verdict = verifyChain(got.text.trimEnd().split('\n'), { canonicalText, digestOf });
  expect(verdict).toMatchObject({ ok: true, entries: 2 });
});

it('the report comes as a page that may run nothing, or as Markdown', async () => {
  const { doors } = await prepared([plannedUser(1)]);

  const html = await read(doors, 'getReport');
  const markdown = await read(doors, 'getReport', { format: 'md' });

  expect(html.headers['content-security-policy']).toContain("default-src 'none'");
  expect(html.text).toContain(incidentId);
  expect(markdown).toMatchObject({ status: 200, text: `# ${incidentId}` });
  expect(markdown.headers['content-type']).toContain('text/markdown');
});

it('health says ok to anyone, and readiness is as good as its worst check', async () => {
  const doors = createDoors();

  const health = await doors.call('getHealth');
  const readiness = await doors.call('getReadiness', { as: 'reader' });

  expect(health).toMatchObject({ status: 200, text: '{"status":"ok"}' });
  expect(readiness.body).toMatchObject({
    status: 'warning',
    checks: [{ name: 'policy' }, { name: 'graph', todo: 'look' }],
  });
});

describe('the description of the API', () => {
  it('names every registered route with its method, and only those', async () => {
    const doors = createDoors();

    const { body } = await doors.call('getOpenApi');

    const described = Object.entries<object>(body.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const registered = Object.values(doors.handlers).map(
      ({ methods, route }) => `${methods[0]} /api/${route}`,
    );
    expect(described.sort()).toEqual(registered.sort());
  });

  it('every schema in it compiles, and judges like the door', async () => {
    const doors = createDoors();
    const { body } = await doors.call('getOpenApi');
    const ajv = validatorsOf(body);

    for (const operation of Object.values(body.paths).flatMap((one) => Object.values(one))) {
      const schema = operation.requestBody?.content['application/json'].schema;
      if (schema !== undefined) ajv(schema);
    }

    const decisions = body.paths['/api/incidents/{id}/decisions']!['post']!;
    const decision = ajv(decisions.requestBody!.content['application/json'].schema);
    const planDigest = `sha256:${'0'.repeat(64)}`;
    expect(decision({ decision: 'approve', planDigest })).toBe(true);
    expect(decision({ decision: 'approve', planDigest, extra: 1 })).toBe(false);
    expect(decision({ decision: 'maybe', planDigest })).toBe(false);
  });
});

describe('the described bodies of alerts', () => {
  const forms: [string, Record<string, unknown>, string][] = [
    ['SentinelIncidentTrigger', sentinelIncident(), 'object.name'],
    ['SentinelIncident', sentinelIncident().object, 'name'],
    ['SentinelAlertTrigger', sentinelAlert(), 'SystemAlertId'],
    ['SentinelEntityTrigger', sentinelEntity(), 'Entity'],
    ['AzureMonitorAlert', azureMonitor(), 'data.essentials.alertId'],
  ];
  const without = (body: object, path: string): object => {
    const [name = '', ...rest] = path.split('.');
    const { [name]: inner, ...others } = body as Record<string, object>;
    return rest.length === 0 ? others : { ...others, [name]: without(inner!, rest.join('.')) };
  };

  it.each(forms)(
    '%s is what the door takes, and its key is needed by both',
    async (name, body, path) => {
      const doors = createDoors();
      const validate = validatorsOf((await doors.call('getOpenApi')).body);
      const fits = validate({ $ref: `#/components/schemas/${name}` });
      const keyless = without(body, path);

      expect([fits(body), fits(keyless)]).toEqual([true, false]);
      const sent = async (what: object) =>
        (await doors.call('alertsSentinel', { as: 'playbook', body: what })).status;
      expect([await sent(body), await sent(keyless)]).toEqual([202, 422]);
    },
  );

  it.each(forms)('%s is not mistaken for another form', async (name, body) => {
    const validate = validatorsOf((await createDoors().call('getOpenApi')).body);

    const fitting = forms
      .map(([other]) => other)
      .filter((other) => validate({ $ref: `#/components/schemas/${other}` })(body));

    expect(fitting).toEqual([name]);
  });

  it('every answer of every door in JSON has a form', async () => {
    const { body } = await createDoors().call('getOpenApi');

    const formless = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { responses }]) =>
        Object.entries(responses).flatMap(([status, { content }]) =>
          content?.['application/json']?.schema === undefined &&
          (content?.['application/json'] !== undefined || (status < '300' && content === undefined))
            ? [`${method} ${path} ${status}`]
            : [],
        ),
      ),
    );

    expect(formless).toEqual([]);
  });
});

describe('the page that a card leads to', () => {
  it('says how to decide without Teams, to anybody, and knows nothing of the incident', async () => {
    const doors = createDoors();
    const known = await doors.call('decidePage', { params: { id: 'inc-0123' } });

    expect(known.status).toBe(200);
    expect(known.headers['content-type']).toContain('text/html');
    expect(known.headers['content-security-policy']).toContain("default-src 'none'");
    expect(known.text).toContain(
      'npm run ir -- approve inc-0123 --url https://rewind.example.test',
    );
  });

  it.each(['<script>', 'INC-1', 'a'.repeat(81), '../x'])('is not there for %j', async (id) => {
    const { status } = await createDoors().call('decidePage', { params: { id } });

    expect(status).toBe(404);
  });
});

/** Compiles schemas of the served description, which may refer to its components. */
function validatorsOf({ components }: Pick<GotBody, 'components'>) {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'api', components }, 'api');
  return (schema: object) => {
    const text = JSON.stringify(schema).replaceAll('"#/components', '"api#/components');
    return ajv.compile(JSON.parse(text) as object);
  };
}
