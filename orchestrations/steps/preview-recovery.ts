import type { PlanView, RecoveryPointView } from '../../shared/domain/incident/incident.js';
import { emptyCounts } from '../../shared/domain/plan/plan-building.js';
import { counted } from '../../shared/domain/words.js';
import type { ActivityOutput } from '../../shared/contracts/catalogue.js';
import { child, type Playbook, type Step } from '../durable.js';
import type { Ending } from '../ending.js';
import type { Containment } from './contain-actor.js';
import type { SettledScope } from './settled-scope.js';
import { report } from './step-line.js';

type Contained = Extract<Containment, { kind: 'contained' }>;

export interface DrawnPlan {
  readonly kind: 'drawn';
  readonly version: number;
  readonly digest: string;
  readonly view: PlanView;
}

/** Step 4: what returning would change, object by object, without changing anything. */
export function* previewRecovery(
  playbook: Playbook,
  containment: Contained,
  scope: SettledScope,
  recoveryPoint: RecoveryPointView,
  version: number,
): Step<DrawnPlan | { kind: 'ended'; ending: Ending }> {
  yield* report(playbook, {
    key: `preview-${version}-started`,
    step: 'preview',
    state: 'running',
    summary: `Comparing ${scope.sweep.objects} objects with what they were before the actor's first write.`,
    patch: { state: 'previewing' },
  });
  const plan = yield* drawPlan(playbook, containment, scope, recoveryPoint, version, false);
  yield* report(playbook, {
    key: `preview-${version}-ended`,
    step: 'preview',
    state: 'done',
    summary: summaryOf(plan.view),
    patch: { plan: plan.view },
    artefact: plan.artefact,
  });
  if (plan.view.objects === 0) {
    const why = 'The plan is empty: nothing of what the actor changed is still there to put back.';
    return { kind: 'ended', ending: { outcome: 'nothingToRecover', why } };
  }
  return { kind: 'drawn', version, digest: plan.digest, view: plan.view };
}

/** The same plan on a scope that has not settled: readable, and never open for decisions. */
export function* drawProvisionalPlan(
  playbook: Playbook,
  containment: Contained,
  scope: SettledScope,
  recoveryPoint: RecoveryPointView,
  version: number,
): Step<void> {
  yield* drawPlan(playbook, containment, scope, recoveryPoint, version, true);
}

function* drawPlan(
  playbook: Playbook,
  containment: Contained,
  scope: SettledScope,
  recoveryPoint: RecoveryPointView,
  version: number,
  provisional: boolean,
): Step<ActivityOutput<'closePlan'>> {
  const name = provisional ? `preview-${version}-early` : `preview-${version}`;
  return yield* child(playbook, 'drawPlan', name, {
    version,
    provisional,
    actors: containment.actors.map(({ actor }) => actor),
    scopeWindow: scope.window,
    reportedWindow: scope.reported,
    actorsVersion: containment.actorsVersion,
    scopeDigest: scope.sweep.digest,
    recoveryPoint,
    historyChunks: null,
    planChunks: [],
    counts: emptyCounts(),
    pollSeconds: playbook.policy.timing.pollSeconds,
  });
}

function summaryOf(view: PlanView): string {
  const actions = Object.entries(view.byAction)
    .filter(([, count]) => count > 0)
    .map(([action, count]) => `${action} ${count}`);
  return `${counted(view.objects, 'object')} to put back (${actions.join(', ') || 'no action'}); ${counted(view.warnings.length, 'warning')}.`;
}
