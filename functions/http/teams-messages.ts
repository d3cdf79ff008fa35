import { incidentIdForm } from '../../shared/domain/incident/incident.js';
import { z } from 'zod';
import { activityEnvelope, cardAction, type CardAction } from '../../shared/contracts/teams.js';
import type { Incident } from '../../shared/domain/incident/incident.js';
import { RewindError } from '../../shared/errors.js';
import type { TokenProof } from '../../shared/ports/callers.js';
import { closedInOutage, unauthenticated } from './access.js';
import { door, type Access, type Answer, type Knock, type Problem } from './door.js';
import { readJson } from './json-reader.js';
import { currentCard, decideByPress } from './teams-decision.js';
import type { DoorServices } from './services.js';
import { threadless } from './thread.js';

/**
 * Only the Bot Connector: its token, for us, bound to the activity's service (fact sheet C.3, 1 to 7). A
 * body that cannot be read names no service, so no token can be for it.
 */
const botConnector: Access<TokenProof> = {
  describe: 'the Bot Connector',
  security: ['botConnector'],
  admit: (knock) => closedInOutage(knock, ofConnector),
  personOf: () => null,
};

async function ofConnector({ request, services, bytes }: Knock): Promise<TokenProof> {
  const read = readJson(bytes);
  const envelope = activityEnvelope.safeParse(read.ok ? read.value : null);
  if (!envelope.success) throw unauthenticated();
  const { serviceUrl, channelId } = envelope.data;
  const authorization = request.headers.get('authorization');
  const proof = await services.connector.verify(authorization, { serviceUrl, channelId });
  if (proof === null) throw unauthenticated();
  return proof;
}

/** `POST /teams/messages`: presses on our cards. Whatever else the channel sends is taken and ignored. */
export const teamsMessages = door<TokenProof, z.output<typeof activityEnvelope>>({
  name: 'teamsMessages',
  method: 'POST',
  route: 'teams/messages',
  summary: 'Presses on approval cards, from the Bot Connector.',
  access: botConnector,
  body: activityEnvelope,
  answers: {
    200: {
      description: 'The invoke answer; its own statusCode tells what came of the press.',
      schema: z.looseObject({ statusCode: z.number(), type: z.string() }),
    },
  },
  refuse: invokeRefusal,
  handle: async ({ body, caller, services, context }) => {
    if (body.type !== 'invoke') return { status: 200 };
    if (body.name !== 'adaptiveCard/action') {
      throw new RewindError('VALIDATION_FAILED', 'This bot takes presses on its cards only.');
    }
    const parsed = cardAction.safeParse(body);
    if (!parsed.success) {
      throw new RewindError('VALIDATION_FAILED', 'This is no press on an approval card.');
    }
    const press = parsed.data;
    requireOurConversation(press, services);
    const incident = await incidentOf(press, services);
    if (press.value.trigger?.toLowerCase() === 'automatic') {
      return shown(await currentCard(services, incident));
    }
    return shown(await decideByPress({ services, context, incident, press, proof: caller }));
  },
});

/** Another tenant or another conversation is somebody else's card, whatever it claims. */
function requireOurConversation(press: CardAction, { settings }: DoorServices): void {
  const { conversation, channelData } = press;
  const tenants = [conversation.tenantId, channelData?.tenant?.id];
  if (tenants.some((id) => id?.toLowerCase() !== settings.tenantId.toLowerCase())) {
    throw new RewindError('NOT_PERMITTED', 'The press comes from another tenant.');
  }
  const ours = settings.botConversationId;
  if (ours === null || threadless(conversation.id) !== threadless(ours)) {
    throw new RewindError('NOT_PERMITTED', 'The press comes from another conversation.');
  }
}

async function incidentOf(press: CardAction, { store }: DoorServices): Promise<Incident> {
  const { incidentId } = press.value.action.data;
  const known = incidentIdForm.test(incidentId);
  const incident = known ? await store.readIncident(incidentId) : null;
  if (incident === null) throw new RewindError('INCIDENT_NOT_FOUND', 'There is no such incident.');
  return incident;
}

const shown = (value: unknown): Answer => ({
  status: 200,
  json: { statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value },
});

/** The channel wants 200 for every answer to a genuine request, and shows people the message. */
function invokeRefusal({ status, code, detail }: Problem): Answer | null {
  if (status === 401 || status === 413) return null;
  const statusCode = status >= 500 ? 500 : 400;
  const value = { code, message: detail };
  return {
    status: 200,
    json: { statusCode, type: 'application/vnd.microsoft.error', value },
  };
}
