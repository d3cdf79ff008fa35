import { HttpRequest, InvocationContext } from '@azure/functions';
import { createActivities } from '../../functions/activities/index.js';
import type { ActivityServices } from '../../functions/activities/services.js';
import { createHandlers, type DoorServices } from '../../functions/http/index.js';
import { createInProcessEngine, type InProcessEngine } from '../../local/host/engine-in-process.js';
import { alertBody } from '../../local/tenant/alert-forms.js';
import type { ScenarioAlert } from '../../local/tenant/scenarios/world.js';
import { createTenant, type Tenant, type TenantOptions } from '../../local/tenant/tenant.js';
import { playbook } from '../../orchestrations/index.js';
import { tenantJobs } from '../../orchestrations/tenant-jobs.js';
import { createGraphClient } from '../../shared/adapters/graph/client.js';
import { createGraphDirectory } from '../../shared/adapters/graph/directory.js';
import { createRecoveryService } from '../../shared/adapters/graph/recovery-service.js';
import { createLogAnalytics } from '../../shared/adapters/logs/log-analytics.js';
import { createReportWriter } from '../../shared/adapters/report/html-report.js';
import { createNotifier } from '../../shared/adapters/teams/notifier.js';
import { tenantJobs as tenantJobsContract } from '../../shared/contracts/catalogue.js';
import { policySchema } from '../../shared/contracts/policy.js';
import { digestOf } from '../../shared/digest.js';
import { PLAYBOOK_VERSION, type Incident } from '../../shared/domain/incident/incident.js';
import type { Policy } from '../../shared/domain/policy.js';
import { hasEnded } from '../../shared/adapters/durable-runs.js';
import { firstPointCheck, pointCheckRunOf } from '../../shared/domain/native/point-check.js';
import { undoRunOf } from '../../shared/domain/plan/undo-view.js';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.js';
import { credentialOf, fetchFrom, origin } from '../support/tenant-in-process.js';
import { SharedClock } from './clock.js';
import { httpClientFrom } from '../support/http-client.js';
import { sharedKeys } from './shared-keys.js';
import { simulatedSessions } from './operator-sessions.js';
import { simulatedCallers, type SimulatedPerson } from './people.js';

export const start = Date.UTC(2026, 10, 20, 20, 50);
export const functionKey = 'key-of-the-host';

/** What a wrong product would do differently: ports replaced before anything is built on them. */
export type Mutation = (services: ActivityServices) => ActivityServices;

export interface DeploymentOptions {
  readonly seed: number;
  readonly users: number;
  readonly scenario?: string;
  readonly crash?: 'never' | 'between' | 'before';
  readonly policy?: (policy: Policy) => Policy;
  readonly mutation?: Mutation;
  /** Stands in for the keeper of the tenant's one place for native jobs. */
  readonly keeper?: typeof tenantJobs;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** The product and its world in one process, on one clock. */
export interface Deployment {
  readonly tenant: Tenant;
  readonly clock: SharedClock;
  readonly store: MemoryStore;
  readonly engine: InProcessEngine;
  readonly policy: Policy;
  /** Addresses outside the tenant that were called: there must be none. */
  readonly strayed: readonly string[];
  /** Calls one of our doors by its function name. */
  call(
    door: string,
    sent: { as?: SimulatedPerson; id?: string; body?: unknown; headers?: Record<string, string> },
  ): Promise<Answer>;
  /** Delivers the scenario's alert, or the same about somebody else; answers the incident's id. */
  alert(name: string, about?: ScenarioAlert): Promise<string>;
  incident(id: string): Promise<Incident>;
}

export function deploy(options: DeploymentOptions): Deployment {
  const { seed, users, scenario = 'random' } = options;
  const clock = new SharedClock(start);
  const tenant = createTenant({
    ...tenantOptions({ seed, users, scenario }, clock),
    keys: sharedKeys,
  });
  const credential = credentialOf(tenant, clock);
  const strayed: string[] = [];
  const fetcher = staying(fetchFrom(tenant), strayed);
  const written = policySchema.parse(tenant.policy) as Policy;
  const policy = options.policy?.(written) ?? written;
  const inForce = { policy, digest: digestOf(policy), warning: null };
  const policies = { current: () => Promise.resolve(inForce) };
  const store = createMemoryStore();
  const graph = createGraphClient({
    endpoint: origin,
    credential,
    clock,
    fetch: fetcher,
    random: () => 0.5,
  });
  const { ids } = tenant.world;
  let nonces = 0;
  const sessions = simulatedSessions({ tenant, store, clock, credential, fetch: fetcher });
  const honest: ActivityServices = {
    clock,
    store,
    directory: createGraphDirectory({
      client: graph,
      clock,
      credential,
      scope: `${origin}/.default`,
      apiAudience: ids.apiAppId,
      random: () => 0.5,
    }),
    auditLog: createLogAnalytics({
      endpoint: origin,
      workspaceId: ids.workspaceId,
      credential,
      patience: { clock, attempts: 5, firstWaitMs: 1000, mostWaitMs: 30_000 },
      httpClient: httpClientFrom(tenant),
    }),
    recovery: createRecoveryService({
      client: graph,
      sessions,
      endpoint: origin,
      clock,
      fetch: fetcher,
      random: () => 0.5,
    }),
    sessions,
    notifier: createNotifier({
      addresses: {
        serviceUrl: tenant.teams.team.serviceUrl,
        conversationId: tenant.teams.team.channelId,
        workflowUrl: tenant.notices.urls.workflow,
        urgentUrl: tenant.notices.urls.urgent,
      },
      credential,
      policies,
      log: () => undefined,
      clock,
      fetch: fetcher,
    }),
    policies,
    report: createReportWriter({ tenantId: ids.tenantId, clock }),
    tenantId: ids.tenantId,
    publicUrl: 'https://rewind.example.test',
    newNonce: () => `nonce-${(nonces += 1)}`,
  };
  const services = options.mutation?.(honest) ?? honest;
  const engine = createInProcessEngine({
    orchestrations: playbook,
    entities: { [tenantJobsContract.name]: options.keeper ?? tenantJobs },
    activities: createActivities(() => services),
    clock: { now: () => clock.now(), moveTo: (timeMs) => clock.moveTo(timeMs) },
    maxActivities: 8,
    ...(options.crash !== undefined && { crash: options.crash }),
  });
  const doors = createHandlers(() => doorServices(services, engine, tenant));

  const deployment: Deployment = {
    tenant,
    clock,
    store,
    engine,
    policy,
    strayed,
    async call(name, { as, id, body, headers = {} }) {
      const door = doors[name];
      if (door === undefined) throw new Error(`there is no door ${name}`);
      const response = await door.handler(
        new HttpRequest({
          method: door.methods[0] ?? 'GET',
          url: `http://127.0.0.1/api/${door.route}`,
          headers: { ...(as !== undefined && { authorization: `Bearer ${as}` }), ...headers },
          ...(id !== undefined && { params: { id } }),
          ...(body !== undefined && { body: { bytes: Buffer.from(JSON.stringify(body)) } }),
        }),
        new InvocationContext({ functionName: name, logHandler: () => undefined }),
      );
      const text = Buffer.from((response.body ?? '') as string | Uint8Array).toString('utf8');
      return { status: response.status ?? 200, body: text === '' ? null : JSON.parse(text) };
    },
    async alert(name, about = tenant.world.alert) {
      const world = { ...ids, seed, alert: about };
      const { status, body } = await deployment.call('alertsSentinel', {
        body: alertBody(world, 'incident', name),
        headers: { 'x-functions-key': functionKey },
      });
      const { incidentId } = body as { incidentId?: string };
      if (incidentId === undefined) throw new Error(`the alert was answered ${status}`);
      return incidentId;
    },
    async incident(id) {
      const found = await store.readIncident(id);
      if (found === null) throw new Error(`there is no incident ${id}`);
      return found;
    },
  };
  return deployment;
}

/** The same tenant's options for a world that nobody recovers, with or without its actor. */
export const tenantOptions = (
  which: { seed: number; users: number; scenario: string; withoutActor?: boolean },
  clock: SharedClock,
): TenantOptions => ({ ...which, speed: 1, clock, origin, start });

/** The whole outside world is one origin; whoever calls another followed an address that was slipped in. */
function staying(fetcher: typeof fetch, strayed: string[]): typeof fetch {
  return (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.origin === origin) return fetcher(input, init);
    strayed.push(url.href);
    return Promise.reject(new TypeError('fetch failed', { cause: { code: 'ENOTFOUND' } }));
  };
}

function doorServices(
  services: ActivityServices,
  engine: InProcessEngine,
  tenant: Tenant,
): DoorServices {
  const { clock, store, policies, directory, notifier, report, sessions, recovery } = services;
  const exists = (id: string): boolean => {
    try {
      engine.status(id);
      return true;
    } catch {
      return false;
    }
  };
  return {
    clock,
    store,
    policies,
    directory,
    notifier,
    report,
    sessions,
    recovery,
    webhooks: { verify: () => null },
    runs: () => ({
      async start(incidentId) {
        if (exists(incidentId)) return 'already';
        const input = { playbookVersion: PLAYBOOK_VERSION, incidentId };
        await engine.start('respondToIncident', input, incidentId);
        return 'started';
      },
      async startUndo(incidentId) {
        const id = undoRunOf(incidentId);
        if (exists(id)) return 'already';
        await engine.start('undoRecovery', { playbookVersion: PLAYBOOK_VERSION, incidentId }, id);
        return 'started';
      },
      async startPointCheck(incidentId, run) {
        const id = pointCheckRunOf(incidentId, run);
        if (exists(id)) return hasEnded(engine.status(id).runtimeStatus) ? 'over' : 'already';
        const input = { playbookVersion: PLAYBOOK_VERSION, incidentId, ...firstPointCheck(run) };
        await engine.start('checkRecoveryPoint', input, id);
        return 'started';
      },
      exists: (incidentId) => Promise.resolve(exists(incidentId)),
      wake: async (incidentId, event, eventId) => {
        await engine.raise(incidentId, event, { eventId });
      },
    }),
    callers: simulatedCallers(tenant),
    connector: { verify: () => Promise.resolve(null) },
    keys: { accepts: (key) => Promise.resolve(key === functionKey) },
    readiness: () => Promise.resolve([]),
    settings: {
      tenantId: services.tenantId,
      botConversationId: tenant.teams.team.channelId,
      publicUrl: services.publicUrl,
    },
  };
}
