import type { ActivityInput, ActivityOutput } from '../../shared/contracts/catalogue.js';
import { digestOf } from '../../shared/digest.js';
import type { Residual } from '../../shared/domain/incident.js';
import type { PlanBody, PlannedObject } from '../../shared/domain/plan.js';
import { planWarnings, toPlanView } from '../../shared/domain/plan-building.js';
import { policyOf, readIncident, readNamedActors } from './case-file.js';
import { readLines } from './lines.js';
import type { PlanDocument } from './plan-file.js';
import { isoNow, product, type ActivityServices } from './services.js';

const residualsInDocument = 500;

/** Closes a preview into a plan: one digest over everything that approving it would mean. */
export async function closePlan(
  services: ActivityServices,
  input: ActivityInput<'closePlan'>,
): Promise<ActivityOutput<'closePlan'>> {
  const { incidentId, version, provisional, scopeDigest, recoveryPoint, chunks, counts } = input;
  const [incident, { policy, digest: policyDigest }, named] = await Promise.all([
    readIncident(services, incidentId),
    policyOf(services, incidentId, { fresh: true }),
    readNamedActors(services, incidentId),
  ]);
  const found = await lookThrough(services, incidentId, chunks);
  const now = services.clock.now();
  const body: PlanBody = {
    tenantId: services.tenantId,
    incidentId,
    version,
    recoveryPointId: recoveryPoint.id,
    executor: 'surgical',
    policyDigest,
    scopeDigest,
    exclusions: [],
    expiresAt: new Date(now + policy.approvals.expireAfterMinutes * 60_000).toISOString(),
    chunks,
    counts,
    warnings: planWarnings({ counts, recoveryPoint, ...found.facts }),
  };
  const digest = digestOf(body);
  const view = toPlanView(body, digest, policy);
  const artefact = await services.store.putArtefact(
    incidentId,
    `plan-${version}`,
    JSON.stringify(body),
  );
  const document: PlanDocument = {
    body,
    digest,
    view,
    provisional,
    basis: {
      actorsVersion: named.version,
      windowFrom: incident.window.from,
      windowTo: incident.window.to,
    },
  };
  const stored = () => document as unknown as { [key: string]: never };
  await services.store.updateDocument(incidentId, 'plan', stored);
  if (!provisional) await services.store.updateDocument(incidentId, `plan-${version}`, stored);
  await services.store.updateIncident(incidentId, (open) => ({
    ...open,
    residual: found.residual,
    warnings: [...new Set([...open.warnings, ...body.warnings])],
  }));
  await services.store.append(incidentId, `plan:${digest}`, {
    at: isoNow(services),
    kind: provisional ? 'plan.provisional' : 'plan',
    by: product,
    summary: `Plan version ${version}: ${counts.objects} objects, ${digest}.`,
    artefact,
  });
  return { digest, artefact, view };
}

/** Reads the lines once more for what only the whole plan can tell: warnings, and what stays for people. */
async function lookThrough(
  services: ActivityServices,
  incidentId: string,
  chunks: PlanBody['chunks'],
) {
  const residual: Residual[] = [];
  let residuals = 0;
  let privileged = 0;
  let unknownValues = 0;
  let overwritten = 0;
  for (const chunk of chunks) {
    for (const object of await readLines<PlannedObject>(services, incidentId, chunk.sha256)) {
      residuals += object.residual.length;
      residual.push(...object.residual.slice(0, residualsInDocument - residual.length));
      if (object.privileged && object.residual.length > 0) privileged += 1;
      unknownValues += object.deltas.filter((delta) => !delta.then.known).length;
      overwritten += object.deltas.filter(
        (delta) => delta.class === 'mixed' && delta.action === null,
      ).length;
    }
  }
  return { residual, facts: { residuals, privileged, unknownValues, overwritten } };
}
