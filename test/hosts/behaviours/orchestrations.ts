import { management, outcomeOf } from './host-under-test.js';

export function orchestrationBehaviours(): void {
  describe('orchestrations and activities', () => {
    it.each([
      ['activities one after the other', 'chain', {}, { value: 4 }],
      ['activities side by side', 'spread', {}, [2, 4, 6]],
      ['an activity without a result gives null', 'voidResult', {}, { nothing: null }],
      [
        'a failed activity is caught with the words of the host around its own',
        'catches',
        {},
        { caught: "Activity function 'refuse' failed:  no" },
      ],
      ['what a finally block awaits is awaited', 'cleansUp', {}, [4, 'caught']],
      ['the first of two tasks wins and the other is given up', 'firstOfTwo', {}, { value: 2 }],
      ['an activity that nobody awaits is not awaited', 'forgets', {}, 'ended first'],
      ['code before the last await sees that it replays', 'replays', {}, [true, true, false]],
      [
        'ids are repeatable and different, and the clock stands still between awaits',
        'identity',
        {},
        { different: 3, form: true, clock: true },
      ],
    ])('%s', async (_, name, input, output) => {
      expect(await outcomeOf(name, input)).toMatchObject({ runtimeStatus: 'Completed', output });
    });

    it.each([
      ['an object', { a: [1] }, { given: { a: [1] }, kind: 'object' }],
      ['an array', [1, 2], { given: [1, 2], kind: 'object' }],
      ['a text', 'words', { given: 'words', kind: 'string' }],
      ['a number', 0, { given: 0, kind: 'number' }],
      ['no input is an empty text', undefined, { given: '', kind: 'string' }],
    ])('input: %s', async (_, input, output) => {
      expect(await management.ended(await management.start('takes', input))).toMatchObject({
        output,
      });
    });

    it.each([
      ['throwsLater', "Orchestrator function 'throwsLater' failed: orchestrator broke"],
      ['plainFunction', 'this.generator.next is not a function'],
      ['yieldsValue', 'Orchestration yielded data of type number'],
      ['emptyAll', 'you must specify at least one Task'],
      ['otherActivityEachTime', 'Non-Deterministic workflow detected'],
      ['largeStatus', 'must not exceed 16 KB. The current payload size is 39 KB.'],
    ])('%s fails with its reason', async (name, words) => {
      const { runtimeStatus, output } = await outcomeOf(name);

      expect(runtimeStatus).toBe('Failed');
      expect(output).toContain(words);
    });
  });

  describe('retries', () => {
    it('repeat a failing activity until it succeeds', async () => {
      expect(await outcomeOf('tries')).toMatchObject({ output: { attempt: 3 } });
    });

    it('that are used up fail the instance with the last failure', async () => {
      const { runtimeStatus, output } = await outcomeOf('givesUp');

      expect(runtimeStatus).toBe('Failed');
      expect(output).toMatch(
        /^Orchestrator function 'givesUp' failed: Activity function 'refuse' failed: {2}never /,
      );
    });

    it('repeat a failing child', async () => {
      expect(await outcomeOf('retriesChild')).toMatchObject({ output: { attempt: 3 } });
    });
  });
}
