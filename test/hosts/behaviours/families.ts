import { management, outcomeOf, raise, run, startListening } from './host-under-test.js';

export function familyBehaviours(): void {
  describe('children', () => {
    it('give their result to their parent', async () => {
      expect(await outcomeOf('family')).toMatchObject({ output: { value: 4 } });
    });

    it('side by side know their parent and give their results in order', async () => {
      const { output } = await outcomeOf('parentOfThree');

      expect(output).toEqual([1, 2, 3].map((n) => ({ n, mine: true })));
    });

    it('without an id of their own are named after the parent’s run', async () => {
      const id = await management.start('retriesChild', {});
      await management.ended(id);

      const { text } = await management.call('GET', `/instances/${id}?showHistory=true`);
      const { historyEvents } = JSON.parse(text) as { historyEvents: { InstanceId?: string }[] };
      const names = historyEvents.flatMap(({ InstanceId }) => InstanceId ?? []);

      for (const name of names) expect(name).toMatch(/^[0-9a-f]{32}:\d+$/);
    });

    it('that fail are caught with their reason', async () => {
      expect(await outcomeOf('catchesChild')).toMatchObject({
        output: { caught: "Orchestrator function 'failingKin' failed: child broke" },
      });
    });

    it('run on when their parent is terminated', async () => {
      const id = await management.start('waitsForChild', {}, `${run}-left`);
      const kid = `${id}-kid`;
      await management.waitFor(kid, (s) => s.runtimeStatus === 'Running', 'Running');

      await management.call('POST', `/instances/${id}/terminate?reason=stop`);

      expect(await management.ended(id)).toMatchObject({ output: 'stop' });
      expect((await management.status(kid))?.runtimeStatus).toBe('Running');
      await management.call('POST', `/instances/${kid}/terminate?reason=stop`);
    });

    it('under the id of a running instance give the parent that one’s result', async () => {
      await startListening(`${run}-taken-kid`);
      const id = await management.start('waitsForChild', {}, `${run}-taken`);
      await management.waitFor(id, (s) => s.runtimeStatus === 'Running', 'Running');

      await raise(`${run}-taken-kid`, 'word', 'x');

      expect(await management.ended(id)).toMatchObject({ output: { word: 'x' } });
    });
  });

  describe('continuing as new', () => {
    it('keeps the id, begins a new history and drops timers and status of the run before', async () => {
      const id = await management.start('counts', { n: 1 });

      const ended = await management.ended(id);
      const { text } = await management.call('GET', `/instances/${id}?showHistory=true`);
      const { historyEvents } = JSON.parse(text) as { historyEvents: { EventType: string }[] };

      expect(ended).toMatchObject({ input: { n: 4 }, output: { n: 4 }, customStatus: null });
      const scheduled = historyEvents.filter(({ EventType }) => EventType === 'TaskCompleted');
      expect(scheduled).toHaveLength(1);
    });

    it('brings events that were not waited for to a later run, each to one', async () => {
      const id = await management.start('collects', { seen: [] });

      for (const item of ['a', 'b', 'c']) await raise(id, 'item', item);

      expect(await management.ended(id)).toMatchObject({ output: ['a', 'b', 'c'] });
    });
  });

  describe('entities', () => {
    it('are called and signalled in order', async () => {
      expect(await outcomeOf('countsWithEntity')).toMatchObject({ output: 5 });
    });

    it('lose no call of many at once', async () => {
      expect(await outcomeOf('manyOnEntity')).toMatchObject({ output: 10 });
    });

    it('that fail tell their caller so', async () => {
      expect(await outcomeOf('entityFails')).toMatchObject({
        output: { caught: '[object Object]' },
      });
    });

    it('are signalled, read and forgotten from outside', async () => {
      const route = `/entities/tally/${run}`;
      const missing = await management.call('GET', route);

      const signalled = await management.call('POST', `${route}?op=add`, 5);
      const state = await management.entity('tally', run, 200);
      await management.call('POST', `${route}?op=forget`);
      await management.entity('tally', run, 404);

      expect([missing.status, missing.text]).toEqual([404, '']);
      expect([signalled.status, signalled.text]).toEqual([202, '']);
      expect(state).toBe('5');
    });
  });
}
