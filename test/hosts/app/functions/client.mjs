// What the SDK's own client does, one operation per call, for tests from outside.
import { app } from '@azure/functions';
import * as df from 'durable-functions';

const operations = {
  status: (client, id) => client.getStatus(id),
  event: (client, id, { name, data }) => client.raiseEvent(id, name, data),
  terminate: (client, id, { reason }) => client.terminate(id, reason),
  suspend: (client, id, { reason }) => client.suspend(id, reason),
  resume: (client, id, { reason }) => client.resume(id, reason),
  rewind: (client, id, { reason }) => client.rewind(id, reason),
  purge: (client, id) => client.purgeInstanceHistory(id),
  by: (client, _, { statuses }) => client.getStatusBy({ runtimeStatus: statuses }),
  signal: (client, id, { op, data }) => client.signalEntity(new df.EntityId('tally', id), op, data),
  entity: (client, id) => client.readEntityState(new df.EntityId('tally', id)),
};

const http = (name, route, handler) =>
  app.http(name, {
    route,
    methods: ['POST'],
    authLevel: 'anonymous',
    extraInputs: [df.input.durableClient()],
    handler: async (request, context) => handler(request, df.getClient(context)),
  });

http('client', 'client/{operation}/{id}', async (request, client) => {
  const { operation, id } = request.params;
  try {
    const result = await operations[operation](client, id, await request.json());
    return { jsonBody: { result: result ?? null } };
  } catch (error) {
    return { status: 500, jsonBody: { error: error.message } };
  }
});
http('launchAndWait', 'launchAndWait/{name}', async (request, client) => {
  const id = await client.startNew(request.params.name, { input: {} });
  return client.waitForCompletionOrCreateCheckStatusResponse(request, id, {
    timeoutInMilliseconds: Number(request.query.get('ms')),
    retryIntervalInMilliseconds: 100,
  });
});
