import { day, hour, minute } from '../../../local/tenant/directory/instants.js';
import { appCaller } from '../graph/support.js';
import {
  allScopes,
  ofIds,
  ofTypes,
  prefer,
  recoveryRig,
  type RecoveryRig,
} from './recovery-world.js';

const id = '5b0c7c1e-50f2-4d5b-9d0e-0f5f7f1f0a01';
const denied = {
  code: 'Forbidden',
  message: 'Authorization has been denied for this request. Check your credentials.',
};
const [read = '', previewScope = '', recoveryScope = ''] = allScopes;

describe('starting a job', () => {
  it.each<[string, (rig: RecoveryRig) => ReturnType<RecoveryRig['as']>]>([
    ['the product itself', ({ us }) => us],
    ['an app with every permission', ({ world }) => appCaller(world, allScopes)],
    ['an operator without the scope', ({ as }) => as('operator', [read, previewScope])],
    [
      'an operator with all of the directory',
      ({ as }) => as('operator', [read, 'Directory.AccessAsUser.All']),
    ],
    ['a person without the role', ({ as }) => as('approver')],
    ['a user administrator', ({ as }) => as('actor')],
  ])('is refused to %s', async (_who, callerOf) => {
    const rig = recoveryRig();

    const answer = await rig.call('POST', `${rig.newest}/recoveryJobs`, undefined, {
      caller: callerOf(rig),
    });

    expect(answer.status).toBe(403);
    expect(answer.body.error).toMatchObject(denied);
    expect(rig.world.recovery.jobs(rig.clock.now())).toEqual([]);
  });

  it('is open to an administrator of backups and to a global administrator', async () => {
    for (const person of ['operator', 'breakGlass1'] as const) {
      const rig = recoveryRig();
      const caller = rig.as(person, [recoveryScope]);
      const answer = await rig.call('POST', `${rig.newest}/recoveryJobs`, {}, { caller });
      expect(answer.status).toBe(202);
    }
  });

  it('is a conflict while any job runs, until that one ended', async () => {
    const rig = recoveryRig();
    const first = await rig.start('preview');

    const answers = [];
    for (const jobs of ['recoveryJobs', 'recoveryPreviewJobs']) {
      const path = `${rig.newest}/${jobs}`;
      answers.push(await rig.call('POST', path, undefined, { caller: rig.operator }));
    }
    await rig.finish(first);

    expect(answers.map(({ status, body }) => [status, body.error?.message])).toEqual(
      Array(2).fill([
        409,
        'A recovery job is currently in progress. Wait for it to complete before initiating a new job.',
      ]),
    );
    await expect(rig.start('recovery')).resolves.toContain('/recoveryJobs/');
  });

  const hundred = Array.from({ length: 100 }, (_, index) => id.slice(0, -3) + String(100 + index));
  it.each<[string, unknown, number]>([
    ['nothing: everything', {}, 202],
    ['null: everything', { filteringCriteria: null }, 202],
    ['types', ofTypes('user', 'oAuth2PermissionGrant', 'authenticationStrengthPolicy'), 202],
    ['ids that nothing has', ofIds({ user: [id] }), 202],
    ['a hundred ids across types', ofIds({ user: hundred.slice(1), group: [id] }), 202],
    ['a hundred and one', ofIds({ user: hundred, group: [id] }), 400],
    ['a type of another name', ofTypes('namedLocation'), 400],
    ['no types', ofTypes(), 400],
    ['no ids', ofIds({ user: [] }), 400],
    ['an empty id', ofIds({ user: [''] }), 400],
    ['settings by their name', ofIds({ authorizationPolicy: ['authorizationPolicy'] }), 202],
    ['a filter without its type', { filteringCriteria: { entityTypes: ['user'] } }, 400],
    ['the body of the first sample scripts', { filters: [] }, 400],
  ])('takes as scope %s, or refuses it', async (_what, body, status) => {
    const rig = recoveryRig();

    const path = `${rig.newest}/recoveryPreviewJobs`;
    const answer = await rig.call('POST', path, body, { caller: rig.operator });

    expect(answer.status).toBe(status);
    expect(rig.world.recovery.jobs(rig.clock.now())).toHaveLength(status === 202 ? 1 : 0);
  });

  it('knows no snapshot that is not in the list, and the newer one a day later', async () => {
    const rig = recoveryRig();
    const old = rig.world.snapshots.at(-1) ?? 0;
    const path = (text: string) =>
      `/directory/recovery/snapshots/${Buffer.from(text).toString('base64')}/recoveryJobs`;
    const oldest = path(String(old / 1000));
    const post = (to: string) => rig.call('POST', to, {}, { caller: rig.operator });

    const invented = await post(path('1785189600'));
    await rig.clock.sleep(day);
    const aged = await post(oldest);
    const list = await rig.call('GET', '/directory/recovery/snapshots');

    expect([invented.status, aged.status]).toEqual([404, 404]);
    expect(aged.body.error?.message).toBe(
      "This isn't a valid timestamp for recovery. The provided timestamp should be in the list of available backups.",
    );
    expect(list.body.value).toHaveLength(7);
    expect(list.body.value?.[0]?.['createdDateTime']).toBe(
      new Date(rig.snapshot + day).toISOString().replace('.000', ''),
    );
  });

  it.each(['raw', 'encoded', 'quoted'])(
    'takes the id of a snapshot %s in the path',
    async (form) => {
      const rig = recoveryRig();
      const raw = rig.newest.slice(rig.newest.lastIndexOf('/') + 1);
      const segment = { raw, encoded: encodeURIComponent(raw), quoted: '' }[form] ?? '';
      const path = form === 'quoted' ? `snapshots('${raw}')` : `snapshots/${segment}`;

      const answer = await rig.call('GET', `/directory/recovery/${path}`);

      expect(answer.body['id']).toBe(raw);
    },
  );
});

describe('reading jobs', () => {
  it('is open to the product, in lists, alone, and filtered, under every form of path', async () => {
    const rig = recoveryRig();
    const preview = await rig.start('preview', ofTypes('organization'));
    await rig.finish(preview);
    const recovery = await rig.start('recovery');
    await rig.finish(recovery);
    const jobId = preview.split('/').at(-1) ?? '';
    const ids = async (path: string) =>
      (await rig.call('GET', path)).body.value?.map((job) => job['id']);

    const all = await rig.call('GET', '/directory/recovery/jobs', undefined, { headers: prefer });
    const one = await rig.call('GET', `/directory/recovery/jobs/${jobId}`);
    const qualified = await rig.call(
      'GET',
      `${preview}/microsoft.graph.entraRecoveryServices.getChanges()`,
    );

    expect(all.body.value).toMatchObject([
      {
        '@odata.type': '#microsoft.graph.entraRecoveryServices.recoveryJob',
        filteringCriteria: null,
        totalFailedChanges: 0,
      },
      {
        '@odata.type': '#microsoft.graph.entraRecoveryServices.recoveryPreviewJob',
        ...ofTypes('organization'),
      },
    ]);
    expect(one.body).toMatchObject({
      id: jobId,
      status: 'successful',
      filteringCriteria: { entityTypes: ['unknownFutureValue'] },
    });
    expect(qualified.status).toBe(200);
    expect(await ids(`${rig.newest}/recoveryPreviewJobs`)).toEqual([jobId]);
    expect(await ids(`/directory/recovery/jobs?$filter=id ne '${jobId}'`)).toHaveLength(1);
    expect(await ids(`/directory/recovery/jobs?$filter=status eq 'failed'`)).toEqual([]);
    expect(await ids('/directory/recovery/jobs?$orderby=jobStartDateTime asc&$top=1')).toEqual([
      jobId,
    ]);
  });

  it('ends seven days after the job did', async () => {
    const rig = recoveryRig();
    const job = await rig.start('preview');
    await rig.finish(job);
    const jobs = async () => (await rig.call('GET', '/directory/recovery/jobs')).body.value?.length;

    await rig.clock.sleep(6 * day);
    const before = await jobs();
    await rig.clock.sleep(day + hour);

    expect([before, await jobs()]).toEqual([1, 0]);
    expect((await rig.call('GET', job)).status).toBe(404);
  });

  it('needs the role for people, and knows no job that never was', async () => {
    const rig = recoveryRig();
    const jobs = '/directory/recovery/jobs';

    const outsider = await rig.call('GET', jobs, undefined, { caller: rig.as('outsider') });
    const unknown = await rig.call('GET', `${jobs}/${id}`);

    expect([outsider.status, unknown.status]).toEqual([403, 404]);
  });
});

describe('changes', () => {
  it('are not told before a preview succeeded, and never of one that was cancelled', async () => {
    const rig = recoveryRig();
    const job = await rig.start('preview');
    const changes = () => rig.call('GET', `${job}/getChanges`);
    const cancel = `/directory/recovery/jobs/${job.split('/').at(-1)}/cancel`;

    const early = await changes();
    const cancelled = await rig.call('POST', cancel, undefined, { caller: rig.operator });
    await rig.clock.sleep(minute);
    const late = await changes();
    const again = await rig.call('POST', cancel, undefined, { caller: rig.operator });

    expect([early.status, late.status, again.status]).toEqual([400, 400, 400]);
    expect(early.body.error?.message).toMatch(/must have completed successfully prior to enumerat/);
    expect(cancelled.status).toBe(202);
    expect(cancelled.headers['location']).toMatch(/\/directory\/recovery\/jobs\/[0-9a-f-]{36}$/);
  });

  it('come in pages that neither repeat nor skip, and take no filter', async () => {
    const rig = recoveryRig();
    const damaged = rig.staff.slice(0, 25);
    for (const user of damaged) rig.change(user, { city: 'Elsewhere' });
    const job = await rig.start('preview', ofIds({ user: damaged }));
    await rig.finish(job);

    const seen: unknown[] = [];
    let next: unknown = `${job}/getChanges?$top=10`;
    const sizes: number[] = [];
    while (typeof next === 'string') {
      const { body } = await rig.call('GET', next);
      sizes.push(body.value?.length ?? 0);
      seen.push(...(body.value ?? []).map((change) => change['id']));
      next = body['@odata.nextLink'];
    }
    const skipped = await rig.call('GET', `${job}/getChanges?$skip=20&$select=id`);
    const filtered = await rig.call('GET', `${job}/getChanges?$filter=id eq '${id}'`);

    expect(sizes).toEqual([10, 10, 5]);
    expect(seen.sort()).toEqual([...damaged].sort());
    expect(skipped.body.value).toHaveLength(5);
    expect(Object.keys(skipped.body.value?.[0] ?? {})).toEqual(['id']);
    expect(filtered.status).toBe(400);
  });
});
