import {
  type ChildHost,
  cleanUp,
  managementOf,
  startChildHost,
  temporaryFolder,
} from './child-host.js';

let host: ChildHost;
let management: ReturnType<typeof managementOf>;

beforeAll(async () => {
  host = await startChildHost({ data: temporaryFolder() });
  management = managementOf(host);
});
afterAll(async () => {
  await host.stop();
  cleanUp();
});

describe('orchestrations on a host of its own process', () => {
  it.each([
    ['chain', {}, { value: 4 }],
    ['spread', {}, [2, 4, 6]],
    ['voidResult', {}, { nothing: null }],
    ['catches', {}, { caught: "Activity function 'refuse' failed:  no" }],
    ['tries', {}, { attempt: 3 }],
    ['family', {}, { value: 4 }],
    ['sleeps', { ms: 1_500 }, 'awake'],
    ['countsWithEntity', {}, 5],
  ])('%s completes with its result', async (name, input, output) => {
    const id = await management.start(name, input);

    const status = await management.ended(id);

    expect(status).toMatchObject({ runtimeStatus: 'Completed', output });
  });

  it('an exhausted retry fails the instance with the last failure', async () => {
    const status = await management.ended(await management.start('givesUp', {}));

    expect(status.runtimeStatus).toBe('Failed');
    expect(status.output).toMatch(
      /^Orchestrator function 'givesUp' failed: Activity function 'refuse' failed: {2}never /,
    );
  });

  it('an event wakes the instance that waits for it', async () => {
    const id = await management.start('listens', {});
    await management.waitFor(id, ({ customStatus }) => customStatus !== null, 'its wait');

    const taken = await management.call('POST', `/instances/${id}/raiseEvent/word`, { v: 1 });

    expect(taken.status).toBe(202);
    expect(await management.ended(id)).toMatchObject({
      output: { word: { v: 1 } },
      customStatus: { waitingFor: 'word' },
    });
  });

  it('an event sent before anybody waits is kept', async () => {
    const id = await management.start('races', {});

    await management.call('POST', `/instances/${id}/raiseEvent/word`, 'early');

    expect(await management.ended(id)).toMatchObject({ output: 'early' });
  });

  it('an event of another case is not the event', async () => {
    const id = await management.start('listens', {});

    await management.call('POST', `/instances/${id}/raiseEvent/WORD`, 'loud');
    await management.call('POST', `/instances/${id}/raiseEvent/word`, 'quiet');

    expect(await management.ended(id)).toMatchObject({ output: { word: 'quiet' } });
  });

  it('events sent while an instance continues as new reach one of its runs each', async () => {
    const id = await management.start('collects', { seen: [] });

    for (const item of ['a', 'b', 'c'])
      await management.call('POST', `/instances/${id}/raiseEvent/item`, item);

    expect(await management.ended(id)).toMatchObject({ output: ['a', 'b', 'c'] });
  });

  it('a suspended instance takes events and goes on after it is resumed', async () => {
    const id = await management.start('listens', {});
    await management.call('POST', `/instances/${id}/suspend?reason=hold`);
    await management.waitFor(id, (s) => s.runtimeStatus === 'Suspended', 'Suspended');

    await management.call('POST', `/instances/${id}/raiseEvent/word`, 'kept');
    const held = await management.status(id);
    await management.call('POST', `/instances/${id}/resume?reason=go`);

    expect(held?.runtimeStatus).toBe('Suspended');
    expect(await management.ended(id)).toMatchObject({ output: { word: 'kept' } });
  });

  it('a terminated instance keeps the reason and takes no more events', async () => {
    const id = await management.start('listens', {});

    await management.call('POST', `/instances/${id}/terminate?reason=enough`);
    const status = await management.ended(id);
    const late = await management.call('POST', `/instances/${id}/raiseEvent/word`, 1);

    expect(status).toMatchObject({ runtimeStatus: 'Terminated', output: 'enough' });
    expect(late.status).toBe(410);
  });

  it('a rewound instance repeats only what failed', async () => {
    const id = await management.start('failsOnce', {});
    await management.ended(id);

    const taken = await management.call('POST', `/instances/${id}/rewind?reason=again`);

    expect(taken.status).toBe(202);
    expect(await management.ended(id)).toMatchObject({
      runtimeStatus: 'Completed',
      output: { attempt: 2 },
    });
  });

  it('a restarted instance runs again under an id of its own', async () => {
    const id = await management.start('chain', {});
    await management.ended(id);

    const answer = await management.call('POST', `/instances/${id}/restart`);
    const again = (JSON.parse(answer.text) as { id: string }).id;

    expect(again).not.toBe(id);
    expect(await management.ended(again)).toMatchObject({ output: { value: 4 } });
  });

  it('an id is taken while its instance runs and free once it has ended', async () => {
    await management.start('listens', {}, 'taken-id');
    const second = await management.call('POST', '/orchestrators/listens/taken-id', {});
    await management.call('POST', '/instances/taken-id/raiseEvent/word', 1);
    await management.ended('taken-id');

    const third = await management.call('POST', '/orchestrators/chain/taken-id', {});

    expect(second.status).toBe(500);
    expect(second.text).toContain(
      'An Orchestration instance with the status Running already exists',
    );
    expect(third.status).toBe(202);
    expect(await management.ended('taken-id')).toMatchObject({ output: { value: 4 } });
  });

  it('a purged instance is gone with its history', async () => {
    const id = await management.start('chain', {});
    await management.ended(id);

    const purged = await management.call('DELETE', `/instances/${id}`);

    expect(JSON.parse(purged.text)).toEqual({ instancesDeleted: 1 });
    expect(await management.status(id)).toBeUndefined();
    expect((await management.call('DELETE', `/instances/${id}`)).status).toBe(404);
  });

  it('pages of a query add up to all that match, once each', async () => {
    for (const n of [1, 2, 3, 4, 5]) await management.start('chain', {}, `paged-${n}`);
    const seen: string[] = [];
    let token: string | null = null;
    do {
      const response: Response = await fetch(
        `${host.url}/runtime/webhooks/durabletask/instances?instanceIdPrefix=paged-&top=2&code=${host.keys.system}`,
        { headers: token === null ? {} : { 'x-ms-continuation-token': token } },
      );
      const page = (await response.json()) as { instanceId: string }[];
      expect(page.length).toBeLessThanOrEqual(2);
      seen.push(...page.map(({ instanceId }) => instanceId));
      token = response.headers.get('x-ms-continuation-token');
    } while (token !== null);

    expect(seen).toEqual([1, 2, 3, 4, 5].map((n) => `paged-${n}`));
  });

  it('a purge by a status that has not ended is refused', async () => {
    const answer = await management.call('DELETE', '/instances?runtimeStatus=Pending');

    expect(answer.status).toBe(400);
  });

  it('the SDK client starts an instance and answers with its links', async () => {
    const response = await fetch(`${host.url}/v1/launch/chain`, { method: 'POST', body: '{}' });
    const links = (await response.json()) as { id: string; statusQueryGetUri: string };

    expect(response.status).toBe(202);
    expect(links.statusQueryGetUri.startsWith(host.url)).toBe(true);
    expect(await management.ended(links.id)).toMatchObject({ output: { value: 4 } });
    expect((await fetch(links.statusQueryGetUri)).status).toBe(200);
  });

  it('a timer trigger runs on its schedule', async () => {
    await expect(
      (async () => {
        for (let tries = 0; tries < 200; tries += 1) {
          const ticks = (await (await fetch(`${host.url}/v1/ticks`)).json()) as unknown[];
          if (ticks.length >= 2) return true;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        return false;
      })(),
    ).resolves.toBe(true);
  });
});
