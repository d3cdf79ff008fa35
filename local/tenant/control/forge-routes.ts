import { z } from 'zod';
import { invokeFor, sendActivity } from '../teams/press.js';
import { dropUndefined } from './act-routes.js';
import type { ControlWorld } from './control-world.js';
import { entraForgeries, forgeEntraToken } from './forge-entra.js';
import { forgeActivity, forgeConnectorToken, teamsForgeries } from './forge-teams.js';
import { bodyOf, ControlProblem, personSchema, reach, type Route } from './routing.js';

const members = z.record(z.string(), z.unknown());
const apiForgery = z.strictObject({
  door: z.literal('api'),
  kind: z.enum(entraForgeries),
  person: personSchema.default('operator'),
  claims: members.default({}),
  /** Sends this request to the product with the token. */
  deliver: z
    .strictObject({
      method: z.enum(['GET', 'POST', 'PUT', 'DELETE']),
      path: z.string().startsWith('/api/'),
      body: z.unknown().optional(),
    })
    .optional(),
});
const teamsForgery = z.strictObject({
  door: z.literal('teams'),
  kind: z.enum(teamsForgeries),
  person: personSchema.default('operator'),
  verb: z.string().min(1).default('approve'),
  incidentId: z.string().min(1).optional(),
  comment: z.string().optional(),
  waitMs: z.number().int().min(0).max(600_000).optional(),
  claims: members.default({}),
  /** Members that replace those of the activity; the whole of it when no card was posted. */
  activity: members.default({}),
  deliver: z.boolean().default(false),
});
const forgeBody = z.discriminatedUnion('door', [apiForgery, teamsForgery]);

/** Attacks on both doors: bad tokens and bad activities, handed out or delivered. */
export function forgeRoutes(world: ControlWorld): readonly Route[] {
  return [
    {
      method: 'GET',
      path: /^\/forge$/,
      answer: async () => ({ api: entraForgeries, teams: teamsForgeries }),
    },
    {
      method: 'POST',
      path: /^\/forge$/,
      answer: async (request) => {
        const wish = bodyOf(request, forgeBody);
        return wish.door === 'api' ? forgeForApi(world, wish) : forgeForTeams(world, wish);
      },
    },
  ];
}

async function forgeForApi(world: ControlWorld, wish: z.infer<typeof apiForgery>) {
  const token = await forgeEntraToken(world, wish.kind, wish.person, wish.claims);
  if (wish.deliver === undefined) return { token };
  const { method, path, body } = wish.deliver;
  const delivered = await reach(
    world.teams.deliver({
      method,
      url: new URL(path, world.app.url).href,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? '' : JSON.stringify(body),
    }),
  );
  return { token, status: delivered.status, answer: delivered.answer };
}

async function forgeForTeams(world: ControlWorld, wish: z.infer<typeof teamsForgery>) {
  const token = await forgeConnectorToken(world, wish.kind, wish.claims);
  const { person, verb, incidentId, comment, waitMs } = wish;
  const pressWish = dropUndefined({ person, verb, incidentId, comment, waitMs });
  const genuine = await invokeFor(world.teams, pressWish);
  const written = Object.keys(wish.activity).length > 0;
  const activity =
    genuine === null && !written
      ? null
      : { ...forgeActivity(world, wish.kind, genuine ?? {}), ...wish.activity };
  if (!wish.deliver) return { token, activity };
  if (activity === null) {
    throw new ControlProblem(404, 'CARD_NOT_FOUND', 'No card with that verb was posted.');
  }
  const delivered = await reach(sendActivity(world.teams, token, activity));
  return { token, activity, status: delivered.status, answer: delivered.answer };
}
