import type { TokenCredential } from '@azure/identity';
import pRetry, { AbortError } from 'p-retry';
import { z } from 'zod';
import type { Json } from '../../domain/json.js';
import type { Delivery, Notifier, PostedCard } from '../../ports/notifier.js';
import type { PolicySource } from '../../ports/policies.js';

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
  readonly fetch?: typeof fetch;
}

const botScope = 'https://api.botframework.com/.default';
const timeoutMs = 10_000;
/** Teams counts a message as UTF-16 (inbound fact sheet C.6). */
const mostBotBytes = 40_000;
const mostWorkflowBytes = 28_000;
const attempts = { retries: 4, minTimeout: 500, maxTimeout: 8000, factor: 2, randomize: true };
const passing = new Set([408, 412, 429, 500, 502, 503, 504]);
const posted = z.object({ id: z.string().min(1) });

/**
 * Cards through the Bot Connector's REST calls, notices through a Workflows URL, and the second channel.
 * Our bot token goes to the configured service URL only, and only while its host is on the policy's list.
 */
export function createNotifier(options: NotifierOptions): Notifier {
  const { addresses, credential, policies, log, fetch: send = fetch } = options;

  return {
    async postCard(card) {
      const conversation = addresses.conversationId;
      if (conversation === undefined)
        return { ok: false, why: 'no Teams conversation is configured' };
      return deliver(
        'POST',
        `v3/conversations/${encodeURIComponent(conversation)}/activities`,
        card,
        (id) => ({
          conversationId: conversation,
          activityId: id,
        }),
      );
    },

    updateCard(where, card) {
      const path =
        `v3/conversations/${encodeURIComponent(where.conversationId)}` +
        `/activities/${encodeURIComponent(where.activityId)}`;
      return deliver('PUT', path, card, () => where);
    },

    notice(title, text) {
      const body = {
        type: 'message',
        attachments: [
          {
            contentType: 'application/vnd.microsoft.card.adaptive',
            contentUrl: null,
            content: plainCard(title, text),
          },
        ],
      };
      return tell(addresses.workflowUrl, body, mostWorkflowBytes, 'notice');
    },

    urgent(incidentId, title, text) {
      return tell(
        addresses.urgentUrl,
        { incidentId, title, text },
        mostWorkflowBytes,
        'urgent notice',
      );
    },
  };

  async function deliver(
    method: 'POST' | 'PUT',
    path: string,
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
      const url = new URL(path, serviceUrl.endsWith('/') ? serviceUrl : `${serviceUrl}/`);
      const token = await credential.getToken(botScope);
      if (token === null) return { ok: false, why: 'no token for the Bot Connector' };
      const answer = await persist(url, method, body, { authorization: `Bearer ${token.token}` });
      const text = await answer.text();
      const parsed = posted.safeParse(text === '' ? null : JSON.parse(text));
      if (method === 'POST' && !parsed.success)
        return { ok: false, why: 'the connector named no activity' };
      return { ok: true, card: where(parsed.data?.id ?? '') };
    } catch (error) {
      const why = error instanceof Error ? error.message : 'unknown fault';
      log(`card not delivered: ${why}`);
      return { ok: false, why };
    }
  }

  async function tell(
    url: string | undefined,
    body: unknown,
    most: number,
    what: string,
  ): Promise<boolean> {
    if (url === undefined) return false;
    const text = JSON.stringify(body);
    if (text.length > most) return tell(url, { truncated: text.slice(0, most - 100) }, most, what);
    try {
      await persist(new URL(url), 'POST', text, {});
      return true;
    } catch (error) {
      log(`${what} not delivered: ${error instanceof Error ? error.message : 'unknown fault'}`);
      return false;
    }
  }

  /** Tries again on what passes (fact sheet C.6), and honours `Retry-After`. Messages carry no URL: it may hold a secret. */
  function persist(
    url: URL,
    method: string,
    body: string,
    headers: Record<string, string>,
  ): Promise<Response> {
    return pRetry(async () => {
      const answer = await send(url, {
        method,
        body,
        headers: { 'content-type': 'application/json', ...headers },
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (answer.ok) return answer;
      const message = `${method} was answered ${answer.status}`;
      if (!passing.has(answer.status)) throw new AbortError(message);
      const wait = Number(answer.headers.get('retry-after') ?? '0');
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, Math.min(wait, 30) * 1000));
      throw new Error(message);
    }, attempts);
  }

  async function isAllowed(serviceUrl: string): Promise<boolean> {
    const { host, hostname, protocol } = new URL(serviceUrl);
    const { policy } = await policies.current();
    const hosts = policy.teams.serviceHosts;
    return protocol === 'https:' && (hosts.includes(host) || hosts.includes(hostname));
  }
}

const plainCard = (title: string, text: string): Json => ({
  $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
  type: 'AdaptiveCard',
  version: '1.5',
  body: [
    { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: title, weight: 'Bolder' }] },
    { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text }] },
  ],
});
