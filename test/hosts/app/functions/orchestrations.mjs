import * as df from 'durable-functions';

const orchestration = (name, fn) => df.app.orchestration(name, fn);
const later = (context, ms) => new Date(context.df.currentUtcDateTime.getTime() + ms);

orchestration('chain', function* (context) {
  const first = yield context.df.callActivity('double', { value: 1 });
  return yield context.df.callActivity('double', first);
});
orchestration('spread', function* (context) {
  const all = yield context.df.Task.all(
    [1, 2, 3].map((value) => context.df.callActivity('double', { value })),
  );
  return all.map(({ value }) => value);
});
orchestration('voidResult', function* (context) {
  return { nothing: yield context.df.callActivity('nothing') };
});
orchestration('catches', function* (context) {
  try {
    yield context.df.callActivity('refuse', { why: 'no' });
  } catch (error) {
    return { caught: error.message.split(' \n')[0] };
  }
});
orchestration('tries', function* (context) {
  const policy = new df.RetryOptions(100, 3);
  return yield context.df.callActivityWithRetry('failUntil', policy, {
    key: context.df.instanceId,
    attempt: 3,
  });
});
orchestration('givesUp', function* (context) {
  return yield context.df.callActivityWithRetry('refuse', new df.RetryOptions(100, 2), {
    why: 'never',
  });
});
orchestration('family', function* (context) {
  return yield context.df.callSubOrchestrator('chain', {}, `${context.df.instanceId}-child`);
});
orchestration('sleeps', function* (context) {
  yield context.df.createTimer(later(context, context.df.getInput().ms));
  return 'awake';
});
orchestration('listens', function* (context) {
  context.df.setCustomStatus({ waitingFor: 'word' });
  const word = yield context.df.waitForExternalEvent('word');
  return { word };
});
orchestration('races', function* (context) {
  const timer = context.df.createTimer(later(context, 60_000));
  const word = context.df.waitForExternalEvent('word');
  const winner = yield context.df.Task.any([word, timer]);
  if (winner === word) timer.cancel();
  return winner === word ? word.result : 'late';
});
orchestration('collects', function* (context) {
  const seen = context.df.getInput().seen;
  seen.push(yield context.df.waitForExternalEvent('item'));
  if (seen.length < 3) return context.df.continueAsNew({ seen });
  return seen;
});
orchestration('countsWithEntity', function* (context) {
  const id = new df.EntityId('tally', context.df.instanceId);
  yield context.df.callEntity(id, 'add', 2);
  context.df.signalEntity(id, 'add', 3);
  return yield context.df.callEntity(id, 'read');
});
orchestration('ledger', function* (context) {
  const { file, release } = context.df.getInput();
  yield context.df.callActivity('mark', { file, line: 'first' });
  yield context.df.callActivity('markWhenReleased', { file, line: 'second', release });
  context.df.setCustomStatus('event');
  const word = yield context.df.waitForExternalEvent('word');
  context.df.setCustomStatus('timer');
  yield context.df.createTimer(later(context, 3_000));
  yield context.df.callActivity('mark', { file, line: 'last' });
  return { word };
});
orchestration('longLedger', function* (context) {
  const { file, steps } = context.df.getInput();
  for (let step = 0; step < steps; step += 1)
    yield context.df.callActivity('mark', { file, line: `step ${step}` });
  yield context.df.callSubOrchestrator('markChild', { file }, `${context.df.instanceId}-child`);
  yield context.df.createTimer(later(context, 1_000));
  const id = new df.EntityId('tally', context.df.instanceId);
  yield context.df.callEntity(id, 'add', 1);
  return { tally: yield context.df.callEntity(id, 'read') };
});
orchestration('markChild', function* (context) {
  return yield context.df.callActivity('mark', { ...context.df.getInput(), line: 'child' });
});
orchestration('failsOnce', function* (context) {
  yield context.df.callActivity('double', { value: 1 });
  return yield context.df.callActivity('failUntil', { key: context.df.instanceId, attempt: 2 });
});

df.app.entity('tally', (context) => {
  const value = context.df.getState(() => 0);
  switch (context.df.operationName) {
    case 'add':
      context.df.setState(value + context.df.getInput());
      break;
    case 'read':
      context.df.return(value);
      break;
    case 'forget':
      context.df.destructOnExit();
      break;
    default:
      throw new Error(`unknown operation ${context.df.operationName}`);
  }
});
