import type { Ledger } from '../../shared/domain/approval/approval.js';
import type { Incident } from '../../shared/domain/incident/incident.js';
import type { PlanBody, PlannedObject } from '../../shared/domain/plan/plan.js';
import type { Deployment } from './deployment.js';

/** One plan that was ever drawn for people to decide on, with all its lines. */
export interface DrawnPlan {
  readonly digest: string;
  readonly body: PlanBody;
  readonly objects: readonly PlannedObject[];
}

/** What the product says of one incident after its end. */
export interface Case {
  readonly incident: Incident;
  readonly ledger: Ledger;
  readonly plans: readonly DrawnPlan[];
}

const mostVersions = 50;

export async function readCase({ store }: Deployment, id: string): Promise<Case> {
  const [incident, ledger] = await Promise.all([store.readIncident(id), store.readLedger(id)]);
  if (incident === null) throw new Error(`there is no incident ${id}`);
  const plans: DrawnPlan[] = [];
  for (let version = 1; version <= mostVersions; version += 1) {
    const stored = (await store.readDocument(id, `plan-${version}`)) as unknown as {
      body: PlanBody;
      digest: string;
    } | null;
    if (stored === null) continue;
    const objects: PlannedObject[] = [];
    for (const { sha256 } of stored.body.chunks) {
      const text = Buffer.from(await store.readArtefact(id, sha256)).toString('utf8');
      objects.push(
        ...text
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line) as PlannedObject),
      );
    }
    plans.push({ digest: stored.digest, body: stored.body, objects });
  }
  return { incident, ledger, plans };
}
