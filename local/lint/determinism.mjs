const clock =
  "An orchestrator's clock is the playbook's: use nowMs or nowIso of orchestrations/durable.ts.";
const outside = 'Orchestrators do no I/O: call an activity.';
const waiting = 'Orchestrators wait with waitUntil or sleepUntil of orchestrations/durable.ts.';
const generators = 'Orchestrators are generators: yield durable tasks, compose steps with yield*.';

const globals = {
  fetch: outside,
  XMLHttpRequest: outside,
  WebSocket: outside,
  process: 'Orchestrators have no environment: read settings in an activity.',
  console: 'Report progress with report(); a log line would be repeated with each replay.',
  crypto: 'Randomness differs between replays: let an activity answer it.',
  performance: clock,
  setTimeout: waiting,
  setInterval: waiting,
  setImmediate: waiting,
  queueMicrotask: waiting,
  Promise: generators,
};

/** What would make a replay differ from its history, or hang it (the observed rules of the engine). */
export const determinism = {
  name: 'orchestrators are deterministic',
  files: ['orchestrations/**/*.ts'],
  rules: {
    'no-restricted-globals': [
      'error',
      ...Object.entries(globals).map(([name, message]) => ({ name, message })),
    ],
    'no-restricted-properties': [
      'error',
      { object: 'Date', property: 'now', message: clock },
      {
        object: 'Math',
        property: 'random',
        message: 'Randomness differs between replays: let an activity answer it.',
      },
    ],
    'no-restricted-syntax': [
      'error',
      { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: clock },
      { selector: 'CallExpression[callee.name="Date"]', message: clock },
      { selector: ':function[async=true]', message: generators },
      { selector: 'AwaitExpression', message: generators },
      { selector: 'ForOfStatement[await=true]', message: generators },
      { selector: 'ImportExpression', message: outside },
      {
        selector: 'ThrowStatement > :matches(Literal, TemplateLiteral, ObjectExpression)',
        message: 'Throw an Error: the engine loses anything else.',
      },
      {
        selector:
          'CallExpression[callee.property.name="any"] CallExpression[callee.property.name=/WithRetry$/]',
        message: 'The engine never finishes a retried call that is raced: retry outside Task.any.',
      },
    ],
  },
};
