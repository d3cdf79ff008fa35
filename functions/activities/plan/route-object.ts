import { chooseExecutor, type ExecutorFacts } from '../../../shared/domain/plan/choose-executor.js';
import type { ObjectHistory } from '../../../shared/domain/attribution/audit.js';
import { isChange } from '../scope/histories.js';
import { compareInstants } from '../../../shared/domain/instants.js';
import type { PlannedObject } from '../../../shared/domain/plan/plan.js';

/** What is the same for every object of a preview. */
export interface Routing extends Omit<ExecutorFacts, 'touchedByOthers' | 'hasRecoveryPoint'> {
  readonly recoveryPointAt: string | null;
  /** Actors, and ourselves: what they did is nobody's legitimate change. */
  readonly ownIds: ReadonlySet<string>;
}

/** Says what carries the object out, by what its history tells of others (safety.md, I13). */
export function routeObject(
  object: PlannedObject,
  history: ObjectHistory,
  { recoveryPointAt, ownIds, executor, sessionPossible }: Routing,
): PlannedObject {
  const touchedByOthers =
    recoveryPointAt !== null &&
    history.events.some(
      (event) =>
        isChange(event) &&
        compareInstants(event.at, recoveryPointAt) > 0 &&
        !(event.by.id !== null && ownIds.has(event.by.id.toLowerCase())),
    );
  return chooseExecutor(object, {
    executor,
    sessionPossible,
    hasRecoveryPoint: recoveryPointAt !== null,
    touchedByOthers,
  });
}
