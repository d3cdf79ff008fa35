import type { PlanView } from '../../../shared/domain/incident/incident.js';
import type { PlanBody, PlannedObject } from '../../../shared/domain/plan/plan.js';
import { digestOf } from '../../../shared/digest.js';
import { invariant, RewindError } from '../../../shared/errors.js';
import { readLines } from '../lines.js';
import type { ActivityServices } from '../services.js';

/** The document `plan`: the newest plan of an incident, and `plan-VERSION` for each one ever drawn. */
export interface PlanDocument {
  readonly body: PlanBody;
  readonly digest: string;
  readonly view: PlanView;
  /** Drawn on a scope that had not settled: readable, never open for decisions. */
  readonly provisional: boolean;
  /** What the plan was made from; when these differ later, it was overtaken. */
  readonly basis: {
    readonly actorsVersion: number;
    /** How often people had revised the plan; absent in plans of old. */
    readonly revisionsVersion?: number;
    readonly windowTo: string;
    readonly windowFrom: string;
    /** What the service had told of the recovery point; absent when nothing. */
    readonly pointIndex?: string;
    /** What the policy protected then. */
    readonly protectedIds?: readonly string[];
  };
}

/**
 * The plan with exactly this digest, re-computed from its own text: the newest recovery plan or the undo
 * plan. Throws when it is neither, since no other may be decided or executed.
 */
export async function readPlan(
  services: Pick<ActivityServices, 'store'>,
  incidentId: string,
  digest: string,
): Promise<PlanDocument> {
  const newest = await readPlanDocument(services, incidentId, 'plan');
  const plan =
    newest?.digest === digest ? newest : await readPlanDocument(services, incidentId, 'undoPlan');
  invariant(
    plan !== null && plan.digest === digest,
    `plan ${digest} is not the newest of ${incidentId}`,
  );
  invariant(!plan.provisional, `plan ${digest} is provisional and cannot be decided or executed`);
  invariant(digestOf(plan.body) === digest, `plan ${digest} does not have the digest it claims`);
  return plan;
}

/**
 * The plan with exactly this digest, also one that was overtaken since: to be read back or reported,
 * never to be decided or executed.
 */
export async function readAnyPlan(
  services: Pick<ActivityServices, 'store'>,
  incidentId: string,
  digest: string,
): Promise<PlanDocument> {
  const newest = await readPlanDocument(services, incidentId, 'plan');
  if (newest?.digest === digest) return readPlan(services, incidentId, digest);
  const latest = await readNewestVersion(services, incidentId);
  for (let version = latest; version > 0; version -= 1) {
    const plan = await readPlanDocument(services, incidentId, `plan-${version}`);
    if (plan?.digest !== digest) continue;
    invariant(digestOf(plan.body) === digest, `plan ${digest} does not have the digest it claims`);
    return plan;
  }
  throw new RewindError('INVARIANT_BROKEN', `${incidentId} has no plan ${digest}`);
}

/** The document that holds what people asked of the run of this plan. */
export const marksOf = ({ undoes }: PlanBody): 'marks' | 'undoMarks' =>
  undoes === undefined ? 'marks' : 'undoMarks';

/** Version of the newest plan, recovery or undo; 0 before the first. */
export async function readNewestVersion(
  services: Pick<ActivityServices, 'store'>,
  incidentId: string,
): Promise<number> {
  const [plan, undo] = await Promise.all([
    readPlanDocument(services, incidentId, 'plan'),
    readPlanDocument(services, incidentId, 'undoPlan'),
  ]);
  return Math.max(plan?.body.version ?? 0, undo?.body.version ?? 0);
}

export const readPlanDocument = async (
  services: Pick<ActivityServices, 'store'>,
  incidentId: string,
  name: 'plan' | 'undoPlan' | `plan-${number}`,
): Promise<PlanDocument | null> =>
  (await services.store.readDocument(incidentId, name)) as unknown as PlanDocument | null;

/** Objects `from` (inclusive) to `to` (exclusive) among those with at least one action, in plan order. */
export async function readPlanned(
  services: ActivityServices,
  incidentId: string,
  body: PlanBody,
  from: number,
  to: number,
): Promise<PlannedObject[]> {
  const wanted: PlannedObject[] = [];
  let position = 0;
  for (const chunk of body.chunks) {
    const end = position + chunk.planned;
    if (end > from && position < to) {
      const lines = await readLines<PlannedObject>(services, incidentId, chunk.sha256);
      const planned = lines.filter(({ deltas }) => deltas.some(({ action }) => action !== null));
      invariant(planned.length === chunk.planned, `plan chunk ${chunk.sha256} has other counts`);
      wanted.push(...planned.slice(Math.max(0, from - position), Math.max(0, to - position)));
    }
    position = end;
  }
  return wanted;
}
