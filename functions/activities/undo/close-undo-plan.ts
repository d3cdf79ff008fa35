import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import { digestOf } from '../../../shared/digest.js';
import type { Json } from '../../../shared/domain/json.js';
import type { PlanBody, PlanCounts } from '../../../shared/domain/plan/plan.js';
import { toPlanView } from '../../../shared/domain/plan/plan-building.js';
import { withUndo } from '../../../shared/domain/plan/undo-view.js';
import { policyOf, readIncident, readNamedActors } from '../case-file.js';
import { protectedIds } from '../plan/newly-protected.js';
import { forecastOf } from '../plan/lockout.js';
import { counted } from '../../../shared/domain/words.js';
import { closedBefore, lookThrough } from '../plan/plan-closing.js';
import { readPlanDocument, type PlanDocument } from '../plan/plan-file.js';
import { isoNow, product, type ActivityServices } from '../services.js';

/**
 * Closes the undo lines into a plan of its own, with its own digest, version and expiry. Run again on the
 * same lines it finds the plan it closed.
 */
export async function closeUndoPlan(
  services: ActivityServices,
  { incidentId, version, chunks, counts }: ActivityInput<'closeUndoPlan'>,
): Promise<ActivityOutput<'closeUndoPlan'>> {
  const [incident, recovery, { policy, digest: policyDigest }, named] = await Promise.all([
    readIncident(services, incidentId),
    readPlanDocument(services, incidentId, 'plan'),
    policyOf(services, incidentId, { fresh: true }),
    readNamedActors(services, incidentId),
  ]);
  const scopeDigest = recovery?.body.scopeDigest ?? '';
  const recoveryPointId = recovery?.body.recoveryPointId ?? null;
  const ground = { scopeDigest, recoveryPointId, chunks };
  const closed = await closedBefore(services, incidentId, version, ground);
  if (closed !== null) {
    await show(closed.digest, closed.view);
    return closed;
  }

  const found = await lookThrough(services, incidentId, chunks, policy);
  const { warnings, ...forecast } = await forecastOf(
    services,
    incidentId,
    version,
    found.signIn,
    policy,
  );
  const expiresIn = policy.approvals.expireAfterMinutes * 60_000;
  const body: PlanBody = {
    tenantId: services.tenantId,
    incidentId,
    version,
    recoveryPointId,
    executor: 'surgical',
    policyDigest,
    scopeDigest,
    exclusions: [],
    expiresAt: new Date(services.clock.now() + expiresIn).toISOString(),
    chunks,
    counts,
    lines: found.lines,
    undoes: recovery?.digest ?? '',
    ...forecast,
    warnings: [...warnings, ...warningsOf(counts, found.residual.length)],
  };
  const digest = digestOf(body);
  const view = toPlanView(body, digest, policy);
  const text = JSON.stringify(body);
  const artefact = await services.store.putArtefact(incidentId, `undo-plan-${version}`, text);
  const document: PlanDocument = {
    body,
    digest,
    view,
    provisional: false,
    basis: {
      actorsVersion: named.version,
      windowFrom: incident.window.from,
      windowTo: incident.window.to,
      protectedIds: protectedIds(policy),
    },
  };
  for (const name of ['undoPlan', `plan-${version}`]) {
    await services.store.updateDocument<Json>(
      incidentId,
      name,
      () => ({ ...document, artefact }) as unknown as Json,
    );
  }
  await services.store.append(incidentId, `plan:${digest}`, {
    at: isoNow(services),
    kind: 'undo.plan',
    by: product,
    summary: `Undo plan, version ${version}: ${counts.objects} objects, ${digest}.`,
    artefact,
  });
  await show(digest, view);
  return { digest, artefact, view };

  async function show(planDigest: string, plan: typeof view): Promise<void> {
    await services.store.updateIncident(incidentId, (open) => withUndo(open, { planDigest, plan }));
  }
}

function warningsOf(counts: PlanCounts, byHand: number): string[] {
  const { softDelete } = counts.byAction;
  const acting = Object.values(counts.byAction).reduce((sum, count) => sum + count, 0);
  const all = Object.values(counts.byClass).reduce((sum, count) => sum + count, 0);
  const warnings: [boolean, string][] = [
    [true, 'UNDO: the tenant goes back to the damaged state it was in before this recovery wrote.'],
    [
      softDelete > 0,
      `${counted(softDelete, 'object')} to be SOFT-DELETED again, restored by this recovery; left out unless everybody who must approve names the line softDelete (over HTTP).`,
    ],
    [
      all > acting,
      `${counted(all - acting, 'change')} of ours not as we left it, or for a person alone to undo; listed and left alone.`,
    ],
    [byHand > 0, `Of these, with a step for a person in the residual list of the plan: ${byHand}.`],
  ];
  return warnings.filter(([applies]) => applies).map(([, text]) => text);
}
