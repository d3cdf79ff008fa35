import { host, management, outcomeOf, raise, run, startListening } from './host-under-test.js';

const verbs = ['terminate', 'suspend', 'resume', 'rewind'] as const;

export function operationBehaviours(): void {
  describe('suspending and resuming', () => {
    it('a suspended instance takes events and goes on after it is resumed', async () => {
      const id = await startListening();
      await management.call('POST', `/instances/${id}/suspend?reason=hold`);
      await management.waitFor(id, (s) => s.runtimeStatus === 'Suspended', 'Suspended');

      await raise(id, 'word', 'kept');
      const held = await management.status(id);
      await management.call('POST', `/instances/${id}/resume?reason=go`);

      expect(held?.runtimeStatus).toBe('Suspended');
      expect(await management.ended(id)).toMatchObject({ output: { word: 'kept' } });
    });

    it('suspending twice and resuming what runs are refused with 500', async () => {
      const id = await startListening();

      const resumed = await management.call('POST', `/instances/${id}/resume?reason=go`);
      await management.call('POST', `/instances/${id}/suspend?reason=hold`);
      await management.waitFor(id, (s) => s.runtimeStatus === 'Suspended', 'Suspended');
      const again = await management.call('POST', `/instances/${id}/suspend?reason=hold`);

      expect([resumed.status, again.status]).toEqual([500, 500]);
      expect(JSON.parse(resumed.text)).toMatchObject({
        Message: 'Something went wrong while processing your request',
        ExceptionMessage: `Cannot resume the orchestration instance ${id} because instance is in the Running state.`,
        ExceptionType: 'System.InvalidOperationException',
      });
    });
  });

  describe('terminating', () => {
    it.each([
      ['what waits', []],
      ['what is suspended', ['suspend']],
    ])('%s ends it with the reason as its output', async (_, before) => {
      const id = await startListening();
      for (const verb of before) {
        await management.call('POST', `/instances/${id}/${verb}?reason=hold`);
        await management.waitFor(id, (s) => s.runtimeStatus === 'Suspended', 'Suspended');
      }

      const taken = await management.call('POST', `/instances/${id}/terminate?reason=enough`);

      expect([taken.status, taken.text]).toEqual([202, '']);
      expect(await management.ended(id)).toMatchObject({
        runtimeStatus: 'Terminated',
        output: 'enough',
      });
    });
  });

  describe('rewinding and restarting', () => {
    it('a rewound instance repeats only what failed', async () => {
      const id = await management.start('failsOnce', {});
      await management.ended(id);

      const taken = await management.call('POST', `/instances/${id}/rewind?reason=again`);
      const ended = await management.waitFor(
        id,
        ({ runtimeStatus }) => runtimeStatus === 'Completed',
        'Completed',
      );

      expect(taken.status).toBe(202);
      expect(ended.output).toEqual({ attempt: 2 });
    });

    it('a restarted instance runs again under an id of its own', async () => {
      const id = await management.start('chain', {});
      await management.ended(id);

      const answer = await management.call('POST', `/instances/${id}/restart`);
      const again = (JSON.parse(answer.text) as { id: string }).id;

      expect(answer.status).toBe(202);
      expect(again).not.toBe(id);
      expect(await management.ended(again)).toMatchObject({ output: { value: 4 } });
    });

    it('a restart under the same id replaces the ended run', async () => {
      const id = await management.start('chain', {}, `${run}-same`);
      await management.ended(id);

      const answer = await management.call(
        'POST',
        `/instances/${id}/restart?restartWithNewInstanceId=false`,
      );

      expect((JSON.parse(answer.text) as { id: string }).id).toBe(id);
      expect(await management.ended(id)).toMatchObject({ output: { value: 4 } });
    });
  });

  describe('purging', () => {
    it('an ended instance leaves nothing', async () => {
      const id = await management.start('chain', {});
      await management.ended(id);

      const purged = await management.call('DELETE', `/instances/${id}`);

      expect([purged.status, JSON.parse(purged.text)]).toEqual([200, { instancesDeleted: 1 }]);
      expect(await management.status(id)).toBeUndefined();
      expect(await management.call('DELETE', `/instances/${id}`)).toMatchObject({
        status: 404,
        text: '',
      });
    });

    it('a running instance is purged too', async () => {
      const id = await startListening();

      const purged = await management.call('DELETE', `/instances/${id}`);

      expect(JSON.parse(purged.text)).toEqual({ instancesDeleted: 1 });
    });

    it('nothing that matches is 404', async () => {
      const answer = await management.call(
        'DELETE',
        '/instances?createdTimeFrom=2000-01-01T00:00:00Z&createdTimeTo=2000-01-02T00:00:00Z',
      );

      expect([answer.status, answer.text]).toEqual([404, '']);
    });
  });

  describe('what is not there or has ended', () => {
    let ended: string;
    beforeAll(async () => {
      ended = await management.start('chain', {});
      await management.ended(ended);
    });

    it.each(verbs)('%s: 404 and 410 without a body', async (verb) => {
      const missing = await management.call('POST', `/instances/nobody/${verb}?reason=r`);
      const late = await management.call('POST', `/instances/${ended}/${verb}?reason=r`);

      expect([missing.status, missing.text, late.status, late.text]).toEqual([404, '', 410, '']);
    });

    it('an event: 404 and 410 without a body', async () => {
      const missing = await raise('nobody', 'word', 1);
      const late = await raise(ended, 'word', 1);

      expect([missing.status, missing.text, late.status, late.text]).toEqual([404, '', 410, '']);
    });

    it('a restart of what is not there: 400 with the reason', async () => {
      const answer = await management.call('POST', '/instances/nobody/restart?reason=r');

      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.text)).toMatchObject({
        Message: 'InstanceId does not match a valid orchestration instance.',
        ExceptionType: 'System.ArgumentException',
      });
    });
  });

  describe('starting', () => {
    it('answers 202 with the links of the instance', async () => {
      const answer = await management.call('POST', `/orchestrators/chain/${run}-links`, {});
      const body = JSON.parse(answer.text) as Record<string, string>;

      expect(answer.status).toBe(202);
      expect(Object.keys(body)).toEqual([
        ...['id', 'statusQueryGetUri', 'sendEventPostUri', 'terminatePostUri'],
        ...['purgeHistoryDeleteUri', 'restartPostUri', 'suspendPostUri', 'resumePostUri'],
      ]);
      expect(answer.headers.get('location')).toBe(body['statusQueryGetUri']);
      expect(answer.headers.get('retry-after')).toBe('10');
      expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    });

    it.each([
      ['an instance that ends in time with its output', 'chain', 20, 200, { value: 4 }],
      ['one that fails with its status', 'throwsLater', 20, 200, { runtimeStatus: 'Failed' }],
      ['one that takes longer with its links', 'listens', 0.5, 202, {}],
    ])('with timeout and pollingInterval answers %s', async (_, name, timeout, status, body) => {
      const answer = await management.call(
        'POST',
        `/orchestrators/${name}?timeout=${timeout}&pollingInterval=0.1`,
        {},
      );

      expect(answer.status).toBe(status);
      expect(JSON.parse(answer.text)).toMatchObject(body);
      if (status === 202) expect(answer.headers.get('retry-after')).toBe('10');
    });

    it('with a pollingInterval above the timeout is refused', async () => {
      const answer = await management.call(
        'POST',
        '/orchestrators/chain?timeout=1&pollingInterval=2',
        {},
      );

      expect(answer.status).toBe(400);
      expect(answer.text).toContain('should be bigger than retry timeout');
    });

    it('an unknown orchestrator is refused with the known names', async () => {
      const answer = await management.call('POST', '/orchestrators/nobody', {});

      expect(answer.status).toBe(400);
      const { Message, ExceptionMessage } = JSON.parse(answer.text) as Record<string, string>;
      expect(Message).toBe('One or more of the arguments submitted is incorrect');
      expect(ExceptionMessage).toContain('The following are the known orchestrator functions:');
      expect(ExceptionMessage).toContain("'chain'");
    });

    it('an input that is no JSON is refused', async () => {
      const answer = await management.send('POST', '/orchestrators/chain', {
        headers: { 'content-type': 'application/json' },
        body: '{bad',
      });

      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.text)).toMatchObject({ Message: 'Invalid JSON content' });
    });

    it('an id is taken while its instance runs and free once it has ended', async () => {
      const id = await startListening(`${run}-busy`);
      const second = await management.call('POST', `/orchestrators/listens/${id}`, {});
      await raise(id, 'word', 1);
      await management.ended(id);

      const third = await management.call('POST', `/orchestrators/chain/${id}`, {});

      expect(second.status).toBe(500);
      expect(second.text).toContain(
        'An Orchestration instance with the status Running already exists',
      );
      expect(third.status).toBe(202);
      expect(await management.ended(id)).toMatchObject({ output: { value: 4 } });
    });

    it.each([
      ['a space', `a b ${run}`],
      ['an umlaut and an emoji', `ä😀${run}`],
      ['a percent sign', `a%2fb${run}`],
      ['a colon', `a:b${run}`],
      ['capitals', `ABC${run}`],
      ['200 characters', 'x'.repeat(192) + run],
    ])('an id with %s is taken as it is', async (_, id) => {
      const outcome = await outcomeOf('chain', {}, encodeURIComponent(id));

      expect(outcome.runtimeStatus).toBe('Completed');
    });

    it.each([
      ['/orchestrators/chain/@x', 400, 'must not start with @'],
      ['/orchestrators/chain/a%01b', 400, 'must not contain'],
      [`/orchestrators/chain/${'x'.repeat(300)}`, 400, 'must not exceed 256 characters'],
      ['/orchestrators/chain/a/b', 404, ''],
    ])('a start at %s is refused', async (route, status, words) => {
      const answer = await management.call('POST', route, {});

      expect(answer.status).toBe(status);
      expect(answer.text).toContain(words);
    });
  });

  describe('keys of the management API', () => {
    it.each([
      ['none', 401],
      ['wrong', 401],
      ['default', 401],
      ['system', 200],
      ['master', 200],
    ] as const)('%s: %i', async (which, status) => {
      const key = which === 'none' ? '' : which === 'wrong' ? 'wrong' : host.keys[which];

      const answer = await fetch(
        `${host.url}/runtime/webhooks/durabletask/instances?top=1&code=${encodeURIComponent(key)}`,
      );

      expect(answer.status).toBe(status);
      if (status === 401) expect(await answer.text()).toBe('');
    });
  });
}
