import type { PlannedObject } from '../../../shared/domain/plan/plan.js';
import { isControlPlane } from '../../../shared/domain/plan/plan-stages.js';
import type { Policy } from '../../../shared/domain/policy.js';
import type { Write } from '../../../shared/ports/directory.js';
import type { ActivityServices } from '../services.js';
import { turnsOf, type WriteBudget, type WriteTurns } from './write-turns.js';

export interface Item {
  readonly object: PlannedObject;
  readonly write: Write;
}

/** Items that are sent the same way. */
export interface Group {
  readonly items: readonly Item[];
  readonly budget: WriteBudget;
  readonly turns: WriteTurns;
  readonly perBatch: number;
  readonly inFlight: number;
  /** Each goes alone, and one without an answer does not keep the others from being sent. */
  readonly doubtful: boolean;
}

const itemsPerBatch = 20;
const batchesInFlight = 4;

/** What is sent before what: objects before policies of the same wave, and what is doubtful last. */
export function groupsOf(
  services: ActivityServices,
  job: {
    readonly execution: Policy['execution'];
    readonly items: readonly Item[];
    readonly isDoubtful: (objectId: string) => boolean;
  },
): Group[] {
  const { writeQuota, policyQuota, writeBudget } = job.execution;
  const groups: Group[] = [];
  for (const doubtful of [false, true]) {
    for (const policies of [false, true]) {
      const quota = policies ? policyQuota : writeQuota;
      const budget = { writes: quota.requests * writeBudget, perMs: quota.perSeconds * 1000 };
      groups.push({
        items: job.items.filter(
          ({ object }) =>
            job.isDoubtful(object.objectId) === doubtful &&
            isControlPlane(object.objectType) === policies,
        ),
        budget,
        turns: turnsOf(services.directory, services.clock, policies ? 'policies' : 'objects'),
        perBatch: doubtful ? 1 : Math.max(1, Math.min(itemsPerBatch, Math.floor(budget.writes))),
        inFlight: doubtful || policies ? 1 : batchesInFlight,
        doubtful,
      });
    }
  }
  return groups;
}
