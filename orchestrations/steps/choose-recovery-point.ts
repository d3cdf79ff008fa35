import type { RecoveryPointView } from '../../shared/domain/incident/incident.js';
import { call, type Playbook, type Step } from '../durable.js';
import type { SettledScope } from './settled-scope.js';
import { report } from './step-line.js';

/**
 * Step 3: the newest backup strictly before the first bad change. Without one the plan still stands on
 * the values of the audit trail, and says so.
 */
export function* chooseRecoveryPoint(
  playbook: Playbook,
  scope: SettledScope,
  { provisional = false } = {},
): Step<RecoveryPointView> {
  const { point } = yield* call(playbook, 'pickRecoveryPoint', {
    incidentId: playbook.incidentId,
    firstBadChangeAt: scope.firstChangeAt,
  });
  if (provisional) return point;
  yield* report(playbook, {
    key: `recovery-point-${scope.sweep.digest}-${point.id ?? 'none'}`,
    step: 'chooseRecoveryPoint',
    state: 'done',
    summary: point.reason,
    patch: { state: 'choosingRecoveryPoint', recoveryPoint: point },
  });
  return point;
}
