import { z } from 'zod';
import { outgoingMessage, type OutgoingMessage } from '../../shared/contracts/teams.js';
import { RewindError } from '../../shared/errors.js';
import type { WebhookProof } from '../../shared/ports/callers.js';
import { unauthenticated } from './access.js';
import { door, type Access, type Answer, type Problem } from './door.js';
import type { DoorServices } from './services.js';
import { obeyed } from './webhook-commands.js';

/** The signature covers the body alone, so freshness is the signed time's (inbound fact sheet B.6). */
const freshMs = 5 * 60_000;

/** Whoever knows the shared secret of the team's webhook: a team, not a person. */
const teamWebhook: Access<WebhookProof> = {
  describe: 'a Teams outgoing webhook, by HMAC; keyId names its key',
  security: ['teamsHmac'],
  admit: ({ request, services, bytes }) => {
    const keyId = request.query.get('keyId');
    const proof = services.webhooks.verify(request.headers.get('authorization'), keyId, bytes);
    return proof === null ? Promise.reject(unauthenticated()) : Promise.resolve(proof);
  },
  personOf: () => null,
};

/**
 * `POST /teams/outgoing-webhook`: `status` and `stop` from a channel of our tenant, approvals only where
 * the policy allows. Every message is obeyed once. Teams shows the answer in the thread, so refusals are
 * answered 200 in words, but to a request that is not the team's.
 */
export const teamsWebhook = door<WebhookProof, OutgoingMessage, { keyId?: string | undefined }>({
  name: 'teamsWebhook',
  method: 'POST',
  route: 'teams/outgoing-webhook',
  summary: 'Commands of a Teams outgoing webhook: status, stop.',
  access: teamWebhook,
  body: outgoingMessage,
  query: z.strictObject({ keyId: z.string().max(40).optional() }),
  answers: {
    200: {
      description: 'What the channel is shown.',
      schema: z.object({ type: z.literal('message'), text: z.string() }),
    },
  },
  refuse: inWords,
  handle: async ({ body, caller, services, context }) => {
    requireOurTenant(body, services);
    const at = body.timestamp === undefined ? Number.NaN : Date.parse(body.timestamp);
    if (!(Math.abs(services.clock.now() - at) <= freshMs)) throw unauthenticated();
    await requireFirst(services, caller, body.id);
    return told(await obeyed({ services, context, message: body, proof: caller }));
  },
});

/** Bodies of the old form name no tenant, and whoever is in the channel cannot be told from a guest. */
function requireOurTenant(
  { conversation, channelData }: OutgoingMessage,
  { settings }: DoorServices,
): void {
  const tenants = [conversation?.tenantId, channelData?.tenant?.id];
  if (tenants.some((id) => id?.toLowerCase() !== settings.tenantId.toLowerCase())) {
    throw new RewindError('NOT_PERMITTED', 'The message comes from another tenant.');
  }
}

/** A message that was answered before is a replay, whoever sends it. */
async function requireFirst(
  services: DoorServices,
  { keyId }: WebhookProof,
  id: string,
): Promise<void> {
  const { created } = await services.store.claim(`webhook|${keyId}|${id}`, 'answered');
  if (!created) throw unauthenticated();
}

const told = (text: string): Answer => ({ status: 200, json: { type: 'message', text } });

function inWords({ status, code, detail }: Problem): Answer | null {
  return status === 401 || status === 413 || status === 400 ? null : told(`${code}: ${detail}`);
}
