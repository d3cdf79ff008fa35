/* eslint require-yield: off -- an orchestrator is a generator even when it waits for nothing */
import * as df from 'durable-functions';

const orchestration = (name, fn) => df.app.orchestration(name, fn);
const later = (context, ms) => new Date(context.df.currentUtcDateTime.getTime() + ms);

orchestration('replays', function* (context) {
  const live = [];
  live.push(context.df.isReplaying);
  yield context.df.callActivity('nothing');
  live.push(context.df.isReplaying);
  yield context.df.callActivity('nothing');
  live.push(context.df.isReplaying);
  return live;
});
orchestration('identity', function* (context) {
  const { df: durable } = context;
  const [a, b] = [durable.newGuid('x'), durable.newGuid('x')];
  const before = durable.currentUtcDateTime.getTime();
  yield durable.callActivity('nothing');
  const c = durable.newGuid('x');
  const after = durable.currentUtcDateTime.getTime();
  return {
    different: new Set([a, b, c]).size,
    form: /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(a),
    clock: after >= before && durable.currentUtcDateTime.getTime() === after,
  };
});
orchestration('takes', function* (context) {
  return { given: context.df.getInput(), kind: typeof context.df.getInput() };
});
orchestration('throwsLater', function* (context) {
  yield context.df.callActivity('nothing');
  throw new Error('orchestrator broke');
});
orchestration('cleansUp', function* (context) {
  const seen = [];
  try {
    try {
      yield context.df.callActivity('refuse', { why: 'no' });
    } finally {
      seen.push((yield context.df.callActivity('double', { value: 2 })).value);
    }
  } catch {
    seen.push('caught');
  }
  return seen;
});
orchestration('firstOfTwo', function* (context) {
  const fast = context.df.callActivity('double', { value: 1 });
  const timer = context.df.createTimer(later(context, 60_000));
  const winner = yield context.df.Task.any([fast, timer]);
  timer.cancel();
  return winner === fast ? winner.result : 'the timer';
});
orchestration('timesOut', function* (context) {
  const timer = context.df.createTimer(later(context, 1_500));
  const word = context.df.waitForExternalEvent('word');
  return (yield context.df.Task.any([word, timer])) === timer ? 'late' : 'in time';
});
orchestration('timerInThePast', function* (context) {
  yield context.df.createTimer(later(context, -60_000));
  return 'fired';
});
orchestration('leavesTimer', function* (context) {
  context.df.createTimer(later(context, 60_000));
  yield context.df.callActivity('nothing');
  return 'ended before its timer';
});
orchestration('forgets', function* (context) {
  context.df.callActivity('double', { value: 1 });
  return 'ended first';
});
orchestration('tells', function* (context) {
  context.df.setCustomStatus({ at: 'first' });
  yield context.df.callActivity('nothing');
  context.df.setCustomStatus({ at: 'second' });
  yield context.df.waitForExternalEvent('word');
  context.df.setCustomStatus({ at: 'done' });
});
orchestration('twoWords', function* (context) {
  return [
    yield context.df.waitForExternalEvent('word'),
    yield context.df.waitForExternalEvent('word'),
  ];
});
orchestration('bothWords', function* (context) {
  return yield context.df.Task.all([
    context.df.waitForExternalEvent('word'),
    context.df.waitForExternalEvent('word'),
  ]);
});
orchestration('entityFails', function* (context) {
  const id = new df.EntityId('tally', context.df.instanceId);
  try {
    yield context.df.callEntity(id, 'nonsense');
  } catch (error) {
    return { caught: error.message };
  }
});
orchestration('manyOnEntity', function* (context) {
  const id = new df.EntityId('tally', context.df.instanceId);
  yield context.df.Task.all(Array.from({ length: 10 }, () => context.df.callEntity(id, 'add', 1)));
  return yield context.df.callEntity(id, 'read');
});
