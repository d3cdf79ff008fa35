import type { Outcome } from '../shared/domain/incident.js';
import { orchestrations } from '../shared/contracts/catalogue.js';
import type * as df from 'durable-functions';
import { call, nowIso, Refused, type Playbook, type Step } from './durable.js';
import { containActor, type Containment } from './steps/contain-actor.js';
import { scopeDamage, type SettledScope } from './steps/scope-damage.js';
import { chooseRecoveryPoint } from './steps/choose-recovery-point.js';
import { previewRecovery, type DrawnPlan } from './steps/preview-recovery.js';
import { obtainApproval } from './steps/obtain-approval.js';
import { executePlan } from './steps/execute-plan.js';
import { verifyEarlier, verifyRecovery, type Executed } from './steps/verify-recovery.js';
import { awaitRelease } from './steps/await-release.js';

/** How the playbook ended, and why in one sentence for people. */
export interface Ending {
  readonly outcome: Outcome;
  readonly why: string;
}

/** Responds to one incident, from the first alert to a verified recovery and the released actor. */
export function* respondToIncident(context: df.OrchestrationContext): Step<Ending> {
  const { incidentId } = orchestrations.respondToIncident.input.parse(context.df.getInput());
  const { policy } = yield* call({ context, policy: null }, 'readCase', { incidentId });
  const playbook: Playbook = {
    ...{ context, incidentId, policy },
    of: 'recovery',
    waiting: new Map(),
  };

  const ending = yield* toItsEnd(playbook);
  const at = nowIso(playbook);
  yield* call(playbook, 'closeIncident', { incidentId, at, ...ending });
  yield* awaitRelease(playbook);
  return ending;
}

/**
 * The seven steps in order. A plan that was overtaken by events is drawn again as a new version, on a
 * new scope. What earlier versions wrote is read back with the last one, however that one ends.
 */
function* sevenSteps(playbook: Playbook): Step<Ending> {
  const earlier: Executed[] = [];
  for (let version = 1; ; version += 1) {
    const containment = yield* containActor(playbook, version);
    if (containment.kind === 'ended') return yield* endWith(containment.ending, 0);

    const scope = yield* scopeDamage(playbook, containment, version);
    if (scope.kind === 'ended') return yield* endWith(scope.ending, 0);
    if (scope.kind === 'superseded') continue;

    const asked = yield* planAndAsk(playbook, containment, scope, version);
    version = asked.version;
    if (asked.kind === 'ended') return yield* endWith(asked.ending, asked.left);
    if (asked.kind === 'superseded') continue;

    const { plan } = asked;
    const execution = yield* executePlan(playbook, plan);
    if (execution.kind === 'executed') {
      return yield* verifyRecovery(playbook, { plan, execution }, earlier);
    }
    earlier.push({ plan, execution });
  }

  /** Ends before a further plan was executed; `left` objects of it were never touched. */
  function* endWith(ending: Ending, left: number): Step<Ending> {
    return earlier.length === 0 ? ending : yield* verifyEarlier(playbook, earlier, ending, left);
  }
}

type Asked =
  | { readonly kind: 'ended'; readonly ending: Ending; readonly left: number }
  | { readonly kind: 'superseded' }
  | { readonly kind: 'approved'; readonly plan: DrawnPlan };

/**
 * Steps 3 to 5 on one settled scope. What people revise is drawn again on the same scope as the next
 * version; `version` is the last one drawn, `left` objects of an ended plan were never touched.
 */
function* planAndAsk(
  playbook: Playbook,
  containment: Extract<Containment, { kind: 'contained' }>,
  scope: SettledScope,
  first: number,
): Step<Asked & { readonly version: number }> {
  for (let version = first; ; version += 1) {
    const recoveryPoint = yield* chooseRecoveryPoint(playbook, scope);
    const plan = yield* previewRecovery(playbook, containment, scope, recoveryPoint, version);
    if (plan.kind === 'ended') return { ...plan, left: 0, version };

    const approval = yield* obtainApproval(playbook, plan);
    switch (approval.kind) {
      case 'ended':
        return { ...approval, left: plan.view.objects, version };
      case 'superseded':
        return { ...approval, version };
      case 'approved':
        return { ...approval, plan, version };
      case 'revised':
    }
  }
}

/** A refusal that no step could turn into a decision ends the incident honestly instead of hanging it. */
function* toItsEnd(playbook: Playbook): Step<Ending> {
  try {
    return yield* sevenSteps(playbook);
  } catch (error) {
    if (error instanceof Refused)
      return { outcome: 'failed', why: `${error.code}: ${error.message}` };
    if (error instanceof Error) return { outcome: 'failed', why: firstLine(error.message) };
    throw error;
  }
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? text;
