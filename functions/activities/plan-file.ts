import type { PlanView } from '../../shared/domain/incident.js';
import type { PlanBody, PlannedObject } from '../../shared/domain/plan.js';
import { digestOf } from '../../shared/digest.js';
import { invariant, RewindError } from '../../shared/errors.js';
import { readLines } from './lines.js';
import type { ActivityServices } from './services.js';

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
    readonly windowTo: string;
    readonly windowFrom: string;
    /** What the policy protected then. */
    readonly protectedIds?: readonly string[];
  };
}

/** The plan with exactly this digest, re-computed from its own text; throws when it is not that one. */
export async function readPlan(
  services: Pick<ActivityServices, 'store'>,
  incidentId: string,
  digest: string,
): Promise<PlanDocument> {
  const plan = await readDocument(services, incidentId, 'plan');
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
  const newest = await readDocument(services, incidentId, 'plan');
  if (newest?.digest === digest) return readPlan(services, incidentId, digest);
  for (let version = newest?.body.version ?? 0; version > 0; version -= 1) {
    const plan = await readDocument(services, incidentId, `plan-${version}`);
    if (plan?.digest !== digest) continue;
    invariant(digestOf(plan.body) === digest, `plan ${digest} does not have the digest it claims`);
    return plan;
  }
  throw new RewindError('INVARIANT_BROKEN', `${incidentId} has no plan ${digest}`);
}

const readDocument = async (
  services: Pick<ActivityServices, 'store'>,
  incidentId: string,
  name: string,
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
