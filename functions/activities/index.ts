import {
  activities,
  type ActivityInput,
  type ActivityName,
  type ActivityOutput,
} from '../../shared/contracts/catalogue.js';
import { RewindError } from '../../shared/errors.js';
import { arrangePlan } from './plan/arrange-plan.js';
import { askCommander } from './ask-commander.js';
import { askForSession } from './native/ask-for-session.js';
import { lookAtDeciders } from './approve/check-people.js';
import { closeIncident } from './verify/close-incident.js';
import { closePlan } from './plan/close-plan.js';
import { closeSweep } from './scope/close-sweep.js';
import { closeUndo } from './undo/close-undo.js';
import { closeUndoPlan } from './undo/close-undo-plan.js';
import { compareEntitlements } from './verify/compare-entitlements.js';
import { confirmCompromised } from './contain/confirm-compromised.js';
import { decideContainment } from './contain/decide-containment.js';
import { disableActor } from './contain/disable-actor.js';
import { drawUndoWave } from './undo/draw-undo-wave.js';
import { joinUndoLines } from './undo/join-undo-lines.js';
import { executeRecovery } from './execute/execute-recovery.js';
import { findLateRows } from './scope/find-late-rows.js';
import { lookForHandOff } from './native/hand-off-look.js';
import { handOver } from './native/hand-over.js';
import { holdExecution } from './execute/hold-execution.js';
import { measureLogDelay } from './scope/measure-log-delay.js';
import { closeServiceWave } from './native/native-close.js';
import { compareNativePreview } from './native/native-compare.js';
import { followNativeJob } from './native/native-follow.js';
import { openServiceWave } from './native/native-open.js';
import { findTenantJob } from './native/native-running.js';
import { startNativeJob } from './native/native-start.js';
import { closePointCheck } from './point/close-check.js';
import { compareWithPoint } from './point/compare-with-point.js';
import { openPointCheck } from './point/open-check.js';
import { followPointPreview, readPointPreview, startPointPreview } from './point/point-preview.js';
import { pickRecoveryPoint } from './scope/pick-recovery-point.js';
import { proveContainment } from './contain/prove-containment.js';
import { queryAuditLogs } from './scope/query-audit-logs.js';
import { readCase } from './read-case.js';
import { readHistories } from './plan/read-histories.js';
import { readStanding } from './approve/read-standing.js';
import { readUndoGround } from './undo/read-undo-ground.js';
import { releaseActor } from './contain/release-actor.js';
import { remindApprovers } from './approve/remind-approvers.js';
import { remindRelease } from './contain/remind-release.js';
import { removeAppRoles } from './contain/remove-app-roles.js';
import { removeCredentials } from './contain/remove-credentials.js';
import { removeDirectoryRoles } from './contain/remove-directory-roles.js';
import { reportStep } from './report-step.js';
import { reportUndo } from './undo/report-undo.js';
import { requestApproval } from './approve/request-approval.js';
import { resolveActor } from './contain/resolve-actor.js';
import { revokeSessions } from './contain/revoke-sessions.js';
import { runScopedPreview } from './plan/run-scoped-preview.js';
import { sampleSignIns } from './verify/sample-sign-ins.js';
import type { ActivityServices } from './services.js';
import { settleCard } from './approve/settle-card.js';
import { settleDynamicGroups } from './verify/settle-dynamic-groups.js';
import { verifyRecovery } from './verify/verify-recovery.js';
import { watchOwnWrites } from './verify/watch-own-writes.js';

type Activities = {
  readonly [N in ActivityName]: (
    services: ActivityServices,
    input: ActivityInput<N>,
  ) => Promise<ActivityOutput<N>>;
};

const implementations: Activities = {
  readCase,
  reportStep,
  reportUndo,
  resolveActor,
  decideContainment,
  revokeSessions,
  disableActor,
  confirmCompromised,
  removeCredentials,
  removeAppRoles,
  removeDirectoryRoles,
  proveContainment,
  askCommander,
  releaseActor,
  remindRelease,
  queryAuditLogs,
  closeSweep,
  measureLogDelay,
  pickRecoveryPoint,
  readHistories,
  runScopedPreview,
  arrangePlan,
  closePlan,
  checkPeople: lookAtDeciders,
  requestApproval,
  readStanding,
  remindApprovers,
  settleCard,
  executeRecovery,
  openServiceWave,
  startNativeJob,
  followNativeJob,
  compareNativePreview,
  closeServiceWave,
  findTenantJob,
  openPointCheck,
  startPointPreview,
  followPointPreview,
  readPointPreview,
  compareWithPoint,
  closePointCheck,
  askForSession,
  handOver,
  lookForHandOff,
  holdExecution,
  verifyRecovery,
  sampleSignIns,
  watchOwnWrites,
  findLateRows,
  compareEntitlements,
  settleDynamicGroups,
  readUndoGround,
  drawUndoWave,
  joinUndoLines,
  closeUndoPlan,
  closeUndo,
  closeIncident,
};

/** An activity as the Functions runtime calls it: one JSON object in, one out. */
export type Handler = (input: unknown) => Promise<unknown>;

/**
 * Every activity of the catalogue, bound to its services. What goes in and out is checked against the
 * catalogue. A failure that repeating cannot help becomes the value `{refused}`; anything else is thrown
 * and the engine tries again.
 */
export function createActivities(services: () => ActivityServices): Record<ActivityName, Handler> {
  const bound = {} as Record<ActivityName, Handler>;
  for (const name of Object.keys(activities) as ActivityName[]) {
    const run = implementations[name] as (s: ActivityServices, input: unknown) => Promise<unknown>;
    bound[name] = async (input) => {
      try {
        const answer = await run(services(), activities[name].input.parse(input));
        return activities[name].output.parse(answer);
      } catch (error) {
        if (error instanceof RewindError && !error.retryable) {
          return { refused: { code: error.code, message: error.message } };
        }
        throw error;
      }
    };
  }
  return bound;
}
