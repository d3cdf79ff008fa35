/* eslint require-yield: off -- an orchestrator is a generator even when it waits for nothing */
import * as df from 'durable-functions';

const orchestration = (name, fn) => df.app.orchestration(name, fn);

orchestration('kin', function* (context) {
  const { df: durable } = context;
  return {
    input: durable.getInput(),
    parent: durable.parentInstanceId ?? null,
    id: durable.instanceId,
  };
});
orchestration('failingKin', function* () {
  throw new Error('child broke');
});
orchestration('failsTwice', function* (context) {
  return yield context.df.callActivity('failUntil', { key: context.df.getInput(), attempt: 3 });
});
orchestration('parentOfThree', function* (context) {
  const all = yield context.df.Task.all(
    [1, 2, 3].map((n) => context.df.callSubOrchestrator('kin', { n })),
  );
  return all.map(({ input, parent }) => ({ n: input.n, mine: parent === context.df.instanceId }));
});
orchestration('catchesChild', function* (context) {
  try {
    yield context.df.callSubOrchestrator('failingKin', {});
  } catch (error) {
    return { caught: error.message.split('\n')[0].trim() };
  }
});
orchestration('retriesChild', function* (context) {
  const policy = new df.RetryOptions(100, 3);
  return yield context.df.callSubOrchestratorWithRetry('failsTwice', policy, context.df.instanceId);
});
orchestration('waitsForChild', function* (context) {
  return yield context.df.callSubOrchestrator('listens', {}, `${context.df.instanceId}-kid`);
});
orchestration('counts', function* (context) {
  const { n } = context.df.getInput();
  if (n === 1) context.df.setCustomStatus('of the first run');
  // Not waited for: it ends with its run.
  context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 60_000));
  yield context.df.callActivity('double', { value: n });
  if (n < 4) return context.df.continueAsNew({ n: n + 1 });
  return { n };
});
