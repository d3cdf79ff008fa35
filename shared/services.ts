/**
 * The composition root: settings in, services out. The only place that knows which adapter serves which
 * port. Built once per process, at its first use.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFunctionKeys } from './adapters/function-keys.js';
import { openEvidenceStore } from './adapters/evidence/index.js';
import { createGraphClient } from './adapters/graph/client.js';
import { createDirectoryAudits } from './adapters/graph/directory-audits.js';
import { createGraphDirectory } from './adapters/graph/directory.js';
import { createRecoveryService } from './adapters/graph/recovery-service.js';
import { createCallerVerifier } from './adapters/identity/caller-verifier.js';
import { createConnectorVerifier } from './adapters/identity/connector-verifier.js';
import { createWebhookVerifier } from './adapters/identity/webhook-verifier.js';
import { operatorProof, ownCredential } from './adapters/identity/credentials.js';
import { createOperatorExchange } from './adapters/identity/operator-exchange.js';
import { createOperatorSessions } from './adapters/identity/operator-sessions.js';
import { createLogAnalytics } from './adapters/logs/log-analytics.js';
import { createPolicyFile } from './adapters/policy-file.js';
import { createReadiness } from './adapters/readiness.js';
import { createReportWriter } from './adapters/report/html-report.js';
import { createNotifier } from './adapters/teams/notifier.js';
import { openCollector } from './adapters/telemetry/collector.js';
import { tracedFetch, tracedPipeline } from './adapters/telemetry/outside-calls.js';
import { createProductLog } from './adapters/telemetry/product-log.js';
import { onAzure, readSettings, type Settings } from './contracts/settings.js';
import { RewindError } from './errors.js';
import type { ConnectorVerifier } from './ports/callers.js';
import type { Clock } from './ports/clock.js';

export type Services = ReturnType<typeof buildServices>;

/** The narrowest delegated permissions that start and read jobs (backup fact sheet 4.1, 4.4). */
const operatorScopes = [
  'EntraBackup.Read.All',
  'EntraBackup.ReadWrite.Preview',
  'EntraBackup.ReadWrite.Recovery',
];

let built: Services | null = null;

/** The services of this process. Throws VALIDATION_FAILED with one line per bad setting. */
export function servicesOfProcess(): Services {
  if (built === null) {
    const reading = readSettings(process.env);
    if (!reading.ok) throw new RewindError('VALIDATION_FAILED', reading.problems.join('\n'));
    built = buildServices(reading.settings);
  }
  return built;
}

export function buildServices(settings: Settings) {
  const clock: Clock = {
    now: () => Date.now(),
    sleep: (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }),
  };
  const collector = openCollector(settings.OTEL_EXPORTER_OTLP_ENDPOINT);
  const { tracing } = collector;
  const log = createProductLog(tracing);
  const publicUrl = settings.PUBLIC_URL ?? 'http://127.0.0.1:7071';
  const credential = ownCredential(settings.AZURE_CLIENT_ID);
  const policies = createPolicyFile(settings.POLICY, clock);
  const store = openEvidenceStore(settings.EVIDENCE_STORE);
  const graph = createGraphClient({
    endpoint: settings.GRAPH_ENDPOINT,
    credential,
    clock,
    fetch: tracedFetch(tracing, 'graph', 'route'),
  });
  const directory = createGraphDirectory({
    client: graph,
    clock,
    credential,
    scope: `${settings.GRAPH_ENDPOINT}/.default`,
    apiAudience: settings.API_AUDIENCE,
  });
  const sessions = createOperatorSessions({
    store,
    clock,
    exchange: createOperatorExchange({
      authority: `${settings.AZURE_AUTHORITY_HOST}/${settings.TENANT_ID}`,
      clientId: settings.OPERATOR_CLIENT_ID,
      proof: operatorProof(settings.OPERATOR_ASSERTION, credential),
      scopes: operatorScopes.map((scope) => `${settings.GRAPH_ENDPOINT}/${scope}`),
      now: () => clock.now(),
    }),
    key: settings.SESSION_KEY ? Buffer.from(settings.SESSION_KEY, 'base64') : randomBytes(32),
    // A key of one process would lock every other worker out.
    unavailable:
      onAzure(process.env) && settings.SESSION_KEY === undefined
        ? 'SESSION_KEY is not set, so operator sessions cannot be kept'
        : null,
  });
  const auditLog =
    settings.LOGS_WORKSPACE_ID === undefined
      ? createDirectoryAudits({
          client: graph,
          clock,
          quota: async () => (await policies.current()).policy.scope.reportQuota,
        })
      : createLogAnalytics({
          endpoint: settings.LOGS_ENDPOINT,
          workspaceId: settings.LOGS_WORKSPACE_ID,
          credential,
          pipeline: tracedPipeline(tracing, 'logs'),
          patience: { clock, attempts: 5, firstWaitMs: 1000, mostWaitMs: 30_000 },
        });
  const notifier = createNotifier({
    addresses: {
      serviceUrl: settings.BOT_SERVICE_URL,
      conversationId: settings.BOT_CONVERSATION_ID,
      workflowUrl: settings.TEAMS_WORKFLOW_URL,
      urgentUrl: settings.URGENT_NOTICE_URL,
    },
    credential,
    policies,
    log,
    clock,
    fetch: tracedFetch(tracing, 'teams', 'host'),
  });
  const connector: ConnectorVerifier =
    settings.BOT_APP_ID === undefined
      ? { verify: () => Promise.resolve(null) }
      : createConnectorVerifier({
          botAppId: settings.BOT_APP_ID,
          metadataUrl: settings.BOT_OPENID_METADATA,
          policies,
          clock,
        });
  return {
    tracing,
    stopTracing: () => collector.stop(),
    clock,
    store,
    directory,
    recovery: createRecoveryService({
      client: graph,
      sessions,
      endpoint: settings.GRAPH_ENDPOINT,
      clock,
    }),
    sessions,
    auditLog,
    notifier,
    policies,
    connector,
    webhooks: createWebhookVerifier(settings.TEAMS_OUTGOING_WEBHOOK_SECRETS ?? []),
    report: createReportWriter({ tenantId: settings.TENANT_ID, clock }),
    callers: createCallerVerifier({
      tenantId: settings.TENANT_ID,
      authorityHost: settings.AZURE_AUTHORITY_HOST,
      audience: settings.API_AUDIENCE,
      ...(settings.API_CLIENT_IDS && { clientIds: settings.API_CLIENT_IDS }),
      clock,
    }),
    keys: createFunctionKeys({
      appUrl: () => ownAddress(publicUrl),
      marks: {
        has: async (hash) => (await store.readClaim(`function-key|${hash}`)) !== null,
        add: async (hash) => {
          await store.claim(`function-key|${hash}`, 'accepted');
        },
      },
    }),
    readiness: createReadiness({ clock, store, policies, auditLog, credential, settings }),
    tenantId: settings.TENANT_ID,
    publicUrl,
    newNonce: () => randomBytes(18).toString('base64url'),
    botConversationId: settings.BOT_CONVERSATION_ID ?? null,
  };
}

/**
 * Where this very app is reached without whatever stands in front of `publicUrl`. Hosts name it in
 * `WEBSITE_HOSTNAME`; on this machine they speak plain HTTP.
 */
function ownAddress(publicUrl: string): string {
  const host = process.env['WEBSITE_HOSTNAME'];
  if (host === undefined || host === '') return publicUrl;
  const local = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(host);
  return `${local ? 'http' : 'https'}://${host}`;
}
