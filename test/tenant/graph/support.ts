import { seeded } from '../../../local/tenant/directory/random.js';
import type {
  Caller,
  Service,
  TenantClock,
  TenantResponse,
} from '../../../local/tenant/exchange.js';
import { Faults } from '../../../local/tenant/faults.js';
import { createGraphService } from '../../../local/tenant/graph/graph.js';
import { Journal } from '../../../local/tenant/journal.js';
import { Quotas } from '../../../local/tenant/quotas.js';
import { appRolesOf } from '../../../local/tenant/directory/app-roles.js';
import { buildWorld } from '../../../local/tenant/scenarios/index.js';
import type { World } from '../../../local/tenant/scenarios/world.js';

export const origin = 'https://127.0.0.1:8443';
export const start = Date.UTC(2026, 10, 20, 20, 50);

/** A clock that only moves when somebody sleeps or a test says so. */
export class VirtualClock implements TenantClock {
  #now: number;
  #stopped = false;

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  /** From here on sleeping takes no time, so that no quota refills meanwhile. */
  stop(): void {
    this.#stopped = true;
  }

  sleep(ms: number): Promise<void> {
    if (!this.#stopped) this.#now += ms;
    return Promise.resolve();
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // Tests look into answers of many shapes.
  readonly body: Record<string, unknown> & {
    readonly value?: Record<string, unknown>[];
    readonly error?: {
      readonly code: string;
      readonly message: string;
      readonly innerError: unknown;
    };
  };
}

export interface Rig {
  readonly world: World;
  readonly clock: VirtualClock;
  readonly quotas: Quotas;
  readonly faults: Faults;
  readonly journal: Journal;
  readonly graph: Service;
  readonly us: Caller;
  call(method: string, path: string, body?: unknown, extra?: CallOptions): Promise<Answer>;
}

export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly caller?: Caller | null;
}

/** A world of a scenario with a Graph in front of it, in process. */
export function rig(
  options: { scenario?: string; users?: number; seed?: number; speed?: number } = {},
): Rig {
  const { scenario = 'bulk-disable', users = 20, seed = 1, speed = 1 } = options;
  const clock = new VirtualClock(start);
  const world = buildWorld({ seed, users, scenario, speed, clock, start });
  const quotas = new Quotas({ clock, speed, tenantId: world.ids.tenantId, users: 1000 });
  const faults = new Faults(clock, seeded(seed, 'faults'));
  const journal = new Journal(clock);
  const deps = { clock, speed, quotas, faults, journal, random: seeded(seed, 'graph') };
  const graph = createGraphService(world, deps);
  const us = appCaller(
    world,
    appRolesOf(world.directory, world.ids.ourServicePrincipalId, world.ids.graphServicePrincipalId),
  );
  return {
    world,
    clock,
    quotas,
    faults,
    journal,
    graph,
    us,
    call: async (method, path, body, { headers = {}, caller = us } = {}) =>
      read(
        await graph(
          {
            method,
            url: new URL(path.startsWith('https:') ? path : `${origin}/v1.0${path}`),
            headers: { 'content-type': 'application/json', authorization: 'Bearer x', ...headers },
            body: body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body)),
          },
          caller,
        ),
      ),
  };
}

/** Our own identity with the given Graph permissions. */
export function appCaller(world: World, roles: readonly string[]): Caller {
  return {
    kind: 'app',
    appId: world.ids.ourAppId,
    servicePrincipalId: world.ids.ourServicePrincipalId,
    audience: origin,
    roles,
  };
}

/** A signed-in person with the given delegated permissions. */
export function userCaller(userId: string, scopes: readonly string[]): Caller {
  return { kind: 'user', userId, appId: 'client', audience: origin, scopes, roles: [] };
}

function read({ status, headers, body }: TenantResponse): Answer {
  return { status, headers, body: (body === '' ? {} : JSON.parse(body)) as Answer['body'] };
}

export interface BatchItem {
  readonly id: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Answer['body'];
}

/** The answers of a batch by the id of their request. */
export function answersById(answer: Answer): Readonly<Record<string, BatchItem>> {
  const responses = answer.body['responses'] as BatchItem[];
  return Object.fromEntries(responses.map((response) => [response.id, response]));
}
