import type { InvocationContext } from '@azure/functions';
import type { OutgoingMessage } from '../../shared/contracts/teams.js';
import { cardText } from '../../shared/domain/approval/card-text.js';
import { incidentIdForm, type Incident } from '../../shared/domain/incident/incident.js';
import type { Person } from '../../shared/domain/identities.js';
import { isPinned } from '../../shared/domain/policy.js';
import { RewindError } from '../../shared/errors.js';
import type { WebhookProof } from '../../shared/ports/callers.js';
import { decide } from './decide.js';
import { putMark } from './marks.js';
import { policyOf } from './policy-of.js';
import { recordRefusal, requireNoActor } from './refusals.js';
import type { DoorServices } from './services.js';

export interface Command {
  readonly services: DoorServices;
  readonly context: InvocationContext;
  readonly message: OutgoingMessage;
  readonly proof: WebhookProof;
}

const help =
  'I know: status, status INCIDENT, stop INCIDENT. Decisions are made on the card or over the API.';

/** Carries out one command and answers what the channel is shown. Throws what refused it. */
export async function obeyed(command: Command): Promise<string> {
  const [verb = '', id, digest] = wordsOf(command.message.text);
  switch (verb.toLowerCase()) {
    case 'status':
      return id === undefined ? newest(command.services) : statusOf(await incidentOf(command, id));
    case 'stop':
      return stop(command, await incidentOf(command, id));
    case 'approve':
    case 'reject': {
      const decision = verb.toLowerCase() === 'approve' ? 'approve' : 'reject';
      return decideHere(command, await incidentOf(command, id), decision, digest ?? '');
    }
    default:
      return help;
  }
}

/** The words after the mention, which Teams leaves in the text as markup (inbound fact sheet C.2). */
function wordsOf(text: string): string[] {
  return text
    .replace(/<at[^>]*>.*?<\/at>/gis, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&nbsp;|&#160;/gi, ' ')
    .split(/\s+/u)
    .filter((word) => word !== '')
    .slice(0, 4);
}

async function newest({ store }: DoorServices): Promise<string> {
  const { items } = await store.listIncidents(20);
  const open = items.filter(({ state }) => state !== 'closed');
  if (open.length === 0) return 'No incident is open.';
  return open.slice(0, 5).map(statusOf).join('\n\n');
}

function statusOf(incident: Incident): string {
  const { id, state, outcome, title, waitingFor, plan, execution } = incident;
  return [
    `${id}: ${outcome ?? state}. ${cardText(title)}.`,
    ...(plan === null ? [] : [`Plan version ${plan.version}: ${plan.objects} objects.`]),
    ...(execution === null
      ? []
      : [
          `Applied ${execution.applied}, skipped ${execution.skipped}, failed ${execution.failed}.`,
        ]),
    ...(waitingFor === null ? [] : [`Waiting: ${cardText(waitingFor.question, 300)}`]),
  ].join(' ');
}

/**
 * Stop means hold: whoever knows the shared secret may write any name into a message, so what it does
 * can be taken back by a person with a token, and nothing is written while it holds.
 */
async function stop({ services, context, message }: Command, incident: Incident): Promise<string> {
  const by = personOf(message);
  await requireNoActor(services, incident, by, 'hold');
  const { people } = await policyOf(services, incident.id);
  const pinned = [...people.commanders, ...people.operators];
  if (!isPinned(pinned, by.id)) {
    await recordRefusal(services, incident.id, by, 'hold', 'DECIDER_NOT_PINNED');
    throw new RewindError(
      'DECIDER_NOT_PINNED',
      'The policy pins this person neither as commander nor as operator.',
    );
  }
  const note = `${by.name} said stop in the Teams channel.`;
  await putMark(services, context, incident, { mark: 'hold', by, note });
  return `${incident.id} is held: nothing more is written. Resume or cancel it over the API.`;
}

async function decideHere(
  { services, context, message, proof }: Command,
  incident: Incident,
  decision: 'approve' | 'reject',
  planDigest: string,
): Promise<string> {
  const by = personOf(message);
  const policy = await policyOf(services, incident.id);
  if (!policy.approvals.allowOutgoingWebhook) {
    await recordRefusal(services, incident.id, by, 'decision', 'NOT_PERMITTED');
    throw new RewindError('NOT_PERMITTED', 'The policy allows no decisions by this webhook.');
  }
  const { requests } = await services.store.readLedger(incident.id);
  const request = requests.find((known) => known.planDigest === planDigest);
  const decided = await decide(services, context, incident, {
    decision,
    by,
    via: 'teams',
    planDigest,
    comment: `over the outgoing webhook ${proof.keyId}`,
    // The whole digest takes the place of the card that carries the nonce.
    nonce: request?.nonce ?? null,
    proof: {
      issuer: `teams-outgoing-webhook:${proof.keyId}`,
      tokenIdHash: proof.signatureHash,
    },
    roleCheck: null,
  });
  if (!decided.ok) throw new RewindError(decided.code, decided.message);
  const missing = decided.remaining.join(' and ') || 'nobody';
  return `Recorded: ${decision} as ${decided.countedAs}. Still needed: ${missing}.`;
}

async function incidentOf({ services }: Command, id: string | undefined): Promise<Incident> {
  const known = id !== undefined && incidentIdForm.test(id);
  const incident = known ? await services.store.readIncident(id) : null;
  if (incident === null) {
    throw new RewindError('INCIDENT_NOT_FOUND', `Name an incident that exists. ${help}`);
  }
  return incident;
}

/** Signed with the message, so as good as the shared secret and no better. */
function personOf({ from }: OutgoingMessage): Person {
  const id = from?.aadObjectId?.toLowerCase() ?? '';
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) {
    throw new RewindError('NOT_PERMITTED', 'The channel names no person of the tenant.');
  }
  return { id, name: from?.name?.slice(0, 200) ?? id };
}
