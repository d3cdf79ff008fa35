import { management, outcomeOf, raise, startListening } from './host-under-test.js';

export function waitingBehaviours(): void {
  describe('events', () => {
    it.each([
      ['an object', { v: 1 }],
      ['a text', 'text'],
      ['null', null],
      ['false', false],
    ])('%s wakes the instance that waits for it', async (_, data) => {
      const id = await startListening();

      const taken = await raise(id, 'word', data);

      expect(taken).toMatchObject({ status: 202, text: '' });
      expect(await management.ended(id)).toMatchObject({ output: { word: data } });
    });

    it('sent before anybody waits are kept', async () => {
      const id = await management.start('races', {});

      await raise(id, 'word', 'early');

      expect(await management.ended(id)).toMatchObject({ output: 'early' });
    });

    it('of another case are not the event', async () => {
      const id = await startListening();

      await raise(id, 'WORD', 'loud');
      await raise(id, 'word', 'quiet');

      expect(await management.ended(id)).toMatchObject({ output: { word: 'quiet' } });
    });

    it('of one name are served in their order to waits one after the other', async () => {
      const id = await management.start('twoWords', {});

      await raise(id, 'word', 1);
      await raise(id, 'word', 2);

      expect(await management.ended(id)).toMatchObject({ output: [1, 2] });
    });

    it('of one name are served last first to waits that are open together', async () => {
      const id = await management.start('bothWords', {});
      await management.waitFor(id, (s) => s.runtimeStatus === 'Running', 'Running');

      await raise(id, 'word', 1);
      await raise(id, 'word', 2);

      expect(await management.ended(id)).toMatchObject({ output: [2, 1] });
    });

    it.each([
      ['another content type', 'text/plain', 'plain'],
      ['no body', undefined, undefined],
    ])('with %s are refused with 400', async (_, contentType, body) => {
      const id = await startListening();

      const answer = await management.send('POST', `/instances/${id}/raiseEvent/word`, {
        ...(contentType !== undefined && { headers: { 'content-type': contentType } }),
        ...(body !== undefined && { body }),
      });

      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.text)).toEqual({
        Message: 'Only application/json request content is supported',
      });
      expect((await management.status(id))?.runtimeStatus).toBe('Running');
    });

    it('that are no JSON are refused with 400 and the reason', async () => {
      const id = await startListening();

      const answer = await management.send('POST', `/instances/${id}/raiseEvent/word`, {
        headers: { 'content-type': 'application/json' },
        body: '{bad',
      });

      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.text)).toMatchObject({
        Message: 'Invalid JSON content',
        ExceptionType: 'Newtonsoft.Json.JsonReaderException',
      });
    });
  });

  describe('timers', () => {
    it.each([
      ['a timer fires and has no result', 'sleeps', { ms: 1_500 }, 'awake'],
      ['a timer in the past fires at once', 'timerInThePast', {}, 'fired'],
      ['a timer wins the race when no event comes', 'timesOut', {}, 'late'],
      [
        'a timer that is not awaited does not hold the instance',
        'leavesTimer',
        {},
        'ended before its timer',
      ],
    ])('%s', async (_, name, input, output) => {
      expect(await outcomeOf(name, input)).toMatchObject({ runtimeStatus: 'Completed', output });
    });
  });

  describe('custom status', () => {
    it('is told while the instance runs and kept when it has ended', async () => {
      const id = await management.start('tells', {});
      const seen = await management.waitFor(
        id,
        ({ customStatus }) => JSON.stringify(customStatus) === '{"at":"second"}',
        'its second status',
      );

      await raise(id, 'word', 1);

      expect(seen.runtimeStatus).toBe('Running');
      expect(await management.ended(id)).toMatchObject({ customStatus: { at: 'done' } });
    });
  });
}
