import { createControl } from '../../../local/tenant/control/control.js';
import type { ControlWorld } from '../../../local/tenant/control/control-world.js';
import type { Delivered, Delivery } from '../../../local/tenant/delivery.js';
import type { TenantResponse } from '../../../local/tenant/exchange.js';
import { guidSequence, seededGuid } from '../../../local/tenant/identity/seeded.js';
import { createActivities } from '../../../local/tenant/teams/activities.js';
import { createConnectorAuthority } from '../../../local/tenant/teams/connector-authority.js';
import { createNotices } from '../../../local/tenant/teams/notices.js';
import { ids, origin, people, request, testIdentity } from '../identity/identity-world.js';
import { approvalCard, connectorKeys, message, team } from '../teams/teams-world.js';

/** A JSON body: the tokens that tests decode, beside members they compare. */
export interface Answer {
  readonly [member: string]: unknown;
  readonly token?: string;
  readonly accessToken?: string;
  readonly access_token?: string;
}

const actionGroupAppId = ids.rogueAppId;

function notHere(): never {
  throw new Error('The small directory has no backups.');
}

/** A control server over the small directory; deliveries to the product are kept and answered by `reply`. */
export function testControl() {
  const { identity, directory, clock } = testIdentity();
  const activities = createActivities(clock);
  const delivered: Delivery[] = [];
  const product: { reply: () => Delivered } = {
    reply: () => ({ status: 202, headers: {}, answer: { incidentId: 'inc-1' } }),
  };
  const app = { url: 'http://127.0.0.1:7071' };
  let rules: readonly unknown[] = [];
  const world: ControlWorld = {
    identity,
    principals: directory.principals,
    notices: createNotices({ seed: 1, origin, clock }),
    apiAppId: ids.apiAppId,
    logicAppAppId: ids.logicAppAppId,
    actionGroupAppId,
    otherAppId: ids.rogueAppId,
    app,
    freshName: guidSequence(1, 'fresh'),
    managedIdentity: identity.managedIdentity,
    alert: {
      seed: 1,
      tenantId: ids.tenantId,
      workspaceId: seededGuid(1, 'workspace'),
      alert: {
        title: 'Bulk user changes by one actor',
        firstActivityTimeUtc: '2026-11-20T20:51:00.0000000Z',
        lastActivityTimeUtc: '2026-11-20T20:58:00.0000000Z',
        severity: 'High',
        query: 'AuditLogs | take 1',
        accounts: [
          {
            accountName: 'actor',
            upnSuffix: 'contoso.example',
            aadUserId: people.actor.id,
            displayName: people.actor.displayName,
          },
        ],
        customDetails: { Writes: ['4800'] },
      },
    },
    teams: {
      team,
      people,
      activities,
      authority: createConnectorAuthority({ origin, team, clock, keys: connectorKeys() }),
      clock,
      nextId: guidSequence(1, 'control'),
      deliver: async (delivery) => {
        delivered.push(delivery);
        return product.reply();
      },
      appUrl: () => app.url,
    },
    inspect: {
      object: (kind, id) =>
        kind === 'user' && id === people.actor.id ? { id, state: 'live' } : null,
      differences: (since) => [{ since }],
      journal: { since: (seq) => [{ seq: 1 }, { seq: 2 }].slice(seq) },
      faults: { list: () => rules, replace: (next) => void (rules = next) },
    },
    recovery: {
      view: notHere,
      configure: notHere,
      setRole: notHere,
      newest: notHere,
    },
    graph: { origin, handle: notHere },
  };
  const control = createControl(world);

  async function call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: Answer; headers: TenantResponse['headers'] }> {
    const answer = await control(
      request(method, `http://127.0.0.1:9000${path}`, {
        headers: { host: '127.0.0.1:9000', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
    const parsed = answer.body === '' ? {} : (JSON.parse(answer.body) as Answer);
    return { status: answer.status, body: parsed, headers: answer.headers };
  }

  /** Posts an approval card as the product would have. */
  const postCard = (incidentId: string) =>
    activities.post(team.channelId, null, message(approvalCard(incidentId)));

  return { world, call, delivered, product, directory, clock, postCard, identity };
}
