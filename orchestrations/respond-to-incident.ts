import { orchestrations } from '../shared/contracts/catalogue.js';
import type * as df from 'durable-functions';
import { call, nowIso, type Playbook, type Step } from './durable.js';
import { toItsEnd, type Ending } from './ending.js';
import { containActor } from './steps/contain-actor.js';
import { scopeDamage } from './steps/scope-damage.js';
import { chooseRecoveryPoint } from './steps/choose-recovery-point.js';
import { previewRecovery } from './steps/preview-recovery.js';
import { obtainApproval } from './steps/obtain-approval.js';
import { awaitChangeWindow } from './steps/await-window.js';
import { executePlan } from './steps/execute-plan.js';
import { verifyEarlier, verifyRecovery, type Executed } from './steps/verify-recovery.js';
import { awaitRelease } from './steps/await-release.js';

/** Responds to one incident, from the first alert to a verified recovery and the released actor. */
export function* respondToIncident(context: df.OrchestrationContext): Step<Ending> {
  const { incidentId, playbookVersion } = orchestrations.respondToIncident.input.parse(
    context.df.getInput(),
  );
  const { policy } = yield* call({ context, policy: null }, 'readCase', { incidentId });
  const playbook: Playbook = {
    context,
    incidentId,
    playbookVersion,
    policy,
    of: 'recovery',
    waiting: new Map(),
  };

  const ending = yield* toItsEnd(sevenSteps(playbook));
  const at = nowIso(playbook);
  yield* call(playbook, 'closeIncident', { incidentId, at, ...ending });
  yield* awaitRelease(playbook);
  return ending;
}

/**
 * The seven steps in order. A plan that was overtaken by events is drawn again as a new version on a new
 * scope, one that people revised on the same. What earlier versions wrote is read back with the last one,
 * however that one ends.
 */
function* sevenSteps(playbook: Playbook): Step<Ending> {
  const earlier: Executed[] = [];
  for (let version = 1; ; version += 1) {
    const containment = yield* containActor(playbook, version);
    if (containment.kind === 'ended')
      return yield* verifyEarlier(playbook, earlier, containment.ending, 0);

    const scope = yield* scopeDamage(playbook, containment, version);
    if (scope.kind === 'ended') return yield* verifyEarlier(playbook, earlier, scope.ending, 0);
    if (scope.kind === 'superseded') continue;

    let redraw: 'revised' | 'superseded' | null = null;
    do {
      if (redraw !== null) version += 1;
      const recoveryPoint = yield* chooseRecoveryPoint(playbook, scope);
      const plan = yield* previewRecovery(playbook, containment, scope, recoveryPoint, version);
      if (plan.kind === 'ended') return yield* verifyEarlier(playbook, earlier, plan.ending, 0);

      const approval = yield* obtainApproval(playbook, plan);
      if (approval.kind === 'ended')
        return yield* verifyEarlier(playbook, earlier, approval.ending, plan.view.objects);
      if (approval.kind !== 'approved') {
        redraw = approval.kind;
        continue;
      }

      redraw = yield* awaitChangeWindow(playbook, plan);
      if (redraw !== null) continue;

      const execution = yield* executePlan(playbook, plan);
      if (execution.kind === 'executed') {
        return yield* verifyRecovery(playbook, { plan, execution }, earlier);
      }
      if (execution.begun) earlier.push({ plan, execution });
      redraw = execution.kind === 'revised' ? 'revised' : 'superseded';
    } while (redraw === 'revised');
  }
}
