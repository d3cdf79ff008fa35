import { nativeTimes } from '../../shared/domain/plan/eta.js';
import { incidentId, olga } from '../support/activity-case.js';
import { serviceWaves } from '../support/service-waves.js';
import type { Row } from './row.js';

const users = 4_800;
const canary = [1, 25];
const batchMs = 300;

/**
 * The same 4,800 users put back by ourselves and by native jobs of 100, on a virtual clock: the real
 * orchestrations and activities, our writes at the policy's share of the published quota, the service at
 * its published planning figures (backup fact sheet 5.8).
 */
export async function run(): Promise<Row[]> {
  const surgical = await timeOf('surgical');
  const native = await timeOf('native');
  const note = `${users.toLocaleString('en')} users, virtual clock, canaries of ${canary.join(' and ')}`;
  return [
    {
      name: 'surgical waves until the last write',
      value: surgical.seconds / 60,
      unit: 'min',
      note: `${note}; a batch of 20 takes ${batchMs} ms`,
    },
    {
      name: 'native waves until the last job',
      value: native.seconds / 60,
      unit: 'min',
      note: `${note}; ${native.jobs} jobs, the backup is loaded once (60 min)`,
    },
    {
      name: 'native over surgical',
      value: native.seconds / surgical.seconds,
      unit: 'x',
      note: 'what native costs in time where both could do it',
    },
  ];
}

async function timeOf(executor: 'surgical' | 'native') {
  const waves = await serviceWaves(executor, { users, canary });
  const { recovery, clock, directory } = waves;
  directory.script.latencyMs = batchMs;
  // Access tokens of clients that take continuous evaluation live for about a day.
  recovery.works.sessionMs = 24 * 3_600_000;
  await recovery.sessions.lend(incidentId, olga, 'Bearer token');
  let loaded = false;
  recovery.works.jobMs = (kind, objects) => {
    const load = loaded ? 0 : nativeTimes.load;
    loaded = true;
    const each =
      kind === 'preview' ? nativeTimes.perComparedChange : nativeTimes.perRecoveredChange;
    const compared = nativeTimes.perComparedChange;
    return 1000 * (load + objects * (kind === 'preview' ? each : each + compared));
  };
  const began = clock.now();
  const done = await waves.run(20_000);
  waves.engine.close();
  if (done.applied !== users) {
    throw new Error(`${executor}: ${done.applied} of ${users} users, ${JSON.stringify(done)}`);
  }
  return { seconds: (clock.now() - began) / 1000, jobs: recovery.jobs().length };
}
