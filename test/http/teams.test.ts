import {
  conversationId,
  createDoors,
  ids,
  serviceUrl,
  type Doors,
  type Got,
  type Who,
} from '../support/doors.js';
import {
  cardActivityId,
  incidentId,
  kinds,
  nonce,
  seedIncident,
  seedPlan,
} from '../support/cases.js';

/** New values by their place in the activity; undefined takes the place away. */
type Change = Readonly<Record<string, unknown>>;
type Node = Record<string, unknown>;

async function prepared() {
  const doors = createDoors();
  await seedIncident(doors);
  const { digest } = await seedPlan(doors);
  return { doors, digest };
}

/** A press as the connector delivers it (fact sheet C.3); `change` forges parts of it. */
function activity(who: Who, digest: string, change: Change = {}): Node {
  const one: Node = {
    type: 'invoke',
    name: 'adaptiveCard/action',
    id: 'f:1',
    channelId: 'msteams',
    serviceUrl,
    from: { id: '29:user', name: `Name of ${who}`, aadObjectId: ids[who] },
    conversation: { id: `${conversationId};messageid=${cardActivityId}`, tenantId: ids.tenant },
    channelData: { tenant: { id: ids.tenant } },
    replyToId: cardActivityId,
    value: {
      trigger: 'manual',
      action: {
        type: 'Action.Execute',
        title: 'Approve',
        verb: 'approve',
        id: 'approve',
        data: {
          incidentId,
          planDigest: digest,
          planVersion: 1,
          nonce,
          comment: 'looks right',
        },
      },
    },
  };
  for (const [place, value] of Object.entries(change)) {
    const path = place.split('.');
    const last = path.pop()!;
    const parent = path.reduce<Node>((node, key) => node[key] as Node, one);
    if (value === undefined) Reflect.deleteProperty(parent, last);
    else parent[last] = value;
  }
  return one;
}

function press(doors: Doors, body: unknown, token = 'connector'): Promise<Got> {
  return doors.call('teamsMessages', { body, headers: { authorization: `Bearer ${token}` } });
}

const verbsOf = (got: Got): string[] =>
  [...got.text.matchAll(/"verb":"(\w+)"/g)].map(([, verb]) => verb!);

describe('a press on the card', () => {
  it('of a pinned person counts, and shows what is still needed', async () => {
    const { doors, digest } = await prepared();

    const got = await press(doors, activity('operator', digest));

    expect(got).toMatchObject({
      status: 200,
      body: {
        statusCode: 200,
        type: 'application/vnd.microsoft.card.adaptive',
        value: { type: 'AdaptiveCard', version: '1.5' },
      },
    });
    expect(got.text).toContain('Still needed: approver');
    expect(verbsOf(got)).toEqual([]);
    expect((await doors.store.readLedger(incidentId)).decisions).toMatchObject([
      {
        decision: 'approve',
        by: { id: ids.operator },
        countedAs: 'operator',
        via: 'teams',
        comment: 'looks right',
        proof: { tokenIdHash: 'hash-of-connector' },
        roleCheck: 'confirmed',
      },
    ]);
    expect(doors.wakes).toMatchObject([{ event: 'approvalDecided' }]);
  });

  it('one nonce serves each person once: another press does not spend it', async () => {
    const { doors, digest } = await prepared();
    await press(doors, activity('outsider', digest));
    await press(doors, activity('operator', digest));

    const second = await press(doors, activity('approver', digest));
    const repeated = await press(doors, activity('operator', digest));

    expect(second.body.statusCode).toBe(200);
    expect(repeated.body.statusCode).toBe(200);
    expect((await doors.store.readLedger(incidentId)).decisions).toHaveLength(2);
  });

  it('of reject closes the door for the approvers', async () => {
    const { doors, digest } = await prepared();

    const got = await press(doors, activity('approver', digest, { 'value.action.verb': 'reject' }));

    expect(got.body.statusCode).toBe(200);
    const after = await press(doors, activity('operator', digest));
    expect(after.body).toMatchObject({ statusCode: 400, value: { code: 'NOT_AWAITING_APPROVAL' } });
  });

  it('an automatic refresh shows the card and decides nothing', async () => {
    const { doors, digest } = await prepared();
    const before = doors.store.snapshot();

    const got = await press(doors, activity('operator', digest, { 'value.trigger': 'automatic' }));

    expect(got.body.statusCode).toBe(200);
    expect(verbsOf(got)).toEqual(['approve', 'reject']);
    expect(doors.store.snapshot()).toBe(before);
  });

  it('the thread suffix of the conversation makes no difference', async () => {
    const { doors, digest } = await prepared();

    const got = await press(
      doors,
      activity('operator', digest, { 'conversation.id': conversationId }),
    );

    expect(got.body.statusCode).toBe(200);
  });

  it.each([
    ['missing', ['Incident.Reader']],
    ['unreadable', null],
  ] as const)('a role that is %s is recorded, and the pin still decides', async (found, roles) => {
    const doors = createDoors({ directory: { appRolesOnOurApi: async () => roles } });
    await seedIncident(doors);
    const { digest } = await seedPlan(doors);

    const got = await press(doors, activity('operator', digest));

    expect(got.body.statusCode).toBe(200);
    expect((await doors.store.readLedger(incidentId)).decisions[0]?.roleCheck).toBe(found);
    expect(doors.store.entries(incidentId).at(-1)?.summary).toContain(found);
  });

  it('a directory that throws or never answers does not hold the press up', async () => {
    for (const appRolesOnOurApi of [
      () => Promise.reject(new Error('down')),
      () => new Promise<never>(() => undefined),
    ]) {
      const doors = createDoors({ directory: { appRolesOnOurApi } });
      const patient = {
        ...doors.services,
        clock: { now: doors.now, sleep: () => Promise.resolve() },
      };
      const impatient = createDoors({ ...patient, store: doors.store });
      await seedIncident(doors);
      const { digest } = await seedPlan(doors);

      const got = await press(impatient, activity('operator', digest));

      expect(got.body.statusCode).toBe(200);
      expect((await doors.store.readLedger(incidentId)).decisions[0]?.roleCheck).toBe('unreadable');
    }
  });

  it.each(['message', 'conversationUpdate', 'installationUpdate'])(
    'a %s of the channel is taken and ignored',
    async (type) => {
      const { doors } = await prepared();
      const before = doors.store.snapshot();

      const got = await press(doors, { type, serviceUrl, channelId: 'msteams', text: 'approve' });

      expect(got).toMatchObject({ status: 200, text: '' });
      expect(doors.store.snapshot()).toBe(before);
    },
  );
});

describe('a forged press', () => {
  const data = 'value.action.data';
  const forged: readonly [string, Change, string][] = [
    ['another tenant in the conversation', { 'conversation.tenantId': ids.actor }, 'NOT_PERMITTED'],
    ['no tenant in the conversation', { 'conversation.tenantId': undefined }, 'NOT_PERMITTED'],
    ['another tenant in the channel', { 'channelData.tenant.id': ids.actor }, 'NOT_PERMITTED'],
    ['no channel data', { channelData: undefined }, 'NOT_PERMITTED'],
    ['another conversation', { 'conversation.id': '19:other@thread.tacv2' }, 'NOT_PERMITTED'],
    [
      'our conversation as a thread name',
      { 'conversation.id': `19:x;messageid=${conversationId}` },
      'NOT_PERMITTED',
    ],
    ['a copy of the card elsewhere', { replyToId: '999' }, 'NOT_PERMITTED'],
    ['no message it answers', { replyToId: undefined }, 'NOT_PERMITTED'],
    ['no person', { 'from.aadObjectId': undefined }, 'NOT_PERMITTED'],
    ['a name for an object id', { 'from.aadObjectId': 'approver' }, 'NOT_PERMITTED'],
    [
      'the name of an approver on another id',
      { 'from.name': 'Name of approver', 'from.aadObjectId': ids.outsider },
      'DECIDER_NOT_PINNED',
    ],
    ['another nonce', { [`${data}.nonce`]: 'guessed' }, 'PLAN_SUPERSEDED'],
    ['an empty nonce', { [`${data}.nonce`]: '' }, 'PLAN_SUPERSEDED'],
    ['another plan version', { [`${data}.planVersion`]: 2 }, 'PLAN_SUPERSEDED'],
    ['another digest', { [`${data}.planDigest`]: `sha256:${'0'.repeat(64)}` }, 'PLAN_SUPERSEDED'],
    ['an incident nobody has', { [`${data}.incidentId`]: 'inc-unknown' }, 'INCIDENT_NOT_FOUND'],
    ['a path for an incident', { [`${data}.incidentId`]: '../../etc' }, 'INCIDENT_NOT_FOUND'],
    [
      'an input that overwrote the digest',
      { [`${data}.planDigest`]: 'typed by the person' },
      'PLAN_SUPERSEDED',
    ],
    ['an input that overwrote the version', { [`${data}.planVersion`]: '1' }, 'VALIDATION_FAILED'],
    [
      'an input that overwrote the nonce',
      { [`${data}.nonce`]: 'x'.repeat(1999) },
      'PLAN_SUPERSEDED',
    ],
    ['a comment that is an object', { [`${data}.comment`]: { a: 1 } }, 'VALIDATION_FAILED'],
    ['no nonce at all', { [`${data}.nonce`]: undefined }, 'VALIDATION_FAILED'],
    ['an object for a digest', { [`${data}.planDigest`]: {} }, 'VALIDATION_FAILED'],
    ['another verb', { 'value.action.verb': 'approveAll' }, 'VALIDATION_FAILED'],
    ['no verb', { 'value.action.verb': undefined }, 'VALIDATION_FAILED'],
    ['a submit action', { 'value.action.type': 'Action.Submit' }, 'VALIDATION_FAILED'],
    ['another invoke', { name: 'task/fetch' }, 'VALIDATION_FAILED'],
    ['no value', { value: undefined }, 'VALIDATION_FAILED'],
  ];

  it.each(forged)('%s', async (_, change, code) => {
    const { doors, digest } = await prepared();

    const got = await press(doors, activity('operator', digest, change));

    expect(got).toMatchObject({
      status: 200,
      body: { statusCode: 400, type: 'application/vnd.microsoft.error', value: { code } },
    });
    expect(got.body.value.message).toEqual(expect.any(String));
    expect((await doors.store.readLedger(incidentId)).decisions).toEqual([]);
    expect(doors.wakes).toEqual([]);
  });

  it.each([
    ['the actor', 'actor', 'DECIDER_IS_ACTOR'],
    ['the diagnostician', 'commander', 'DECIDER_IS_DIAGNOSTICIAN'],
    ['somebody the policy does not name', 'unpinned', 'DECIDER_NOT_PINNED'],
  ] as const)('%s is refused and the record says who tried', async (_, who, code) => {
    const { doors, digest } = await prepared();

    const got = await press(doors, activity(who, digest));

    expect(got.body).toMatchObject({ statusCode: 400, value: { code } });
    expect(kinds(doors)).toEqual(['opened', 'decision.refused']);
    expect(doors.store.entries(incidentId).at(-1)?.by.id).toBe(ids[who]);
    expect((await doors.store.readLedger(incidentId)).decisions).toEqual([]);
  });

  it.each([
    ['another conversation', { 'conversation.id': '19:other@thread.tacv2' }],
    ['another tenant', { 'channelData.tenant.id': ids.actor }],
  ] as const)('a refresh from %s is not shown the card', async (_, change) => {
    const { doors, digest } = await prepared();

    const got = await press(
      doors,
      activity('operator', digest, { 'value.trigger': 'automatic', ...change }),
    );

    expect(got.body).toMatchObject({ statusCode: 400, value: { code: 'NOT_PERMITTED' } });
    expect(got.text).not.toContain(nonce);
  });

  it('without a conversation of our own every press is somebody else’s', async () => {
    const { doors, digest } = await prepared();
    const settings = { ...doors.services.settings, botConversationId: null };
    const deaf = createDoors({ ...doors.services, settings });

    const got = await press(deaf, activity('operator', digest));

    expect(got.body).toMatchObject({ statusCode: 400, value: { code: 'NOT_PERMITTED' } });
  });

  it('a press on the card of an overtaken plan is refused', async () => {
    const { doors, digest } = await prepared();
    await seedPlan(doors, undefined, { planVersion: 2, nonce: 'second' });

    const got = await press(doors, activity('operator', digest));

    expect(got.body).toMatchObject({ statusCode: 400, value: { code: 'PLAN_SUPERSEDED' } });
  });

  it('a late press is refused as expired', async () => {
    const { doors, digest } = await prepared();
    doors.advance(5 * 3_600_000);

    const got = await press(doors, activity('operator', digest));

    expect(got.body).toMatchObject({ statusCode: 400, value: { code: 'APPROVAL_EXPIRED' } });
  });
});

describe('a request that does not come from the connector', () => {
  it.each([
    ['no token', undefined, {}],
    ['a token of Entra, even of an approver', 'approver', {}],
    ['a token for another service', 'connector', { serviceUrl: 'https://evil.example.test/' }],
    ['another channel', 'connector', { channelId: 'directline' }],
    ['no service', 'connector', { serviceUrl: undefined }],
  ] as const)('%s is 401 without details', async (_, token, change) => {
    const { doors, digest } = await prepared();
    const before = doors.store.snapshot();

    const got = await doors.call('teamsMessages', {
      body: { ...activity('operator', digest), ...change },
      ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
    });

    expect(got).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
    expect(got.body.detail).toBe('A valid token is needed.');
    expect(doors.store.snapshot()).toBe(before);
  });

  it.each([
    ['empty', ''],
    ['not JSON', '{'],
    ['a list', '[]'],
  ])('a body that is %s names no service and is 401', async (_, raw) => {
    const { doors } = await prepared();

    const got = await doors.call('teamsMessages', {
      raw,
      headers: { authorization: 'Bearer connector' },
    });

    expect(got.status).toBe(401);
  });

  it('a fault of ours is told in the form the channel understands, without its cause', async () => {
    const { doors, digest } = await prepared();
    doors.store.failWrite(1);

    const got = await press(doors, activity('operator', digest));

    expect(got).toMatchObject({
      status: 200,
      body: { statusCode: 500, value: { code: 'INVARIANT_BROKEN' } },
    });
    expect(got.text).not.toContain('store died');
    expect(doors.logged.join()).toContain('store died');
  });
});
