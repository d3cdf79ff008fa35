import {
  activities,
  type ActivityInput,
  type ActivityName,
  type ActivityOutput,
} from '../../shared/contracts/catalogue.js';
import { RewindError } from '../../shared/errors.js';
import { arrangePlan } from './arrange-plan.js';
import { askCommander } from './ask-commander.js';
import { askForSession } from './ask-for-session.js';
import { closeIncident } from './close-incident.js';
import { closePlan } from './close-plan.js';
import { closeSweep } from './close-sweep.js';
import { closeUndo } from './close-undo.js';
import { closeUndoPlan } from './close-undo-plan.js';
import { compareEntitlements } from './compare-entitlements.js';
import { confirmCompromised } from './confirm-compromised.js';
import { decideContainment } from './decide-containment.js';
import { disableActor } from './disable-actor.js';
import { drawUndoWave } from './draw-undo-wave.js';
import { executeRecovery } from './execute-recovery.js';
import { findLateRows } from './find-late-rows.js';
import { lookForHandOff } from './hand-off-look.js';
import { handOver } from './hand-over.js';
import { holdExecution } from './hold-execution.js';
import { measureLogDelay } from './measure-log-delay.js';
import { closeServiceWave } from './native-close.js';
import { compareNativePreview } from './native-compare.js';
import { followNativeJob } from './native-follow.js';
import { openServiceWave } from './native-open.js';
import { findTenantJob } from './native-running.js';
import { startNativeJob } from './native-start.js';
import { pickRecoveryPoint } from './pick-recovery-point.js';
import { proveContainment } from './prove-containment.js';
import { queryAuditLogs } from './query-audit-logs.js';
import { readCase } from './read-case.js';
import { readHistories } from './read-histories.js';
import { readStanding } from './read-standing.js';
import { readUndoGround } from './read-undo-ground.js';
import { releaseActor } from './release-actor.js';
import { remindApprovers } from './remind-approvers.js';
import { remindRelease } from './remind-release.js';
import { removeAppRoles } from './remove-app-roles.js';
import { removeCredentials } from './remove-credentials.js';
import { removeDirectoryRoles } from './remove-directory-roles.js';
import { reportStep } from './report-step.js';
import { reportUndo } from './report-undo.js';
import { requestApproval } from './request-approval.js';
import { resolveActor } from './resolve-actor.js';
import { revokeSessions } from './revoke-sessions.js';
import { runScopedPreview } from './run-scoped-preview.js';
import { sampleSignIns } from './sample-sign-ins.js';
import type { ActivityServices } from './services.js';
import { settleCard } from './settle-card.js';
import { settleDynamicGroups } from './settle-dynamic-groups.js';
import { verifyRecovery } from './verify-recovery.js';
import { watchOwnWrites } from './watch-own-writes.js';

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
