import { hour, minute } from '../../../local/tenant/directory/instants.js';
import { ofIds, prefer, recoveryRig } from './recovery-world.js';

describe('a recovery job', () => {
  it('previews, recovers and leaves the tenant as the snapshot has it', async () => {
    const rig = recoveryRig();
    const [ada = '', bo = '', cleo = ''] = rig.staff;
    const before = rig.world.directory.object(ada).properties;
    rig.change(ada, { department: 'Unknown', accountEnabled: false, city: null });
    rig.world.directory.softDelete(bo, rig.by, rig.clock.now());
    rig.change(cleo, { department: 'Sales and more' });
    const scope = ofIds({ user: [ada, bo] });

    const preview = await rig.start('preview', scope);
    const previewed = await rig.finish(preview);
    const changes = await rig.call('GET', `${preview}/getChanges`);
    const recovery = await rig.start('recovery', scope);
    const recovered = await rig.finish(recovery);

    expect(previewed).toMatchObject({ status: 'successful', totalChangedObjectsCalculated: 2 });
    expect(changes.body.value).toEqual([
      {
        id: ada,
        entityTypeName: 'user',
        displayName: before['displayName'],
        recoveryAction: 'update',
        deltaFromCurrent: {
          '@odata.type': '#microsoft.graph.user',
          accountEnabled: true,
          city: before['city'],
          department: before['department'],
        },
        currentState: {
          '@odata.type': '#microsoft.graph.user',
          accountEnabled: false,
          city: null,
          department: 'Unknown',
        },
      },
      expect.objectContaining({
        id: bo,
        recoveryAction: 'restore',
        deltaFromCurrent: { '@odata.type': '#microsoft.graph.user', deletedDateTime: null },
      }),
    ]);
    expect(recovered).toMatchObject({
      status: 'successful',
      totalObjectsModified: 2,
      totalFailedChanges: 0,
    });
    expect(rig.world.directory.object(ada).properties).toEqual(before);
    expect(rig.world.directory.now.state(bo)).toBe('live');
    expect(rig.world.directory.object(cleo).properties['department']).toBe('Sales and more');
  });

  it('loads the snapshot at its first use only and says unknownFutureValue to old callers', async () => {
    const rig = recoveryRig();
    rig.change(rig.staff[0] ?? '', { city: 'Elsewhere' });
    const seen = async (path: string, headers = {}) =>
      (await rig.call('GET', path, undefined, { headers })).body['status'];
    const first = await rig.start('preview');

    const states = [await seen(first, prefer)];
    await rig.clock.sleep(30 * minute);
    states.push(await seen(first, prefer), await seen(first));
    await rig.clock.sleep(30.5 * minute);
    states.push(await seen(first, prefer), await seen(first));
    await rig.finish(first);
    const second = await rig.start('recovery');
    await rig.clock.sleep(30_000);
    states.push(await seen(second, prefer));
    await rig.clock.sleep(minute);
    states.push(await seen(second));

    expect(states).toEqual([
      'initialized',
      'loadingData',
      'unknownFutureValue',
      'calculating',
      'unknownFutureValue',
      'calculating',
      'running',
    ]);
    expect((await rig.finish(second))['status']).toBe('successful');
    expect(rig.clock.now()).toBeLessThan(rig.world.start + 2 * hour);
  });
});
