import { get, host, management, run } from './host-under-test.js';

interface Seen {
  readonly triggerMetadata: Record<string, unknown>;
  readonly input: { history: Record<string, unknown>[] } & Record<string, unknown>;
}

const seenOf = async (name: string) =>
  (await (await get(`/v1/seen?name=${name}`)).json()) as Seen[];
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/) as unknown;
const hex = expect.stringMatching(/^[0-9a-f]{32}$/) as unknown;

export function payloadBehaviours(): void {
  describe('what the host hands out', () => {
    it('an orchestrator gets its trigger value and history in the form of the real host', async () => {
      await management.start('chain', { of: 1 }, `${run}-shape-1`);
      await management.ended(`${run}-shape-1`);

      const steps = (await seenOf('chain')).filter(
        ({ input }) => input['instanceId'] === `${run}-shape-1`,
      );
      const marker = (type: number, fields: object, id = -1, played = false) => ({
        EventType: type,
        ...fields,
        EventId: id,
        IsPlayed: played,
        Timestamp: time,
      });
      const started = (played: boolean) =>
        marker(
          0,
          {
            OrchestrationInstance: { InstanceId: `${run}-shape-1`, ExecutionId: hex },
            ParentInstance: null,
            Name: 'chain',
            Version: '',
            Input: '{"of":1}',
            Tags: null,
            Correlation: null,
            ParentTraceContext: null,
            ScheduledStartTime: null,
            Generation: 0,
          },
          -1,
          played,
        );
      const scheduled = (id: number) =>
        marker(4, { Name: 'double', Version: '', Input: null, ParentTraceContext: null }, id);
      const completed = (id: number, value: number, played: boolean) =>
        marker(5, { TaskScheduledId: id, Result: `{"value":${value}}` }, -1, played);
      const rest = {
        input: { of: 1 },
        instanceId: `${run}-shape-1`,
        parentInstanceId: null,
        upperSchemaVersion: 1,
        upperSchemaVersionNew: 2,
        longRunningTimerIntervalDuration: '3.00:00:00',
        maximumShortTimerDuration: '6.00:00:00',
        defaultHttpAsyncRequestSleepTimeMillseconds: 30_000,
      };

      expect(steps.map(({ input }) => input)).toEqual([
        { ...rest, isReplaying: false, history: [marker(12, {}), started(false)] },
        {
          ...rest,
          isReplaying: true,
          history: [
            ...[marker(12, {}), started(true), scheduled(0), marker(13, {})],
            ...[marker(12, {}), completed(0, 2, false)],
          ],
        },
        {
          ...rest,
          isReplaying: true,
          history: [
            ...[marker(12, {}), started(true), scheduled(0), marker(13, {})],
            ...[marker(12, {}), completed(0, 2, true), scheduled(1), marker(13, {})],
            ...[marker(12, {}), completed(1, 4, false)],
          ],
        },
      ]);
    });

    it('a child is told about its parent', async () => {
      await management.start('family', {}, `${run}-shape-2`);
      await management.ended(`${run}-shape-2`);

      const child = (await seenOf('chain')).find(
        ({ input }) => input['instanceId'] === `${run}-shape-2-child`,
      );

      expect(child?.input['parentInstanceId']).toBe(`${run}-shape-2`);
      expect(child?.input.history[1]).toMatchObject({
        Generation: null,
        ParentInstance: {
          Name: 'family',
          OrchestrationInstance: { InstanceId: `${run}-shape-2`, ExecutionId: hex },
          TaskScheduleId: 0,
          Version: '',
        },
      });
    });

    it('an activity gets its value and the metadata of the real host', async () => {
      const id = await management.start('catches', {});
      await management.ended(id);

      const first = (await seenOf('refuse')).find(
        ({ triggerMetadata }) => triggerMetadata['instanceId'] === id,
      );

      expect(first?.input).toEqual({ why: 'no' });
      expect(first?.triggerMetadata).toMatchObject({ instanceId: id, data: '{"why":"no"}' });
    });

    it('a durable client input names the links, the key and where to call', async () => {
      const value = (await (await get('/v1/clientValue')).json()) as Record<string, unknown>;
      const base = `${host.url}/runtime/webhooks/durabletask`;
      const query = `taskHub=TestHub&connection=Storage&code=${host.keys.system}`;

      expect(value).toMatchObject({
        taskHubName: 'TestHub',
        connectionName: null,
        creationUrls: {
          createNewInstancePostUri: `${base}/orchestrators/{functionName}[/{instanceId}]?code=${host.keys.system}`,
        },
        managementUrls: {
          id: 'INSTANCEID',
          statusQueryGetUri: `${base}/instances/INSTANCEID?${query}`,
          sendEventPostUri: `${base}/instances/INSTANCEID/raiseEvent/{eventName}?${query}`,
          terminatePostUri: `${base}/instances/INSTANCEID/terminate?reason={text}&${query}`,
        },
        baseUrl: base,
        httpBaseUrl: null,
      });
    });

    it('the status with history tells calls and their ends as one entry', async () => {
      await management.start('chain', { of: 1 }, `${run}-shape-3`);
      await management.ended(`${run}-shape-3`);

      const status = await management.status(
        `${run}-shape-3`,
        '?showHistory=true&showHistoryOutput=true',
      );

      const call = (value: number) => ({
        EventType: 'TaskCompleted',
        Result: { value },
        Timestamp: time,
        ScheduledTime: expect.stringMatching(/\d$/) as unknown,
        FunctionName: 'double',
        Input: null,
      });
      expect(status).toMatchObject({
        name: 'chain',
        historyEvents: [
          { EventType: 'ExecutionStarted', Input: '{"of":1}', FunctionName: 'chain' },
          call(2),
          call(4),
          {
            EventType: 'ExecutionCompleted',
            OrchestrationStatus: 'Completed',
            Result: { value: 4 },
          },
        ],
      });
    });
  });
}
