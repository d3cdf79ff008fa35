import type * as df from 'durable-functions';
import { orchestrations } from '../shared/contracts/catalogue.js';
import { emptyCounts } from '../shared/domain/plan/plan-building.js';
import { call, child, nowIso, Refused, type Playbook, type Step } from './durable.js';
import type { Ending } from './respond-to-incident.js';
import { executePlan } from './steps/execute-plan.js';
import { obtainApproval } from './steps/obtain-approval.js';
import type { DrawnPlan } from './steps/preview-recovery.js';
import { report } from './steps/step-line.js';
import { verifyEarlier, verifyRecovery, type Executed } from './steps/verify-recovery.js';

/**
 * Undoes a closed recovery, once: a plan of its own from the before-images, decided by the same people
 * under the same rules, checked for drift, carried out in waves and read back. The incident's own state
 * and outcome stay as they are.
 */
export function* undoRecovery(context: df.OrchestrationContext): Step<Ending> {
  const { incidentId } = orchestrations.undoRecovery.input.parse(context.df.getInput());
  const { policy } = yield* call({ context, policy: null }, 'readCase', { incidentId });
  const playbook: Playbook = { context, incidentId, policy, of: 'undo', waiting: new Map() };

  const ending = yield* toItsEnd(playbook);
  yield* call(playbook, 'closeUndo', { incidentId, at: nowIso(playbook), ...ending });
  return ending;
}

function* undo(playbook: Playbook): Step<Ending> {
  const earlier: Executed[] = [];
  for (let draft = 1; ; draft += 1) {
    const plan = yield* drawPlan(playbook, draft);
    if (plan.view.objects === 0) {
      const why = 'Nothing that this recovery wrote is still as it left it: nothing can be undone.';
      return yield* endWith({ outcome: 'nothingToRecover', why }, 0);
    }
    const approval = yield* obtainApproval(playbook, plan);
    if (approval.kind === 'ended') return yield* endWith(approval.ending, plan.view.objects);
    if (approval.kind === 'superseded') continue;

    const execution = yield* executePlan(playbook, plan);
    if (execution.kind === 'executed') {
      return yield* verifyRecovery(playbook, { plan, execution }, earlier);
    }
    earlier.push({ plan, execution });
  }

  function* endWith(ending: Ending, left: number): Step<Ending> {
    return earlier.length === 0 ? ending : yield* verifyEarlier(playbook, earlier, ending, left);
  }
}

function* drawPlan(playbook: Playbook, draft: number): Step<DrawnPlan> {
  const drawn = yield* child(playbook, 'drawUndo', `undo-preview-${draft}`, {
    version: null,
    waves: null,
    planChunks: [],
    counts: emptyCounts(),
    pollSeconds: playbook.policy.timing.pollSeconds,
  });
  yield* report(playbook, {
    key: `preview-${drawn.version}`,
    step: 'preview',
    state: 'done',
    summary: `${drawn.view.objects} objects would go back to what they were before the recovery.`,
    artefact: drawn.artefact,
  });
  return { kind: 'drawn', version: drawn.version, digest: drawn.digest, view: drawn.view };
}

function* toItsEnd(playbook: Playbook): Step<Ending> {
  try {
    return yield* undo(playbook);
  } catch (error) {
    if (error instanceof Refused)
      return { outcome: 'failed', why: `${error.code}: ${error.message}` };
    if (error instanceof Error)
      return { outcome: 'failed', why: error.message.split('\n', 1)[0] ?? '' };
    throw error;
  }
}
