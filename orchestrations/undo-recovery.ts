import type * as df from 'durable-functions';
import { orchestrations } from '../shared/contracts/catalogue.js';
import { emptyCounts } from '../shared/domain/plan/plan-building.js';
import { call, child, nowIso, type Playbook, type Step } from './durable.js';
import { toItsEnd, type Ending } from './ending.js';
import { awaitChangeWindow } from './steps/await-window.js';
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
  const { incidentId, playbookVersion } = orchestrations.undoRecovery.input.parse(
    context.df.getInput(),
  );
  const { policy } = yield* call({ context, policy: null }, 'readCase', { incidentId });
  const playbook: Playbook = {
    context,
    incidentId,
    playbookVersion,
    policy,
    of: 'undo',
    waiting: new Map(),
  };

  const ending = yield* toItsEnd(undo(playbook));
  yield* call(playbook, 'closeUndo', { incidentId, at: nowIso(playbook), ...ending });
  return ending;
}

function* undo(playbook: Playbook): Step<Ending> {
  const earlier: Executed[] = [];
  for (let draft = 1; ; draft += 1) {
    const plan = yield* drawPlan(playbook, draft);
    if (plan.view.objects === 0) {
      const why = 'Nothing that this recovery wrote is still as it left it: nothing can be undone.';
      const ending: Ending = { outcome: 'nothingToRecover', why };
      return yield* verifyEarlier(playbook, earlier, ending, 0);
    }
    const approval = yield* obtainApproval(playbook, plan);
    if (approval.kind === 'ended')
      return yield* verifyEarlier(playbook, earlier, approval.ending, plan.view.objects);
    if (approval.kind !== 'approved') continue;
    if ((yield* awaitChangeWindow(playbook, plan)) !== null) continue;

    const execution = yield* executePlan(playbook, plan);
    if (execution.kind === 'executed') {
      return yield* verifyRecovery(playbook, { plan, execution }, earlier);
    }
    if (execution.begun) earlier.push({ plan, execution });
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
