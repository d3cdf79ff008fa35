import { json, type Caller, type Service, type TenantRequest } from './exchange.js';
import type { TenantResponse } from './exchange.js';
import type { Faults } from './faults.js';
import type { CallerReader } from './identity/caller.js';
import type { Journal } from './journal.js';

export interface Services {
  readonly graph: Service;
  readonly logs: Service;
  readonly botConnector: Service;
  readonly connectorAuthority: Service;
  readonly notices: Service;
  readonly identity: Service;
}

export interface RoutingWorld {
  readonly origin: string;
  readonly callers: CallerReader;
  readonly faults: Faults;
  readonly journal: Journal;
  readonly now: () => number;
  readonly services: Services;
}

/**
 * One origin for everything: picks the service by path, reads the caller for that service's audience
 * and, for those that do not do it themselves, lets faults strike and keeps the journal.
 */
export function createRouting(
  world: RoutingWorld,
): (request: TenantRequest) => Promise<TenantResponse> {
  const { callers, faults, services, origin } = world;
  const graph = { audience: origin, cae: true };
  const logs = { audience: origin, cae: false };
  const bot = { audience: 'https://api.botframework.com', cae: false };

  return async (request) => {
    const path = request.url.pathname;
    if (/^\/(v1\.0|beta)(\/|$)/.test(path)) {
      const verdict = await callers.callerOf(request, graph);
      if (verdict.refused === 'revoked') return faults.around(request, () => challenge(request));
      return services.graph(request, verdict.caller);
    }
    if (path.startsWith('/v1/')) {
      return services.logs(request, (await callers.callerOf(request, logs)).caller);
    }
    if (path.startsWith('/teams/')) {
      return noted(request, services.botConnector, (await callers.callerOf(request, bot)).caller);
    }
    if (path.startsWith('/botframework/')) return noted(request, services.connectorAuthority, null);
    if (/^\/(workflows|urgent|tickets)\//.test(path)) return noted(request, services.notices, null);
    return noted(request, services.identity, null);
  };

  function noted(
    request: TenantRequest,
    service: Service,
    caller: Caller | null,
  ): Promise<TenantResponse> {
    return faults.around(request, async () => {
      const response = await service(request, caller);
      record(request, response.status, caller);
      return response;
    });
  }

  /** CAE: the token is genuine, but something happened since (graph fact sheet A.4). */
  async function challenge(request: TenantRequest): Promise<TenantResponse> {
    record(request, 401, null);
    const since = String(Math.floor(world.now() / 1000));
    const claims = { access_token: { nbf: { essential: true, value: since } } };
    const encoded = Buffer.from(JSON.stringify(claims)).toString('base64');
    const message =
      'Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp';
    return json(
      401,
      { error: { code: 'InvalidAuthenticationToken', message } },
      {
        'www-authenticate': `Bearer realm="", authorization_uri="${origin}/common/oauth2/authorize", error="insufficient_claims", claims="${encoded}"`,
      },
    );
  }

  /** The path alone: the query of a one-way receiver is its password. */
  function record({ method, url }: TenantRequest, status: number, caller: Caller | null): void {
    world.journal.record({ method, path: url.pathname, status, caller, writes: [] });
  }
}
