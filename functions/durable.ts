/** Registers the playbook, its children and every activity of the catalogue. Matched by `main`. */
import type { InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import { playbook } from '../orchestrations/index.js';
import { tenantJobs } from '../orchestrations/tenant-jobs.js';
import { tenantJobs as contract } from '../shared/contracts/catalogue.js';
import { tracedActivity } from '../shared/adapters/telemetry/traced-work.js';
import { servicesOfProcess } from '../shared/services.js';
import { createActivities } from './activities/index.js';

for (const [name, handler] of Object.entries(playbook)) df.app.orchestration(name, handler);

df.app.entity(contract.name, tenantJobs);

for (const [name, activity] of Object.entries(createActivities(servicesOfProcess))) {
  df.app.activity(name, {
    handler: (input: unknown, context: InvocationContext) => {
      const { tracing, store } = servicesOfProcess();
      const read = (id: string) => store.readIncident(id);
      return tracedActivity(tracing, name, activity, read)(input, context.invocationId);
    },
  });
}
