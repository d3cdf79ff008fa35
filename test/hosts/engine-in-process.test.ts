import * as df from 'durable-functions';
import type { OrchestrationContext } from 'durable-functions';
import {
  createInProcessEngine,
  type InProcessOptions,
} from '../../local/host/engine-in-process.js';

const orchestrations: InProcessOptions['orchestrations'] = {
  *sequence(context: OrchestrationContext) {
    const first: unknown = yield context.df.callActivity('upper', 'a');
    const second: unknown = yield context.df.callActivity('upper', 'b');
    return [first, second];
  },
  *fanOut(context: OrchestrationContext) {
    const count = context.df.getInput<number>();
    const all = (yield context.df.Task.all(
      Array.from({ length: count }, (_, index) => context.df.callActivity('square', index)),
    )) as number[];
    return all.reduce((sum, value) => sum + value, 0);
  },
  *waitsForEither(context: OrchestrationContext) {
    const deadline = new Date(context.df.currentUtcDateTime.getTime() + 60_000);
    const timer = context.df.createTimer(deadline);
    const event = context.df.waitForExternalEvent('go');
    const winner: unknown = yield context.df.Task.any([timer, event]);
    if (winner !== event) return 'late';
    timer.cancel();
    return { event: event.result };
  },
  *retries(context: OrchestrationContext) {
    return (yield context.df.callActivityWithRetry(
      'failsTwice',
      new df.RetryOptions(5_000, 3),
    )) as unknown;
  },
  *parent(context: OrchestrationContext) {
    const first: unknown = yield context.df.callSubOrchestrator('child', { of: 'x' });
    const second: unknown = yield context.df.callSubOrchestrator(
      'child',
      { of: 'y' },
      `${context.df.instanceId}-kid`,
    );
    return [first, second];
  },
  // eslint-disable-next-line require-yield
  *child(context: OrchestrationContext) {
    return { input: context.df.getInput(), parent: context.df.parentInstanceId };
  },
  *counts(context: OrchestrationContext) {
    const count = context.df.getInput<number>();
    yield context.df.callActivity('square', count);
    if (count < 5) context.df.continueAsNew(count + 1);
    return count;
  },
};

function activities() {
  const runs: string[] = [];
  let failures = 0;
  return {
    runs,
    activities: {
      upper: (text: string) => {
        runs.push(`upper ${text}`);
        return text.toUpperCase();
      },
      square: (value: number) => value * value,
      failsTwice: () => {
        failures += 1;
        if (failures <= 2) throw new Error(`failure ${failures}`);
        return failures;
      },
    },
  };
}

describe.each(['never', 'between', 'before'] as const)('with crashes: %s', (crash) => {
  it('a sequence of activities gives their results in order', async () => {
    const { activities: acts, runs } = activities();
    const engine = createInProcessEngine({ orchestrations, activities: acts, crash });

    const id = await engine.start('sequence');
    await engine.runUntilIdle();

    expect(engine.status(id)).toMatchObject({ runtimeStatus: 'Completed', output: ['A', 'B'] });
    if (crash !== 'before') expect(runs).toEqual(['upper a', 'upper b']);
    engine.close();
  });

  it('a fan-out adds up', async () => {
    const engine = createInProcessEngine({ orchestrations, ...activities(), crash });

    const id = await engine.start('fanOut', 20);
    await engine.runUntilIdle();

    expect(engine.status(id).output).toBe(2470);
    engine.close();
  });

  it('a race is won by the timer when the clock reaches it', async () => {
    const engine = createInProcessEngine({ orchestrations, ...activities(), crash });
    const id = await engine.start('waitsForEither');

    await engine.runUntilIdle();
    await engine.advanceTo(engine.now() + 58_000);
    const before = engine.status(id).runtimeStatus;
    await engine.advanceTo(engine.now() + 1_000);

    expect(before).toBe('Running');
    expect(engine.status(id)).toMatchObject({ runtimeStatus: 'Completed', output: 'late' });
    engine.close();
  });

  it('a race is won by the event that comes first', async () => {
    const engine = createInProcessEngine({ orchestrations, ...activities(), crash });
    const id = await engine.start('waitsForEither');

    await engine.runUntilIdle();
    await engine.raise(id, 'go', { by: 'me' });
    await engine.runUntilIdle();

    expect(engine.status(id).output).toEqual({ event: { by: 'me' } });
    engine.close();
  });

  it('a retried activity succeeds after its timers', async () => {
    const engine = createInProcessEngine({ orchestrations, ...activities(), crash });
    const id = await engine.start('retries');

    while (await engine.advanceToNextTimer());

    expect(engine.status(id)).toMatchObject({ runtimeStatus: 'Completed' });
    engine.close();
  });

  it('children answer their parent', async () => {
    const engine = createInProcessEngine({ orchestrations, ...activities(), crash });

    await engine.start('parent', undefined, 'p1');
    await engine.runUntilIdle();

    expect(engine.status('p1').output).toEqual([
      { input: { of: 'x' }, parent: 'p1' },
      { input: { of: 'y' }, parent: 'p1' },
    ]);
    engine.close();
  });

  it('an orchestration that continues as new keeps its id and forgets its history', async () => {
    const engine = createInProcessEngine({ orchestrations, ...activities(), crash });

    const id = await engine.start('counts', 1);
    await engine.runUntilIdle();

    expect(engine.status(id)).toMatchObject({ runtimeStatus: 'Completed', output: 5, input: 5 });
    expect(engine.history(id).length).toBeLessThan(10);
    engine.close();
  });
});
