import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { OrchestrationContext } from 'durable-functions';
import {
  createInProcessEngine,
  type InProcessEngine,
  type InProcessOptions,
} from '../../local/host/engine-in-process.js';
import { inMemory } from './in-memory-backend.js';
import type { Row } from './row.js';

const chains = 1_000;
const steps = 5;
const wide = 10_000;
const narrow = 500;
const listeners = 1_000;
const open = 10_000;
const ours = 'embedded host, SQLite on disk, synchronous=FULL';
const theirs = 'durabletask-js in-memory backend, keeps nothing';

/** Throughput of the embedded host's engine, beside a backend that keeps nothing. */
export async function run(): Promise<Row[]> {
  const rows = [...(await chainRows()), ...(await fanOutRows()), ...(await eventRows())];
  const replays = [];
  for (const length of [100, 1_000, 10_000]) replays.push(await replayRow(length));
  const [, thousand, tenThousand] = replays;
  return [
    ...rows,
    ...replays,
    {
      name: 'replay of ten times as many events',
      value: (tenThousand?.value ?? NaN) / (thousand?.value ?? NaN),
      unit: 'x',
      note: '10,000 : 1,000; 10 is linear, less where starting up counts',
    },
    await startUpRow(),
    ...(await memoryRows()),
  ];
}

/** From nothing in memory to having answered an event for one of many open instances. */
async function startUpRow(): Promise<Row> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'host-bench-'));
  try {
    const store = path.join(folder, 'durable.db');
    const before = createInProcessEngine({ orchestrations, store });
    const ids = await all(open, () => before.start('listen', {}));
    await before.runUntilIdle();
    before.close();
    const ms = await timed(async () => {
      const engine = createInProcessEngine({ orchestrations, store });
      const [first = ''] = ids;
      await engine.raise(first, 'word', 'heard');
      await engine.runUntilIdle();
      expectOutput(engine, first, 'heard');
      engine.close();
    });
    const note = 'the state opened, everything in flight picked up, one event answered';
    return { name: `start-up with ${open} open instances`, value: ms / 1_000, unit: 's', note };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What `host-memory` prints. */
interface MemoryRun {
  readonly early: number;
  readonly late: number;
  readonly seconds: number;
  readonly atEarly: number;
  readonly atLate: number;
}

async function memoryRows(): Promise<Row[]> {
  const here = fileURLToPath(import.meta.url);
  const file = path.join(path.dirname(here), `host-memory${path.extname(here)}`);
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', file]);
  const run = JSON.parse(stdout) as MemoryRun;
  return [
    {
      name: `memory after ${run.late} completed instances`,
      value: run.atLate / run.atEarly,
      unit: 'x',
      note: `resident set, against after ${run.early}; 1 is flat`,
    },
    {
      name: `resident set after ${run.late} completed instances`,
      value: run.atLate / 2 ** 20,
      unit: 'MB',
      note: `a process of its own that did nothing else, ${run.seconds.toFixed(0)} s`,
    },
  ];
}

async function chainRows(): Promise<Row[]> {
  const name = `${chains} orchestrations of ${steps} activities in sequence`;
  const onDisk = await withEngine(async (engine) => {
    const ids = await all(chains, () => engine.start('chain', {}));
    return timed(async () => {
      await engine.runUntilIdle();
      for (const id of ids) expectOutput(engine, id, steps);
    });
  });
  const memory = await inMemory(async (client) =>
    timed(async () => {
      const ids = await all(chains, () => client.scheduleNewOrchestration('chain', {}));
      await Promise.all(ids.map((id) => client.waitForOrchestrationCompletion(id, false, 600)));
    }),
  );
  const perActivity = (ms: number) => ms / (chains * steps);
  return [
    { name, value: perActivity(onDisk), unit: 'ms per activity', note: ours },
    { name, value: perActivity(memory), unit: 'ms per activity', note: theirs },
  ];
}

async function fanOutRows(): Promise<Row[]> {
  const onDisk = (width: number) =>
    withEngine((engine) =>
      timed(async () => {
        const id = await engine.start('fanOut', width);
        await engine.runUntilIdle();
        expectOutput(engine, id, width);
      }),
    );
  const memory = await inMemory((client) =>
    timed(async () => {
      const id = await client.scheduleNewOrchestration('fanOut', narrow);
      await client.waitForOrchestrationCompletion(id, false, 600);
    }),
  );
  const name = (width: number) => `fan-out of ${width} activities`;
  return [
    { name: name(wide), value: (await onDisk(wide)) / 1_000, unit: 's', note: ours },
    { name: name(narrow), value: (await onDisk(narrow)) / 1_000, unit: 's', note: ours },
    {
      name: name(narrow),
      value: memory / 1_000,
      unit: 's',
      note: `${theirs}; its time grows with the square of the width, so ${wide} is left out`,
    },
  ];
}

async function eventRows(): Promise<Row[]> {
  const name = `${listeners} external events to as many instances`;
  const onDisk = await withEngine(async (engine) => {
    const ids = await all(listeners, () => engine.start('listen', {}));
    await engine.runUntilIdle();
    return timed(async () => {
      await Promise.all(ids.map((id) => engine.raise(id, 'word', { v: 1 })));
      await engine.runUntilIdle();
    });
  });
  const memory = await inMemory(async (client) => {
    const ids = await all(listeners, () => client.scheduleNewOrchestration('listen', {}));
    await Promise.all(ids.map((id) => client.waitForOrchestrationStart(id, false, 600)));
    return timed(async () => {
      await Promise.all(ids.map((id) => client.raiseOrchestrationEvent(id, 'word', { v: 1 })));
      await Promise.all(ids.map((id) => client.waitForOrchestrationCompletion(id, false, 600)));
    });
  });
  return [
    { name, value: onDisk / listeners, unit: 'ms per event', note: ours },
    { name, value: memory / listeners, unit: 'ms per event', note: theirs },
  ];
}

async function replayRow(length: number): Promise<Row> {
  const repeats = 5;
  const ms = await withEngine(async (engine) => {
    const id = await engine.start('listenOften', length);
    await engine.runUntilIdle();
    await all(length - repeats - 2, () => engine.raise(id, 'word', { v: 1 }));
    await engine.runUntilIdle();
    return timed(async () => {
      for (let turn = 0; turn < repeats; turn += 1) {
        await engine.raise(id, 'word', { v: 1 });
        await engine.runUntilIdle();
      }
    });
  });
  const note = 'one more event for an instance with that history, commit included';
  return { name: `replay of ${length} events`, value: ms / repeats, unit: 'ms', note };
}

const orchestrations: InProcessOptions['orchestrations'] = {
  *chain(context: OrchestrationContext) {
    let value = 0;
    for (let step = 0; step < steps; step += 1)
      value = (yield context.df.callActivity('increment', { value })) as number;
    return value;
  },
  *fanOut(context: OrchestrationContext) {
    const calls = Array.from({ length: context.df.getInput<number>() }, (_, value) =>
      context.df.callActivity('increment', { value }),
    );
    return ((yield context.df.Task.all(calls)) as number[]).length;
  },
  *listen(context: OrchestrationContext) {
    return (yield context.df.waitForExternalEvent('word')) as unknown;
  },
  *listenOften(context: OrchestrationContext) {
    const count = context.df.getInput<number>();
    for (let turn = 0; turn < count; turn += 1) yield context.df.waitForExternalEvent('word');
  },
};

async function withEngine<T>(work: (engine: InProcessEngine) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'host-bench-'));
  const engine = createInProcessEngine({
    orchestrations,
    activities: { increment: ({ value }: { value: number }) => value + 1 },
    store: path.join(folder, 'durable.db'),
  });
  try {
    return await work(engine);
  } finally {
    engine.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

const all = <T>(count: number, make: () => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, make));

function expectOutput(engine: InProcessEngine, id: string, output: unknown): void {
  const status = engine.status(id);
  if (status.output !== output)
    throw new Error(`${id} ended ${status.runtimeStatus} with ${JSON.stringify(status.output)}`);
}
