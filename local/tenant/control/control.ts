import { json, type TenantRequest, type TenantResponse } from '../exchange.js';
import { AuthorityRefusal } from '../identity/errors.js';
import { loopbackOnly, type Handler } from './loopback.js';
import { ControlProblem, type Route } from './routing.js';
import type { ControlWorld } from './control-world.js';
import { actRoutes } from './act-routes.js';
import { forgeRoutes } from './forge-routes.js';
import { inspectRoutes } from './inspect-routes.js';
import { recoveryControlRoutes } from './recovery-routes.js';

/**
 * The control server of the simulated tenant: stands in for people, Sentinel and the curious, and
 * serves the managed identity endpoint. Loopback only (contract section 1).
 */
export function createControl(world: ControlWorld): Handler {
  const routes: readonly Route[] = [
    ...actRoutes(world),
    ...inspectRoutes(world),
    ...forgeRoutes(world),
    ...recoveryControlRoutes(world),
  ];

  return loopbackOnly(async (request) => {
    if (request.url.pathname === '/msi/token') return world.managedIdentity(request);
    try {
      return await dispatch(routes, request);
    } catch (error) {
      return problemFrom(error);
    }
  });
}

async function dispatch(routes: readonly Route[], request: TenantRequest): Promise<TenantResponse> {
  const { pathname } = request.url;
  const here = routes.filter((route) => route.path.test(pathname));
  if (here.length === 0) throw new ControlProblem(404, 'NOT_FOUND', 'No such route.');
  const route = here.find(({ method }) => method === request.method);
  if (route === undefined) {
    throw new ControlProblem(405, 'METHOD_NOT_ALLOWED', 'The route has other methods.');
  }
  return json(200, await route.answer(request, route.path.exec(pathname)?.groups ?? {}));
}

function problemFrom(error: unknown): TenantResponse {
  if (error instanceof ControlProblem) {
    return json(error.status, { error: { code: error.code, message: error.message } });
  }
  if (error instanceof AuthorityRefusal) {
    return json(403, { error: { code: `AADSTS${error.aadsts}`, message: error.message } });
  }
  throw error;
}
