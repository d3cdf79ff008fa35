import * as df from 'durable-functions';

const trap = (name, fn) => df.app.orchestration(name, fn);
const later = (context, ms) => new Date(context.df.currentUtcDateTime.getTime() + ms);

trap('unknownActivity', function* (context) {
  yield context.df.callActivity('nobody', {});
});
trap('unknownChild', function* (context) {
  yield context.df.callSubOrchestrator('nobody', {});
});
trap('unknownEntity', function* (context) {
  yield context.df.callEntity(new df.EntityId('nobody', 'x'), 'add', 1);
});
trap('bareBoolean', function* (context) {
  yield context.df.callActivity('double', true);
});
trap('dateInput', function* (context) {
  yield context.df.callActivity('double', { at: new Date(0) });
});
trap('dateResult', function* (context) {
  yield context.df.callActivity('date', {});
});
trap('mapToChild', function* (context) {
  yield context.df.callSubOrchestrator('chain', { map: new Map() });
});
trap('emptyAll', function* (context) {
  yield context.df.Task.all([]);
});
trap('throwsText', function* (context) {
  yield context.df.callActivity('nothing');
  throw 'a text';
});
trap('yieldsValue', function* () {
  yield 5;
});
trap('plainFunction', () => 'no generator');
trap('retryInAny', function* (context) {
  const policy = new df.RetryOptions(100, 2);
  yield context.df.Task.any([
    context.df.callActivityWithRetry('refuse', policy, { why: 'x' }),
    context.df.createTimer(later(context, 60_000)),
  ]);
});
trap('noAttempts', function* (context) {
  yield context.df.callActivityWithRetry('refuse', new df.RetryOptions(100, 0), { why: 'x' });
});
trap('retryTimeout', function* (context) {
  const policy = new df.RetryOptions(100, 3);
  policy.retryTimeoutInMilliseconds = 1_000;
  yield context.df.callActivityWithRetry('refuse', policy, { why: 'x' });
});
trap('largeStatus', function* (context) {
  context.df.setCustomStatus('x'.repeat(20_000));
  yield context.df.callActivity('nothing');
});
trap('startedAgain', function* (context) {
  const open = [1, 2].map((value) => context.df.callActivity('double', { value }));
  yield context.df.Task.any(open);
  yield context.df.Task.all(open);
});
trap('racedTimerAgain', function* (context) {
  const timers = [0, 60_000].map((ms) => context.df.createTimer(later(context, ms)));
  yield context.df.Task.any(timers);
  yield context.df.Task.any([timers[1], context.df.createTimer(later(context, 0))]);
  yield context.df.callActivity('nothing');
});
let turn = 0;
trap('otherActivityEachTime', function* (context) {
  turn += 1;
  yield context.df.callActivity(turn % 2 === 0 ? 'double' : 'nothing', { value: 1 });
  yield context.df.callActivity('nothing');
});
trap('callsHttp', function* (context) {
  yield context.df.callHttp({ method: 'GET', url: 'http://127.0.0.1:1/' });
});
trap('locks', function* (context) {
  yield context.df.lock(new df.EntityId('tally', 'x'));
});
trap('unsafeChildId', function* (context) {
  yield context.df.callSubOrchestrator('chain', {}, 'a/b');
});
