// Keeps what the host hands to orchestrators, activities and clients, for tests to look at.
import { app } from '@azure/functions';

const seen = [];
app.hook.preInvocation(({ invocationContext, inputs }) => {
  const type = invocationContext.options.trigger.type;
  if (type === 'httpTrigger' || type === 'timerTrigger') return;
  const { functionName, triggerMetadata } = invocationContext;
  seen.push({
    type,
    functionName,
    triggerMetadata,
    input: JSON.parse(JSON.stringify(inputs[0] ?? null)),
  });
});
app.http('seen', {
  authLevel: 'anonymous',
  handler: (request) => ({
    jsonBody: seen.filter(({ functionName }) => functionName === request.query.get('name')),
  }),
});
