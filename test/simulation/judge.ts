import type { Deployment } from './deployment.js';
import type { Drawn } from './draw.js';
import { readCase } from './case.js';
import type { Finding } from './finding.js';
import { judgeJobs } from './judge-jobs.js';
import { judgeRecord } from './judge-record.js';
import { judgeState } from './judge-state.js';
import { judgeWrites } from './judge-writes.js';

/** Holds one ended incident against the invariants; the tenant's own journal and state are the witnesses. */
export async function judge(
  deployment: Deployment,
  incidentId: string,
  drawn: Drawn,
): Promise<readonly Finding[]> {
  const seen = await readCase(deployment, incidentId);
  return [
    ...deployment.strayed.map((url) => ({ invariant: 'I15', what: `called ${url}` })),
    ...judgeWrites(deployment, seen),
    ...judgeJobs(deployment, seen),
    ...judgeState(deployment, seen, drawn),
    ...judgeRecord(deployment, seen),
  ];
}
