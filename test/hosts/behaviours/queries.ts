import { until } from '../child-host.js';
import { management, outcomeOf, run, startListening } from './host-under-test.js';

const fields = [
  ...['name', 'instanceId', 'runtimeStatus', 'input'],
  ...['customStatus', 'output', 'createdTime', 'lastUpdatedTime'],
];
const second = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as unknown;

interface Listed {
  readonly instanceId: string;
  readonly runtimeStatus: string;
  readonly input: unknown;
}

async function list(query: string, token?: string | null) {
  const answer = await management.send('GET', `/instances?${query}`, {
    ...(token && { headers: { 'x-ms-continuation-token': token } }),
  });
  return {
    status: answer.status,
    items: JSON.parse(answer.text) as Listed[],
    token: answer.headers.get('x-ms-continuation-token'),
  };
}

export function queryBehaviours(): void {
  describe('the status of one instance', () => {
    it('is 202 with where to look again while it runs', async () => {
      const id = await startListening();

      const answer = await management.call('GET', `/instances/${id}`);

      expect(answer.status).toBe(202);
      expect(answer.headers.get('retry-after')).toBe('5');
      expect(new URL(answer.headers.get('location') ?? '').pathname).toBe(
        `/runtime/webhooks/durabletask/instances/${id}`,
      );
      expect(Object.keys(JSON.parse(answer.text) as object)).toEqual(fields);
    });

    it('is 200 when it has ended, times to the second', async () => {
      const id = await management.start('chain', { of: 1 });
      await management.ended(id);

      const answer = await management.call('GET', `/instances/${id}`);

      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(JSON.parse(answer.text)).toEqual({
        name: 'chain',
        instanceId: id,
        runtimeStatus: 'Completed',
        input: { of: 1 },
        customStatus: null,
        output: { value: 4 },
        createdTime: second,
        lastUpdatedTime: second,
      });
    });

    it('of a failed one is 200, and 500 for those who ask for that', async () => {
      const id = await management.start('throwsLater', {});
      await management.ended(id);

      const plain = await management.call('GET', `/instances/${id}`);
      const asError = await management.call(
        'GET',
        `/instances/${id}?returnInternalServerErrorOnFailure=true`,
      );

      expect([plain.status, asError.status]).toEqual([200, 500]);
    });

    it('leaves the input out for those who ask for that', async () => {
      const id = await management.start('chain', { of: 1 });

      const { input } = (await management.status(id, '?showInput=false')) ?? {};

      expect(input).toBeNull();
    });

    it('of nobody is 404 with an empty body', async () => {
      const answer = await management.call('GET', '/instances/nobody');

      expect([answer.status, answer.text, answer.headers.get('content-type')]).toEqual([
        ...[404, '', null],
      ]);
    });

    it('has the history only for those who ask, and results only for those who ask for them', async () => {
      const id = await management.start('chain', { of: 1 });
      await management.ended(id);
      const historyOf = async (query: string) =>
        JSON.parse((await management.call('GET', `/instances/${id}?${query}`)).text) as {
          historyEvents?: Record<string, unknown>[];
        };

      const without = await historyOf('');
      const bare = await historyOf('showHistory=true');
      const full = await historyOf('showHistory=true&showHistoryOutput=true');

      expect(without.historyEvents).toBeUndefined();
      expect(bare.historyEvents?.map(({ EventType }) => EventType)).toEqual([
        ...['ExecutionStarted', 'TaskCompleted', 'TaskCompleted', 'ExecutionCompleted'],
      ]);
      expect(bare.historyEvents?.some((event) => 'Result' in event)).toBe(false);
      expect(full.historyEvents?.map(({ Result }) => Result)).toEqual([
        ...[undefined, { value: 2 }, { value: 4 }, { value: 4 }],
      ]);
    });
  });

  describe('the list of instances', () => {
    const prefix = `${run}-listed`;
    const ids = [1, 2, 3, 4, 5].map((n) => `${prefix}-${n}`);
    let begin: string;
    let between: string;
    beforeAll(async () => {
      begin = new Date().toISOString();
      for (const id of ids) {
        await outcomeOf('chain', { of: id }, id);
        if (id !== ids[2]) continue;
        // Times are kept to the second at least: what follows begins in a later one.
        const moment = Math.ceil((Date.now() + 1) / 1000) * 1000;
        between = new Date(moment).toISOString();
        await until(
          () => Date.now() > moment,
          () => 'the clock stands still',
        );
      }
      await startListening(`${prefix}-open`);
    });

    it('tells of each what its own status tells', async () => {
      const { status, items } = await list(`instanceIdPrefix=${prefix}-1`);

      expect(status).toBe(200);
      expect(items.map((item) => Object.keys(item))).toEqual([fields]);
      expect(items[0]?.input).toEqual({ of: ids[0] });
    });

    it('leaves inputs out for those who ask for that', async () => {
      const { items } = await list(`instanceIdPrefix=${prefix}-1&showInput=false`);

      expect(items.map(({ input }) => input)).toEqual([null]);
    });

    it('comes in pages that add up to all that match, once each', async () => {
      const seen: string[] = [];
      let pages = 0;
      let token: string | null = null;
      do {
        const page = await list(`instanceIdPrefix=${prefix}-&top=2`, token);
        expect(page.items.length).toBeLessThanOrEqual(2);
        seen.push(...page.items.map(({ instanceId }) => instanceId));
        pages += 1;
        // The Azure Storage back end says "bnVsbA==" (null) after the last page.
        token = page.token === 'bnVsbA==' ? null : page.token;
      } while (token !== null && token !== '');

      expect(seen.sort()).toEqual([...ids, `${prefix}-open`].sort());
      expect(pages).toBeGreaterThanOrEqual(3);
    });

    it.each([
      ['Running', [`${prefix}-open`]],
      ['Completed', ids],
      ['Running,Completed', [...ids, `${prefix}-open`]],
      ['Failed', []],
      ['Nonsense', [...ids, `${prefix}-open`]],
    ])('runtimeStatus=%s', async (statuses, wanted) => {
      const { items } = await list(`instanceIdPrefix=${prefix}-&runtimeStatus=${statuses}`);

      expect(items.map(({ instanceId }) => instanceId).sort()).toEqual([...wanted].sort());
    });

    it('createdTimeFrom and createdTimeTo cut it in two', async () => {
      const early = await list(`instanceIdPrefix=${prefix}-&createdTimeTo=${between}`);
      const late = await list(`instanceIdPrefix=${prefix}-&createdTimeFrom=${between}`);
      const none = await list(`instanceIdPrefix=${prefix}-&createdTimeFrom=2100-01-01T00:00:00Z`);

      expect(early.items.map(({ instanceId }) => instanceId).sort()).toEqual(ids.slice(0, 3));
      expect(late.items.map(({ instanceId }) => instanceId).sort()).toEqual([
        ...ids.slice(3),
        `${prefix}-open`,
      ]);
      expect(none.items).toEqual([]);
    });

    it('is purged by the same filters', async () => {
      const answer = await management.call(
        'DELETE',
        `/instances?createdTimeFrom=${begin}&createdTimeTo=${between}&runtimeStatus=Completed`,
      );
      const left = await list(`instanceIdPrefix=${prefix}-`);

      expect(JSON.parse(answer.text)).toEqual({ instancesDeleted: 3 });
      expect(left.items.map(({ instanceId }) => instanceId).sort()).toEqual([
        ...ids.slice(3),
        `${prefix}-open`,
      ]);
    });
  });
}
