import type { ActivityInput, ActivityOutput } from '../../shared/contracts/catalogue.js';
import { addToLines, type LineCount } from '../../shared/domain/approval-lines.js';
import { digestOf } from '../../shared/digest.js';
import type { Incident, Residual } from '../../shared/domain/incident.js';
import type { Json } from '../../shared/domain/json.js';
import type { PlanBody, PlannedObject } from '../../shared/domain/plan.js';
import { executorOf, planWarnings, toPlanView } from '../../shared/domain/plan-building.js';
import type { ArtefactRef } from '../../shared/ports/evidence.js';
import { policyOf, readIncident, readNamedActors } from './case-file.js';
import { readLines } from './lines.js';
import { protectedIds } from './newly-protected.js';
import type { PlanDocument } from './plan-file.js';
import { isoNow, product, type ActivityServices } from './services.js';

const residualsInDocument = 500;

/**
 * Closes a preview into a plan: one digest over everything that approving it would mean. Run again on the
 * same preview it finds the plan it closed, with the digest and expiry it then had.
 */
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
  const closed = provisional ? null : await closedBefore(services, input);
  if (closed !== null) return closed;
  const found = await lookThrough(services, incidentId, chunks);
  const now = services.clock.now();
  const body: PlanBody = {
    tenantId: services.tenantId,
    incidentId,
    version,
    recoveryPointId: recoveryPoint.id,
    executor: executorOf(chunks),
    policyDigest,
    scopeDigest,
    exclusions: [],
    expiresAt: new Date(now + policy.approvals.expireAfterMinutes * 60_000).toISOString(),
    chunks,
    counts,
    lines: found.lines,
    warnings: [
      ...uncontained(incident),
      ...planWarnings({ counts, recoveryPoint, ...found.facts }),
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
      windowFrom: reported.from,
      windowTo: reported.to,
      protectedIds: protectedIds(policy),
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

/** The plan of this version that an interrupted run has closed already, if it is of the same preview. */
async function closedBefore(
  services: ActivityServices,
  input: ActivityInput<'closePlan'>,
): Promise<ActivityOutput<'closePlan'> | null> {
  const { incidentId, version, scopeDigest, recoveryPoint, chunks } = input;
  const stored = (await services.store.readDocument<Json>(
    incidentId,
    `plan-${version}`,
  )) as unknown as (PlanDocument & { readonly artefact?: ArtefactRef }) | null;
  if (stored?.artefact === undefined) return null;
  const { body, digest, view, artefact } = stored;
  const ground = (of: Pick<PlanBody, 'scopeDigest' | 'recoveryPointId' | 'chunks'>) =>
    digestOf([of.scopeDigest, of.recoveryPointId, of.chunks]);
  const isSame =
    ground(body) === ground({ scopeDigest, recoveryPointId: recoveryPoint.id, chunks });
  const isOver = services.clock.now() >= Date.parse(body.expiresAt);
  return isSame && !isOver ? { digest, artefact, view } : null;
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
  let lines: readonly LineCount[] = [];
  for (const chunk of chunks) {
    for (const object of await readLines<PlannedObject>(services, incidentId, chunk.sha256)) {
      lines = addToLines(lines, object);
      residuals += object.residual.length;
      residual.push(...object.residual.slice(0, residualsInDocument - residual.length));
      if (object.privileged && object.residual.length > 0) privileged += 1;
      unknownValues += object.deltas.filter((delta) => !delta.then.known).length;
      overwritten += object.deltas.filter(
        (delta) => delta.class === 'mixed' && delta.action === null,
      ).length;
    }
  }
  return { residual, lines, facts: { residuals, privileged, unknownValues, overwritten } };
}
