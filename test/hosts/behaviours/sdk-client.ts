import { get, management, run, startListening } from './host-under-test.js';

async function client(operation: string, id: string, given: object = {}) {
  const response = await get(`/v1/client/${operation}/${encodeURIComponent(id)}`, {
    method: 'POST',
    body: JSON.stringify(given),
  });
  return (await response.json()) as { result?: Record<string, unknown>; error?: string };
}

export function sdkClientBehaviours(): void {
  describe('the client of the SDK', () => {
    it('starts an instance and answers with its links', async () => {
      const response = await get('/v1/launch/chain', { method: 'POST', body: '{}' });
      const links = (await response.json()) as { id: string; statusQueryGetUri: string };

      expect(response.status).toBe(202);
      expect(response.headers.get('retry-after')).toBe('10');
      expect(response.headers.get('location')).toBe(links.statusQueryGetUri);
      expect(await management.ended(links.id)).toMatchObject({ output: { value: 4 } });
      expect((await fetch(links.statusQueryGetUri)).status).toBe(200);
    });

    it.each([
      ['chain', 20_000, 200, { value: 4 }],
      ['throwsLater', 20_000, 500, { runtimeStatus: 'Failed' }],
      ['listens', 500, 202, {}],
    ])('waits for %s at most %i ms and answers %i', async (name, ms, status, body) => {
      const response = await get(`/v1/launchAndWait/${name}?ms=${ms}`, { method: 'POST' });

      expect(response.status).toBe(status);
      expect(await response.json()).toMatchObject(body);
    });

    it('reads a status, and fails for what is not there', async () => {
      const id = await management.start('chain', {});
      await management.ended(id);

      const { result } = await client('status', id);
      const missing = await client('status', 'nobody');

      expect(result).toMatchObject({
        instanceId: id,
        runtimeStatus: 'Completed',
        output: { value: 4 },
      });
      expect(missing.error).toContain('could not find any data associated with the instanceId');
    });

    it('raises, suspends, resumes and terminates', async () => {
      const id = await startListening();
      await client('suspend', id, { reason: 'hold' });
      await management.waitFor(id, (s) => s.runtimeStatus === 'Suspended', 'Suspended');
      await client('event', id, { name: 'word', data: 'held' });
      await client('resume', id, { reason: 'go' });
      const other = await startListening();
      await client('terminate', other, { reason: 'stop' });

      expect(await management.ended(id)).toMatchObject({ output: { word: 'held' } });
      expect(await management.ended(other)).toMatchObject({
        runtimeStatus: 'Terminated',
        output: 'stop',
      });
    });

    it.each(['event', 'terminate', 'suspend', 'resume', 'rewind'])(
      'fails to %s what is not there, in these words',
      async (operation) => {
        const { error } = await client(operation, 'nobody', { name: 'word', data: 1, reason: 'r' });

        expect(error).toBe("No instance with ID 'nobody' found.");
      },
    );

    it('says nothing of an event for what has ended', async () => {
      const id = await management.start('chain', {});
      await management.ended(id);

      expect(await client('event', id, { name: 'word', data: 1 })).toEqual({ result: null });
    });

    it('rewinds a failed instance', async () => {
      const id = await management.start('failsOnce', {});
      await management.ended(id);

      await client('rewind', id, { reason: 'again' });

      const status = await management.waitFor(
        id,
        ({ runtimeStatus }) => runtimeStatus === 'Completed',
        'Completed',
      );
      expect(status.output).toEqual({ attempt: 2 });
    });

    it('counts what it purges', async () => {
      const id = await management.start('chain', {});
      await management.ended(id);

      const first = await client('purge', id);
      const second = await client('purge', id);

      expect([first.result, second.result]).toEqual([
        { instancesDeleted: 1 },
        { instancesDeleted: 0 },
      ]);
    });

    it('lists by status', async () => {
      const id = await startListening();

      const { result } = await client('by', 'any', { statuses: ['Running'] });

      const found = result as unknown as { instanceId: string; runtimeStatus: string }[];
      expect(found.map(({ instanceId }) => instanceId)).toContain(id);
      expect(new Set(found.map(({ runtimeStatus }) => runtimeStatus))).toEqual(
        new Set(['Running']),
      );
    });

    it('signals and reads entities', async () => {
      const key = `${run}-client`;

      const none = await client('entity', key);
      await client('signal', key, { op: 'add', data: 7 });
      await management.entity('tally', key, 200);
      const some = await client('entity', key);

      expect(none.result).toMatchObject({ entityExists: false });
      expect(some.result).toMatchObject({ entityExists: true, entityState: 7 });
    });
  });
}
