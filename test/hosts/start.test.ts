import { createHostLog, logFormat } from '../../local/host/host-log.js';
import {
  type ChildHost,
  cleanUp,
  managementOf,
  startChildHost,
  temporaryFolder,
  until,
} from './child-host.js';

let host: ChildHost;
beforeAll(async () => {
  host = await startChildHost({ data: temporaryFolder(), env: { HOME: '/kept' } });
});
afterAll(async () => {
  await host.stop();
  cleanUp();
});

describe('a start on this machine', () => {
  it('settings of the app fill in only what the environment lacks', async () => {
    expect(await (await fetch(`${host.url}/v1/setting`)).json()).toEqual({
      greeting: 'hello',
      home: '/kept',
    });
  });

  it('stdout has one line and the keys file is for its owner only', async () => {
    expect(host.stdout()).toBe(`{"listening":"${host.url}"}\n`);
    expect(host.keys.master).not.toBe(host.keys.default);
  });

  it('its log is one JSON object a line, with the instance, the function and the call', async () => {
    const management = managementOf(host);
    const id = await management.start('catches', {});
    await management.ended(id);
    await fetch(`${host.url}/v1/breaks`);

    const lines = await until(
      () => {
        const seen = host.stderr().trim().split('\n');
        return seen.length >= 2 ? seen.map((line) => JSON.parse(line) as object) : undefined;
      },
      () => `only this was logged: ${host.stderr()}`,
    );

    expect(lines).toContainEqual({
      at: expect.any(String) as unknown,
      level: 'error',
      category: 'durable',
      instanceId: id,
      message: 'Activity refuse failed: no',
    });
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'error', functionName: 'breaks' }),
    );
  });
});

describe('the log of the host', () => {
  it.each([
    [{}, true, 'text'],
    [{}, false, 'json'],
    [{ HOST_LOG_FORMAT: 'json' }, true, 'json'],
    [{ HOST_LOG_FORMAT: 'text' }, false, 'text'],
    [{ HOST_LOG_FORMAT: 'nonsense' }, false, 'json'],
  ])('with %j at a terminal: %s is %s', (env, isTTY, format) => {
    expect(logFormat(env, isTTY)).toBe(format);
  });

  it('in words names the instance, and leaves out what is below information', () => {
    const lines: string[] = [];
    const log = createHostLog((line) => lines.push(line), 'text');

    log('debug', 'host', 'left out');
    log('error', 'durable', 'it failed', { instanceId: 'inc-1' });

    expect(lines).toEqual(['error durable [inc-1] it failed']);
  });
});
