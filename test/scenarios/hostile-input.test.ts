import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  allSay,
  Attacker,
  everyDoor,
  standOf,
  untilQuiet,
  verdict,
  type ListedDoor,
} from '../support/every-door.js';
import { statusLineOf } from '../support/wire.js';
import { startWorld, type World } from '../support/world.js';

const allRoles = ['Reader', 'Responder', 'Commander', 'Operator', 'Approver', 'Trigger'].map(
  (role) => `Incident.${role}`,
);
const large = 'x'.repeat(2 * 1024 * 1024);
const unreadable = '{"a":';

let world: World;
let id: string;
let attacker: Attacker;
let doors: ListedDoor[];
/** Doors that a person's token opens. */
let forPeople: ListedDoor[];
let withBody: ListedDoor[];

beforeAll(async () => {
  world = await startWorld({
    // Nobody is reminded meanwhile, so that nothing but an attack can change the store.
    policy: ({ approvals = {} }) => Object.assign(approvals, { remindEveryMinutes: 60 }),
  });
  id = await world.alert();
  attacker = new Attacker(world, id);
  doors = await everyDoor(world);
  forPeople = doors.filter(({ who }) => who !== null);
  withBody = forPeople.filter(({ hasBody }) => hasBody);
  await world.until(id, 'the plan waits for approval', (i) => i.state === 'awaitingApproval');
  await untilQuiet(world);
}, 120_000);
afterAll(() => world.stop());

/** What the attack was answered; fails when anything is not as it was before. */
async function harmless<T>(attack: () => Promise<T>): Promise<T> {
  const before = await standOf(world);
  const answer = await attack();
  expect(await standOf(world)).toEqual(before);
  return answer;
}

const forge = async (body: object): Promise<string> =>
  ((await world.control('/forge', body)).body as { token: string }).token;

describe('who may pass', () => {
  it('no door opens without a token or a key, but health, the description and the page without data', async () => {
    const said = await harmless(() =>
      attacker.knockAll(doors, ({ hasBody }) => ({ as: null, ...(hasBody && { body: '{}' }) })),
    );

    const open = Object.keys(said).filter((label) => said[label] === '200 other');
    expect(open.sort()).toEqual([
      'GET /api/console/incidents/{id}',
      'GET /api/health',
      'GET /api/openapi.json',
    ]);
    const shut = doors.filter(({ label }) => !open.includes(label));
    const byHost = shut.filter(({ security }) => security.join() === 'functionKey');
    const byUs = shut.filter((door) => !byHost.includes(door));
    expect(said).toEqual({
      ...allSay(byUs, '401 UNAUTHENTICATED'),
      ...allSay(byHost, '401 (empty)'),
      ...Object.fromEntries(open.map((label) => [label, '200 other'])),
    });
  });

  it.each([
    ['algNone', '401 UNAUTHENTICATED'],
    ['publicKeyAsSecret', '401 UNAUTHENTICATED'],
    ['expired', '401 UNAUTHENTICATED'],
    ['notYetValid', '401 UNAUTHENTICATED'],
    ['noExpiry', '401 UNAUTHENTICATED'],
    ['wrongAudience', '401 UNAUTHENTICATED'],
    ['wrongIssuer', '401 UNAUTHENTICATED'],
    ['otherTenant', '401 UNAUTHENTICATED'],
    ['unpublishedKey', '401 UNAUTHENTICATED'],
    ['unknownKeyId', '401 UNAUTHENTICATED'],
    ['graphToken', '401 UNAUTHENTICATED'],
    ['connectorToken', '401 UNAUTHENTICATED'],
    ['appWithoutRole', '403 NOT_PERMITTED'],
  ])('a token that is %s is answered %s at every door', async (kind, said) => {
    const token = await forge({ door: 'api', kind, claims: { roles: allRoles } });
    const entra = doors.filter(({ security }) => security.includes('entra'));

    const got = await harmless(() =>
      attacker.knockAll(entra, () => ({
        as: null,
        headers: { authorization: `Bearer ${token}` },
        body: '{}',
      })),
    );

    expect(got).toEqual(allSay(entra, said));
  });

  it('the same token without the forgery would have passed', async () => {
    const token = await forge({ door: 'api', kind: 'genuine', claims: { roles: allRoles } });

    const got = await attacker.send('/api/incidents', {
      headers: { authorization: `Bearer ${token}` },
    });

    expect(got.status).toBe(200);
  });

  it.each([
    ['Basic b3BlcmF0b3I6cGFzc3dvcmQ='],
    ['Bearer'],
    ['Bearer  '],
    ['Bearer a.b.c'],
    ['Bearer null'],
    [`Bearer ${'a'.repeat(9000)}`],
    ['Bearer eyJhbGciOiJub25lIn0.e30.'],
    ['Bearer \u00e4.\u00f6.\u00fc'],
  ])('the authorization %p tells nobody anything', async (authorization) => {
    const got = await attacker.send('/api/incidents', { headers: { authorization } });

    expect(verdict(got)).toBe('401 UNAUTHENTICATED');
    expect(got.headers['www-authenticate']).toBe('Bearer');
    expect(JSON.parse(got.text)).toMatchObject({ detail: 'A valid token is needed.' });
  });

  it.each([
    ['a wrong key', '', { 'x-functions-key': 'wrong' }],
    ['an empty key', '', { 'x-functions-key': '' }],
    ['a key with a line break', '?code=a%0d%0aX-Injected:%201', {}],
    ['a key that is no ASCII', '?code=%C3%A9', {}],
    ['a key of zero bytes', '?code=%00%00', {}],
    ['a broken escape for a key', '?code=%', {}],
    ['a key of 6,000 characters', `?code=${'k'.repeat(6000)}`, {}],
    ['a key twice', '?code=a&code=b', {}],
    ['a key as a bearer token', '', { authorization: 'Bearer wrong' }],
  ])('%s opens the machine door to nobody', async (_, query, headers) => {
    const { body } = await world.control('/alert');

    const got = await harmless(() =>
      attacker.send(`/api/alerts/sentinel${query}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      }),
    );

    expect(verdict(got)).toBe('401 UNAUTHENTICATED');
  });

  it('a person is no machine, whatever their role', async () => {
    const { body } = await world.control('/alert');
    for (const person of ['commander', 'approver', 'outsider'] as const) {
      const authorization = `Bearer ${await world.tokenOf(person)}`;

      const got = await harmless(() =>
        attacker.send('/api/alerts/sentinel', {
          method: 'POST',
          headers: { authorization },
          body: JSON.stringify(body),
        }),
      );

      expect(verdict(got)).toBe('403 NOT_PERMITTED');
    }
  });
});

describe('checks come in the order of the contract', () => {
  it('413 for 2 MiB, before anybody is asked who they are', async () => {
    const posts = doors.filter(({ method }) => method === 'POST');

    const said = await harmless(() =>
      attacker.knockAll(posts, () => ({ as: null, id: 'NOBODY', body: large })),
    );

    expect(said).toEqual(allSay(posts, '413 PAYLOAD_TOO_LARGE'));
  });

  it('then 401, whatever is asked for', async () => {
    const said = await harmless(() =>
      attacker.knockAll(forPeople, () => ({ as: null, id: 'NOBODY', body: unreadable })),
    );

    expect(said).toEqual(allSay(forPeople, '401 UNAUTHENTICATED'));
  });

  it('then 403, also about an incident that is not there', async () => {
    const said = await harmless(() =>
      attacker.knockAll(forPeople, () => ({ as: 'outsider', id: 'NOBODY', body: unreadable })),
    );

    expect(said).toEqual(allSay(forPeople, '403 NOT_PERMITTED'));
  });

  it.each([
    ['inc-unknown', '404 INCIDENT_NOT_FOUND'],
    ['INC-UPPER', '404 INCIDENT_NOT_FOUND'],
    ['a'.repeat(81), '404 INCIDENT_NOT_FOUND'],
    ['a'.repeat(300), '404 INCIDENT_NOT_FOUND'],
    ['..%2f..%2fkeys', '404 INCIDENT_NOT_FOUND'],
    ['..%5c..%5ckeys', '404 INCIDENT_NOT_FOUND'],
    ['inc%00', '404 INCIDENT_NOT_FOUND'],
    ['%00', '404 INCIDENT_NOT_FOUND'],
    ['inc%0aSet-Cookie:%20a=b', '404 INCIDENT_NOT_FOUND'],
    ['%c0%ae%c0%ae', '404 INCIDENT_NOT_FOUND'],
    ['%zz', '404 INCIDENT_NOT_FOUND'],
    ['%E2%80%AEcni', '404 INCIDENT_NOT_FOUND'],
    ['__proto__', '404 INCIDENT_NOT_FOUND'],
    ["'%20or%201=1--", '404 INCIDENT_NOT_FOUND'],
  ])('then 404 for the id %p, whatever the body', async (bad, said) => {
    const ofIncident = forPeople.filter((door) => door.ofIncident);

    const got = await harmless(() =>
      attacker.knockAll(ofIncident, () => ({ id: bad, body: unreadable })),
    );

    expect(got).toEqual(allSay(ofIncident, said));
  });

  it.each([
    '/api/incidents/../incidents/../../keys.json',
    '/api/incidents/%2e%2e/%2e%2e/keys.json',
    '/api/../../../../etc/passwd',
    '/api/incidents//record',
    '/api/incidents/a/b/c/d',
    '/api',
    '//etc/passwd',
    '/.git/config',
    '/admin/host/keys',
    '/runtime/webhooks/durabletask/instances',
  ])('the path %p leads nowhere', async (path) => {
    const authorization = `Bearer ${await world.tokenOf('reader')}`;

    const got = await harmless(() => attacker.send(path, { headers: { authorization } }));

    expect([401, 404]).toContain(got.status);
    expect(got.text).toBe('');
  });

  it('a method that no door has is 404 with an empty body', async () => {
    const paths = new Set(doors.map((door) => door.path));
    for (const path of paths) {
      const here = doors.filter((door) => door.path === path);
      const others = [
        'GET',
        'POST',
        'PUT',
        'PATCH',
        'DELETE',
        'OPTIONS',
        'TRACE',
        'PROPFIND',
      ].filter((method) => !here.some((door) => door.method === method));
      const door = here[0] as ListedDoor;

      const said = await Promise.all(
        others.map((method) => attacker.knock({ ...door, method }, { body: '{}' })),
      );

      expect({ path, said }).toEqual({ path, said: others.map(() => '404 (empty)') });
    }
  });
});

describe('then 400 for what cannot be read, with a hint', () => {
  const deep = (times: number) => `${'{"a":'.repeat(times)}1${'}'.repeat(times)}`;

  it.each<[string, string | Uint8Array, RegExp, boolean?]>([
    ['empty', '', /empty.*chunked/s],
    ['chunked', '{"note":"x"}', /chunked.*Content-Length/s],
    ['blanks', ' \r\n\t ', /empty/],
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d]), /UTF-8/],
    ['UTF-16', Buffer.from('{"note":"x"}', 'utf16le'), /not JSON/],
    ['not JSON', '{note:1}', /not JSON/],
    ['cut off', unreadable, /not JSON/],
    ['a form', 'note=x&text=y', /not JSON/],
    ['XML', '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>', /JSON/],
    ['two values', '{}{}', /not JSON/],
    ['NaN', '{"note":NaN}', /not JSON/],
    ['a member twice', '{"note":"a","note":"b"}', /twice/],
    ['a member twice, spelled differently', '{"note":"a","\\u006eote":"b"}', /twice/],
    ['objects 10,000 deep', deep(10_000), /deeper than 64/],
    ['lists 10,000 deep', '['.repeat(10_000), /deeper than 64/],
  ])('%s', async (kind, body, hint) => {
    const chunked = kind === 'chunked';
    const optional = withBody.filter((door) => door.bodyOptional);
    const isAbsent = kind === 'empty' || chunked;
    // Without a body these doors would do their work.
    const attacked = withBody.filter((door) => !isAbsent || !optional.includes(door));
    const from = attacker.heard.length;

    const said = await harmless(() => attacker.knockAll(attacked, () => ({ body, chunked })));

    expect(said).toEqual(allSay(attacked, '400 BODY_UNREADABLE'));
    for (const { answer } of attacker.heard.slice(from)) {
      expect((JSON.parse(answer.text) as { detail: string }).detail).toMatch(hint);
    }
  });

  it('framing that two readers could take differently does not even reach a door', async () => {
    const before = await standOf(world);
    const host = 'Host: 127.0.0.1\r\n';
    const note = `POST /api/incidents/${id}/notes HTTP/1.1\r\n${host}`;

    const said = await Promise.all(
      [
        `${note}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
        `${note}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`,
        `${note}Content-Length: -1\r\n\r\n{}`,
        `${note}Content-Length: 2\r\nX: a\0b\r\n\r\n{}`,
        `GET /api/health HTTP/1.1\r\n${host}X-Long: ${'x'.repeat(20_000)}\r\n\r\n`,
        `GET /api/health\0 HTTP/1.1\r\n${host}\r\n`,
        `GET http://elsewhere.example/api/health HTTP/1.1\r\n${host}\r\n`,
      ].map((text) => statusLineOf(world.appUrl, text)),
    );

    expect(said.map((line) => line.slice(0, 12))).toEqual([
      'HTTP/1.1 400',
      'HTTP/1.1 400',
      'HTTP/1.1 400',
      'HTTP/1.1 400',
      'HTTP/1.1 431',
      'HTTP/1.1 400',
      'HTTP/1.1 404',
    ]);
    expect(await standOf(world)).toEqual(before);
  });
});

describe('then 422 for JSON that does not fit', () => {
  const wrong: readonly unknown[] = [null, 7, true, [], {}, '', { $ne: 1 }, ['a', { b: 1 }]];

  async function issuesAt(door: ListedDoor, body: unknown) {
    const said = await attacker.knock(door, { body: JSON.stringify(body) });
    const { errors = [] } = JSON.parse(attacker.heard.at(-1)?.answer.text ?? '{}') as {
      errors?: { path: string; code: string; message: string }[];
    };
    return { said, errors };
  }

  it.each([[[]], ['text'], [1], [null], [true]])('%j is no body of any door', async (body) => {
    const said = await harmless(() =>
      attacker.knockAll(withBody, () => ({ body: JSON.stringify(body) })),
    );

    expect(said).toEqual(allSay(withBody, '422 VALIDATION_FAILED'));
  });

  it('every member is missed by its name', async () => {
    const before = await standOf(world);
    for (const door of withBody.filter(({ required }) => required.length > 0)) {
      const { said, errors } = await issuesAt(door, {});

      expect({ door: door.label, said }).toEqual({
        door: door.label,
        said: '422 VALIDATION_FAILED',
      });
      expect(errors.map(({ path }) => path)).toEqual(expect.arrayContaining([...door.required]));
    }
    expect(await standOf(world)).toEqual(before);
  });

  it('every member of a wrong type is named, and no other value is taken for it', async () => {
    const before = await standOf(world);
    for (const door of withBody) {
      for (const member of door.members) {
        // A number fits no member of any body: ids, texts, lists, objects and words only.
        const { said, errors } = await issuesAt(door, { [member]: 7 });
        expect({ at: `${door.label} ${member}`, said }).toEqual({
          at: `${door.label} ${member}`,
          said: '422 VALIDATION_FAILED',
        });
        expect(errors.map(({ path }) => path)).toContain(member);
      }
    }
    expect(await standOf(world)).toEqual(before);
  });

  it('an unknown member is refused at every door', async () => {
    const before = await standOf(world);
    for (const door of withBody) {
      for (const body of [
        '{"surprise":1}',
        '{"__proto__":{"role":"Incident.Approver"}}',
        '{"constructor":{"prototype":{"pinned":true}}}',
      ]) {
        expect(await attacker.knock(door, { body })).toBe('422 VALIDATION_FAILED');
      }
    }
    expect(await standOf(world)).toEqual(before);
  });

  it('a query that is not described is refused where a query is read', async () => {
    const reading = doors.filter(
      ({ method, query, who }) => method === 'GET' && query.length > 0 && who !== null,
    );
    expect(reading.length).toBeGreaterThan(2);
    for (const door of reading) {
      for (const query of ['surprise=1', 'top=x', 'format=exe', 'constructor=1', 'top=1&top=2']) {
        const path = `${door.path}?${query}`;
        const said = await harmless(() => attacker.knock({ ...door, path }));

        expect({ path, said }).toEqual({ path, said: '422 VALIDATION_FAILED' });
      }
    }
  });

  it.each(wrong.map((value) => [JSON.stringify(value)]))(
    'a decision about the plan %s is none',
    async (planDigest) => {
      const decisions = withBody.filter(({ path }) => path.endsWith('/decisions'));

      const said = await harmless(() =>
        attacker.knockAll(decisions, () => ({
          body: `{"decision":"approve","planDigest":${planDigest}}`,
        })),
      );

      expect(said).toEqual(allSay(decisions, '422 VALIDATION_FAILED'));
    },
  );

  // The first use of a key is noted, whatever it was used for.
  beforeAll(async () => {
    await attacker.send('/api/alerts/sentinel', {
      method: 'POST',
      headers: { 'x-functions-key': await functionKey() },
      body: '{}',
    });
  });

  it.each([
    ['an empty run of a Logic App', {}],
    ['a list of alerts', [{ SystemAlertId: 'a' }]],
    ['an incident without a name', { object: { properties: { title: 'x' } } }],
    ['an object for a name', { object: { name: {}, properties: {} } }],
    ['an endless name', { object: { name: 'n'.repeat(10_000), properties: {} } }],
    ['an alert without an id', { SystemAlertId: '' }],
    ['a number for an id', { SystemAlertId: { $gt: '' } }],
    ['an entity that is no account', { Entity: { kind: 'Ip', properties: { Address: '::1' } } }],
    ['a wrapper in a wrapper', { body: { body: { body: { SystemAlertId: 'a' } } } }],
    ['a common alert without essentials', { schemaId: 'azureMonitorCommonAlertSchema', data: 1 }],
    ['prototypes', { constructor: { prototype: {} }, toString: 1 }],
  ])('the machine door knows no alert in %s', async (_, body) => {
    const key = await functionKey();

    const got = await harmless(() =>
      attacker.send('/api/alerts/sentinel', {
        method: 'POST',
        headers: { 'x-functions-key': key },
        body: JSON.stringify(body),
      }),
    );

    expect(verdict(got)).toBe('422 VALIDATION_FAILED');
  });
});

describe('after all of it', () => {
  it('no answer was a 500, and none of them showed where or how the product runs', () => {
    const heard = attacker.heard.filter(({ answer }) => answer.status >= 400);
    const inside = /\bat \S+ \(|node:internal|node_modules|\.[jt]s:\d+|file:\/\/|\/tmp\/|[A-Z]:\\/;
    const betraying = heard.filter(
      ({ answer: { status, text } }) =>
        status >= 500 || inside.test(text) || text.includes(world.dataDir),
    );

    expect(betraying).toEqual([]);
    expect(heard.length).toBeGreaterThan(500);
    expect(world.log.filter((line) => /unexpected:|critical|error host/.test(line))).toEqual([]);
  });

  it('the plan that waited all the while is still decided by the right two', async () => {
    await world.decide('operator', id);
    await world.decide('approver', id);
    const closed = await world.until(id, 'the incident closes', (i) => i.state === 'closed');

    expect(closed).toMatchObject({ outcome: 'recovered', verification: { verified: 48 } });
  });
});

async function functionKey(): Promise<string> {
  const file = path.join(world.dataDir, 'app/keys.json');
  return (JSON.parse(await readFile(file, 'utf8')) as { default: string }).default;
}
