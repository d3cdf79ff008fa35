import { HttpRequest, InvocationContext } from '@azure/functions';
import { createHandlers, type DoorServices } from '../../functions/http/index.js';
import { createWebhookVerifier } from '../../shared/adapters/identity/webhook-verifier.js';
import type { Policy } from '../../shared/domain/policy.js';
import type { Caller, TokenProof } from '../../shared/ports/callers.js';
import { pointCheckRunOf } from '../../shared/domain/native/point-check.js';
import type { WakeEvent } from '../../shared/ports/incident-runs.js';
import { policy as defaultPolicy } from '../domain/support/incidents.js';
import { createFakeRecovery } from './fake-recovery.js';
import { createApiChecker, type ApiDescription } from './api-description.js';
import { createMemoryStore } from './memory-store.js';

/** People and applications of the tests; the token of each is its own name. */
export const ids = {
  commander: '11111111-0000-4000-8000-000000000001',
  operator: '11111111-0000-4000-8000-000000000002',
  approver: '11111111-0000-4000-8000-000000000003',
  responder: '11111111-0000-4000-8000-000000000004',
  reader: '11111111-0000-4000-8000-000000000005',
  outsider: '11111111-0000-4000-8000-000000000006',
  actor: '11111111-0000-4000-8000-000000000007',
  unpinned: '11111111-0000-4000-8000-000000000008',
  playbook: '22222222-0000-4000-8000-000000000001',
  actionGroup: '22222222-0000-4000-8000-000000000002',
  otherApp: '22222222-0000-4000-8000-000000000003',
  console: '22222222-0000-4000-8000-000000000009',
  tenant: '33333333-0000-4000-8000-000000000001',
} as const;
export type Who = Exclude<keyof typeof ids, 'tenant' | 'console'>;

const allRoles = [
  'Incident.Commander',
  'Incident.Operator',
  'Incident.Approver',
  'Incident.Responder',
];
const rolesOf: Record<Who, readonly string[]> = {
  commander: ['Incident.Commander'],
  operator: ['Incident.Operator'],
  approver: ['Incident.Approver'],
  responder: ['Incident.Responder'],
  reader: ['Incident.Reader'],
  outsider: [],
  actor: allRoles,
  unpinned: allRoles,
  playbook: ['Incident.Trigger'],
  actionGroup: ['ActionGroupsSecureWebhook'],
  otherApp: ['ActionGroupsSecureWebhook', 'Incident.Approver'],
};

/** The first is the fact sheet's own test vector (inbound C.2). */
export const webhookKeys = [
  { keyId: 'team1', secret: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=' },
  { keyId: 'team2', secret: 'ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=' },
];
export const functionKey = 'key-of-the-host';
export const serviceUrl = 'https://smba.example.test/amer/';
export const conversationId = '19:channel@thread.tacv2';
export const allowedRule = '/subscriptions/1/providers/microsoft.insights/rules/bulk-writes';
export const startOfTests = Date.parse('2026-11-20T21:00:00.000Z');

const pinned = (...who: Who[]) => who.map((name) => ({ objectId: ids[name], name }));

export const policy: Policy = defaultPolicy({
  people: {
    operators: pinned('operator', 'actor'),
    approvers: pinned('approver', 'actor'),
    commanders: pinned('commander', 'actor'),
  },
  alerts: { actionGroupRules: [allowedRule] },
  teams: { serviceHosts: ['smba.example.test'] },
});

export interface Sent {
  readonly as?: Who;
  readonly headers?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly raw?: string | Uint8Array;
}

export interface Got {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The body as JSON, where it is JSON; the fields that tests look at by name. */
  readonly body: GotBody;
}

/** Fields of all answers together: a test names those of its door. */
export interface GotBody {
  readonly incidentId: string;
  readonly deduplicated: boolean;
  readonly code: string;
  readonly detail: string;
  readonly errors: readonly { readonly path: string }[];
  readonly statusCode: number;
  readonly type: string;
  readonly text: string;
  readonly value: { readonly code: string; readonly message: string };
  readonly items: readonly { readonly displayName: string }[];
  readonly nextToken: string;
  readonly digest: string | null;
  readonly body: unknown;
  readonly total: number;
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: object;
}

export interface OpenApiOperation {
  readonly requestBody?: {
    readonly content: { readonly 'application/json': { readonly schema: object } };
  };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: object }>> }>
  >;
}

export type Doors = ReturnType<typeof createDoors>;

/** All doors over fakes that keep to the ports' words; `change` replaces services. */
export function createDoors(change: Partial<DoorServices> = {}) {
  let time = startOfTests;
  const store = createMemoryStore();
  const instances = new Set<string>();
  const recovery = createFakeRecovery({ now: () => time });
  const wakes: { incidentId: string; event: WakeEvent; eventId: string }[] = [];
  const urgent: string[] = [];
  const logged: string[] = [];
  const inForce = { policy, digest: `sha256:${'9'.repeat(64)}`, warning: null };

  const services: DoorServices = {
    clock: {
      now: () => time,
      sleep: async (ms, signal) => {
        // A wait that somebody can end early is raced against work that ends at once here.
        if (signal !== undefined) return new Promise(() => undefined);
        await new Promise((resolve) => setImmediate(resolve));
        time += ms;
      },
    },
    store,
    runs: () => ({
      start: async (id) => {
        await Promise.resolve();
        if (instances.has(id)) return 'already';
        instances.add(id);
        return 'started';
      },
      startUndo: async (id) => {
        const known = instances.has(`${id}-undo`);
        instances.add(`${id}-undo`);
        return known ? 'already' : 'started';
      },
      startPointCheck: async (id, run) => {
        const known = instances.has(pointCheckRunOf(id, run));
        instances.add(pointCheckRunOf(id, run));
        return known ? 'already' : 'started';
      },
      exists: async (id) => instances.has(id),
      wake: async (incidentId, event, eventId) => void wakes.push({ incidentId, event, eventId }),
    }),
    callers: { verify: async (authorization) => callerOf(authorization) },
    connector: {
      verify: async (authorization, activity) =>
        authorization === 'Bearer connector' &&
        activity.serviceUrl === serviceUrl &&
        activity.channelId === 'msteams'
          ? proofOf('connector')
          : null,
    },
    webhooks: createWebhookVerifier(webhookKeys),
    keys: { accepts: async (key) => key === functionKey },
    policies: { current: async () => inForce },
    directory: { appRolesOnOurApi: async () => ['Incident.Approver'] },
    notifier: {
      urgent: async (_, title) => {
        urgent.push(title);
        return true;
      },
    },
    sessions: recovery.sessions,
    recovery: recovery.service,
    report: {
      render: (incident) => ({
        html: `<!doctype html><p>${incident.id}</p>`,
        markdown: `# ${incident.id}`,
      }),
    },
    readiness: async () => [
      { name: 'policy', status: 'ok', evidence: 'read', todo: '' },
      { name: 'graph', status: 'warning', evidence: 'slow', todo: 'look' },
    ],
    settings: {
      tenantId: ids.tenant,
      botConversationId: conversationId,
      publicUrl: 'https://rewind.example.test',
    },
    ...change,
  };
  const handlers = createHandlers(() => services);
  let invocations = 0;

  return {
    services,
    store,
    handlers,
    instances,
    wakes,
    urgent,
    logged,
    policyInForce: inForce,
    advance: (ms: number) => void (time += ms),
    now: () => time,

    async call(name: string, sent: Sent = {}): Promise<Got> {
      const handler = handlers[name];
      if (handler === undefined) throw new Error(`no door ${name}`);
      const response = await handler.handler(
        requestOf(handler.methods[0] ?? 'GET', handler.route, sent),
        new InvocationContext({
          functionName: name,
          invocationId: `invocation-${(invocations += 1)}`,
          logHandler: (_level, ...parts: unknown[]) => void logged.push(parts.join(' ')),
        }),
      );
      const text = Buffer.from((response.body ?? '') as string | Uint8Array).toString('utf8');
      const wrong = (await checkerOf(handlers))({
        method: handler.methods[0] ?? 'GET',
        path: `/api/${handler.route}`,
        query: Object.keys(sent.query ?? {}),
        sent: sentText(sent),
        status: response.status ?? 200,
        type: (response.headers as Record<string, string>)['content-type'],
        answered: text,
      });
      if (wrong !== null) throw new Error(`not as described: ${wrong}`);
      return {
        status: response.status ?? 200,
        headers: response.headers as Record<string, string>,
        text,
        body: bodyOf(text) as GotBody,
      };
    },
  };
}

let checker: Promise<ReturnType<typeof createApiChecker>> | null = null;

/** Every exchange of every test is held to the description that is served; it is the same for all. */
function checkerOf(handlers: ReturnType<typeof createHandlers>) {
  return (checker ??= (async () => {
    const served = await handlers['getOpenApi']!.handler(
      requestOf('GET', 'openapi.json', {}),
      new InvocationContext({ functionName: 'getOpenApi' }),
    );
    return createApiChecker(JSON.parse(served.body as string) as ApiDescription);
  })());
}

/** Null for bodies that are no text at all. */
function sentText({ body, raw }: Sent): string | null {
  if (raw !== undefined) return typeof raw === 'string' && raw !== '' ? raw : null;
  return body === undefined ? null : JSON.stringify(body);
}

function requestOf(method: string, route: string, sent: Sent): HttpRequest {
  const { as, body, raw, params = {}, query = {}, headers = {} } = sent;
  const path = Object.entries(params).reduce(
    (known, [name, value]) => known.replace(`{${name}}`, encodeURIComponent(value)),
    route,
  );
  const bytes = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  return new HttpRequest({
    method,
    url: `http://127.0.0.1/api/${path}?${new URLSearchParams(query).toString()}`,
    headers: { ...(as && { authorization: `Bearer ${as}` }), ...headers },
    params,
    query,
    ...(bytes === undefined ? {} : { body: { bytes: Buffer.from(bytes) } }),
  });
}

function callerOf(authorization: string | null): Caller | null {
  const who = authorization?.replace(/^Bearer /, '') as Who | undefined;
  if (who === undefined || !(who in rolesOf)) return null;
  const common = { id: ids[who], roles: rolesOf[who], proof: proofOf(who) };
  if (!ids[who].startsWith('22222222')) {
    return { kind: 'person', name: who, clientId: ids.console, ...common };
  }
  const appId = who === 'actionGroup' ? '461e8683-5575-4561-ac7f-899cc907d62a' : ids[who];
  return { kind: 'application', appId, ...common };
}

const proofOf = (who: string): TokenProof => ({
  issuer: 'https://issuer.example.test',
  tokenIdHash: `hash-of-${who}`,
  issuedAt: null,
});

function bodyOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
