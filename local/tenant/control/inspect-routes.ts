import { z } from 'zod';
import type { ControlWorld } from './control-world.js';
import { bodyOf, ControlProblem, type Route } from './routing.js';

const loopbackUrl = z
  .url({ protocol: /^https?$/ })
  .refine((text) => ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(text).hostname), {
    error: 'The product must listen on this machine.',
  });
const appBody = z.strictObject({ url: loopbackUrl });
const faultsBody = z.strictObject({ rules: z.array(z.unknown()) });
const rotateBody = z.strictObject({
  keys: z.enum(['entra', 'connector']),
  drop: z.boolean().optional(),
});

/** What tests look at and switch: cards, notices, journal, faults, true state, keys, address. */
export function inspectRoutes(world: ControlWorld): readonly Route[] {
  const { inspect } = world;
  return [
    { method: 'GET', path: /^\/health$/, answer: async () => ({ status: 'ok' }) },
    { method: 'GET', path: /^\/app$/, answer: async () => ({ url: world.app.url }) },
    {
      method: 'PUT',
      path: /^\/app$/,
      answer: async (request) => {
        world.app.url = bodyOf(request, appBody).url;
        return { url: world.app.url };
      },
    },
    { method: 'GET', path: /^\/cards$/, answer: async () => ({ cards: cardsOf(world) }) },
    { method: 'GET', path: /^\/notices$/, answer: async () => ({ notices: world.notices.all() }) },
    {
      method: 'GET',
      path: /^\/journal$/,
      answer: async (request) => {
        const since = Number(request.url.searchParams.get('since') ?? '0');
        if (!Number.isInteger(since) || since < 0) {
          throw new ControlProblem(400, 'QUERY_INVALID', 'since is no sequence number.');
        }
        return { entries: inspect.journal.since(since) };
      },
    },
    {
      method: 'GET',
      path: /^\/differences$/,
      answer: async (request) => {
        const since = Date.parse(request.url.searchParams.get('since') ?? '');
        if (Number.isNaN(since)) {
          throw new ControlProblem(400, 'QUERY_INVALID', 'since is no instant.');
        }
        return { differences: inspect.differences(since) };
      },
    },
    {
      method: 'GET',
      path: /^\/faults$/,
      answer: async () => ({ rules: inspect.faults.list() }),
    },
    {
      method: 'PUT',
      path: /^\/faults$/,
      answer: async (request) => {
        inspect.faults.replace(bodyOf(request, faultsBody).rules);
        return { rules: inspect.faults.list() };
      },
    },
    {
      method: 'GET',
      path: /^\/directory\/(?<kind>[A-Za-z]+)\/(?<id>[^/]+)$/,
      answer: async (_request, { kind = '', id = '' }) => {
        const object = inspect.object(kind, decodeURIComponent(id));
        if (object === null) throw new ControlProblem(404, 'OBJECT_NOT_FOUND', 'No such object.');
        return object;
      },
    },
    {
      method: 'POST',
      path: /^\/keys\/rotate$/,
      answer: async (request) => {
        const { keys, drop = false } = bodyOf(request, rotateBody);
        const ring = keys === 'entra' ? world.identity.keys : world.teams.authority.keys;
        const { kid } = ring.rotate({ drop });
        return { keys, kid, published: ring.all().map((key) => key.kid) };
      },
    },
  ];
}

function cardsOf(world: ControlWorld) {
  return world.teams.activities.all().map((stored) => ({
    id: stored.id,
    conversationId: `${stored.channelId};messageid=${stored.rootId}`,
    postedAt: new Date(stored.postedAt).toISOString(),
    changedAt: new Date(stored.changedAt).toISOString(),
    activity: stored.activity,
    earlier: stored.earlier,
  }));
}
