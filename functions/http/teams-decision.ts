import type { InvocationContext } from '@azure/functions';
import type { CardAction } from '../../shared/contracts/teams.js';
import { approvalCard, decidedCard } from '../../shared/domain/approval/approval-card.js';
import { standing, type Attempt } from '../../shared/domain/approval/approval-rule.js';
import type { ApprovalRequest, Ledger } from '../../shared/domain/approval/approval.js';
import type { Incident } from '../../shared/domain/incident/incident.js';
import type { Person } from '../../shared/domain/identities.js';
import type { Json } from '../../shared/domain/json.js';
import { RewindError, type Code } from '../../shared/errors.js';
import type { TokenProof } from '../../shared/ports/callers.js';
import type { PostedCard } from '../../shared/ports/notifier.js';
import { decide } from './decide.js';
import { policyOf } from './policy-of.js';
import { isoNow, type DoorServices } from './services.js';
import { threadless } from './thread.js';

/** The channel gives up after about ten seconds; a role that cannot be read by then is not waited for. */
const roleCheckMs = 3000;

interface Pressed {
  readonly services: DoorServices;
  readonly context: InvocationContext;
  readonly incident: Incident;
  readonly press: CardAction;
  readonly proof: TokenProof;
}

/**
 * Turns a press into a decision: the person the connector asserts, on the very card that was posted for
 * the plan its data names. Answers with the card the person sees next; throws what refused the press.
 */
export async function decideByPress(pressed: Pressed): Promise<Json> {
  const { services, context, incident, press, proof } = pressed;
  const { action } = press.value;
  if (action.type !== 'Action.Execute' || !isVerb(action.verb)) {
    throw new RewindError('VALIDATION_FAILED', 'Only approve and reject can be pressed.');
  }
  const by = personOf(press);
  const ledger = await services.store.readLedger(incident.id);
  const request = ledger.requests.find(({ planDigest }) => planDigest === action.data.planDigest);
  await requirePostedCard(pressed, by, request);

  const decided = await decide(services, context, incident, {
    decision: action.verb,
    by,
    via: 'teams',
    planDigest: action.data.planDigest,
    comment: commentOf(action.data.comment),
    // A version that is not the request's makes the card another one.
    nonce: request?.planVersion === action.data.planVersion ? action.data.nonce : null,
    proof,
    roleCheck: await roleCheckOf(services, by.id),
  });
  if (!decided.ok) throw new RewindError(decided.code, decided.message);
  const missing = decided.remaining.join(' and ');
  const text =
    action.verb === 'reject'
      ? 'Your rejection is recorded. The incident closes without any change.'
      : `Your approval as ${decided.countedAs} is recorded. ${missing === '' ? 'Nobody else is needed.' : `Still needed: ${missing}.`}`;
  return decidedCard(incident, text, services.settings);
}

/** What a client that refreshes by itself is shown: the card as it stands now. Never a decision. */
export async function currentCard(services: DoorServices, incident: Incident): Promise<Json> {
  const [ledger, policy] = await Promise.all([
    services.store.readLedger(incident.id),
    policyOf(services, incident.id),
  ]);
  return cardOf(services, incident, ledger, policy);
}

function cardOf(
  services: DoorServices,
  incident: Incident,
  ledger: Ledger,
  policy: Parameters<typeof standing>[1],
): Json {
  const request = ledger.requests.at(-1);
  const links = services.settings;
  if (request === undefined) return decidedCard(incident, 'No plan awaits a decision.', links);
  const stand = standing(ledger, policy, request.planDigest, isoNow(services));
  if (stand.state === 'open' && incident.state !== 'closed') {
    return approvalCard(incident, request, stand, links);
  }
  return decidedCard(incident, `The plan is ${stand.state}.`, links);
}

/** The stored card of this plan, in its conversation: a copy posted elsewhere is no card of ours. */
async function requirePostedCard(
  { services, incident, press }: Pressed,
  by: Person,
  request: ApprovalRequest | undefined,
): Promise<void> {
  const cards = ((await services.store.readDocument<Json>(incident.id, 'cards')) ??
    {}) as unknown as Readonly<Record<string, PostedCard>>;
  const posted = request === undefined ? undefined : cards[request.planDigest];
  if (posted === undefined) {
    await record('PLAN_SUPERSEDED');
    throw new RewindError('PLAN_SUPERSEDED', 'This card is not the card of the current plan.');
  }
  const isPosted =
    posted.activityId === press.replyToId &&
    threadless(posted.conversationId) === threadless(press.conversation.id);
  if (isPosted) return;
  await record('NOT_PERMITTED');
  throw new RewindError('NOT_PERMITTED', 'The press is not on the posted card.');

  function record(code: Code): Promise<unknown> {
    return services.store.append(incident.id, `press.refused:${by.id}:${code}`, {
      at: isoNow(services),
      kind: 'decision.refused',
      by,
      summary: `${by.name} pressed on a card that is not the posted one. Refused with ${code}.`,
    });
  }
}

/** Only the object id counts; the name is what the record shows beside it. */
function personOf({ from }: CardAction): Person {
  const id = from.aadObjectId?.toLowerCase() ?? '';
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) {
    throw new RewindError('NOT_PERMITTED', 'The channel names no person of the tenant.');
  }
  return { id, name: from.name?.slice(0, 200) ?? id };
}

/** A Bot Connector token carries no roles (contract section 4): read through Graph, absence recorded. */
async function roleCheckOf(services: DoorServices, id: string): Promise<Attempt['roleCheck']> {
  const ended = new AbortController();
  const late = services.clock.sleep(roleCheckMs, ended.signal).then(
    () => null,
    () => null,
  );
  try {
    const roles = await Promise.race([services.directory.appRolesOnOurApi(id), late]);
    if (roles === null) return 'unreadable';
    const may = roles.includes('Incident.Operator') || roles.includes('Incident.Approver');
    return may ? 'confirmed' : 'missing';
  } catch {
    // The pin and the connector's assertion decide; that the role could not be read is recorded.
    return 'unreadable';
  } finally {
    ended.abort();
  }
}

const isVerb = (verb: string | undefined): verb is 'approve' | 'reject' =>
  verb === 'approve' || verb === 'reject';

const commentOf = (text: string | null | undefined): string | null => {
  const comment = text?.trim().slice(0, 2000) ?? '';
  return comment === '' ? null : comment;
};
