import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { startWorld, type Answer, type World } from '../support/world.js';

/** The product waits 5 s for keys; a busy machine needs a moment more to say so. */
const mostMs = 15_000;
const senders = 20;

describe('signing keys of Entra that hang, before any was ever fetched', () => {
  let world: World;
  let key: string;

  beforeAll(async () => {
    world = await startWorld({ users: 6, speed: 1 });
    const keys = await readFile(path.join(world.dataDir, 'app/keys.json'), 'utf8');
    key = (JSON.parse(keys) as { default: string }).default;
    await hang([{ match: { path: '/discovery/' }, answer: 'hang' }]);
  }, 120_000);
  afterAll(() => world.stop());

  const hang = (rules: readonly object[]) => world.control('/faults', { rules }, 'PUT');
  /** As the Logic App does, with the token of its managed identity. */
  const byToken = async (): Promise<number> =>
    ((await world.control('/alert', {})).body as { status: number }).status;
  const byKey = async (): Promise<Answer> => {
    const { body } = await world.control('/alert');
    return world.api('/alerts/sentinel', { body, headers: { 'x-functions-key': key } });
  };

  it('hold up neither health nor a key, and are an answer to tokens within seconds', async () => {
    const started = performance.now();
    let answered = 0;
    const told = <T>(answer: T): T => ((answered += 1), answer);
    const machines = Promise.all(Array.from({ length: senders }, () => byToken().then(told)));
    const person = world.api('/incidents', { as: 'reader' }).then(told);

    expect(await world.api('/health')).toMatchObject({ status: 200 });
    expect(await byKey()).toMatchObject({ status: 202, body: { deduplicated: false } });
    expect(await world.api('/health')).toMatchObject({ status: 200 });
    expect(answered).toBe(0);

    expect(new Set(await machines)).toEqual(new Set([503]));
    expect(await person).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
    expect(performance.now() - started).toBeLessThan(mostMs);
  }, 60_000);

  it('are forgotten as soon as there are keys', async () => {
    await hang([]);

    expect(await byToken()).toBe(202);
    expect(await world.api('/incidents', { as: 'reader' })).toMatchObject({ status: 200 });
  });
});
