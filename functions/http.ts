/** Registers every HTTP door. Matched by `main`. */
import { app } from '@azure/functions';
import * as df from 'durable-functions';
import { createIncidentRuns } from '../shared/adapters/durable-runs.js';
import { tracedDoor } from '../shared/adapters/telemetry/traced-work.js';
import { servicesOfProcess } from '../shared/services.js';
import { createHandlers } from './http/index.js';
import type { DoorServices } from './http/services.js';

function doorServices(): DoorServices {
  const services = servicesOfProcess();
  const { tenantId, botConversationId, publicUrl } = services;
  return {
    ...services,
    runs: (context) => createIncidentRuns(df.getClient(context)),
    settings: { tenantId, botConversationId, publicUrl },
  };
}

for (const [name, door] of Object.entries(createHandlers(doorServices))) {
  // One name space with the activities, where two of one name stop the whole app from loading.
  app.http(`${name}Http`, {
    ...door,
    handler: (request, context) =>
      tracedDoor(servicesOfProcess().tracing, door, request.params['id'], () =>
        door.handler(request, context),
      ),
    extraInputs: [df.input.durableClient()],
  });
}

// A bad setting or policy stops the start with its reason, instead of failing the first alert.
app.hook.appStart(async () => {
  await servicesOfProcess().policies.current();
});

// What the collector has not been told yet.
app.hook.appTerminate(() => servicesOfProcess().stopTracing());
