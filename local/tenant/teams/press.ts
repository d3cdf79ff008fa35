import type { Deliver, Delivered } from '../delivery.js';
import type { TenantClock } from '../exchange.js';
import type { PersonName, WorldIds } from '../scenarios/world.js';
import type { Activities, JsonObject } from './activities.js';
import { findPressable } from './cards.js';
import type { ConnectorAuthority } from './connector-authority.js';
import { buildInvoke } from './invoke.js';
import type { Team } from './team.js';

export interface TeamsWorld {
  readonly team: Team;
  readonly people: WorldIds['people'];
  readonly activities: Activities;
  readonly authority: ConnectorAuthority;
  readonly clock: TenantClock;
  readonly nextId: () => string;
  readonly deliver: Deliver;
  /** Origin of the product, changeable at run time. */
  readonly appUrl: () => string;
}

export interface PressWish {
  readonly person: PersonName;
  readonly verb: string;
  readonly incidentId?: string;
  readonly comment?: string;
  /** Milliseconds to wait for such a card; 0 by default. */
  readonly waitMs?: number;
}

/** The invoke of a press without sending it; null when no such card is there in time. */
export async function invokeFor(world: TeamsWorld, wish: PressWish): Promise<JsonObject | null> {
  const found = await world.activities.waitFor(
    () => findPressable(world.activities.all(), wish.verb, wish.incidentId),
    wish.waitMs ?? 0,
  );
  if (found === null) return null;
  return buildInvoke(world.team, world.clock, world.nextId, {
    ...found,
    person: wish.person,
    who: world.people[wish.person],
    typed: wish.comment === undefined ? {} : { comment: wish.comment },
  });
}

/** Presses a button as Teams would: finds the card, signs, posts to the bot, returns its answer. */
export async function press(world: TeamsWorld, wish: PressWish): Promise<Delivered | null> {
  const activity = await invokeFor(world, wish);
  if (activity === null) return null;
  return sendActivity(world, await world.authority.sign(world.authority.claims()), activity);
}

/** Posts an activity to the bot's endpoint with any token. */
export function sendActivity(
  world: TeamsWorld,
  token: string,
  activity: JsonObject,
): Promise<Delivered> {
  return world.deliver({
    method: 'POST',
    url: new URL('/api/teams/messages', world.appUrl()).href,
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json; charset=utf-8',
    },
    body: JSON.stringify(activity),
  });
}
