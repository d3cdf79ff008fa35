import * as df from 'durable-functions';
import type { OrchestrationContext, Task } from 'durable-functions';
import fc from 'fast-check';
import { createInProcessEngine } from '../../local/host/engine-in-process.js';

type Step =
  | { do: 'activity'; value: number }
  | { do: 'fails'; value: number }
  | { do: 'retry'; failures: number }
  | { do: 'all'; values: number[] }
  | { do: 'race'; value: number }
  | { do: 'timer'; seconds: number }
  | { do: 'child'; steps: Step[] }
  | { do: 'entity'; value: number };

const value = fc.nat(9);
const leaf: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('activity' as const), value }),
  fc.record({ do: fc.constant('fails' as const), value }),
  fc.record({ do: fc.constant('retry' as const), failures: fc.nat(2) }),
  fc.record({
    do: fc.constant('all' as const),
    values: fc.array(value, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ do: fc.constant('race' as const), value }),
  fc.record({ do: fc.constant('timer' as const), seconds: fc.nat(5) }),
  fc.record({ do: fc.constant('entity' as const), value }),
);
const program = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: leaf },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('child' as const),
        steps: fc.array(leaf, { maxLength: 3 }),
      }),
    },
  ),
  { maxLength: 6 },
);

/** An orchestration that does what its input says. */
function* interpreter(context: OrchestrationContext): Generator<Task, unknown, unknown> {
  const { steps } = context.df.getInput<{ steps: Step[] }>();
  const later = (seconds: number) =>
    new Date(context.df.currentUtcDateTime.getTime() + seconds * 1_000);
  const results: unknown[] = [];
  for (const [at, step] of steps.entries()) {
    switch (step.do) {
      case 'activity':
        results.push(yield context.df.callActivity('double', step));
        break;
      case 'fails':
        try {
          yield context.df.callActivity('refuse', step);
        } catch {
          results.push('caught');
        }
        break;
      case 'retry': {
        const policy = new df.RetryOptions(2_000, 3);
        const key = `${context.df.instanceId}/${at}`;
        results.push(
          yield context.df.callActivityWithRetry('failTimes', policy, {
            key,
            failures: step.failures,
          }),
        );
        break;
      }
      case 'all':
        results.push(
          yield context.df.Task.all(
            step.values.map((item) => context.df.callActivity('double', { value: item })),
          ),
        );
        break;
      case 'race': {
        const timer = context.df.createTimer(later(60));
        const work = context.df.callActivity('double', step);
        const winner = yield context.df.Task.any([work, timer]);
        if (winner === work) timer.cancel();
        results.push(winner === work ? work.result : 'late');
        break;
      }
      case 'timer':
        yield context.df.createTimer(later(step.seconds));
        results.push('woke');
        break;
      case 'child':
        results.push(yield context.df.callSubOrchestrator('interpreter', { steps: step.steps }));
        break;
      case 'entity': {
        const id = new df.EntityId('sum', `${context.df.instanceId}/${at}`);
        yield context.df.callEntity(id, 'add', step.value);
        results.push(yield context.df.callEntity(id, 'read'));
      }
    }
  }
  return results;
}

/** What the program means, without an engine. */
function meaning(steps: readonly Step[]): unknown[] {
  return steps.map((step) => {
    switch (step.do) {
      case 'activity':
      case 'race':
        return step.value * 2;
      case 'fails':
        return 'caught';
      case 'retry':
        return 'done';
      case 'all':
        return step.values.map((item) => item * 2);
      case 'timer':
        return 'woke';
      case 'child':
        return meaning(step.steps);
      case 'entity':
        return step.value;
    }
  });
}

async function outcome(steps: readonly Step[], crash: 'never' | 'between' | 'before') {
  const failures = new Map<string, number>();
  const engine = createInProcessEngine({
    crash,
    orchestrations: { interpreter },
    activities: {
      double: (input: { value: number }) => input.value * 2,
      refuse: () => {
        throw new Error('no');
      },
      failTimes: (input: { key: string; failures: number }) => {
        const before = failures.get(input.key) ?? 0;
        failures.set(input.key, before + 1);
        if (before < input.failures) throw new Error(`failure ${before}`);
        return 'done';
      },
    },
    entities: {
      sum: (context: df.EntityContext<number>) => {
        const sum = context.df.getState(() => 0) ?? 0;
        if (context.df.operationName === 'add')
          context.df.setState(sum + (context.df.getInput<number>() ?? 0));
        else context.df.return(sum);
      },
    },
  });
  const id = await engine.start('interpreter', { steps });
  await engine.runUntilIdle();
  while (engine.status(id).runtimeStatus === 'Running')
    if (!(await engine.advanceToNextTimer())) break;
  const status = engine.status(id);
  engine.close();
  return status;
}

describe('a random program', () => {
  it.each(['never', 'between', 'before'] as const)(
    'means the same on the engine, with crashes: %s',
    async (crash) => {
      await fc.assert(
        fc.asyncProperty(program, async (steps) => {
          const status = await outcome(steps, crash);
          expect(status.runtimeStatus).toBe('Completed');
          expect(status.output).toEqual(meaning(steps));
        }),
        { numRuns: 60 },
      );
    },
  );
});
