import { createNotifier } from '../../shared/adapters/teams/notifier.js';
import { policiesWith } from './policies.js';
import { answer, frozenClock, networkError, scripted, type Step } from './scripted.js';

const serviceUrl = 'https://smba.trafficmanager.net/amer/tenant/';
const conversationId = '19:abc@thread.tacv2';
const workflowUrl = 'https://flows.example/hook?sig=very-secret';
const card = { type: 'AdaptiveCard', version: '1.5', body: [] };

function notifierOf(
  steps: readonly Step[],
  change: { serviceUrl?: string; hosts?: readonly string[]; conversationId?: undefined } = {},
) {
  const script = scripted(...steps);
  const clock = frozenClock();
  const log: string[] = [];
  const scopes: string[] = [];
  const notifier = createNotifier({
    addresses: { serviceUrl, conversationId, workflowUrl, urgentUrl: workflowUrl, ...change },
    credential: {
      getToken: (scope) => {
        scopes.push(String(scope));
        return Promise.resolve({ token: 'bot-token', expiresOnTimestamp: 0 });
      },
    },
    policies: policiesWith(change.hosts),
    log: (line) => log.push(line),
    clock,
    fetch: script.fetch,
  });
  return { notifier, clock, log, scopes, seen: script.seen };
}

describe('approval cards', () => {
  it('are posted to the configured conversation with the token for the Bot Connector', async () => {
    const { notifier, seen, scopes } = notifierOf([answer(201, { id: '1759944781430' })]);

    const delivery = await notifier.postCard(card);

    expect(delivery).toEqual({ ok: true, card: { conversationId, activityId: '1759944781430' } });
    expect(scopes).toEqual(['https://api.botframework.com/.default']);
    expect(seen[0]).toMatchObject({
      method: 'POST',
      url: `${serviceUrl}v3/conversations/19%3Aabc%40thread.tacv2/activities`,
    });
    expect(seen[0]?.headers.get('authorization')).toBe('Bearer bot-token');
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({
      type: 'message',
      attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: card }],
    });
  });

  it('go into one thread no faster than Teams takes them, whatever the order they are asked in', async () => {
    const { notifier, clock, seen } = notifierOf(Array.from({ length: 70 }, () => answer(200)));
    const sentAt: number[] = [];
    const where = { conversationId, activityId: '1' };

    await Promise.all(
      Array.from({ length: 70 }, async () => {
        expect((await notifier.updateCard(where, card)).ok).toBe(true);
        sentAt.push(clock.now());
      }),
    );

    expect(seen).toHaveLength(70);
    const within = (ms: number) =>
      Math.max(...sentAt.map((from) => sentAt.filter((at) => at >= from && at < from + ms).length));
    expect(within(1000)).toBeLessThanOrEqual(7);
    expect(within(2000)).toBeLessThanOrEqual(8);
    expect(within(30_000)).toBeLessThanOrEqual(60);
  });

  it('are replaced in place', async () => {
    const { notifier, seen } = notifierOf([answer(200)]);
    const where = { conversationId, activityId: '1759944781430' };

    expect(await notifier.updateCard(where, card)).toEqual({ ok: true, card: where });
    expect(seen[0]).toMatchObject({
      method: 'PUT',
      url: `${serviceUrl}v3/conversations/19%3Aabc%40thread.tacv2/activities/1759944781430`,
    });
  });

  it.each<[string, Step, number]>([
    ['412', answer(412), 500],
    ['429 with seconds', answer(429, {}, { 'retry-after': '3' }), 3000],
    ['502', answer(502, '<html>'), 500],
    ['504', answer(504), 500],
    ['a reset', networkError('ECONNRESET'), 500],
  ])('survive %s', async (_what, fault, most) => {
    const { notifier, clock, seen } = notifierOf([fault, answer(201, { id: '1' })]);

    expect((await notifier.postCard(card)).ok).toBe(true);
    expect(seen).toHaveLength(2);
    expect(clock.slept[0]).toBeLessThanOrEqual(most);
    expect(clock.slept[0]).toBeGreaterThanOrEqual(most === 500 ? 250 : most);
  });

  it.each<[string, Step, number]>([
    ['a refusal', answer(403), 1],
    [
      'a card that is too large for Teams',
      answer(413, { error: { code: 'MessageSizeTooBig' } }),
      1,
    ],
    ['an error that may have posted it', answer(500), 1],
    ['a wait longer than people have', answer(429, {}, { 'retry-after': '600' }), 1],
    ['an outage', answer(502), 5],
    ['an answer without an id', answer(201, {}), 1],
    ['an answer that is no JSON', answer(201, '<html>'), 1],
  ])('not delivered because of %s are told as a value', async (_what, fault, requests) => {
    const { notifier, seen } = notifierOf([fault]);

    expect(await notifier.postCard(card)).toMatchObject({ ok: false });
    expect(seen).toHaveLength(requests);
  });

  it.each([
    ['a host that the policy does not list', { serviceUrl: 'https://evil.example/' }],
    [
      'a host that only begins like one',
      { serviceUrl: 'https://smba.trafficmanager.net.evil.example/' },
    ],
    ['a host taken off the list', { hosts: ['other.example'] }],
    ['http', { serviceUrl: 'http://smba.trafficmanager.net/' }],
  ])('never go, with our token, to %s', async (_what, change) => {
    const { notifier, seen, scopes } = notifierOf([answer(201, { id: '1' })], change);

    expect(await notifier.postCard(card)).toMatchObject({ ok: false });
    expect(seen).toEqual([]);
    expect(scopes).toEqual([]);
  });

  it('larger than Teams takes are not sent', async () => {
    const { notifier, seen } = notifierOf([answer(201, { id: '1' })]);

    const delivery = await notifier.postCard({ ...card, body: 'x'.repeat(20_000) });

    expect(delivery).toMatchObject({ ok: false, why: expect.stringContaining('larger') });
    expect(seen).toEqual([]);
  });

  it('without a conversation are told as a value', async () => {
    const { notifier } = notifierOf([answer(201, { id: '1' })], { conversationId: undefined });

    expect(await notifier.postCard(card)).toMatchObject({ ok: false });
  });
});

describe('notices', () => {
  it('go to the workflow as one small card, however long the text', async () => {
    const { notifier, seen } = notifierOf([answer(202)]);

    expect(await notifier.notice('Contained', '\u{1F600}'.repeat(20_000))).toBe(true);

    const body = seen[0]?.body ?? '';
    expect(Buffer.byteLength(body)).toBeLessThan(28_000);
    expect(JSON.parse(body)).toMatchObject({
      type: 'message',
      attachments: [{ contentUrl: null, content: { type: 'AdaptiveCard' } }],
    });
    expect(seen[0]?.headers.get('authorization')).toBeNull();
  });

  it('urgent ones are generic JSON with the incident', async () => {
    const { notifier, seen } = notifierOf([answer(200)]);

    expect(await notifier.urgent('inc-1', 'No quorum', 'Nobody can decide')).toBe(true);
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({
      incidentId: 'inc-1',
      title: 'No quorum',
      text: 'Nobody can decide',
    });
  });

  it.each<[string, Step]>([
    ['a refusal', answer(401)],
    ['an outage', networkError('ENOTFOUND')],
  ])(
    'never throw: %s is false, and the secret of the address is not logged',
    async (_what, fault) => {
      const { notifier, log } = notifierOf([fault]);

      expect(await notifier.notice('a', 'b')).toBe(false);
      expect(await notifier.urgent('inc-1', 'a', 'b')).toBe(false);
      expect(log.join('\n')).not.toContain('very-secret');
      expect(log).toHaveLength(2);
    },
  );
});
