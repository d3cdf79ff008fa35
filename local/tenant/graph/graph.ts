import { guidOf, type Random } from '../directory/random.js';
import type { Caller, Service, TenantClock, TenantRequest, TenantResponse } from '../exchange.js';
import { ConnectionReset, type Faults } from '../faults.js';
import type { Journal } from '../journal.js';
import type { Quotas } from '../quotas.js';
import type { World } from '../scenarios/world.js';
import { answerOne } from './answer.js';
import { answerBatch } from './batch.js';
import { errorResponse, GraphError } from './errors.js';
import { Router } from './router.js';
import { graphRoutes } from './routes.js';

export interface GraphDeps {
  readonly clock: TenantClock;
  readonly speed: number;
  readonly quotas: Quotas;
  readonly faults: Faults;
  readonly journal: Journal;
  readonly random: Random;
}

/**
 * Microsoft Graph at `/v1.0/*` and `/beta/*`. Every request lands in the journal with what it changed,
 * also one whose answer a fault then swallows. May throw ConnectionReset.
 */
export function createGraphService(world: World, deps: GraphDeps): Service {
  const router = new Router(graphRoutes);
  const answering = { ...deps, world, router, activity: world.activity };
  return (request, caller) =>
    deps.faults.around(request, () =>
      isBatch(request) ? batch(request, caller) : single(request, caller),
    );

  async function single(request: TenantRequest, caller: Caller | null): Promise<TenantResponse> {
    const { response, writes, alarm } = await answerOne(request, caller, answering);
    deps.journal.record({
      method: request.method,
      path: request.url.pathname + request.url.search,
      status: response.status,
      caller,
      writes,
      ...(alarm === undefined ? {} : { alarm }),
    });
    return response;
  }

  async function batch(request: TenantRequest, caller: Caller | null): Promise<TenantResponse> {
    const operationId = guidOf(deps.random);
    const ids = { requestId: operationId, clientRequestId: operationId, now: deps.clock.now() };
    const method = request.method;
    const path = request.url.pathname;
    try {
      if (caller === null) {
        throw new GraphError(401, 'InvalidAuthenticationToken', 'Access token is empty.');
      }
      const answer = await answerBatch(request, caller, answering, operationId);
      const { response, items, writes, alarm, lost } = answer;
      const noted = { method, path, status: response.status, caller, writes, batch: items };
      deps.journal.record({ ...noted, ...(alarm === undefined ? {} : { alarm }) });
      if (lost) throw new ConnectionReset();
      return { ...response, headers: { ...response.headers, 'request-id': operationId } };
    } catch (error) {
      if (!(error instanceof GraphError)) throw error;
      deps.journal.record({ method, path, status: error.status, caller, writes: [] });
      return errorResponse(error, ids);
    }
  }
}

function isBatch({ method, url }: TenantRequest): boolean {
  return method === 'POST' && /^\/(v1\.0|beta)\/\$batch$/.test(url.pathname);
}
