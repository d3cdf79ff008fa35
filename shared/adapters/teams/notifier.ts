import type { TokenCredential } from '@azure/identity';
import pRetry from 'p-retry';
import { z } from 'zod';
import type { Json } from '../../domain/json.js';
import { RewindError } from '../../errors.js';
import type { Clock } from '../../ports/clock.js';
import type { Delivery, Notifier, PostedCard } from '../../ports/notifier.js';
import type { PolicySource } from '../../ports/policies.js';
import { createThreadPacing } from './thread-pacing.js';
import { backoffMs, retryAfterMs } from '../retry-after.js';

export interface TeamsAddresses {
  readonly serviceUrl: string | undefined;
  readonly conversationId: string | undefined;
  readonly workflowUrl: string | undefined;
  readonly urgentUrl: string | undefined;
}

export interface NotifierOptions {
  readonly addresses: TeamsAddresses;
  readonly credential: TokenCredential;
  readonly policies: PolicySource;
  readonly log: (line: string) => void;
  readonly clock: Clock;
  readonly fetch?: typeof fetch;
}

const botScope = 'https://api.botframework.com/.default';
const timeoutMs = 10_000;
/** Teams counts a message as UTF-16 (inbound fact sheet C.6). */
const mostBotBytes = 40_000;
/** Keeps a notice below the 28 KB of a webhook message, whatever its characters. */
const mostNoticeText = 4000;
const attempts = 5;
/** A person waits for the card: beyond this the other ways are better. */
const longestWaitMs = 60_000;
/** Fact sheet C.6, and 503 which gateways send. A 500 may have posted the card, so it is not repeated. */
const passing = new Set([412, 429, 502, 503, 504]);
const posted = z.object({ id: z.string().min(1) });

/**
 * Cards through the Bot Connector's REST calls, notices through a Workflows URL, and the second channel.
 * Our bot token goes to the configured service URL only, and only while its host is on the policy's list.
 */
export function createNotifier(options: NotifierOptions): Notifier {
  const { addresses, credential, policies, log, clock, fetch: send = fetch } = options;
  const turnIn = createThreadPacing(clock);

  return {
    async postCard(card) {
      const conversation = addresses.conversationId;
      if (conversation === undefined)
        return { ok: false, why: 'no Teams conversation is configured' };
      return deliver('POST', conversation, 'activities', card, (id) => ({
        conversationId: conversation,
        activityId: id,
      }));
    },

    updateCard(where, card) {
      const path = `activities/${encodeURIComponent(where.activityId)}`;
      return deliver('PUT', where.conversationId, path, card, () => where);
    },

    notice: (title, text) =>
      tell(addresses.workflowUrl, 'notice', {
        type: 'message',
        attachments: [
          {
            contentType: 'application/vnd.microsoft.card.adaptive',
            contentUrl: null,
            content: plainCard(shortened(title, 200), shortened(text, mostNoticeText)),
          },
        ],
      }),

    urgent: (incidentId, title, text) =>
      tell(addresses.urgentUrl, 'urgent notice', {
        incidentId,
        title: shortened(title, 200),
        text: shortened(text, mostNoticeText),
      }),
  };

  async function deliver(
    method: 'POST' | 'PUT',
    conversation: string,
    below: string,
    card: Json,
    where: (id: string) => PostedCard,
  ): Promise<Delivery> {
    const { serviceUrl } = addresses;
    if (serviceUrl === undefined) return { ok: false, why: 'no Teams service URL is configured' };
    if (!(await isAllowed(serviceUrl))) {
      return { ok: false, why: 'the host of BOT_SERVICE_URL is not on the list of the policy' };
    }
    const body = JSON.stringify({
      type: 'message',
      attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: card }],
    });
    if (body.length * 2 > mostBotBytes)
      return { ok: false, why: 'the card is larger than Teams takes' };
    try {
      const path = `v3/conversations/${encodeURIComponent(conversation)}/${below}`;
      const url = new URL(path, serviceUrl.endsWith('/') ? serviceUrl : `${serviceUrl}/`);
      const token = await credential.getToken(botScope).catch(() => null);
      if (token === null) return { ok: false, why: 'no token for the Bot Connector' };
      const headers = { authorization: `Bearer ${token.token}` };
      const answer = await persist(url, method, body, headers, () => turnIn(conversation));
      if (method === 'PUT') return { ok: true, card: where('') };
      const parsed = posted.safeParse(await answer.json().catch(() => null));
      if (!parsed.success) return { ok: false, why: 'the connector named no activity' };
      return { ok: true, card: where(parsed.data.id) };
    } catch (error) {
      const why = inWords(error);
      log(`card not delivered: ${why}`);
      return { ok: false, why };
    }
  }

  async function tell(url: string | undefined, what: string, body: unknown): Promise<boolean> {
    if (url === undefined) return false;
    try {
      await persist(new URL(url), 'POST', JSON.stringify(body), {});
      return true;
    } catch (error) {
      log(`${what} not delivered: ${inWords(error)}`);
      return false;
    }
  }

  /** Tries again on what passes, after the `Retry-After` in full. Messages carry no URL: it may hold a secret. */
  function persist(
    url: URL,
    method: string,
    body: string,
    headers: Record<string, string>,
    turn: () => Promise<void> = () => Promise.resolve(),
  ): Promise<Response> {
    const inTurn = async () => {
      await turn();
      return attempt(url, method, body, headers);
    };
    return pRetry(inTurn, {
      retries: attempts - 1,
      minTimeout: 0,
      factor: 1,
      shouldRetry: async ({ error, attemptNumber }) => {
        if (!(error instanceof Undelivered) || !error.retryable) return false;
        const wait = error.waitMs ?? backoffMs(attemptNumber, Math.random, 500, 8000);
        if (wait > longestWaitMs) return false;
        await clock.sleep(wait);
        return true;
      },
    });
  }

  async function attempt(
    url: URL,
    method: string,
    body: string,
    headers: Record<string, string>,
  ): Promise<Response> {
    const answer = await send(url, {
      method,
      body,
      headers: { 'content-type': 'application/json', ...headers },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((cause: unknown) => {
      throw new Undelivered('there was no answer', true, null, cause);
    });
    if (answer.ok) return answer;
    throw new Undelivered(
      `${method} was answered ${answer.status}`,
      passing.has(answer.status),
      retryAfterMs(answer.headers, clock.now()),
    );
  }

  async function isAllowed(serviceUrl: string): Promise<boolean> {
    const { host, hostname, protocol } = new URL(serviceUrl);
    const { policy } = await policies.current();
    const hosts = policy.teams.serviceHosts;
    return protocol === 'https:' && (hosts.includes(host) || hosts.includes(hostname));
  }
}

class Undelivered extends RewindError {
  readonly waitMs: number | null;

  constructor(message: string, passes: boolean, waitMs: number | null, cause?: unknown) {
    super('GRAPH_UNAVAILABLE', message, { cause, retryable: passes });
    this.waitMs = waitMs;
  }
}

const inWords = (error: unknown): string =>
  error instanceof RewindError ? error.message : 'unknown fault';

const shortened = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;

const plainCard = (title: string, text: string): Json => ({
  $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
  type: 'AdaptiveCard',
  version: '1.5',
  body: [
    { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: title, weight: 'Bolder' }] },
    { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text }] },
  ],
});
