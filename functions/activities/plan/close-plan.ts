import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import { digestOf } from '../../../shared/digest.js';
import type { Incident } from '../../../shared/domain/incident/incident.js';
import type { Json } from '../../../shared/domain/json.js';
import type { PlanBody } from '../../../shared/domain/plan/plan.js';
import { executorOf, toPlanView } from '../../../shared/domain/plan/plan-building.js';
import { planWarnings } from '../../../shared/domain/plan/plan-warnings.js';
import { policyOf, readIncident, readNamedActors } from '../case-file.js';
import { readRevisions } from './revised-terms.js';
import { protectedIds } from './newly-protected.js';
import { readFindings } from './plan-findings.js';
import type { PlanDocument } from './plan-file.js';
import { forecastOf } from './lockout.js';
import { closedBefore, lookThrough } from './plan-closing.js';
import { isoNow, product, type ActivityServices } from '../services.js';

/**
 * Closes a preview into a plan: one digest over everything that approving it would mean. Run again on the
 * same preview it finds the plan it closed, with the digest and expiry it then had.
 */
export async function closePlan(
  services: ActivityServices,
  input: ActivityInput<'closePlan'>,
): Promise<ActivityOutput<'closePlan'>> {
  const { incidentId, version, provisional, scopeDigest, recoveryPoint, chunks, counts } = input;
  const [incident, { policy, digest: policyDigest }, named, revisions] = await Promise.all([
    readIncident(services, incidentId),
    policyOf(services, incidentId, { fresh: true }),
    readNamedActors(services, incidentId),
    readRevisions(services, incidentId),
  ]);
  const ground = { scopeDigest, recoveryPointId: recoveryPoint.id, chunks };
  const closed = provisional ? null : await closedBefore(services, incidentId, version, ground);
  if (closed !== null) return closed;
  const findings = await readFindings(services, incidentId, version);
  const found = await lookThrough(services, incidentId, chunks, policy);
  const { warnings: lockout, ...forecast } = provisional
    ? { warnings: [] }
    : await forecastOf(services, incidentId, version, found.signIn, policy);
  const now = services.clock.now();
  const body: PlanBody = {
    tenantId: services.tenantId,
    incidentId,
    version,
    recoveryPointId: recoveryPoint.id,
    executor: executorOf(chunks),
    policyDigest,
    scopeDigest,
    exclusions: revisions.excluded,
    expiresAt: new Date(now + policy.approvals.expireAfterMinutes * 60_000).toISOString(),
    chunks,
    counts,
    lines: found.lines,
    ...forecast,
    warnings: [
      ...lockout,
      ...uncontained(incident),
      ...planWarnings({ counts, recoveryPoint, ...found.facts }),
      ...findings,
    ],
  };
  const digest = digestOf(body);
  const view = toPlanView(body, digest, policy);
  const artefact = await services.store.putArtefact(
    incidentId,
    `plan-${version}`,
    JSON.stringify(body),
  );
  const reported = input.reportedWindow ?? incident.window;
  const document: PlanDocument = {
    body,
    digest,
    view,
    provisional,
    basis: {
      actorsVersion: input.actorsVersion ?? named.version,
      revisionsVersion: input.revisionsVersion ?? revisions.version,
      windowFrom: reported.from,
      windowTo: reported.to,
      protectedIds: protectedIds(policy),
      ...(input.pointIndex !== undefined && { pointIndex: input.pointIndex }),
    },
  };
  const stored = () => ({ ...document, artefact }) as unknown as Json;
  await services.store.updateIncident(incidentId, (open) => ({
    ...open,
    residual: found.residual,
    warnings: provisional ? open.warnings : warningsAfter(open, body),
  }));
  await services.store.append(incidentId, `plan:${digest}`, {
    at: isoNow(services),
    kind: provisional ? 'plan.provisional' : 'plan',
    by: product,
    summary: `Plan version ${version}: ${counts.objects} objects, ${digest}.`,
    artefact,
  });
  await services.store.updateDocument<Json>(incidentId, 'plan', stored);
  if (!provisional)
    await services.store.updateDocument<Json>(incidentId, `plan-${version}`, stored);
  return { digest, artefact, view };
}

/** Whoever is not proven to be contained may undo what is put back, or write on. */
function uncontained({ actors }: Incident): string[] {
  return actors
    .filter(({ containment }) => containment !== 'contained')
    .map(
      ({ name, containment }) =>
        `${name} is NOT proven to be contained (${containment}): what is put back may be changed again.`,
    );
}

/** The warnings of the plan before this one are gone with it. */
function warningsAfter({ plan, warnings }: Incident, body: PlanBody): string[] {
  const overtaken = new Set(plan?.warnings ?? []);
  return [...new Set([...warnings.filter((text) => !overtaken.has(text)), ...body.warnings])];
}
