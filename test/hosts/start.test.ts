import { type ChildHost, cleanUp, startChildHost, temporaryFolder } from './child-host.js';

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
});
