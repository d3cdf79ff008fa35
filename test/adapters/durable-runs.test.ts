import type { DurableClient } from 'durable-functions';
import { createIncidentRuns } from '../../shared/adapters/durable-runs.js';

const id = 'inc-0123456789abcdef0123456789abcdef';

/** A client as the SDK behaves: getStatus throws for unknown ids, startNew for running ones. */
function clientWith(runs: Record<string, string>, appearing: Record<string, string> = {}) {
  const calls: [string, ...unknown[]][] = [];
  const client = {
    getStatus: (instanceId: string) => {
      const runtimeStatus = runs[instanceId];
      if (runtimeStatus !== undefined) return Promise.resolve({ instanceId, runtimeStatus });
      return Promise.reject(
        new Error(
          'DurableClient error: Durable Functions extension replied with HTTP 404 response.',
        ),
      );
    },
    startNew: (name: string, options: { instanceId: string; input: unknown }) => {
      calls.push(['startNew', name, options]);
      if (appearing[options.instanceId] !== undefined) {
        Object.assign(runs, appearing);
        return Promise.reject(new Error('HTTP 500'));
      }
      runs[options.instanceId] = 'Pending';
      return Promise.resolve(options.instanceId);
    },
    raiseEvent: (instanceId: string, name: string, body: unknown) => {
      calls.push(['raiseEvent', instanceId, name, body]);
      return Promise.resolve();
    },
  };
  return { runs: createIncidentRuns(client as unknown as DurableClient), calls };
}

describe('a connection to the engine that breaks', () => {
  it('is made again, so that a storm loses no alert', async () => {
    let breaks = 2;
    const client = {
      getStatus: () =>
        breaks-- > 0
          ? Promise.reject(new Error('read ECONNRESET'))
          : Promise.reject(new Error('replied with HTTP 404 response.')),
      startNew: () => Promise.resolve(id),
    };
    expect(await createIncidentRuns(client as unknown as DurableClient).start(id)).toBe('started');
    expect(breaks).toBeLessThan(0);
  });

  it('is no reason to try again for anything else', async () => {
    let asked = 0;
    const client = {
      getStatus: () => {
        asked += 1;
        return Promise.reject(new Error('HTTP 500'));
      },
    };
    const runs = createIncidentRuns(client as unknown as DurableClient);

    await expect(runs.exists(id)).rejects.toThrow('HTTP 500');
    expect(asked).toBe(1);
  });
});

describe('runs of the playbook', () => {
  it('a new one is started under the incident id with an input object', async () => {
    const { runs, calls } = clientWith({});

    expect(await runs.exists(id)).toBe(false);
    expect(await runs.start(id)).toBe('started');
    expect(await runs.exists(id)).toBe(true);
    expect(calls).toEqual([
      [
        'startNew',
        'respondToIncident',
        { instanceId: id, input: { playbookVersion: 2, incidentId: id } },
      ],
    ]);
  });

  it.each(['Pending', 'Running', 'Suspended', 'Completed', 'Failed', 'Terminated'])(
    'one that is %s is never started again',
    async (status) => {
      const { runs, calls } = clientWith({ [id]: status });

      expect(await runs.start(id)).toBe('already');
      expect(calls).toEqual([]);
    },
  );

  it.each([
    [undefined, 'started'],
    ['Running', 'already'],
    ['Completed', 'over'],
    ['Failed', 'over'],
    ['Terminated', 'over'],
  ])('a check that is %s is told as %s', async (status, told) => {
    const { runs } = clientWith(status === undefined ? {} : { [`${id}-point-1`]: status });

    expect(await runs.startPointCheck(id, 1)).toBe(told);
  });

  it('one that somebody else starts in the same moment counts as already there', async () => {
    const { runs } = clientWith({}, { [id]: 'Running' });

    expect(await runs.start(id)).toBe('already');
  });

  it('a start that fails for another reason is thrown', async () => {
    const client = {
      getStatus: () => Promise.reject(new Error('HTTP 404 not found')),
      startNew: () => Promise.reject(new Error('HTTP 400 unknown orchestrator')),
    };

    await expect(createIncidentRuns(client as unknown as DurableClient).start(id)).rejects.toThrow(
      '400',
    );
  });

  it('a status that cannot be read is thrown, never taken for "no such run"', async () => {
    const client = { getStatus: () => Promise.reject(new Error('HTTP 503')) };
    const runs = createIncidentRuns(client as unknown as DurableClient);

    await expect(runs.exists(id)).rejects.toThrow('503');
    await expect(runs.start(id)).rejects.toThrow('503');
  });

  it('is woken by an event that always has a body with its own id', async () => {
    const { runs, calls } = clientWith({ [id]: 'Running' });

    await runs.wake(id, 'approvalDecided', 'event-1');

    expect(calls).toEqual([['raiseEvent', id, 'approvalDecided', { eventId: 'event-1' }]]);
  });

  it.each(['Completed', 'Failed', 'Terminated', undefined])(
    'one that is %s is not woken',
    async (status) => {
      const { runs, calls } = clientWith(status === undefined ? {} : { [id]: status });

      await runs.wake(id, 'marksChanged', 'event-1');

      expect(calls).toEqual([]);
    },
  );
});
