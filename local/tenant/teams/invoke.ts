import type { TenantClock } from '../exchange.js';
import type { Person, PersonName } from '../scenarios/world.js';
import type { JsonObject, StoredActivity } from './activities.js';
import { inputsOf, type ExecuteAction } from './cards.js';
import type { Team } from './team.js';

export interface Press {
  readonly person: PersonName;
  readonly who: Person;
  readonly activity: StoredActivity;
  readonly card: JsonObject;
  readonly action: ExecuteAction;
  /** What the person typed, by input id. */
  readonly typed: Readonly<Record<string, unknown>>;
}

/**
 * The `adaptiveCard/action` invoke of a press, shaped like a live one (inbound fact sheet C.3).
 * Inputs are merged over the card's data, so an input can overwrite a data key of its name.
 */
export function buildInvoke(
  team: Team,
  clock: TenantClock,
  nextId: () => string,
  press: Press,
): JsonObject {
  const { activity, action, person, who } = press;
  const now = new Date(clock.now()).toISOString();
  return {
    type: 'invoke',
    name: 'adaptiveCard/action',
    channelId: 'msteams',
    id: `f:${nextId()}`,
    timestamp: now,
    localTimestamp: now.replace('Z', '+00:00'),
    localTimezone: 'Etc/UTC',
    locale: 'en-US',
    serviceUrl: team.serviceUrl,
    from: { id: team.userIdOf(person), name: who.displayName, aadObjectId: who.id },
    recipient: { id: team.botId, name: team.botName },
    conversation: {
      isGroup: true,
      conversationType: 'channel',
      tenantId: team.tenantId,
      id: `${team.channelId};messageid=${activity.rootId}`,
    },
    channelData: {
      channel: { id: team.channelId },
      team: { id: team.teamId },
      tenant: { id: team.tenantId },
      source: { name: 'message' },
      legacy: { replyToId: `1:${nextId().replaceAll('-', '')}` },
    },
    entities: [
      { locale: 'en-US', country: 'US', platform: 'Web', timezone: 'Etc/UTC', type: 'clientInfo' },
    ],
    replyToId: activity.id,
    value: {
      action: {
        type: 'Action.Execute',
        // Teams leaves out what the card did not set.
        ...(action.title === undefined ? {} : { title: action.title }),
        ...(action.verb === undefined ? {} : { verb: action.verb }),
        ...(action.id === undefined ? {} : { id: action.id }),
        data: { ...action.data, ...inputValues(press) },
      },
      trigger: 'manual',
    },
  };
}

function inputValues(press: Press): JsonObject {
  const inputs = [...inputsOf(press.card)]
    .map(([id, initial]) => [id, press.typed[id] ?? initial] as const)
    .filter(([, value]) => value !== undefined);
  return Object.fromEntries(inputs);
}
