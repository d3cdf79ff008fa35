import {
  InMemoryOrchestrationBackend,
  type OrchestrationContext,
  TestOrchestrationClient,
  TestOrchestrationWorker,
  whenAll,
} from '@microsoft/durabletask-js';

/** Runs work on the in-memory backend of `@microsoft/durabletask-js`, with the benchmark's programs. */
export async function inMemory<T>(
  work: (client: TestOrchestrationClient) => Promise<T>,
): Promise<T> {
  const backend = new InMemoryOrchestrationBackend(1_000_000);
  const worker = new TestOrchestrationWorker(backend);
  worker.addNamedActivity('increment', (_, { value }: { value: number }) => value + 1);
  worker.addNamedOrchestrator('chain', async function* (context: OrchestrationContext) {
    let value = 0;
    for (let step = 0; step < 5; step += 1)
      value = (yield context.callActivity('increment', { value })) as number;
    return value;
  });
  worker.addNamedOrchestrator(
    'fanOut',
    async function* (context: OrchestrationContext, count: number) {
      const calls = Array.from({ length: count }, (_, value) =>
        context.callActivity('increment', { value }),
      );
      return ((yield whenAll(calls)) as number[]).length;
    },
  );
  worker.addNamedOrchestrator('listen', async function* (context: OrchestrationContext) {
    return (yield context.waitForExternalEvent('word')) as unknown;
  });
  return silently(async () => {
    await worker.start();
    try {
      return await work(new TestOrchestrationClient(backend));
    } finally {
      await worker.stop();
    }
  });
}

/**
 * Its worker writes lines to the console for every event; they would be most of what is measured.
 */
async function silently<T>(work: () => Promise<T>): Promise<T> {
  const { info, log, debug } = console;
  const nothing = () => undefined;
  Object.assign(console, { info: nothing, log: nothing, debug: nothing });
  try {
    return await work();
  } finally {
    Object.assign(console, { info, log, debug });
  }
}
