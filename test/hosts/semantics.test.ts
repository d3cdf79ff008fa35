import type { OrchestrationContext, OrchestrationHandler, Task } from 'durable-functions';
import * as df from 'durable-functions';
import { ActionType as SdkActionType } from 'durable-functions/lib/src/actions/ActionType.js';
import { ActionType } from '../../local/host/actions.js';
import { decide } from '../../local/host/decide.js';
import { createInProcessEngine } from '../../local/host/engine-in-process.js';
import { EventType, executionStarted, historyEvent } from '../../local/host/history.js';

const day = 86_400_000;
const later = (context: OrchestrationContext, ms: number) =>
  new Date(context.df.currentUtcDateTime.getTime() + ms);

/** An engine with one orchestration under test, helpers, and activities that end when they are told. */
function engineFor(main: OrchestrationHandler, others: Record<string, OrchestrationHandler> = {}) {
  const runs: string[] = [];
  const gates = new Map<string, () => void>();
  const engine = createInProcessEngine({
    orchestrations: { main, ...others },
    activities: {
      echo: (value: unknown) => {
        runs.push(JSON.stringify(value));
        return value;
      },
      fail: ({ why }: { why: string }) => {
        throw new Error(why);
      },
      held: ({ name }: { name: string }) =>
        new Promise<string>((resolve) => gates.set(name, () => resolve(name))),
    },
    entities: {
      counter: (context: df.EntityContext<number>) => {
        if (context.df.operationName !== 'add') throw new Error('unknown operation');
        context.df.setState((context.df.getState(() => 0) ?? 0) + 1);
      },
    },
  });
  const release = async (name: string) => {
    gates.get(name)?.();
    await engine.runUntilIdle();
  };
  /** Lets the engine get as far as it can with an activity held. */
  const settle = () => new Promise((resolve) => setTimeout(resolve, 50));
  return { engine, runs, gates, release, settle };
}

describe('actions', () => {
  const replay = (actionType: number) =>
    decide(
      [
        historyEvent(EventType.OrchestratorStarted, 0),
        executionStarted({
          ...{ at: 0, name: 'main', instanceId: 'i', executionId: 'e' },
          ...{ input: null, parent: null, generation: 0 },
        }),
      ],
      { isDone: false, actions: [[{ actionType }]] },
      { id: 'i', executionId: 'e' },
    );

  it('every kind that the SDK can ask for is known', () => {
    const asked = Object.entries(SdkActionType).filter(([, value]) => typeof value === 'number');

    expect(Object.fromEntries(asked)).toEqual(ActionType);
  });

  it.each([
    [ActionType.CallHttp, 'callHttp is not available'],
    [ActionType.LockEntities, 'entity locks are not available'],
    [ActionType.ReleaseEntities, 'entity locks are not available'],
    [99, 'an action of type 99, which the embedded host does not know'],
  ])('of type %i are refused by name', (type, words) => {
    expect(() => replay(type)).toThrow(words);
  });
});

describe('timers', () => {
  it.each([
    [1_000, 0],
    [1_500, 1_000],
    [3_000, 2_000],
    [60_000, 59_000],
  ])('one of %i ms fires after %i ms, as early as on the real host', async (asked, waits) => {
    const { engine } = engineFor(function* (context): Generator<Task, unknown, unknown> {
      const before = context.df.currentUtcDateTime.getTime();
      yield context.df.createTimer(later(context, asked));
      return context.df.currentUtcDateTime.getTime() - before;
    });

    const id = await engine.start('main');
    await engine.runUntilIdle();
    await engine.advanceTo(engine.now() + asked);

    expect(engine.status(id).output).toBe(waits);
    engine.close();
  });

  it('one of ten days is set in legs of three days and never fires early', async () => {
    const { engine } = engineFor(function* (context): Generator<Task, unknown, unknown> {
      yield context.df.createTimer(later(context, 10 * day));
      return context.df.currentUtcDateTime.toISOString();
    });
    const begun = engine.now();
    const id = await engine.start('main');
    await engine.runUntilIdle();
    const firstLeg = engine.nextTimer();

    await engine.advanceTo(begun + 10 * day - 1_000);
    const before = engine.status(id).runtimeStatus;
    await engine.advanceTo(begun + 10 * day);

    expect(firstLeg).toBe(begun + 3 * day);
    expect(before).toBe('Running');
    expect(engine.status(id).output).toBe(new Date(begun + 10 * day).toISOString());
    engine.close();
  });

  it('raced again and again fire in the order of their times, and are set anew each time', async () => {
    const { engine } = engineFor(function* (context): Generator<Task, unknown, unknown> {
      let open = [4_000, 2_000, 6_000].map((ms) => ({
        ms,
        timer: context.df.createTimer(later(context, ms)),
      }));
      const order: number[] = [];
      while (open.length > 0) {
        const winner = yield context.df.Task.any(open.map(({ timer }) => timer));
        order.push(...open.filter(({ timer }) => timer === winner).map(({ ms }) => ms));
        open = open.filter(({ timer }) => timer !== winner);
      }
      return order;
    });
    const id = await engine.start('main');
    await engine.runUntilIdle();

    await engine.advanceTo(engine.now() + 10_000);

    expect(engine.status(id).output).toEqual([2_000, 4_000, 6_000]);
    const created = engine
      .history(id)
      .filter((event) => event.EventType === EventType.TimerCreated);
    expect(created).toHaveLength(6);
    engine.close();
  });
});

describe('groups with a failing member', () => {
  it('Task.all throws at once but the instance runs until the other member has ended', async () => {
    const { engine, release, settle } = engineFor(function* (context): Generator<
      Task,
      unknown,
      unknown
    > {
      try {
        yield context.df.Task.all([
          context.df.callActivity('held', { name: 'slow' }),
          context.df.callActivity('fail', { why: 'x' }),
        ]);
        return 'no failure';
      } catch {
        return 'caught';
      }
    });
    const id = await engine.start('main');
    await settle();

    const before = engine.status(id).runtimeStatus;
    await release('slow');

    expect(before).toBe('Running');
    expect(engine.status(id)).toMatchObject({ runtimeStatus: 'Completed', output: 'caught' });
    engine.close();
  });

  it('Task.any answers the failed member but the instance runs until the other has ended', async () => {
    const { engine, release, settle } = engineFor(function* (context): Generator<
      Task,
      unknown,
      unknown
    > {
      const bad = context.df.callActivity('fail', { why: 'x' });
      const slow = context.df.callActivity('held', { name: 'slow' });
      const winner = (yield context.df.Task.any([bad, slow])) as Task;
      return { bad: winner === bad, faulted: winner.isFaulted };
    });
    const id = await engine.start('main');
    await settle();

    const before = engine.status(id).runtimeStatus;
    await release('slow');

    expect(before).toBe('Running');
    expect(engine.status(id).output).toEqual({ bad: true, faulted: true });
    engine.close();
  });

  it('an activity that nobody waits for is never started', async () => {
    const { engine, runs } = engineFor(function* (context) {
      context.df.callActivity('echo', 'forgotten');
      yield context.df.callActivity('echo', 'waited for');
    });

    await engine.start('main');
    await engine.runUntilIdle();

    expect(runs).toEqual(['"waited for"']);
    engine.close();
  });
});

describe('events', () => {
  it('two waits for one name open at once are served last first', async () => {
    const { engine } = engineFor(function* (context): Generator<Task, unknown, unknown> {
      return yield context.df.Task.all([
        context.df.waitForExternalEvent('go'),
        context.df.waitForExternalEvent('go'),
      ]);
    });
    const id = await engine.start('main');

    await engine.raise(id, 'go', 1);
    await engine.raise(id, 'go', 2);
    await engine.runUntilIdle();

    expect(engine.status(id).output).toEqual([2, 1]);
    engine.close();
  });

  it('one wait raced against successive timers gets its event', async () => {
    const { engine } = engineFor(function* (context): Generator<Task, unknown, unknown> {
      const event = context.df.waitForExternalEvent('go');
      for (let turn = 1; ; turn += 1) {
        const timer = context.df.createTimer(later(context, 10_000));
        const winner = yield context.df.Task.any([event, timer]);
        if (winner !== event) continue;
        timer.cancel();
        return { turn, got: event.result };
      }
    });
    const id = await engine.start('main');
    await engine.runUntilIdle();

    await engine.advanceTo(engine.now() + 25_000);
    await engine.raise(id, 'go', 'here');
    await engine.runUntilIdle();

    expect(engine.status(id).output).toEqual({ turn: 3, got: 'here' });
    engine.close();
  });
});

describe('children', () => {
  // eslint-disable-next-line require-yield
  const finished: OrchestrationHandler = function* () {
    return 'done';
  };
  const waiting: OrchestrationHandler = function* (context): Generator<Task, unknown, unknown> {
    return yield context.df.waitForExternalEvent('go');
  };

  it('run on when their parent is terminated', async () => {
    const { engine } = engineFor(
      function* (context) {
        yield context.df.callSubOrchestrator('waiting', {}, 'kid');
      },
      { waiting },
    );
    const id = await engine.start('main');
    await engine.runUntilIdle();

    await engine.terminate(id, 'stop');
    await engine.runUntilIdle();

    expect(engine.status(id)).toMatchObject({ runtimeStatus: 'Terminated', output: 'stop' });
    expect(engine.status('kid').runtimeStatus).toBe('Running');
    engine.close();
  });

  it('under the id of a running instance give the parent that one’s result', async () => {
    const { engine } = engineFor(
      function* (context): Generator<Task, unknown, unknown> {
        return yield context.df.callSubOrchestrator('finished', {}, 'kid');
      },
      { waiting, finished },
    );
    await engine.start('waiting', {}, 'kid');
    const id = await engine.start('main');
    await engine.runUntilIdle();

    await engine.raise('kid', 'go', 'from the other');
    await engine.runUntilIdle();

    expect(engine.status(id).output).toBe('from the other');
    engine.close();
  });

  it('that failed are rewound with their parent and do not repeat what they had finished', async () => {
    let broken = true;
    const child: OrchestrationHandler = function* (context): Generator<Task, unknown, unknown> {
      yield context.df.callActivity('echo', 'child work');
      if (broken) yield context.df.callActivity('fail', { why: 'x' });
      else yield context.df.callActivity('echo', 'mended');
      return 'child done';
    };
    const { engine, runs } = engineFor(
      function* (context): Generator<Task, unknown, unknown> {
        return yield context.df.callSubOrchestrator('child', {});
      },
      { child },
    );
    const id = await engine.start('main');
    await engine.runUntilIdle();
    const before = engine.status(id).runtimeStatus;

    broken = false;
    await engine.rewind(id, 'again');
    await engine.runUntilIdle();

    expect(before).toBe('Failed');
    expect(engine.status(id)).toMatchObject({ runtimeStatus: 'Completed', output: 'child done' });
    expect(runs).toEqual(['"child work"', '"mended"']);
    engine.close();
  });
});

describe('continuing as new', () => {
  it('leaves results of the earlier run out of the next', async () => {
    const { engine, release, settle } = engineFor(function* (context): Generator<
      Task,
      unknown,
      unknown
    > {
      const run = context.df.getInput<number>();
      const held = context.df.callActivity('held', { name: `run ${run}` });
      const winner = yield context.df.Task.any([held, context.df.waitForExternalEvent('next')]);
      if (winner === held) return held.result;
      context.df.continueAsNew(run + 1);
      return undefined;
    });
    const id = await engine.start('main', 1);
    await settle();
    await engine.raise(id, 'next', true);
    await settle();

    await Promise.race([release('run 1'), settle()]);
    const before = engine.status(id).runtimeStatus;
    await release('run 2');

    expect(before).toBe('Running');
    expect(engine.status(id)).toMatchObject({ runtimeStatus: 'Completed', output: 'run 2' });
    engine.close();
  });
});

describe('values', () => {
  it('an instance without input is given an empty text', async () => {
    // eslint-disable-next-line require-yield
    const { engine } = engineFor(function* (context) {
      return { input: context.df.getInput() };
    });

    const id = await engine.start('main');
    await engine.runUntilIdle();

    expect(engine.status(id).output).toEqual({ input: '' });
    engine.close();
  });

  it('a custom status does not outlive the run that set it', async () => {
    const { engine } = engineFor(function* (context) {
      if (context.df.getInput() === 'again') return;
      context.df.setCustomStatus('from the first run');
      yield context.df.callActivity('echo', 1);
      context.df.continueAsNew('again');
    });

    const id = await engine.start('main', 'first');
    await engine.runUntilIdle();

    expect(engine.status(id)).toMatchObject({ input: 'again', customStatus: null });
    engine.close();
  });

  it('the error of an entity reads as it does on the real host', async () => {
    const { engine } = engineFor(function* (context): Generator<Task, unknown, unknown> {
      try {
        return yield context.df.callEntity(new df.EntityId('counter', 'x'), 'nonsense', 1);
      } catch (error) {
        return (error as Error).message;
      }
    });

    const id = await engine.start('main');
    await engine.runUntilIdle();

    expect(engine.status(id).output).toBe('[object Object]');
    engine.close();
  });
});
