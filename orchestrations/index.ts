/** Every orchestration by the name under which it is registered and stored in histories. */
import type * as df from 'durable-functions';
import type { OrchestrationName } from '../shared/contracts/catalogue.js';
import { drawPlan } from './draw-plan.js';
import { executeWaves } from './execute-waves.js';
import { respondToIncident } from './respond-to-incident.js';
import { sweepAuditLogs } from './sweep-audit-logs.js';
import { verifyObjects } from './verify-objects.js';

export const playbook: Record<OrchestrationName, df.OrchestrationHandler> = {
  respondToIncident,
  sweepAuditLogs,
  drawPlan,
  executeWaves,
  verifyObjects,
};
