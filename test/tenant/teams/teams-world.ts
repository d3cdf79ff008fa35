import type { Deliver, Delivery } from '../../../local/tenant/delivery.js';
import { createActivities } from '../../../local/tenant/teams/activities.js';
import { createBotConnector } from '../../../local/tenant/teams/bot-connector.js';
import {
  createConnectorAuthority,
  createConnectorKeys,
  teamsEndorsements,
  type ConnectorKeys,
} from '../../../local/tenant/teams/connector-authority.js';
import type { TeamsWorld } from '../../../local/tenant/teams/press.js';
import { createTeam } from '../../../local/tenant/teams/team.js';
import type { Caller, TenantResponse } from '../../../local/tenant/exchange.js';
import { createKeyRing } from '../../../local/tenant/identity/key-ring.js';
import { guidSequence } from '../../../local/tenant/identity/seeded.js';
import { ids, origin, people, request, stoppedClock } from '../identity/identity-world.js';

export const team = createTeam({ seed: 1, origin, ...ids, people });

export const bot: Caller = {
  kind: 'app',
  appId: ids.ourAppId,
  servicePrincipalId: ids.ourServicePrincipalId,
  audience: 'https://api.botframework.com',
  roles: [],
};

/** An approval card as the product posts it. */
export function approvalCard(incidentId: string, extra: Record<string, unknown> = {}) {
  const data = { incidentId, planDigest: 'sha256:00', planVersion: 1, nonce: 'once' };
  return {
    type: 'AdaptiveCard',
    version: '1.5',
    body: [
      { type: 'TextBlock', text: 'Approve?' },
      { type: 'Input.Text', id: 'comment' },
      {
        type: 'ActionSet',
        actions: [
          { type: 'Action.Execute', title: 'Approve', verb: 'approve', id: 'a', data },
          { type: 'Action.Execute', title: 'Reject', verb: 'reject', data },
        ],
      },
    ],
    ...extra,
  };
}

/** A message that carries a card. */
export function message(card: unknown) {
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: card }],
  };
}

/** Made once: RSA keys are slow, and only their rings have a state. */
const madeKeys = createConnectorKeys();

export function connectorKeys(): ConnectorKeys {
  return { ...madeKeys, keys: createKeyRing(teamsEndorsements, madeKeys.keys.current()) };
}

/** A team with a bot whose deliveries are kept instead of sent. */
export function testTeams(speed = 1) {
  const clock = stoppedClock();
  const activities = createActivities(clock);
  const authority = createConnectorAuthority({ origin, team, clock, keys: connectorKeys() });
  const connector = createBotConnector({
    team,
    activities,
    clock,
    speed,
    botClients: [ids.ourAppId],
  });
  const delivered: Delivery[] = [];
  const deliver: Deliver = async (delivery) => {
    delivered.push(delivery);
    return { status: 200, headers: {}, answer: { statusCode: 200 } };
  };
  const world: TeamsWorld = {
    team,
    people,
    activities,
    authority,
    clock,
    nextId: guidSequence(1, 'test'),
    deliver,
    appUrl: () => 'http://127.0.0.1:7071',
  };

  async function call(
    method: string,
    path: string,
    body: unknown,
    caller: Caller | null = bot,
  ): Promise<TenantResponse> {
    const url = new URL(path, team.serviceUrl).href;
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return connector(request(method, url, { body: text }), caller);
  }

  const activitiesPath = `v3/conversations/${encodeURIComponent(team.channelId)}/activities`;
  const post = (body: unknown) => call('POST', activitiesPath, body);

  return { clock, activities, authority, world, delivered, call, post, activitiesPath };
}
