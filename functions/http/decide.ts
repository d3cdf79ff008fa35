import type { InvocationContext } from '@azure/functions';
import { countDecision, type Attempt, type Counted } from '../../shared/domain/approval-rule.js';
import type { Ledger } from '../../shared/domain/approval.js';
import {
  noActors,
  type ActorsDocument,
  type MarksDocument,
} from '../../shared/domain/documents.js';
import type { ApprovalRole, Incident } from '../../shared/domain/incident.js';
import type { Json } from '../../shared/domain/json.js';
import type { Policy } from '../../shared/domain/policy.js';
import type { Code } from '../../shared/errors.js';
import { policyOf } from './policy-of.js';
import { isActor } from './refusals.js';
import { isoNow, type DoorServices } from './services.js';
import { readStoredPlan } from './stored-plan.js';

export type Decided =
  | {
      readonly ok: true;
      readonly countedAs: ApprovalRole;
      readonly remaining: readonly ApprovalRole[];
      readonly ledger: Ledger;
      readonly policy: Policy;
    }
  | { readonly ok: false; readonly code: Code; readonly message: string };

interface Refusal {
  readonly code: Code;
  readonly message: string;
}

/**
 * One decision through either door: the rule is applied to the ledger as it is when written, the record
 * says what was decided or who was refused, and the run is woken. The answer tells what was written. The
 * door has established who decides; nothing else about them is taken from the request.
 */
export async function decide(
  services: DoorServices,
  context: InvocationContext,
  incident: Incident,
  attempt: Attempt,
): Promise<Decided> {
  const { store } = services;
  const [policy, obstacle] = await Promise.all([
    policyOf(services, incident.id),
    obstacleOf(services, incident, attempt),
  ]);
  const now = isoNow(services);
  let counted: Counted | (Refusal & { ok: false; ledger: Ledger }) | undefined;
  const ledger = await store.updateLedger(incident.id, (known) => {
    counted = count(known);
    return counted.ledger;
  });
  if (counted === undefined) throw new Error('the store did not apply the change');
  const { by, decision, planDigest } = attempt;
  if (!counted.ok) {
    const { code, message } = counted;
    await store.append(incident.id, `decision.refused:${planDigest}:${by.id}:${code}`, {
      at: now,
      kind: 'decision.refused',
      by,
      summary: `${by.name} tried to ${decision} over ${attempt.via}. Refused with ${code}.`,
    });
    return { ok: false, code, message };
  }
  const { countedAs, remaining } = counted;
  await store.append(incident.id, `decision:${planDigest}:${by.id}`, {
    at: now,
    kind: `decision.${decision}`,
    by,
    summary: summaryOf(attempt, countedAs),
  });
  const eventId = `decision-${ledger.version}-${by.id}`;
  await services.runs(context).wake(incident.id, 'approvalDecided', eventId);
  return { ok: true, countedAs, remaining, ledger, policy };

  /** The rule speaks first; what only the incident knows stops a decision that would count anew. */
  function count(known: Ledger): NonNullable<typeof counted> {
    const ruled = countDecision(known, attempt, { policy, now });
    if (obstacle === null || (ruled.ok && ruled.repeated)) return ruled;
    const isWeaker = !ruled.ok && !overrules(obstacle, ruled.code);
    return isWeaker ? ruled : { ok: false, ...obstacle, ledger: noting(known, obstacle.code) };
  }

  function noting(known: Ledger, code: Code): Ledger {
    const refusal = { by: attempt.by, at: now, code, via: attempt.via };
    const refusals = [...known.refusals, refusal].slice(-200);
    return { ...known, version: known.version + 1, refusals };
  }
}

/** An actor is told so before anything else, and "closed" says more than "nothing is awaited". */
const overrules = (obstacle: Refusal, ruled: Code): boolean =>
  obstacle.code === 'DECIDER_IS_ACTOR' ||
  (obstacle.code === 'INCIDENT_CLOSED' && ruled === 'NOT_AWAITING_APPROVAL');

/** What stands against any new decision although the ledger still looks open. */
async function obstacleOf(
  { store }: DoorServices,
  incident: Incident,
  { by, planDigest }: Attempt,
): Promise<Refusal | null> {
  if (isActor(incident, by.id)) {
    return refusal('DECIDER_IS_ACTOR', 'An actor of this incident cannot decide about it.');
  }
  if (incident.state === 'closed') return refusal('INCIDENT_CLOSED', 'The incident is closed.');
  const [marks, actors, plan] = await Promise.all([
    store.readDocument<Json>(incident.id, 'marks'),
    store.readDocument<Json>(incident.id, 'actors'),
    readStoredPlan(store, incident.id),
  ]);
  if (((marks as unknown as MarksDocument | null)?.cancel ?? null) !== null) {
    return refusal('NOT_AWAITING_APPROVAL', 'The incident was cancelled.');
  }
  // A plan is void from the moment its ground changed, not only once the run has noticed.
  const named = (actors as unknown as ActorsDocument | null) ?? noActors;
  const isOvertaken =
    plan?.digest === planDigest &&
    (plan.basis.actorsVersion !== named.version ||
      plan.basis.windowFrom !== incident.window.from ||
      plan.basis.windowTo !== incident.window.to);
  return isOvertaken
    ? refusal('PLAN_SUPERSEDED', 'Actors or window changed; a new plan version is on its way.')
    : null;
}

const refusal = (code: Code, message: string): Refusal => ({ code, message });

function summaryOf(attempt: Attempt, countedAs: string): string {
  const { by, decision, via, comment, roleCheck, lines = [] } = attempt;
  const named = lines.length === 0 ? '' : ` Lines approved: ${lines.join(', ')}.`;
  const said = comment === null ? '' : ` Comment: ${comment}`;
  const role = roleCheck === null ? '' : ` App role over Graph: ${roleCheck}.`;
  return `${by.name} decided ${decision} over ${via}, counted as ${countedAs}.${named}${role}${said}`;
}
