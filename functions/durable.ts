/** Registers the playbook, its children and every activity of the catalogue. Matched by `main`. */
import * as df from 'durable-functions';
import { drawPlan } from '../orchestrations/draw-plan.js';
import { executeWaves } from '../orchestrations/execute-waves.js';
import { respondToIncident } from '../orchestrations/respond-to-incident.js';
import { sweepAuditLogs } from '../orchestrations/sweep-audit-logs.js';
import { verifyObjects } from '../orchestrations/verify-objects.js';
import type { OrchestrationName } from '../shared/contracts/catalogue.js';
import { servicesOfProcess } from '../shared/services.js';
import { createActivities } from './activities/index.js';

const playbook: Record<OrchestrationName, df.OrchestrationHandler> = {
  respondToIncident,
  sweepAuditLogs,
  drawPlan,
  executeWaves,
  verifyObjects,
};

for (const [name, handler] of Object.entries(playbook)) df.app.orchestration(name, handler);

for (const [name, handler] of Object.entries(createActivities(servicesOfProcess))) {
  df.app.activity(name, { handler });
}
