import type { InvocationContext } from '@azure/functions';
import { isOvertakenByPoint, pointCheckOf } from '../../shared/domain/native/point-check.js';
import {
  countDecision,
  type Attempt,
  type Counted,
} from '../../shared/domain/approval/approval-rule.js';
import type { Decision, Ledger, ApprovalRole } from '../../shared/domain/approval/approval.js';
import {
  decisionArtefact,
  recordedDecisions,
  saysTheSame,
} from '../../shared/domain/approval/approval-record.js';
import {
  noActors,
  type ActorsDocument,
  type MarksDocument,
} from '../../shared/domain/incident/documents.js';
import type { Incident } from '../../shared/domain/incident/incident.js';
import type { Json } from '../../shared/domain/json.js';
import type { Policy } from '../../shared/domain/policy.js';
import { canonicalText, digestOf } from '../../shared/digest.js';
import {
  awaitsUndoDecision,
  isUndoPlan,
  marksDocumentOf,
  undoRunOf,
} from '../../shared/domain/plan/undo-view.js';
import type { Code } from '../../shared/errors.js';
import { policyOf } from './policy-of.js';
import { isActor } from './refusals.js';
import { isoNow, type DoorServices } from './services.js';
import { readRevisions } from './revisions.js';
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
  const [policy, obstacle, record] = await Promise.all([
    policyOf(services, incident.id),
    obstacleOf(services, incident, attempt),
    store.readRecord(incident.id),
  ]);
  const recorded = recordedDecisions(Buffer.from(record ?? []).toString('utf8'));
  const now = isoNow(services);
  let counted: Counted | (Refusal & { ok: false; ledger: Ledger }) | undefined;
  const ledger = await store.updateLedger(incident.id, (known) => {
    const { counting, idle } = byRecord(known, recorded, attempt);
    counted = count({ ...known, decisions: counting });
    return { ...counted.ledger, decisions: [...idle, ...counted.ledger.decisions] };
  });
  if (counted === undefined) throw new Error('the store did not apply the change');
  const { by, decision, planDigest } = attempt;
  if (!counted.ok) {
    const { code, message } = counted;
    // The key holds nothing that the caller chose: nobody fills a record with refusals.
    const asked = ledger.requests.at(-1)?.planDigest ?? 'nothing';
    await store.append(incident.id, `decision.refused:${asked}:${by.id}:${code}`, {
      at: now,
      kind: 'decision.refused',
      by,
      summary: `${by.name} tried to ${decision} over ${attempt.via}. Refused with ${code}.`,
    });
    return { ok: false, code, message };
  }
  const { countedAs, remaining } = counted;
  const own = counted.ledger.decisions.findLast(
    (known) => known.by.id === by.id && known.planDigest === planDigest,
  );
  if (own !== undefined) await writeDown(own, countedAs);
  const eventId = `decision-${ledger.version}-${by.id}`;
  const run = isUndoPlan(incident, planDigest) ? undoRunOf(incident.id) : incident.id;
  await services.runs(context).wake(run, 'approvalDecided', eventId);
  return { ok: true, countedAs, remaining, ledger, policy };

  /** Writes the entry without which the decision counts for nothing; the same one again changes nothing. */
  async function writeDown(own: Decision, as: ApprovalRole): Promise<void> {
    const text = canonicalText(own);
    const artefact = await store.putArtefact(incident.id, decisionArtefact, text);
    await store.append(incident.id, `decision:${artefact.sha256}`, {
      at: own.at,
      kind: `decision.${decision}`,
      by,
      summary: summaryOf(own, as),
      artefact,
    });
  }

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
  if (incident.state === 'closed' && !awaitsUndoDecision(incident, planDigest)) {
    return refusal('INCIDENT_CLOSED', 'The incident is closed.');
  }
  const [marks, actors, plan, revisions, check] = await Promise.all([
    store.readDocument<Json>(incident.id, marksDocumentOf(incident)),
    store.readDocument<Json>(incident.id, 'actors'),
    readStoredPlan(store, incident.id),
    readRevisions({ store }, incident.id),
    store.readDocument<Json>(incident.id, 'point-check'),
  ]);
  if (((marks as unknown as MarksDocument | null)?.cancel ?? null) !== null) {
    return refusal('NOT_AWAITING_APPROVAL', 'The incident was cancelled.');
  }
  // A plan is void from the moment its ground changed, not only once the run has noticed.
  const named = (actors as unknown as ActorsDocument | null) ?? noActors;
  const isOvertaken =
    plan?.digest === planDigest &&
    (plan.basis.actorsVersion !== named.version ||
      (plan.basis.revisionsVersion ?? 0) !== revisions.version ||
      isOvertakenByPoint(pointCheckOf(check), {
        digest: planDigest,
        recoveryPointId: plan.body.recoveryPointId,
        pointIndex: plan.basis.pointIndex,
      }) ||
      plan.basis.windowFrom !== incident.window.from ||
      plan.basis.windowTo !== incident.window.to);
  return isOvertaken
    ? refusal(
        'PLAN_SUPERSEDED',
        'The plan was revised, its actors or window changed, or its recovery point says otherwise; a new version is on its way.',
      )
    : null;
}

const refusal = (code: Code, message: string): Refusal => ({ code, message });

/**
 * Decisions that count, and those that stand in the ledger alone. A crash leaves the latter too: its
 * author saying the very same again makes it good.
 */
function byRecord(
  ledger: Ledger,
  recorded: ReadonlySet<string>,
  attempt: Attempt,
): { readonly counting: readonly Decision[]; readonly idle: readonly Decision[] } {
  const counts = (decision: Decision) =>
    recorded.has(digestOf(decision)) || saysTheSame(decision, attempt);
  return {
    counting: ledger.decisions.filter(counts),
    idle: ledger.decisions.filter((decision) => !counts(decision)),
  };
}

function summaryOf(own: Decision, countedAs: string): string {
  const { by, decision, via, comment, planDigest, roleCheck, proof, lines = [] } = own;
  const named = lines.length === 0 ? '' : ` Lines approved: ${lines.join(', ')}.`;
  const said = comment === null ? '' : ` Comment: ${comment}`;
  const role = roleCheck === null ? '' : ` App role over Graph: ${roleCheck}.`;
  return (
    `${by.name} decided ${decision} over ${via} on ${planDigest}, counted as ${countedAs}.${named}${role}` +
    ` Proven by a token of ${proof.issuer}, id ${proof.tokenIdHash}.${said}`
  );
}
