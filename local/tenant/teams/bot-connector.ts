import { json, type Service, type TenantClock, type TenantResponse } from '../exchange.js';
import type { Activities, JsonObject } from './activities.js';
import { cardProblem, cardsOf, isObject } from './cards.js';
import { createSendRate } from './send-rate.js';
import { splitConversation, type Team } from './team.js';

export interface BotConnectorWorld {
  readonly team: Team;
  readonly activities: Activities;
  readonly clock: TenantClock;
  readonly speed: number;
  /** Application ids that may act as the bot. */
  readonly botClients: readonly string[];
}

const maxUtf16Bytes = 40 * 1024;

/**
 * The Bot Connector below `/teams/amer/{tenant}/v3/conversations`: new threads, posts, replies,
 * edits and deletes in the one channel where the bot is installed (inbound fact sheet C.3, C.6).
 */
export function createBotConnector(world: BotConnectorWorld): Service {
  const waitFor = createSendRate(world.speed);
  const base = new URL(world.team.serviceUrl).pathname;

  return async (request, caller) => {
    if (caller === null) return json(401, { message: 'Authorization has been denied.' });
    if (caller.kind !== 'app' || !world.botClients.includes(caller.appId)) {
      return problem(403, 'Forbidden', 'The token does not belong to the bot.');
    }
    if (!request.url.pathname.startsWith(`${base}v3/conversations`)) return notFound();
    const rest = request.url.pathname.slice(`${base}v3/conversations`.length);
    const [, conversation = '', area = '', activityId = ''] = rest.split('/').map(decode);
    const { channelId, rootId } = splitConversation(conversation);
    const starts = conversation === '' && request.method === 'POST';
    if (!starts && (area !== 'activities' || conversation === '')) return notFound();
    if (!starts && channelId !== world.team.channelId) {
      return problem(403, 'BotNotInConversationRoster', 'The bot is not part of the conversation.');
    }
    if (request.method === 'DELETE') return remove(world, channelId, activityId);

    const body = request.body.toString('utf8');
    const parsed = parseObject(body);
    if (parsed === null) return problem(400, 'BadSyntax', 'The body is not a JSON object.');
    // Measured as Teams does: UTF-16, whole message with its cards.
    if (body.length * 2 > maxUtf16Bytes) {
      return problem(413, 'MessageSizeTooBig', 'Message size too large.');
    }
    const refused = starts ? startProblem(world.team, parsed) : activityProblem(parsed);
    if (refused !== null) return refused;
    const wait = waitFor(world.team.channelId, world.clock.now());
    if (wait > 0) return tooMany(wait);

    if (starts) return start(world, parsed);
    if (request.method === 'PUT') return update(world, channelId, activityId, parsed);
    if (request.method === 'POST') {
      return reply(world, channelId, rootId ?? (activityId === '' ? null : activityId), parsed);
    }
    return problem(405, 'MethodNotAllowed', 'The method is not allowed.');
  };
}

function start(world: BotConnectorWorld, body: JsonObject): TenantResponse {
  const { channelId } = world.team;
  const posted = world.activities.post(channelId, null, body['activity'] as JsonObject);
  return json(201, { id: `${channelId};messageid=${posted.id}`, activityId: posted.id });
}

function reply(
  world: BotConnectorWorld,
  channelId: string,
  rootId: string | null,
  body: JsonObject,
): TenantResponse {
  if (rootId !== null && world.activities.find(channelId, rootId) === null) {
    return problem(404, 'ConversationNotFound', 'The thread does not exist.');
  }
  return json(201, { id: world.activities.post(channelId, rootId, body).id });
}

function update(
  world: BotConnectorWorld,
  channelId: string,
  id: string,
  body: JsonObject,
): TenantResponse {
  const updated = world.activities.update(channelId, id, body);
  return updated === null ? activityNotFound() : json(200, { id });
}

function remove(world: BotConnectorWorld, channelId: string, id: string): TenantResponse {
  return world.activities.remove(channelId, id) ? json(200, undefined) : activityNotFound();
}

function startProblem(team: Team, body: JsonObject): TenantResponse | null {
  const channelData = isObject(body['channelData']) ? body['channelData'] : {};
  const channel = isObject(channelData['channel']) ? channelData['channel'] : {};
  if (body['isGroup'] !== true) {
    return problem(400, 'BadArgument', 'Only channel conversations (isGroup) can be created.');
  }
  if (isObject(body['bot']) && body['bot']['id'] !== team.botId) {
    return problem(400, 'BadArgument', 'bot.id does not match the caller.');
  }
  if (body['tenantId'] !== undefined && body['tenantId'] !== team.tenantId) {
    return problem(403, 'BotNotInConversationRoster', 'The tenant is another one.');
  }
  if (channel['id'] !== team.channelId) {
    return problem(403, 'BotNotInConversationRoster', 'The bot is not part of the conversation.');
  }
  if (!isObject(body['activity'])) return problem(400, 'BadArgument', 'The activity is missing.');
  return activityProblem(body['activity']);
}

function activityProblem(activity: JsonObject): TenantResponse | null {
  if (activity['type'] !== 'message') {
    return problem(400, 'BadArgument', 'Unknown activity type.');
  }
  const cards = cardsOf(activity);
  const text = typeof activity['text'] === 'string' ? activity['text'] : '';
  if (cards.length === 0 && text === '') {
    return problem(400, 'BadSyntax', 'The activity resulted in an empty message.');
  }
  const wrong = cards.map(cardProblem).find((one) => one !== null);
  return wrong == null ? null : problem(400, 'BadSyntax', `Invalid card. ${wrong}`);
}

function tooMany(waitMs: number): TenantResponse {
  const answer = problem(429, 'TooManyRequests', 'Too many requests in this thread.');
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(waitMs / 1000) } };
}

function activityNotFound(): TenantResponse {
  return problem(404, 'ActivityNotFoundInConversation', 'The activity does not exist.');
}

function notFound(): TenantResponse {
  return problem(404, 'NotFound', 'No such resource.');
}

function problem(status: number, code: string, message: string): TenantResponse {
  return json(status, { error: { code, message } });
}

function parseObject(body: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
