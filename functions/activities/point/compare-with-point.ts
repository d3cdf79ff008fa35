import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import { noTotals } from '../../../shared/domain/native/point-check.js';
import { sameDecision, sameDecisions } from '../../../shared/domain/plan/same-decisions.js';
import { invariant } from '../../../shared/errors.js';
import { readGround } from '../plan/attribute-chunk.js';
import { readHistoriesOf } from '../plan/histories-file.js';
import { readPlanDocument } from '../plan/plan-file.js';
import type { ActivityServices } from '../services.js';
import { readPointCheck } from './check-file.js';
import { readPointChanges } from './values-file.js';

/**
 * Attributes one run of the plan's own rows twice, on the same reading of its objects: with what the plan
 * knew of the recovery point, and with what the service has told since. Only that makes a difference, never
 * what changed in the tenant meanwhile.
 */
export async function compareWithPoint(
  services: ActivityServices,
  { incidentId, version, chunk: number }: ActivityInput<'compareWithPoint'>,
): Promise<ActivityOutput<'compareWithPoint'>> {
  const [histories, { values }, plan] = await Promise.all([
    readHistoriesOf(services, incidentId, version),
    readPointCheck(services, incidentId),
    readPlanDocument(services, incidentId, `plan-${version}`),
  ]);
  const chunk = histories?.chunks[number];
  invariant(
    histories !== null && chunk !== undefined && values !== null && plan !== null,
    `run ${number} of plan ${version} of ${incidentId} cannot be held against its recovery point`,
  );
  const { actors, recoveryPointAt } = histories;
  const of = { incidentId, actors, recoveryPointAt, sha256: chunk.sha256 };
  const ground = await readGround(services, of);
  const [asDrawn, told] = await Promise.all(
    [plan.basis.pointIndex, values.index].map((index) =>
      readPointChanges(services, incidentId, index, ground.histories),
    ),
  );

  const totals = { ...noTotals };
  for (const history of ground.histories) {
    if (told?.covers(history) !== true) continue;
    totals.objects += 1;
    const before = ground.attribute(history, asDrawn ?? null);
    const after = ground.attribute(history, told);
    if (!sameDecisions(before, after)) totals.differ += 1;
    for (const delta of after.deltas) {
      const earlier = before.deltas.find(({ property }) => property === delta.property);
      // Where the words alone are others, the point has told a value that only it knows.
      if (sameDecision(delta, earlier) && delta.reason === earlier?.reason) continue;
      if (delta.point === 'disagrees') totals.disagreeing += 1;
      else if (delta.point === 'unexplained') totals.unexplained += 1;
      else totals.learned += 1;
    }
  }
  return totals;
}
