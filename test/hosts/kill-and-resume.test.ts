import { jest } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  cleanUp,
  managementOf,
  runToEnd,
  startChildHost,
  temporaryFolder,
  testApp,
  until,
} from './child-host.js';

jest.setTimeout(120_000);
afterAll(cleanUp);

const linesOf = (file: string) => readFileSync(file, 'utf8').trim().split('\n');
const count = (lines: readonly string[], line: string) =>
  lines.filter((other) => other === line).length;

describe('a host that is killed', () => {
  it('goes on where it fell: mid-activity, waiting for an event and waiting for a timer', async () => {
    const data = temporaryFolder();
    const file = path.join(data, 'marks');
    const release = path.join(data, 'release');
    writeFileSync(file, '');
    const seen = (line: string) =>
      until(
        () => linesOf(file).includes(line),
        () => `"${line}" was not marked`,
      );

    let host = await startChildHost({ data });
    const id = await managementOf(host).start('ledger', { file, release });
    await seen('second begins');
    await host.kill();

    host = await startChildHost({ data });
    writeFileSync(release, '');
    await managementOf(host).waitFor(id, (s) => s.customStatus === 'event', 'its event');
    await host.kill();

    host = await startChildHost({ data });
    await managementOf(host).call('POST', `/instances/${id}/raiseEvent/word`, 'go');
    await managementOf(host).waitFor(id, (s) => s.customStatus === 'timer', 'its timer');
    await host.kill();

    host = await startChildHost({ data });
    const status = await managementOf(host).ended(id);
    await host.stop();

    expect(status).toMatchObject({ runtimeStatus: 'Completed', output: { word: 'go' } });
    const lines = linesOf(file);
    expect(count(lines, 'first')).toBe(1);
    expect(count(lines, 'second begins')).toBe(2);
    expect(count(lines, 'second ends')).toBe(1);
    expect(count(lines, 'last')).toBe(1);
  });

  it('an accepted event is not lost when the kill follows its 202', async () => {
    const data = temporaryFolder();
    let host = await startChildHost({ data });
    const id = await managementOf(host).start('listens', {});

    await managementOf(host).call('POST', `/instances/${id}/raiseEvent/word`, 'kept');
    await host.kill();
    host = await startChildHost({ data });

    expect(await managementOf(host).ended(id)).toMatchObject({ output: { word: 'kept' } });
    await host.stop();
  });

  it('keeps its keys', async () => {
    const data = temporaryFolder();
    const first = await startChildHost({ data });
    await first.kill();

    const second = await startChildHost({ data });

    expect(second.keys).toEqual(first.keys);
    await second.stop();
  });
});

describe('the data folder', () => {
  it('is refused to a second host, in one clear line, while the first goes on', async () => {
    const data = temporaryFolder();
    const host = await startChildHost({ data });

    const second = await runToEnd(['--app', testApp, '--port', '0', '--data', data]);

    expect(second.code).toBe(1);
    expect(second.stdout).toBe('');
    expect(second.stderr).toContain('Another host is running on this data folder');
    expect(
      await managementOf(host).ended(await managementOf(host).start('chain', {})),
    ).toMatchObject({ runtimeStatus: 'Completed' });
    await host.stop();
  });
});

describe('a host that is asked to stop', () => {
  it('lets a running activity end, keeps its result and exits with 0', async () => {
    const data = temporaryFolder();
    const file = path.join(data, 'marks');
    const release = path.join(data, 'release');
    writeFileSync(file, '');
    let host = await startChildHost({ data });
    const id = await managementOf(host).start('ledger', { file, release });
    await until(
      () => linesOf(file).includes('second begins'),
      () => 'the activity did not begin',
    );

    const stopped = host.stop();
    writeFileSync(release, '');

    expect(await stopped).toBe(0);
    host = await startChildHost({ data });
    await managementOf(host).waitFor(id, (s) => s.customStatus === 'event', 'its event');
    expect(count(linesOf(file), 'second begins')).toBe(1);
    await host.stop();
  });

  it('answers the request it is at and takes no other', async () => {
    const data = temporaryFolder();
    const release = path.join(data, 'release');
    const host = await startChildHost({ data });
    const answer = fetch(`${host.url}/v1/whenReleased?release=${encodeURIComponent(release)}`);
    await fetch(`${host.url}/v1/empty`);

    const stopped = host.stop();
    await until(
      () =>
        fetch(`${host.url}/v1/empty`).then(
          ({ status }) => status === 503,
          () => true,
        ),
      () => 'the host still takes requests',
    );
    writeFileSync(release, '');

    expect(await (await answer).text()).toBe('answered');
    expect(await stopped).toBe(0);
  });
});
