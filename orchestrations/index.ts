/** Every orchestration by the name under which it is registered and stored in histories. */
import type * as df from 'durable-functions';
import type { OrchestrationName } from '../shared/contracts/catalogue.js';
import { awaitHandOff } from './await-hand-off.js';
import { checkRecoveryPoint } from './check-recovery-point.js';
import { drawPlan } from './draw-plan.js';
import { drawUndo } from './draw-undo.js';
import { executeWaves } from './execute-waves.js';
import { recoverNatively } from './recover-natively.js';
import { respondToIncident } from './respond-to-incident.js';
import { sweepAuditLogs } from './sweep-audit-logs.js';
import { undoRecovery } from './undo-recovery.js';
import { verifyObjects } from './verify-objects.js';

export const playbook: Record<OrchestrationName, df.OrchestrationHandler> = {
  respondToIncident,
  sweepAuditLogs,
  drawPlan,
  undoRecovery,
  drawUndo,
  executeWaves,
  recoverNatively,
  checkRecoveryPoint,
  awaitHandOff,
  verifyObjects,
};
