import type { OrchestrationContext, Task } from 'durable-functions';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createInProcessEngine } from '../../local/host/engine-in-process.js';
import { cleanUp, makeApp, managementOf, startChildHost, temporaryFolder } from './child-host.js';

afterAll(cleanUp);

const orchestrations = {
  *main({ df }: OrchestrationContext): Generator<Task, unknown, unknown> {
    return yield df.callSubOrchestrator('listens', {}, 'kid');
  },
  *listens({ df }: OrchestrationContext): Generator<Task, unknown, unknown> {
    return yield df.waitForExternalEvent('word');
  },
  *either({ df }: OrchestrationContext): Generator<Task, unknown, unknown> {
    const child = df.callSubOrchestrator('listens', {}, 'kid');
    return ((yield df.Task.any([child, df.waitForExternalEvent('word')])) as Task).result;
  },
  *works({ df }: OrchestrationContext): Generator<Task, unknown, unknown> {
    return yield df.callActivity('held', {});
  },
};

describe('an instance that waits for nothing that can still happen', () => {
  it('fails with what is gone when the child that it waits for is purged', async () => {
    const engine = createInProcessEngine({ orchestrations });
    const id = await engine.start('main');
    await engine.runUntilIdle();

    await engine.purge('kid');
    await engine.runUntilIdle();

    expect(engine.status(id).runtimeStatus).toBe('Failed');
    expect(engine.status(id).output).toContain("its child 'listens' kid is gone");
    engine.close();
  });

  it('goes on when it is rewound: the child is made anew', async () => {
    const engine = createInProcessEngine({ orchestrations });
    const id = await engine.start('main');
    await engine.runUntilIdle();
    await engine.purge('kid');
    await engine.runUntilIdle();

    await engine.rewind(id, 'again');
    await engine.runUntilIdle();
    await engine.raise('kid', 'word', 'heard');
    await engine.runUntilIdle();

    expect(engine.status(id)).toMatchObject({ runtimeStatus: 'Completed', output: 'heard' });
    engine.close();
  });

  it('is left alone as long as an event from outside could wake it', async () => {
    const engine = createInProcessEngine({ orchestrations });
    const id = await engine.start('either');
    await engine.runUntilIdle();

    await engine.purge('kid');
    await engine.runUntilIdle();
    const before = engine.status(id).runtimeStatus;
    await engine.raise(id, 'word', 'heard');
    await engine.runUntilIdle();

    expect(before).toBe('Running');
    expect(engine.status(id)).toMatchObject({ runtimeStatus: 'Completed', output: 'heard' });
    engine.close();
  });

  it('fails at the next start when its activity is missing in the state', async () => {
    const store = path.join(temporaryFolder(), 'durable.db');
    const activities = { held: () => new Promise(() => undefined) };
    const first = createInProcessEngine({ orchestrations, activities, store });
    const id = await first.start('works');
    while (first.history(id).length < 4) await new Promise((go) => setImmediate(go));
    first.close();
    const db = new DatabaseSync(store);
    db.exec('DELETE FROM tasks');
    db.close();

    const second = createInProcessEngine({ orchestrations, activities, store });
    await second.runUntilIdle();

    expect(second.status(id).runtimeStatus).toBe('Failed');
    expect(second.status(id).output).toContain("activity 'held' is not under way any more");
    second.close();
  });
});

describe('a function that does not answer', () => {
  it('fails its caller with the limit of host.json, and the host goes on', async () => {
    const app = makeApp({
      'host.json': JSON.stringify({ version: '2.0', functionTimeout: '00:00:01' }),
      'functions/a.js': `
        import { app } from '@azure/functions';
        import * as df from 'durable-functions';
        df.app.activity('silent', { handler: () => new Promise(() => {}) });
        df.app.activity('quick', { handler: () => ({ ok: true }) });
        df.app.orchestration('asks', function* (context) {
          try { yield context.df.callActivity('silent', {}); } catch (error) {
            return { caught: error.message.split(' \\n')[0], then: yield context.df.callActivity('quick', {}) };
          }
        });
        app.http('hangs', { authLevel: 'anonymous', handler: () => new Promise(() => {}) });
      `,
    });
    const host = await startChildHost({ app, data: temporaryFolder() });
    const management = managementOf(host);

    const [ended, answer] = await Promise.all([
      management.start('asks', {}).then(management.ended),
      fetch(`${host.url}/api/hangs`),
    ]);

    expect(ended).toMatchObject({
      runtimeStatus: 'Completed',
      output: {
        caught: expect.stringContaining(
          "Function 'silent' did not answer within 1 s (functionTimeout in host.json)",
        ) as unknown,
        then: { ok: true },
      },
    });
    expect(answer.status).toBe(500);
    await host.stop();
  });
});
