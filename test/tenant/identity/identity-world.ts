import type { TenantClock, TenantRequest } from '../../../local/tenant/exchange.js';
import { createIdentity, type Identity } from '../../../local/tenant/identity/identity.js';
import { createKeyRing, createSigningKey } from '../../../local/tenant/identity/key-ring.js';
import type {
  Principals,
  ServicePrincipal,
  UserPrincipal,
} from '../../../local/tenant/identity/principals.js';
import { seededGuid } from '../../../local/tenant/identity/seeded.js';
import {
  personNames,
  type PersonName,
  type WorldIds,
} from '../../../local/tenant/scenarios/world.js';

export const origin = 'https://127.0.0.1:8443';
export const ids = {
  tenantId: seededGuid(1, 'tenant'),
  apiAppId: seededGuid(1, 'api'),
  botAppId: seededGuid(1, 'bot'),
  ourAppId: seededGuid(1, 'our-app'),
  ourServicePrincipalId: seededGuid(1, 'our-sp'),
  logicAppAppId: seededGuid(1, 'logic-app'),
  logicAppServicePrincipalId: seededGuid(1, 'logic-sp'),
  rogueAppId: seededGuid(1, 'rogue-app'),
  rogueServicePrincipalId: seededGuid(1, 'rogue-sp'),
} as const;

export const people = Object.fromEntries(
  personNames.map((name) => [
    name,
    {
      id: seededGuid(1, 'person', name),
      displayName: `Person ${name}`,
      userPrincipalName: `${name}@contoso.example`,
    },
  ]),
) as unknown as WorldIds['people'];

export const personRoles: Readonly<Record<PersonName, string[]>> = {
  commander: ['Incident.Commander'],
  operator: ['Incident.Operator'],
  approver: ['Incident.Approver'],
  responder: ['Incident.Responder'],
  reader: ['Incident.Reader'],
  outsider: [],
  actor: ['Incident.Approver', 'Incident.Operator'],
  breakGlass1: ['Incident.Approver', 'Incident.Operator'],
  breakGlass2: ['Incident.Approver', 'Incident.Operator'],
};

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface TestClock extends TenantClock {
  advance(ms: number): void;
}

/** A clock that moves only when told. */
export function stoppedClock(start = Date.UTC(2026, 10, 20, 21)): TestClock {
  let now = start;
  return {
    now: () => now,
    sleep: async (ms) => void (now += ms),
    advance: (ms) => void (now += ms),
  };
}

export interface TestDirectory {
  readonly principals: Principals;
  readonly users: Map<string, Mutable<UserPrincipal>>;
  readonly apps: Map<string, Mutable<ServicePrincipal>>;
  readonly appRoles: Map<string, string[]>;
}

/** A small directory whose entries tests change in place. */
export function testDirectory(): TestDirectory {
  const users = new Map(
    Object.values(people).map((person) => [
      person.id,
      { ...person, accountEnabled: true, sessionsValidFrom: 0 },
    ]),
  );
  const apps = new Map(
    [
      [ids.ourServicePrincipalId, ids.ourAppId],
      [ids.logicAppServicePrincipalId, ids.logicAppAppId],
      [ids.rogueServicePrincipalId, ids.rogueAppId],
      [seededGuid(1, 'api-sp'), ids.apiAppId],
    ].map(([id = '', appId = '']) => [
      id,
      { id, appId, displayName: `App ${appId.slice(0, 4)}`, accountEnabled: true },
    ]),
  );
  const appRoles = new Map([
    [`${ids.ourServicePrincipalId} graph`, ['User.Read.All', 'AuditLog.Read.All']],
    [`${ids.logicAppServicePrincipalId} api`, ['Incident.Trigger']],
    ...personNames.map((name): [string, string[]] => [`${people[name].id} api`, personRoles[name]]),
  ]);
  return {
    users,
    apps,
    appRoles,
    principals: {
      user: (id) => users.get(id),
      servicePrincipal: (id) => apps.get(id) ?? [...apps.values()].find((app) => app.appId === id),
      blockingPolicy: () => undefined,
      directoryRoles: (id) => appRoles.get(`${id} directory`) ?? [],
      appRoles: (id, resource) => appRoles.get(`${id} ${resource}`) ?? [],
    },
  };
}

/** Made once: RSA keys are slow, and only their rings have a state. */
const firstKey = createSigningKey();

/** An authority over the small directory. */
export function testIdentity(): {
  identity: Identity;
  directory: TestDirectory;
  clock: TestClock;
} {
  const clock = stoppedClock();
  const directory = testDirectory();
  const identity = createIdentity({
    ...ids,
    seed: 1,
    origin,
    clock,
    principals: directory.principals,
    keys: createKeyRing({}, firstKey),
  });
  return { identity, directory, clock };
}

/** A request as a service sees it. */
export function request(
  method: string,
  url: string,
  options: { headers?: Record<string, string>; body?: string } = {},
): TenantRequest {
  return {
    method,
    url: new URL(url, origin),
    headers: options.headers ?? {},
    body: Buffer.from(options.body ?? ''),
  };
}
