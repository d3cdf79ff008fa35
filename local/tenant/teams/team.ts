import { personNames, type PersonName, type WorldIds } from '../scenarios/world.js';
import { seededHex } from '../identity/seeded.js';

/** The fixed names of one team: where the bot posts and who reads there. */
export interface Team {
  readonly tenantId: string;
  readonly botAppId: string;
  /** `BOT_SERVICE_URL`, ends with the tenant id and a slash. */
  readonly serviceUrl: string;
  /** `BOT_CONVERSATION_ID`, a standard channel. */
  readonly channelId: string;
  readonly teamId: string;
  /** `28:` id of the bot. */
  readonly botId: string;
  readonly botName: string;
  /** `29:` id of a person, per bot as in Teams. */
  userIdOf(person: PersonName): string;
}

/** The team of a world; every id follows from the seed. */
export function createTeam(world: {
  readonly seed: number;
  readonly origin: string;
  readonly tenantId: string;
  readonly botAppId: string;
  readonly people: WorldIds['people'];
}): Team {
  const hex = (label: string) => seededHex(world.seed, 'teams', label);
  const userIds = new Map(
    personNames.map((name) => [
      name,
      `29:1${Buffer.from(hex(`${world.botAppId}:${world.people[name].id}`), 'hex').toString('base64url')}`,
    ]),
  );
  return {
    tenantId: world.tenantId,
    botAppId: world.botAppId,
    serviceUrl: `${world.origin}/teams/amer/${world.tenantId}/`,
    channelId: `19:${hex('channel').slice(0, 32)}@thread.tacv2`,
    teamId: `19:${hex('team').slice(0, 32)}@thread.tacv2`,
    botId: `28:${world.botAppId}`,
    botName: 'Entra Rewind',
    userIdOf: (person) => userIds.get(person) ?? '',
  };
}

/** Channel id and thread of a conversation id, whose `;messageid=` suffix names the thread. */
export function splitConversation(id: string): { channelId: string; rootId: string | null } {
  const [channelId = '', suffix] = id.split(';messageid=');
  return { channelId, rootId: suffix ?? null };
}
