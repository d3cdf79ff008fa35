import { randomUUID } from 'node:crypto';
import { azureNames, type AlertWorld } from './alert.js';
import { createControl } from './control/control.js';
import type { Inspection } from './control/control-world.js';
import { deliverByFetch, type Deliver } from './delivery.js';
import type { Directory } from './directory/directory.js';
import { seeded } from './directory/random.js';
import type { TenantClock, TenantRequest, TenantResponse } from './exchange.js';
import { Faults } from './faults.js';
import { createGraphService } from './graph/graph.js';
import {
  actionGroupAppId,
  directoryPrincipals,
  unrelatedAppId,
} from './identity/directory-principals.js';
import { createIdentity, type Identity } from './identity/identity.js';
import type { KeyRing } from './identity/key-ring.js';
import { guidSequence } from './identity/seeded.js';
import { inspectionOf } from './inspection.js';
import { Journal } from './journal.js';
import { createLogsService } from './logs/log-analytics.js';
import { createPolicy } from './policy-file.js';
import { Quotas } from './quotas.js';
import { recoveryDesk } from './recovery/desk.js';
import { createRouting } from './routing.js';
import { buildWorld } from './scenarios/index.js';
import type { World, WorldIds } from './scenarios/world.js';
import { createActivities } from './teams/activities.js';
import { createBotConnector } from './teams/bot-connector.js';
import { createConnectorAuthority, type ConnectorKeys } from './teams/connector-authority.js';
import { createNotices, type Notices } from './teams/notices.js';
import type { TeamsWorld } from './teams/press.js';
import { createTeam } from './teams/team.js';

export interface TenantOptions {
  readonly seed: number;
  /** How many objects the scenario's actor damages. */
  readonly users: number;
  readonly scenario: string;
  /** Service latencies, quota windows, ingestion and replication delays are divided by it. */
  readonly speed: number;
  readonly clock: TenantClock;
  /** `https://127.0.0.1:PORT`, the origin of every service. */
  readonly origin: string;
  /** Milliseconds, UTC: "now" when the scenario begins. */
  readonly start?: number;
  /** Where the product listens; the control server can change it. */
  readonly appUrl?: string;
  readonly deliver?: Deliver;
  /** Incident names; random by default, since a seed fixes the tenant and not the incident's name. */
  readonly freshName?: () => string;
  /** Told of requests that must never happen, one line each. */
  readonly log?: (line: string) => void;
  /** Scenario `random` only: the same days, but the actor does nothing. For comparisons. */
  readonly withoutActor?: boolean;
  /** Made afresh by default, which takes a tenth of a second each. */
  readonly keys?: { readonly identity: KeyRing; readonly connector: ConnectorKeys };
}

/** The whole outside world of the product, without sockets. */
export interface Tenant {
  /** Everything on the https origin. May throw `ConnectionReset`. */
  handle(request: TenantRequest): Promise<TenantResponse>;
  /** Everything on the loopback control origin, the managed identity endpoint included. */
  control(request: TenantRequest): Promise<TenantResponse>;
  readonly world: World;
  readonly directory: Directory;
  readonly people: WorldIds['people'];
  readonly identity: Identity;
  readonly teams: TeamsWorld;
  readonly notices: Notices;
  readonly journal: Journal;
  readonly faults: Faults;
  readonly inspect: Inspection;
  /** The policy that fits this tenant and its speed (contract section 4). */
  readonly policy: Record<string, unknown>;
}

/** Builds the tenant's past and opens its services. Unknown scenario: `RangeError`. */
export function createTenant(options: TenantOptions): Tenant {
  const { seed, speed, clock, origin, keys, deliver = deliverByFetch } = options;
  const world = buildWorld({ ...options, start: options.start ?? clock.now() });
  const { directory, ids } = world;
  const app = { url: options.appUrl ?? 'http://127.0.0.1:7071' };
  const faults = new Faults(clock, seeded(seed, 'faults'));
  const journal = new Journal(clock, (entry) =>
    options.log?.(`${entry.alarm}: ${entry.method} ${entry.path}`),
  );
  const principals = directoryPrincipals(world, clock, seed);
  const identity = createIdentity({
    ...ids,
    seed,
    origin,
    clock,
    speed,
    principals,
    ...(keys && { keys: keys.identity }),
  });
  const team = createTeam({ ...ids, seed, origin });
  const authority = createConnectorAuthority({
    origin,
    team,
    clock,
    ...(keys && { keys: keys.connector }),
  });
  const activities = createActivities(clock);
  const notices = createNotices({ seed, origin, clock });
  const inspect = inspectionOf({
    ...{ directory, clock, faults, journal },
    ourId: ids.ourServicePrincipalId,
  });
  const alert: AlertWorld = { ...ids, seed, alert: world.alert };
  const teams: TeamsWorld = {
    team,
    people: ids.people,
    activities,
    authority,
    clock,
    deliver,
    nextId: guidSequence(seed, 'teams'),
    appUrl: () => app.url,
  };
  const recovery = recoveryDesk({ world, identity, clock });
  const userCount = [...directory.now.list('user')].length;
  const quotas = new Quotas({ clock, speed, tenantId: ids.tenantId, users: userCount });
  const shared = { clock, speed, quotas, faults, journal };
  const handle = createRouting({
    origin,
    callers: identity.callers,
    faults,
    journal,
    now: () => clock.now(),
    services: {
      graph: createGraphService(world, { ...shared, random: seeded(seed, 'graph') }),
      logs: createLogsService(world, { ...shared, random: seeded(seed, 'logs') }),
      botConnector: createBotConnector({
        team,
        activities,
        clock,
        speed,
        botClients: [ids.botAppId, ids.ourAppId],
      }),
      connectorAuthority: authority.service,
      notices: notices.service,
      identity: identity.service,
    },
  });

  return {
    world,
    directory,
    identity,
    teams,
    notices,
    journal,
    faults,
    inspect,
    people: ids.people,
    policy: createPolicy({
      people: ids.people,
      speed,
      serviceHost: new URL(origin).host,
      alertRules: [azureNames(seed).alertRuleArmId],
    }),
    handle,
    control: createControl({
      identity,
      principals,
      teams,
      notices,
      alert,
      app,
      inspect,
      recovery,
      graph: { origin, handle },
      apiAppId: ids.apiAppId,
      logicAppAppId: ids.logicAppAppId,
      actionGroupAppId,
      otherAppId: unrelatedAppId(seed),
      freshName: options.freshName ?? randomUUID,
      managedIdentity: (request) => faults.around(request, () => identity.managedIdentity(request)),
    }),
  };
}
