import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createCertificates } from './certificates.js';
import { json, type TenantClock, type TenantRequest, type TenantResponse } from './exchange.js';
import { startServer, type RunningServer } from './server.js';
import { createTenant, type Tenant } from './tenant.js';

export interface StartOptions {
  /** 0: any free port. */
  readonly port: number;
  /** The certificate authority and the policy are written below it, in `tenant/`. */
  readonly dataDir: string;
  readonly seed: number;
  readonly users: number;
  readonly scenario: string;
  readonly speed: number;
  /** Where the product listens; `http://127.0.0.1:7071` by default. */
  readonly appUrl?: string;
  /** false leaves `LOGS_WORKSPACE_ID` out: the audit trail is then read from Graph. */
  readonly workspace?: boolean;
  /** The machine's by default; a measurement hands in one that notes how long the services pause. */
  readonly clock?: TenantClock;
  readonly log?: (line: string) => void;
}

export interface RunningTenant {
  readonly url: string;
  readonly controlUrl: string;
  /** What a `serve` needs to work against this tenant (contract sections 1 and 2). */
  readonly settings: Record<string, string>;
  stop(): Promise<void>;
}

/** The machine's clock. Waiting does not keep the process alive; the listening sockets do. */
export const realClock: TenantClock = {
  now: () => Date.now(),
  sleep: (ms) => delay(ms, undefined, { ref: false }),
};

/** Starts the simulated tenant: https origin, loopback control server, policy and certificates on disk. */
export async function startTenant(options: StartOptions): Promise<RunningTenant> {
  const { log = () => undefined, clock = realClock } = options;
  const files = writableFolder(options.dataDir);
  const certificates = await createCertificates(clock.now());
  const opening = createOpening();
  const tls = { key: certificates.key, cert: certificates.certificate };
  const handle = (request: TenantRequest) => opening.tenant((tenant) => tenant.handle(request));
  const control = (request: TenantRequest) => opening.tenant((tenant) => tenant.control(request));
  const server = await startServer({ port: options.port, tls, handle, log });
  let controlServer: RunningServer | null = null;
  try {
    controlServer = await startServer({ port: 0, handle: control, log });
    const tenant = createTenant({ ...options, log, clock, origin: server.url });
    writeFileSync(files.authority, certificates.authority);
    writeFileSync(files.policy, `${JSON.stringify(tenant.policy, null, 2)}\n`);
    opening.open(tenant);
    const servers = [server, controlServer];
    return {
      url: server.url,
      controlUrl: controlServer.url,
      settings: settingsOf(tenant, server.url, controlServer.url, files, options.workspace ?? true),
      stop: async () => {
        await Promise.all(servers.map((one) => one.stop()));
      },
    };
  } catch (error) {
    await Promise.all([server.stop(), controlServer?.stop()]);
    throw error;
  }
}

/** The port is known before the tenant is, because its URLs carry it; until then the answer is 503. */
function createOpening() {
  let opened: Tenant | null = null;
  return {
    open: (tenant: Tenant) => void (opened = tenant),
    tenant: (use: (tenant: Tenant) => Promise<TenantResponse>): Promise<TenantResponse> =>
      opened === null
        ? Promise.resolve(json(503, { error: { code: 'STARTING' } }, { 'retry-after': '1' }))
        : use(opened),
  };
}

function writableFolder(dataDir: string) {
  const folder = path.resolve(dataDir, 'tenant');
  mkdirSync(folder, { recursive: true });
  return { authority: path.join(folder, 'ca.pem'), policy: path.join(folder, 'policy.json') };
}

function settingsOf(
  tenant: Tenant,
  url: string,
  controlUrl: string,
  files: { readonly authority: string; readonly policy: string },
  workspace: boolean,
): Record<string, string> {
  const { ids } = tenant.world;
  const { team } = tenant.teams;
  return {
    TENANT_ID: ids.tenantId,
    GRAPH_ENDPOINT: url,
    LOGS_ENDPOINT: url,
    ...(workspace ? { LOGS_WORKSPACE_ID: ids.workspaceId } : {}),
    AZURE_AUTHORITY_HOST: url,
    IDENTITY_ENDPOINT: `${controlUrl}/msi/token`,
    IDENTITY_HEADER: tenant.identity.managedIdentityHeader,
    AZURE_CLIENT_ID: ids.ourAppId,
    API_AUDIENCE: ids.apiAppId,
    BOT_APP_ID: ids.botAppId,
    BOT_OPENID_METADATA: `${url}/botframework/v1/.well-known/openidconfiguration`,
    BOT_SERVICE_URL: team.serviceUrl,
    BOT_CONVERSATION_ID: team.channelId,
    TEAMS_WORKFLOW_URL: tenant.notices.urls.workflow,
    URGENT_NOTICE_URL: tenant.notices.urls.urgent,
    TICKET_WEBHOOK_URL: tenant.notices.urls.ticket,
    POLICY: files.policy,
    NODE_EXTRA_CA_CERTS: files.authority,
    LOCAL_CONTROL: controlUrl,
  };
}
