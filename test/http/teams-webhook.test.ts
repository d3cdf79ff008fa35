import { createHmac } from 'node:crypto';
import { createWebhookVerifier } from '../../shared/adapters/identity/webhook-verifier.js';
import {
  createDoors,
  ids,
  policy,
  startOfTests,
  webhookKeys,
  type Doors,
  type Who,
} from '../support/doors.js';
import { incidentId, kinds, seedIncident, seedPlan } from '../support/cases.js';

const [team1, team2] = webhookKeys as [(typeof webhookKeys)[number], (typeof webhookKeys)[number]];
const signed = (bytes: string | Uint8Array, { secret } = team1) =>
  `HMAC ${createHmac('sha256', Buffer.from(secret, 'base64')).update(bytes).digest('base64')}`;

let messages = 0;
/** A message as Teams sends it today; `change` forges parts of it. */
function message(who: Who, text: string, change: object = {}): object {
  return {
    type: 'message',
    id: `message-${(messages += 1)}`,
    timestamp: new Date(startOfTests).toISOString(),
    channelId: 'msteams',
    from: { id: '29:user', name: `Name of ${who}`, aadObjectId: ids[who] },
    conversation: { id: '19:channel@thread.tacv2', tenantId: ids.tenant },
    channelData: { tenant: { id: ids.tenant } },
    recipient: null,
    text: `<at>irbot</at>&nbsp;${text}\n`,
    ...change,
  };
}

async function prepared(change: Partial<typeof policy.approvals> = {}) {
  const doors = createDoors();
  doors.policyInForce.policy = { ...policy, approvals: { ...policy.approvals, ...change } };
  await seedIncident(doors);
  return { doors, plan: await seedPlan(doors) };
}

function say(
  doors: Doors,
  body: object | string,
  sign: (raw: string) => string = signed,
  query = {},
) {
  const raw = typeof body === 'string' ? body : JSON.stringify(body);
  return doors.call('teamsWebhook', { raw, query, headers: { authorization: sign(raw) } });
}

it('the signature of the fact sheet is known, and by its own key alone', () => {
  const bytes = Buffer.from(
    '{"type":"message","id":"1","text":"<at>irbot</at> approve plan-7f3a"}',
  );
  const header = 'HMAC 1TDHx9V49Fhl2AqSgg1fyK3W+y05FFGU6xsiRFf5xZI=';
  const { verify } = createWebhookVerifier(webhookKeys);

  expect(verify(header, null, bytes)).toMatchObject({ keyId: 'team1' });
  expect(verify(header, 'team1', bytes)).toMatchObject({ keyId: 'team1' });
  expect(verify(header, 'team2', bytes)).toBeNull();
});

describe('a request that the team did not sign is 401, and nothing happens', () => {
  const old = new Date(startOfTests - 301_000).toISOString();
  const early = new Date(startOfTests + 301_000).toISOString();
  const good = () => message('commander', `stop ${incidentId}`);
  const rows: readonly [string, object, (raw: string) => string, object?][] = [
    ['no header', good(), () => ''],
    ['a bearer token', good(), () => 'Bearer commander'],
    ['a forged signature', good(), (raw) => signed(`${raw} `)],
    ['another secret', good(), (raw) => signed(raw, { keyId: 'x', secret: 'AAAA' })],
    ['a signature cut short', good(), (raw) => signed(raw).slice(0, -4)],
    ['a signature with more behind it', good(), (raw) => `${signed(raw)}AAAA`],
    ['an empty signature', good(), () => 'HMAC '],
    [
      'the signature in hex',
      good(),
      (raw) => `HMAC ${createHmac('sha256', 'x').update(raw).digest('hex')}`,
    ],
    [
      'the secret as text',
      good(),
      (raw) => `HMAC ${createHmac('sha256', team1.secret).update(raw).digest('base64')}`,
    ],
    ['the key of another team', good(), signed, { keyId: 'team2' }],
    ['an unknown key id', good(), signed, { keyId: 'team9' }],
    [
      'a time six minutes ago',
      message('commander', `stop ${incidentId}`, { timestamp: old }),
      signed,
    ],
    ['a time to come', message('commander', `stop ${incidentId}`, { timestamp: early }), signed],
    ['no time', message('commander', `stop ${incidentId}`, { timestamp: undefined }), signed],
    [
      'a time that is none',
      message('commander', `stop ${incidentId}`, { timestamp: 'now' }),
      signed,
    ],
  ];

  it.each(rows)('%s', async (_, body, sign, query = {}) => {
    const { doors } = await prepared();
    const before = doors.store.snapshot();

    const got = await say(doors, body, sign, query);

    expect(got).toMatchObject({ status: 401, body: { detail: 'A valid token is needed.' } });
    expect(doors.store.snapshot()).toBe(before);
    expect(doors.wakes).toEqual([]);
  });

  it('a replay, however often', async () => {
    const { doors } = await prepared();
    const body = message('commander', `stop ${incidentId}`);
    expect((await say(doors, body)).status).toBe(200);
    await doors.call('resumeIncident', { as: 'commander', params: { id: incidentId } });
    const before = doors.store.snapshot();

    const again = await Promise.all([say(doors, body), say(doors, body)]);

    expect(again.map(({ status }) => status)).toEqual([401, 401]);
    expect(doors.store.snapshot()).toBe(before);
  });

  it('everything, where no webhook is configured', async () => {
    const { doors } = await prepared();
    const deaf = createDoors({ ...doors.services, webhooks: createWebhookVerifier([]) });

    expect((await say(deaf, message('commander', 'status'))).status).toBe(401);
  });
});

describe('status', () => {
  it.each(['status', 'STATUS', `status ${incidentId}`, `<b>status</b> ${incidentId} please`])(
    '%j tells where the incident stands and changes nothing',
    async (text) => {
      const { doors } = await prepared();
      const before = await doors.store.readRecord(incidentId);

      const got = await say(doors, message('outsider', text), (raw) => signed(raw, team2), {
        keyId: 'team2',
      });

      expect(got).toMatchObject({ status: 200, body: { type: 'message' } });
      expect(got.body.text).toContain(`${incidentId}: awaitingApproval`);
      expect(got.body.text).toContain('30 objects');
      expect(await doors.store.readRecord(incidentId)).toEqual(before);
    },
  );

  it('of a title that is markup shows text', async () => {
    const { doors } = await prepared();
    const title = '[win](https://evil.example) <at>all</at>';
    await doors.store.updateIncident(incidentId, (open) => ({ ...open, title }));

    const got = await say(doors, message('reader', 'status'));

    expect(got.body.text).not.toMatch(/\]\(https:|<at>/);
  });

  it('of nothing says that nothing is open, and other words are answered with help', async () => {
    const doors = createDoors();

    expect((await say(doors, message('reader', 'status'))).body.text).toBe('No incident is open.');
    expect((await say(doors, message('reader', 'hello'))).body.text).toContain('status INCIDENT');
  });
});

describe('stop', () => {
  it.each(['commander', 'operator'] as const)('of the %s holds the incident', async (who) => {
    const { doors } = await prepared();

    const got = await say(doors, message(who, `stop ${incidentId}`));

    expect(got.body.text).toContain('is held');
    expect(await doors.store.readDocument(incidentId, 'marks')).toMatchObject({
      hold: { by: { id: ids[who] } },
      cancel: null,
    });
    expect(kinds(doors)).toEqual(['opened', 'hold']);
    expect(doors.wakes).toMatchObject([{ event: 'marksChanged' }]);
  });

  it.each<[string, object, string]>([
    ['the actor', message('actor', `stop ${incidentId}`), 'DECIDER_IS_ACTOR'],
    ['an approver', message('approver', `stop ${incidentId}`), 'DECIDER_NOT_PINNED'],
    ['somebody not pinned', message('unpinned', `stop ${incidentId}`), 'DECIDER_NOT_PINNED'],
    [
      'nobody in particular',
      message('commander', `stop ${incidentId}`, { from: { name: 'commander' } }),
      'NOT_PERMITTED',
    ],
    [
      'another tenant',
      message('commander', `stop ${incidentId}`, { conversation: { tenantId: ids.actor } }),
      'NOT_PERMITTED',
    ],
    [
      'a body of the old form',
      message('commander', `stop ${incidentId}`, { conversation: {}, channelData: {} }),
      'NOT_PERMITTED',
    ],
    ['an incident nobody has', message('commander', 'stop inc-none'), 'INCIDENT_NOT_FOUND'],
    ['a path', message('commander', 'stop ../../etc'), 'INCIDENT_NOT_FOUND'],
    ['no incident', message('commander', 'stop'), 'INCIDENT_NOT_FOUND'],
  ])('by %s is refused in words', async (_, body, code) => {
    const { doors } = await prepared();

    const got = await say(doors, body);

    expect(got.status).toBe(200);
    expect(got.body.text).toMatch(new RegExp(`^${code}: `));
    expect(await doors.store.readDocument(incidentId, 'marks')).toBeNull();
    expect(doors.wakes).toEqual([]);
  });
});

describe('a decision', () => {
  const approve = (digest: string) => message('operator', `approve ${incidentId} ${digest}`);

  it('is refused and recorded where the policy does not allow it', async () => {
    const { doors, plan } = await prepared();

    const got = await say(doors, approve(plan.digest));

    expect(got.body.text).toMatch(/^NOT_PERMITTED: /);
    expect((await doors.store.readLedger(incidentId)).decisions).toEqual([]);
    expect(kinds(doors)).toEqual(['opened', 'decision.refused']);
  });

  it('counts where the policy allows it, on the whole digest, and says by which key it came', async () => {
    const { doors, plan } = await prepared({ allowOutgoingWebhook: true });

    const short = await say(doors, approve(plan.digest.slice(0, 20)));
    const got = await say(doors, approve(plan.digest));

    expect(short.body.text).toMatch(/^PLAN_SUPERSEDED: /);
    expect(got.body.text).toContain('Still needed: approver');
    expect((await doors.store.readLedger(incidentId)).decisions).toMatchObject([
      {
        by: { id: ids.operator },
        via: 'teams',
        proof: { issuer: 'teams-outgoing-webhook:team1' },
      },
    ]);
  });

  it.each(['actor', 'commander', 'unpinned'] as const)('of the %s never counts', async (who) => {
    const { doors, plan } = await prepared({ allowOutgoingWebhook: true });

    const got = await say(doors, message(who, `approve ${incidentId} ${plan.digest}`));

    expect(got.body.text).toMatch(/^DECIDER_/);
    expect((await doors.store.readLedger(incidentId)).decisions).toEqual([]);
  });
});
